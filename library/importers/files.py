"""The files of an import: single ones, folders with all below them, and zips, one at a time and in a fixed order.

Symbolic links are not followed. A zip's names are only ever shown; its members are bounded in count, size and ratio. A
zip inside a zip is read like a folder; one inside that is not.
"""

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from library.importers import unlinked, zips
from library.importers.packages import FolderPackage, Spool, ZipPackage
from library.importers.record import ImportFile, NoPackage, Package
from library.importers.zips import HIDDEN, MAX_FILE_BYTES, NOT_FOLLOWED, TOO_LARGE, Unreadable, shown

DEEPEST_ZIP = 2
TOO_DEEP = "A zip in a zip that is in a zip itself. Unpack it first."

# The number of a path, a file's name in sorted order, and how many of its records are done where that isn't all.
Cursor = tuple[int, list[str]] | tuple[int, list[str], int]
# A path; or a path and the name to show for it, since what is uploaded lies under names of ours, and one file of a
# folder is called as in that folder. Files of a zip that shows no name ("") are shown as if they lay in a folder.
Origin = str | list[str]
_Found = tuple[str, ImportFile | Callable[[], ImportFile]]


def walk(
    paths: Sequence[Origin], after: Cursor | None = None, spool: Spool | None = None
) -> Iterator[tuple[Cursor, ImportFile]]:
    """Every file of `paths` in order, each with its cursor; `after` a cursor, only those that aren't done."""
    spool = spool or Spool()
    for number, place in enumerate(paths):
        if after is not None and number < after[0]:
            continue
        done = after[1] if after is not None and number == after[0] else None
        begun = after is not None and len(after) > 2
        for name, file in _found(place, spool):
            parts = shown(name).split("/")
            if done is None or parts > done or (begun and parts == done):
                yield (number, parts), file() if callable(file) else file


def count(paths: Sequence[Origin], spool: Spool | None = None) -> int:
    """How many files `walk` will yield. Reads folders and zip directories, no contents."""
    spool = spool or Spool()
    return sum(1 for place in paths for _ in _found(place, spool))


@dataclass(frozen=True, slots=True)
class _Later:
    """A file to be read only when it is its turn."""

    path: Path
    name: str
    package: Package
    inner: str

    def __call__(self) -> ImportFile:
        try:
            data = unlinked.read(self.path, MAX_FILE_BYTES)
        except OSError as error:
            return ImportFile(self.name, problem=f"The file can't be read: {error.strerror}.")
        if len(data) > MAX_FILE_BYTES:
            return ImportFile(self.name, problem=TOO_LARGE)
        return _with_data(self.name, data, self.package, self.inner)


@dataclass(frozen=True, slots=True)
class _LaterMember:
    """A zip's member, to be read only when it is its turn."""

    archive: zipfile.ZipFile
    member: zips.Member
    name: str
    package: Package

    def __call__(self) -> ImportFile:
        try:
            data = zips.read_member(self.archive, self.member.info)
        except Unreadable as problem:
            return ImportFile(self.name, problem=str(problem))
        return _with_data(self.name, data, self.package, self.member.label)


def _with_data(name: str, data: bytes, package: Package, inner: str) -> ImportFile:
    sha256 = hashlib.sha256(data).hexdigest()
    return ImportFile(name, data, sha256, len(data), package=package, inner=inner)


def _found(place: Origin, spool: Spool) -> Iterator[_Found]:
    path = unlinked.real(Path(place if isinstance(place, str) else place[0]))
    if isinstance(place, str):
        yield from _files(path, spool)
    elif _is_zip(path.name):
        yield from _zip(_Zip(path, place[1], place[1], spool))
    else:
        yield from _single(path, place[1], FolderPackage(str(path).removesuffix(place[1])), spool)


def _files(path: Path, spool: Spool) -> Iterator[_Found]:
    if path.is_symlink():
        yield path.name, ImportFile(shown(path.name), problem=NOT_FOLLOWED, holds_none=True)
    elif path.is_dir():
        yield from _folder(path, "", FolderPackage(str(path)), spool)
    else:
        yield from _single(path, path.name, NoPackage(), spool)


def _folder(folder: Path, prefix: str, package: Package, spool: Spool) -> Iterator[_Found]:
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
            yield from _folder(Path(entry.path), f"{name}/", package, spool)
        elif entry.is_file():
            yield from _single(Path(entry.path), name, package, spool)


def _single(path: Path, name: str, package: Package, spool: Spool) -> Iterator[_Found]:
    if _is_zip(name):
        yield from _zip(_Zip(path, name, name, spool))
    else:
        inner = "" if isinstance(package, NoPackage) else shown(name)
        yield name, _Later(path, shown(name), package, inner)


def _is_zip(name: str) -> bool:
    return name.lower().endswith(".zip")


@dataclass(frozen=True, slots=True)
class _Zip:
    """A zip to walk: `place` stands in the order, `label` is shown before the names of its files."""

    path: Path
    place: str
    label: str
    spool: Spool
    depth: int = 1


def _within(prefix: str, name: str) -> str:
    return f"{prefix}/{name}" if prefix else name


def _zip(found: _Zip) -> Iterator[_Found]:
    try:
        with zips.opened(found.path) as archive:
            package = ZipPackage(str(found.path))
            for member in zips.members(archive):
                yield from _member(found, archive, member, package)
    except Unreadable as problem:
        yield found.place, ImportFile(shown(found.label), problem=str(problem))


def _member(found: _Zip, archive: zipfile.ZipFile, member: zips.Member, package: Package) -> Iterator[_Found]:
    place, label = _within(found.place, member.place), shown(_within(found.label, member.label))
    if member.passed_over:
        yield place, ImportFile(label, problem=member.passed_over, holds_none=True)
    elif not _is_zip(member.label):
        yield place, _LaterMember(archive, member, label, package)
    elif found.depth == DEEPEST_ZIP:
        yield place, ImportFile(label, problem=TOO_DEEP)
    else:
        try:
            path = found.spool.take(found.path, archive, member)
        except Unreadable as problem:
            yield place, ImportFile(label, problem=str(problem))
        except OSError as error:
            yield place, ImportFile(label, problem=f"The zip can't be unpacked here: {error.strerror}.")
        else:
            yield from _zip(_Zip(path, place, label, found.spool, found.depth + 1))
