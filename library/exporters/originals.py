"""The files of one import as they were brought, for the reader whose import it was."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator

from django.db.models import Exists, OuterRef, QuerySet

from library.exporters.names import Names, kept
from library.models import FormerOriginal, ImportedRecord, ImportRun, Original, Source

CHUNK = 200


def entries(run: ImportRun) -> QuerySet[ImportedRecord]:
    """The ledger; `kept` says of an entry whether its file's bytes are here, for an article of the same reader."""
    now = Source.objects.filter(owner=run.owner_id, original=OuterRef("sha256"))
    before = FormerOriginal.objects.filter(source__owner=run.owner_id, original=OuterRef("sha256"))
    return run.entries.annotate(kept=Exists(now) | Exists(before))


def file_name(entry: ImportedRecord) -> str:
    return kept(entry.file).rpartition("/")[2]


def data_of(entry: ImportedRecord) -> bytes | None:
    """None where the kept bytes are damaged, or gone meanwhile."""
    try:
        return Original.objects.get(pk=entry.sha256).data
    except (Original.DoesNotExist, zlib.error):
        return None


def zipped(run: ImportRun) -> Iterator[bytes]:
    """All of them as a zip, a piece at a time: of the files, one at most is in memory."""
    outlet, names = _Outlet(), Names()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in _files(run):
            data = data_of(entry)
            if data is not None:
                archive.writestr(names.take(kept(entry.file)), data)
                yield outlet.take()
    yield outlet.take()


def _files(run: ImportRun) -> Iterator[ImportedRecord]:
    """Each file once: the records of one stand together."""
    last, before = 0, ("", "")
    while chunk := list(entries(run).filter(pk__gt=last).order_by("id")[:CHUNK]):
        for entry in chunk:
            if entry.kept and (entry.file, entry.sha256) != before:  # type: ignore[attr-defined]
                yield entry
            before = (entry.file, entry.sha256)
        last = chunk[-1].pk


class _Outlet:
    """A file that can't be wound back, from which what was written is taken away."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """What is written goes nowhere until it is taken."""

    def close(self) -> None:
        """There is nothing to let go of."""

    def take(self) -> bytes:
        written, self._written = b"".join(self._written), []
        return written
