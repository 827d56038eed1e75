"""The files of an import: single ones, folders with all below them, and zips, one at a time and in a fixed order.

Symbolic links are not followed. A zip's names are only ever shown; its members are bounded in count, size and ratio.
"""

import hashlib
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from library.importers.record import ImportFile

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_MEMBERS = 200_000
# Of a member with a name of 250 bytes; and where the end of a zip is looked for: its longest comment and its records.
MAX_DIRECTORY_BYTES = MAX_MEMBERS * 300
END_OF_ZIP = 65_535 + 22 + 20 + 56
MAX_ZIP_BYTES = 8 * 1024**3
# Text of real exports packs 3 to 10 times; what packs far better was made to fill a disk.
MAX_RATIO = 200

TOO_LARGE = f"The file is larger than {MAX_FILE_BYTES // 1024**2} MB. Split it, or leave it out."
NOT_FOLLOWED = "A symbolic link, which is not followed."
HIDDEN = "A hidden or system file."

Cursor = tuple[int, list[str]]
# A path; or a zip's path and the name to show for it, since what is uploaded lies under names of ours. Files of a zip
# that shows no name ("") are shown as if they lay in a folder.
Place = str | list[str]


def walk(paths: Sequence[Place], after: Cursor | None = None) -> Iterator[tuple[Cursor, ImportFile]]:
    """Every file of `paths` in order, each with its cursor; `after` a cursor, only the ones that follow it."""
    for number, place in enumerate(paths):
        if after is not None and number < after[0]:
            continue
        done = after[1] if after is not None and number == after[0] else None
        for name, file in _found(place):
            parts = shown(name).split("/")
            if done is None or parts > done:
                yield (number, parts), file() if callable(file) else file


def count(paths: Sequence[Place]) -> int:
    """How many files `walk` will yield. Reads folders and zip directories, no contents."""
    return sum(1 for place in paths for _ in _found(place))


class _Later:
    """A file to be read only when it is its turn."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name

    def __call__(self) -> ImportFile:
        try:
            if self.path.stat().st_size > MAX_FILE_BYTES:
                return ImportFile(self.name, problem=TOO_LARGE)
            return _with_data(self.name, self.path.read_bytes())
        except OSError as error:
            return ImportFile(self.name, problem=f"The file can't be read: {error.strerror}.")


class _Member:
    """A zip's member, to be read only when it is its turn."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> None:
        self.archive, self.info, self.name = archive, info, name

    def __call__(self) -> ImportFile:
        if self.info.flag_bits & 0x1:
            return ImportFile(self.name, problem="The zip's file is locked with a password. Unpack it first.")
        try:
            with self.archive.open(self.info) as stream:
                data = stream.read(MAX_FILE_BYTES + 1)
        except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError):
            return ImportFile(self.name, problem="The file is damaged inside its zip. Export it again.")
        if len(data) > MAX_FILE_BYTES:
            return ImportFile(self.name, problem=TOO_LARGE)
        if len(data) > 1024**2 and len(data) > MAX_RATIO * max(self.info.compress_size, 1):
            return ImportFile(self.name, problem="The file unpacks to far more than any text would. It was left out.")
        return _with_data(self.name, data)


_Found = tuple[str, ImportFile | _Later | _Member]


def _with_data(name: str, data: bytes) -> ImportFile:
    return ImportFile(name, data, hashlib.sha256(data).hexdigest(), len(data))


def _found(place: Place) -> Iterator[_Found]:
    return _files(Path(place)) if isinstance(place, str) else _zip(Path(place[0]), place[1])


def _files(path: Path) -> Iterator[_Found]:
    if path.is_symlink():
        yield path.name, ImportFile(shown(path.name), problem=NOT_FOLLOWED, holds_none=True)
    elif path.is_dir():
        yield from _folder(path, "")
    else:
        yield from _single(path, path.name)


def _folder(folder: Path, prefix: str) -> Iterator[_Found]:
    """All below `folder`, sorted so that names split at "/" are in order."""
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: shown(entry.name))
    except OSError as error:
        yield prefix, ImportFile(shown(prefix) or folder.name, problem=f"The folder can't be read: {error.strerror}.")
        return
    for entry in entries:
        name = prefix + entry.name
        if entry.is_symlink():
            yield name, ImportFile(shown(name), problem=NOT_FOLLOWED, holds_none=True)
        elif entry.name.startswith("."):
            yield name, ImportFile(shown(name), problem=HIDDEN, holds_none=True)
        elif entry.is_dir():
            yield from _folder(Path(entry.path), f"{name}/")
        elif entry.is_file():
            yield from _single(Path(entry.path), name)


def _single(path: Path, name: str) -> Iterator[_Found]:
    if name.lower().endswith(".zip"):
        yield from _zip(path, name)
    else:
        yield name, _Later(path, shown(name))


def _zip(path: Path, name: str) -> Iterator[_Found]:
    try:
        if _directory_bytes(path) > MAX_DIRECTORY_BYTES:
            yield name, ImportFile(shown(name), problem=f"The zip holds more than {MAX_MEMBERS:,} files. Split it.")
            return
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            if problem := _zip_problem(members):
                yield name, ImportFile(shown(name), problem=problem)
                return
            for place, label, info in _in_order(members):
                inner = f"{name}/{label}" if name else label
                found = _unreadable(info, inner) or _Member(archive, info, shown(inner))
                yield (f"{name}/{place}" if name else place), found
    except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, EOFError):
        yield name, ImportFile(shown(name), problem="The zip is damaged or no zip at all. Download or export it again.")


def _directory_bytes(path: Path) -> int:
    """How large the zip says its directory is, of which `zipfile` reads no more: looked at before it is read whole."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - END_OF_ZIP))
        end = stream.read()
    large, small = end.rfind(b"PK\6\6"), end.rfind(b"PK\5\6")
    if large >= 0 and large + 48 <= len(end):
        return int.from_bytes(end[large + 40 : large + 48], "little")
    return int.from_bytes(end[small + 12 : small + 16], "little") if small >= 0 else 0


def _in_order(members: list[zipfile.ZipInfo]) -> Iterator[tuple[str, str, zipfile.ZipInfo]]:
    """(place in the order, name to show, member), as folders are sorted. Of several of one name each has its own."""
    ordered = sorted(members, key=lambda info: shown(info.filename).split("/"))
    for name, same in groupby(ordered, key=lambda info: shown(info.filename)):
        for number, info in enumerate(same):
            yield (f"{name}/{number:06}", f"{name} ({number + 1})", info) if number else (name, name, info)


def _zip_problem(members: list[zipfile.ZipInfo]) -> str:
    if len(members) > MAX_MEMBERS:
        return f"The zip holds {len(members):,} files. The limit is {MAX_MEMBERS:,}; split it."
    if sum(info.file_size for info in members) > MAX_ZIP_BYTES:
        return f"The zip unpacks to more than {MAX_ZIP_BYTES // 1024**3} GB. Split it."
    return ""


def _unreadable(info: zipfile.ZipInfo, name: str) -> ImportFile | None:
    if stat.S_ISLNK(info.external_attr >> 16):
        return ImportFile(name, problem=NOT_FOLLOWED, holds_none=True)
    if any(part.startswith((".", "__MACOSX")) for part in info.filename.split("/")):
        return ImportFile(name, problem=HIDDEN, holds_none=True)
    return None


def shown(name: str) -> str:
    """A file's name as text that every database takes: bytes that are no UTF-8 become U+FFFD."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\0", "")
