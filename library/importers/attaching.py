"""Files that came with a record become attachments of its link."""

from __future__ import annotations

import hashlib
import mimetypes
import zlib
from collections.abc import Iterable
from pathlib import PurePosixPath

from library.importers.record import Package, Record
from library.models import Attachment, Original
from library.models.rows import insert_rows
from library.models.sources import COMPRESSION

MOST = 500
"""So many files one record can bring; each is bounded as it is read."""
PACKED = ("image/", "video/", "audio/", "application/pdf", "application/zip")
UNKNOWN = "application/octet-stream"
NAME_LENGTH, TYPE_LENGTH = 255, 100


def attach(link_id: int, package: Package, names: Iterable[str]) -> list[int]:
    """Keep those files of the package that can be read. Returns the ids of the attachments."""
    made = []
    for name in list(names)[:MOST]:
        try:
            data = package.read(name)
        except KeyError:
            continue
        made.append(_keep(link_id, name, data).pk)
    return made


def missing(package: Package, record: Record) -> tuple[str, ...]:
    """A sentence for each file that the record names and that did not come with it, or can't be read."""
    if not record.attachments:
        return ()
    there = set(package.names())
    gone = [name for name in record.attachments if name not in there]
    return tuple(f"“{name}”, which it shows or links to, did not come with it." for name in gone[:MOST])


def _keep(link_id: int, name: str, data: bytes) -> Attachment:
    sha256, media_type = hashlib.sha256(data).hexdigest(), _media_type(name)
    if not Original.objects.filter(pk=sha256).exists():
        # What is packed already gets no smaller, and would keep other writers waiting.
        level = 0 if media_type.startswith(PACKED) else COMPRESSION
        row = (sha256, len(data), zlib.compress(data, level))
        insert_rows(Original, ("sha256", "size", "compressed"), [row], or_leave=True)
    shown = PurePosixPath(name).name[-NAME_LENGTH:] or "file"
    return Attachment.objects.create(
        link_id=link_id, original_id=sha256, name=shown, reference=name, media_type=media_type
    )


def _media_type(name: str) -> str:
    return (mimetypes.guess_type(name)[0] or UNKNOWN)[:TYPE_LENGTH]
