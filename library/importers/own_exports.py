"""A complete export as it lies there: one JSON file, or a folder or zip with `commonplace.json` and files beside it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from library.importers import unlinked, zips
from library.importers.files import Origin
from library.importers.formats.commonplace import LOOKED_AT, is_complete
from library.importers.zips import MAX_FILE_BYTES, TOO_LARGE, Unreadable
from library.models.portable import DOCUMENT, ORIGINALS

MISSING = "It is not there."


class OwnExport(Protocol):
    def document(self) -> IO[bytes]: ...

    def names(self) -> Sequence[str]:
        """Of the files beside it that can be read."""

    def read(self, name: str) -> bytes:
        """Raises Unreadable where there is no such file, or it can't be read."""


@contextmanager
def opened(places: Sequence[Origin]) -> Iterator[OwnExport | None]:
    """The complete export at this place; None where there is none, or it is not alone."""
    with ExitStack() as stack:
        yield _find(places[0], stack) if len(places) == 1 else None


def originals_in(archive: OwnExport) -> dict[str, str]:
    """By SHA-256, the names of the original files that went along: `originals/SHA-256/name`."""
    found = (PurePosixPath(name).parts for name in archive.names())
    return {parts[1]: "/".join(parts) for parts in found if len(parts) == 3 and parts[0] == ORIGINALS}


def _find(place: Origin, stack: ExitStack) -> OwnExport | None:
    path = unlinked.real(Path(place if isinstance(place, str) else place[0]))
    try:
        archive = _archive(path, stack)
        if archive is None:
            return None
        with archive.document() as stream:
            return archive if is_complete(stream.read(LOOKED_AT)) else None
    except (Unreadable, *zips.BROKEN):
        return None


def _archive(path: Path, stack: ExitStack) -> OwnExport | None:
    if path.is_dir():
        return Folder(path)
    if zipfile.is_zipfile(path):
        return Zip(stack.enter_context(zips.opened(path)))
    return Single(path) if path.is_file() else None


class Single:
    """A JSON file with all in it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def document(self) -> IO[bytes]:
        return unlinked.opened(self.path)

    def names(self) -> Sequence[str]:
        return ()

    def read(self, name: str) -> bytes:
        raise Unreadable(MISSING)


class Folder:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def document(self) -> IO[bytes]:
        return unlinked.opened(self.folder / DOCUMENT)

    def names(self) -> Sequence[str]:
        files = (file for file in self.folder.rglob("*") if file.is_file() and not file.is_symlink())
        return [file.relative_to(self.folder).as_posix() for file in files]

    def read(self, name: str) -> bytes:
        try:
            file = (self.folder / name).resolve()
            if not file.is_relative_to(self.folder) or not file.is_file():
                raise Unreadable(MISSING)
            data = unlinked.read(file, MAX_FILE_BYTES)
        except (OSError, ValueError) as error:
            raise Unreadable("It can't be read.") from error
        if len(data) > MAX_FILE_BYTES:
            raise Unreadable(TOO_LARGE)
        return data


class Zip:
    """With the document at its top, or in the one folder that it holds; or with nothing but a JSON file."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        members = (member for member in zips.members(archive) if not member.passed_over)
        self._infos = {member.label: member.info for member in members}
        self._main = self._find_main()
        self._prefix = self._main.rpartition("/")[0] + "/" if "/" in self._main else ""

    def _find_main(self) -> str:
        tops = [name for name in self._infos if PurePosixPath(name).name == DOCUMENT and name.count("/") <= 1]
        if tops:
            return min(tops, key=lambda name: name.count("/"))
        if len(self._infos) == 1:
            return next(iter(self._infos))
        raise Unreadable("The zip holds no complete export.")

    def document(self) -> IO[bytes]:
        return zips.stream_member(self._archive, self._infos[self._main])

    def names(self) -> Sequence[str]:
        return [name.removeprefix(self._prefix) for name in self._infos if name.startswith(self._prefix)]

    def read(self, name: str) -> bytes:
        info = self._infos.get(self._prefix + name)
        if info is None:
            raise Unreadable(MISSING)
        return zips.read_member(self._archive, info)


def text_of(stream: IO[bytes]) -> IO[str]:
    return io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace")
