"""All that can be made of a file without the database, and a process beside the import that makes it.

Reading, compressing and counting take as long as writing; with a second processor they cost the import nothing.
"""

from __future__ import annotations

import logging
import zlib
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess

from django.db import connection

from library.content import urls
from library.content.facts import Facts, facts
from library.content.words import Indexed
from library.importers.formats import format_of
from library.importers.record import ImportFile, NotARecord, Record
from library.models import Outcome
from library.models.links import hash_of, title_key
from library.models.sources import COMPRESSION
from library.search.documents import made_of

PATIENCE = 60.0  # seconds for a batch

logger = logging.getLogger(__name__)

NOT_RECOGNISED = "No format that can be imported: it is no Markdown file."
UNREADABLE = "The file can't be read by this version. It was left out; its text is safe where it is."
BREAKS = "The file breaks off whatever reads it. It was left out; its text is safe where it is."


@dataclass(frozen=True, slots=True)
class Prepared:
    """One record with what is computed from it. `compressed` is the whole file's bytes, as an Original keeps them."""

    record: Record
    url_hash: str | None
    site: str
    title_key: str
    facts: Facts
    indexed: dict[str, Indexed]
    compressed: bytes


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one file: its records, or the outcome and the sentence that explains why there are none.

    `file` no longer has its data.
    """

    file: ImportFile
    records: tuple[Prepared, ...] = ()
    outcome: Outcome | None = None
    message: str = ""


def prepare(file: ImportFile, named_format: str) -> Reading:
    """Pure: reads no database and never raises for what a file holds."""
    bare = replace(file, data=b"")
    if file.problem:
        return Reading(bare, outcome=Outcome.IGNORED if file.holds_none else Outcome.REJECTED, message=file.problem)
    module = format_of(file, named_format)
    if module is None:
        return Reading(bare, outcome=Outcome.IGNORED, message=NOT_RECOGNISED)
    try:
        records = tuple(module.read(file))
        compressed = zlib.compress(file.data, COMPRESSION)
        return Reading(bare, tuple(_prepared(record, compressed) for record in records))
    except NotARecord as reason:
        return Reading(bare, outcome=Outcome.REJECTED, message=str(reason))
    except Exception:  # whatever a stranger's file does to us, the other files go on
        logger.exception("A file can't be prepared.")
        return Reading(bare, outcome=Outcome.REJECTED, message=UNREADABLE)


def _prepared(record: Record, compressed: bytes) -> Prepared:
    canonical = urls.canonical(record.url)
    return Prepared(
        record=record,
        url_hash=hash_of(canonical),
        site=urls.site(record.url),
        title_key=title_key(record.title),
        facts=facts((text.kind, text.text) for text in record.texts if not text.beside),
        indexed={text.key: made_of(text.text) for text in record.texts},
        compressed=compressed,
    )


class Preparer:
    """Prepares batches, one at a time: here, or in a process beside this one where the import is worth one.

    `start` a batch, do something else, then take its `result`.
    """

    def __init__(self, named_format: str, beside: bool) -> None:
        self._format = named_format
        self._beside = beside
        self._process: ForkProcess | None = None
        self._pipe: Connection | None = None
        self._batch: list[ImportFile] = []

    def start(self, batch: list[ImportFile]) -> None:
        self._batch = batch
        if self._beside and batch:
            self._send(batch)

    def result(self) -> list[Reading]:
        """The readings of the batch that was started, in its order."""
        if not self._batch:
            return []
        if not self._beside:
            return [prepare(file, self._format) for file in self._batch]
        received = self._receive()
        return received if received is not None else [self._alone(file) for file in self._batch]

    def close(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None

    def _alone(self, file: ImportFile) -> Reading:
        """One file of a batch whose process died over it: the one that kills it again is left out."""
        self._send([file])
        received = self._receive()
        return received[0] if received else Reading(replace(file, data=b""), (), Outcome.REJECTED, BREAKS)

    def _send(self, batch: list[ImportFile]) -> None:
        try:
            self._open_pipe().send(batch)
        except OSError:
            self.close()

    def _receive(self) -> list[Reading] | None:
        """None when the process died, or takes longer than honest files would."""
        try:
            if self._pipe is None or not self._pipe.poll(PATIENCE):
                raise EOFError
            received: list[Reading] = self._pipe.recv()
        except (EOFError, OSError):
            self.close()
            return None
        return received

    def _open_pipe(self) -> Connection:
        if self._pipe is None:
            context = get_context("fork")
            if not connection.in_atomic_block:
                connection.close()  # so that the new process has no database of ours
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(target=_serve, args=(self._pipe, theirs, self._format), daemon=True)
            self._process.start()
            theirs.close()
        return self._pipe


def _serve(parents: Connection, pipe: Connection, named_format: str) -> None:
    """The process beside the import. It ends when the import does, however that ends."""
    parents.close()
    try:
        while True:
            pipe.send([prepare(file, named_format) for file in pipe.recv()])
    except (EOFError, OSError, KeyboardInterrupt):
        return
