"""Zips from strangers: their members in a fixed order, each read within bounds. Their names are only ever data."""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import groupby
from os import SEEK_END
from pathlib import Path
from typing import IO, BinaryIO

from library.importers import unlinked

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_MEMBERS = 200_000
# Of a member with a name of 250 bytes; and where the end of a zip is looked for: its longest comment and its records.
MAX_DIRECTORY_BYTES = MAX_MEMBERS * 300
END_OF_ZIP = 65_535 + 22 + 20 + 56
MAX_ZIP_BYTES = 8 * 1024**3
# Text of real exports packs 3 to 10 times; what packs far better was made to fill a disk.
MAX_RATIO = 200
FREE_BYTES = 1024**2
CHUNK = 1024**2

TOO_LARGE = f"The file is larger than {MAX_FILE_BYTES // 1024**2} MB. Split it, or leave it out."
NOT_FOLLOWED = "A symbolic link, which is not followed."
NAMELESS = "no name"
HIDDEN = "A hidden or system file."
LOCKED = "The zip's file is locked with a password. Unpack it first."
DAMAGED = "The file is damaged inside its zip. Export it again."
DAMAGED_ZIP = "The zip is damaged or no zip at all. Download or export it again."
ON_EACH_OTHER = "The zip's files take more room than the zip has. No program packs like that; export it again."
FAR_TOO_MUCH = "The file unpacks to far more than any text would. It was left out."

BROKEN = (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError)


class Unreadable(Exception):
    """Why a zip or a file of one can't be read, in a sentence."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a zip: where it stands in the order, and the name to show for it."""

    place: str
    label: str
    info: zipfile.ZipInfo

    @property
    def passed_over(self) -> str:
        """Why it is no file to read at all."""
        if stat.S_ISLNK(self.info.external_attr >> 16):
            return NOT_FOLLOWED
        hidden = any(part.startswith((".", "__MACOSX")) for part in self.info.filename.split("/"))
        return HIDDEN if hidden else ""


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The zip while the caller reads it. Raises Unreadable."""
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(unlinked.opened(path))
            if _directory_bytes(stream) > MAX_DIRECTORY_BYTES:
                raise Unreadable(f"The zip holds more than {MAX_MEMBERS:,} files. Split it.")
            archive = stack.enter_context(zipfile.ZipFile(stream))
        except BROKEN as error:
            raise Unreadable(DAMAGED_ZIP) from error
        yield archive


def members(archive: zipfile.ZipFile) -> list[Member]:
    """All its files, as folders are sorted. Of several of one name each has its own. Raises Unreadable."""
    found = [info for info in archive.infolist() if not info.filename.endswith("/")]
    if len(found) > MAX_MEMBERS:
        raise Unreadable(f"The zip holds {len(found):,} files. The limit is {MAX_MEMBERS:,}; split it.")
    if sum(info.file_size for info in found) > MAX_ZIP_BYTES:
        raise Unreadable(f"The zip unpacks to more than {MAX_ZIP_BYTES // 1024**3} GB. Split it.")
    if sum(info.compress_size for info in found) > archive.start_dir:
        raise Unreadable(ON_EACH_OTHER)
    ordered = sorted(found, key=lambda info: _name(info).split("/"))
    return [
        Member(f"{name}/{number:06}", f"{name} ({number + 1})", info) if number else Member(name, name, info)
        for name, same in groupby(ordered, key=_name)
        for number, info in enumerate(same)
    ]


def _name(info: zipfile.ZipInfo) -> str:
    """As it is shown. A zip may hold a file without one."""
    return shown(info.filename) or NAMELESS


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Raises Unreadable."""
    if info.flag_bits & 0x1:
        raise Unreadable(LOCKED)
    try:
        with archive.open(info) as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except BROKEN as error:
        raise Unreadable(DAMAGED) from error
    if len(data) > MAX_FILE_BYTES:
        raise Unreadable(TOO_LARGE)
    _check_ratio(len(data), info)
    return data


def stream_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    """To be read a piece at a time, whatever its size, which is no more than it says. Raises Unreadable."""
    if info.flag_bits & 0x1:
        raise Unreadable(LOCKED)
    _check_ratio(info.file_size, info)
    try:
        return archive.open(info)
    except BROKEN as error:
        raise Unreadable(DAMAGED) from error


def unpack_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: BinaryIO) -> None:
    """Write it out a piece at a time, whatever its size. Raises Unreadable, and OSError where the disk is full."""
    if info.flag_bits & 0x1:
        raise Unreadable(LOCKED)
    done = 0
    try:
        with archive.open(info) as stream:
            while chunk := stream.read(CHUNK):
                done += len(chunk)
                _check_ratio(done, info)
                target.write(chunk)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError) as error:
        raise Unreadable(DAMAGED) from error


def _check_ratio(size: int, info: zipfile.ZipInfo) -> None:
    if size > FREE_BYTES and size > MAX_RATIO * max(info.compress_size, 1):
        raise Unreadable(FAR_TOO_MUCH)


def _directory_bytes(stream: BinaryIO) -> int:
    """How large the zip says its directory is, of which `zipfile` reads no more: looked at before it is read whole."""
    size = stream.seek(0, SEEK_END)
    stream.seek(max(0, size - END_OF_ZIP))
    end = stream.read()
    large, small = end.rfind(b"PK\6\6"), end.rfind(b"PK\5\6")
    if large >= 0 and large + 48 <= len(end):
        return int.from_bytes(end[large + 40 : large + 48], "little")
    return int.from_bytes(end[small + 12 : small + 16], "little") if small >= 0 else 0


def shown(name: str) -> str:
    """A file's name as text that every database takes: bytes that are no UTF-8 become U+FFFD."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\0", "")
