"""Files that came with a record become attachments of its link."""

from __future__ import annotations

import hashlib
import mimetypes
import zlib
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import NamedTuple

from library.importers.record import Package, Record
from library.models import Attachment, Original
from library.models.sources import COMPRESSION

MOST = 500
"""So many files one record can bring; each is bounded as it is read."""
PACKED = ("image/", "video/", "audio/", "application/pdf", "application/zip")
UNKNOWN = "application/octet-stream"
NAME_LENGTH, TYPE_LENGTH = 255, 100


class Kept(NamedTuple):
    """A file as an Original keeps it."""

    sha256: str
    size: int
    compressed: bytes


Files = dict[tuple[Package, str], Kept]
"""By the package and their names in it."""


def read_ahead(records: Iterable[tuple[Package, Record]], most: int) -> tuple[Files, bool]:
    """What the records bring, read and compressed before anything is locked; and whether that is all.

    It ends where the files have more than `most` bytes together.
    """
    files: Files = {}
    size = 0
    for package, record in records:
        for name in record.attachments[:MOST]:
            if (package, name) not in files and (kept := _kept(package, name)):
                files[package, name] = kept
                size += kept.size
            if size > most:
                return files, False
    return files, True


def attach(link_id: int, package: Package, names: Iterable[str], ahead: Files) -> list[int]:
    """Keep those files of the package that can be read. Returns the ids of the attachments."""
    made = []
    for name in list(names)[:MOST]:
        if kept := ahead.get((package, name)) or _kept(package, name):
            Original.objects.keep([kept])
            made.append(_attachment(link_id, name, kept.sha256).pk)
    return made


def missing(package: Package, record: Record) -> tuple[str, ...]:
    """A sentence for each file that the record names and that did not come with it, or can't be read."""
    if not record.attachments:
        return ()
    there = set(package.names())
    gone = [name for name in record.attachments if name not in there]
    return tuple(f"“{name}”, which it shows or links to, did not come with it." for name in gone[:MOST])


def _kept(package: Package, name: str) -> Kept | None:
    try:
        data = package.read(name)
    except KeyError:
        return None
    # What is packed already gets no smaller.
    level = 0 if _media_type(name).startswith(PACKED) else COMPRESSION
    return Kept(hashlib.sha256(data).hexdigest(), len(data), zlib.compress(data, level))


def _attachment(link_id: int, name: str, sha256: str) -> Attachment:
    shown = PurePosixPath(name).name[-NAME_LENGTH:] or "file"
    return Attachment.objects.create(
        link_id=link_id, original_id=sha256, name=shown, reference=name, media_type=_media_type(name)
    )


def _media_type(name: str) -> str:
    return (mimetypes.guess_type(name)[0] or UNKNOWN)[:TYPE_LENGTH]
