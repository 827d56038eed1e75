"""What came together with a file: the other files of its folder or its zip, opened on demand in whatever process."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import weakref
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Self

from library.importers import unlinked, zips
from library.importers.zips import MAX_FILE_BYTES, MAX_MEMBERS, Unreadable, shown

KEPT_OPEN = 4


def _new_token() -> str:
    return secrets.token_hex(4)


@dataclass(frozen=True, slots=True)
class FolderPackage:
    """All files below a folder. `token` tells one walk from the next, which may find other files there."""

    folder: str
    token: str = field(default_factory=_new_token)

    def names(self) -> Sequence[str]:
        return _folder_names(self)[0]

    def read(self, name: str) -> bytes:
        """Raises KeyError, as for what the walk would not follow."""
        path = _folder_names(self)[1][name]
        try:
            data = unlinked.read(path, MAX_FILE_BYTES)
        except OSError as error:
            raise KeyError(name) from error
        if len(data) > MAX_FILE_BYTES:
            raise KeyError(name)
        return data


@dataclass(frozen=True, slots=True)
class ZipPackage:
    """All files of a zip."""

    path: str
    token: str = field(default_factory=_new_token)

    def names(self) -> Sequence[str]:
        return _zip_names(self)[0]

    def read(self, name: str) -> bytes:
        """Raises KeyError, also for what can't be read within bounds."""
        info = _zip_names(self)[1][name]
        try:
            return zips.read_member(_archive(self), info)
        except (Unreadable, *zips.BROKEN) as error:
            raise KeyError(name) from error


@lru_cache(maxsize=KEPT_OPEN)
def _folder_names(package: FolderPackage) -> tuple[list[str], dict[str, Path]]:
    found: dict[str, Path] = {}
    for path in _below(Path(package.folder)):
        found[shown(path.relative_to(package.folder).as_posix())] = path
        if len(found) == MAX_MEMBERS:
            break
    return sorted(found, key=lambda name: name.split("/")), found


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(place) / name
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path


@lru_cache(maxsize=KEPT_OPEN)
def _archive(package: ZipPackage) -> zipfile.ZipFile:
    stream = unlinked.opened(Path(package.path))
    archive = zipfile.ZipFile(stream)
    weakref.finalize(archive, stream.close)
    return archive


@lru_cache(maxsize=KEPT_OPEN)
def _zip_names(package: ZipPackage) -> tuple[list[str], dict[str, zipfile.ZipInfo]]:
    with suppress(Unreadable):
        with zips.opened(Path(package.path)) as archive:
            found = [member for member in zips.members(archive) if not member.passed_over]
        return [member.label for member in found], {member.label: member.info for member in found}
    return [], {}


class Spool:
    """Zips that came in zips, unpacked to files of ours while an import reads them: once each, and gone at the end."""

    def __init__(self, folder: Path | None = None) -> None:
        self._parent = folder
        self._unpacked: dict[tuple[str, str], Path] = {}
        self._folder: Path | None = None
        self._bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for cache in (_archive, _zip_names, _folder_names):
            cache.cache_clear()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def take(self, zip_path: Path, archive: zipfile.ZipFile, member: zips.Member) -> Path:
        """The file of a member. Raises Unreadable, and OSError where there is no room."""
        key = (str(zip_path), member.place)
        if key not in self._unpacked:
            self._bytes += member.info.file_size
            if self._bytes > zips.MAX_ZIP_BYTES:
                raise Unreadable(f"The zips inside zips unpack to more than {zips.MAX_ZIP_BYTES // 1024**3} GB.")
            path = self._home() / f"{len(self._unpacked)}.zip"
            with path.open("wb") as target:
                zips.unpack_member(archive, member.info, target)
            self._unpacked[key] = path
        return self._unpacked[key]

    def _home(self) -> Path:
        if self._folder is None:
            if self._parent:
                self._parent.mkdir(parents=True, exist_ok=True)
            self._folder = Path(tempfile.mkdtemp(prefix="unpacked-", dir=self._parent)).resolve()
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder
