"""All that can be made of a file without the database, and a process beside the import that makes it.

Reading, compressing and counting take as long as writing; with a second processor they cost the import nothing.
"""

from __future__ import annotations

import hashlib
import logging
import zlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from operator import attrgetter, itemgetter
from types import ModuleType

from django.db import connection

from library.content import urls
from library.content.facts import Facts, facts
from library.content.text import fold
from library.content.words import Indexed
from library.importers import attaching, limits, passages
from library.importers.formats import address_table, format_of, name_of, table, takes
from library.importers.looking import Seen, is_unknown_table, seen_in
from library.importers.record import HoldsNone, ImportFile, NotARecord, Package, Record, Refusal
from library.models import Outcome
from library.models.links import hash_of, title_key
from library.models.sources import COMPRESSION
from library.search.documents import made_of

PATIENCE = 60.0  # seconds for a batch
FILE_SECONDS = 22.0  # of CPU: the worst are to end within 30, with what comes before and after
FILE_MEMORY = 352 * 1024 * 1024  # beyond what the import has anyway

logger = logging.getLogger(__name__)

NOT_RECOGNISED = "No format that can be imported."
UNKNOWN_TABLE = "A table of which no column is known as one of addresses."
EMPTY = "The file holds no articles."
UNREADABLE = "The file can't be read by this version. It was left out; its text is safe where it is."
TAKES_TOO_LONG = "The file takes far longer to read than any export. It was left out; its text is safe where it is."
TAKES_TOO_MUCH = "The file takes far more memory than any export. It was left out; its text is safe where it is."
BREAKS = "The file breaks off whatever reads it. It was left out; its text is safe where it is."


@dataclass(frozen=True, slots=True)
class Prepared:
    """One record with what is computed from it. `compressed` is the whole file's bytes, as an Original keeps them.

    `key` is what its Source is known by, `position` its place among the `records` of its file. `marks` are the words of
    its highlights, as the index takes them in.
    """

    record: Record
    format: str
    key: str
    position: int
    records: int
    url_hash: str | None
    site: str
    title_key: str
    facts: Facts
    indexed: dict[str, Indexed]
    marks: tuple[Indexed, ...]
    warnings: tuple[str, ...]
    compressed: bytes


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one file: its records, or the outcome and the sentence that explains why there are none.

    `file` no longer has its data. `refused` are the records that can't be taken, by their position. `seen` is told
    where the import only looks.
    """

    file: ImportFile
    records: tuple[Prepared, ...] = ()
    outcome: Outcome | None = None
    message: str = ""
    refused: tuple[tuple[int, Refusal], ...] = ()
    seen: Seen | None = None

    @property
    def count(self) -> int:
        return len(self.records) + len(self.refused)

    def records_of(self, first: int, last: int) -> tuple[Prepared, ...]:
        """Those from one position to before another: both lists stand in the order of their positions."""
        start = bisect_left(self.records, first, key=attrgetter("position"))
        return self.records[start : bisect_left(self.records, last, start, key=attrgetter("position"))]

    def refused_of(self, first: int, last: int) -> tuple[tuple[int, Refusal], ...]:
        start = bisect_left(self.refused, first, key=itemgetter(0))
        return self.refused[start : bisect_left(self.refused, last, start, key=itemgetter(0))]


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the reader wants files to be read: `mapping` says what columns mean. `looks` asks what there is to choose."""

    format: str = ""
    folders: bool = True
    mapping: Mapping[str, str] = field(default_factory=dict)
    looks: bool = False


def prepare(file: ImportFile, wishes: Wishes) -> Reading:
    """Pure: reads no database, never raises for what a file holds, takes no more time or memory than honest ones."""
    try:
        with limits.cpu_time(FILE_SECONDS), limits.memory(FILE_MEMORY):
            return _prepare(file, wishes)
    except limits.TooLong:
        return Reading(replace(file, data=b""), outcome=Outcome.REJECTED, message=TAKES_TOO_LONG)


def _prepare(file: ImportFile, wishes: Wishes) -> Reading:
    bare = replace(file, data=b"")
    if file.problem:
        return Reading(bare, outcome=Outcome.IGNORED if file.holds_none else Outcome.REJECTED, message=file.problem)
    try:
        module = format_of(file, wishes.format)
        if module is None and _is_explained(file, wishes):
            module = address_table
        seen = seen_in(file, module) if wishes.looks else None
        if module is None:
            message = UNKNOWN_TABLE if is_unknown_table(file) else NOT_RECOGNISED
            return Reading(bare, outcome=Outcome.IGNORED, message=message, seen=seen)
        return replace(_reading(bare, file, name_of(module), _records(file, module, wishes)), seen=seen)
    except HoldsNone as reason:
        return Reading(bare, outcome=Outcome.IGNORED, message=str(reason))
    except NotARecord as reason:
        return Reading(bare, outcome=Outcome.REJECTED, message=str(reason))
    except MemoryError:
        return Reading(bare, outcome=Outcome.REJECTED, message=TAKES_TOO_MUCH)
    except Exception:  # whatever a stranger's file does to us, the other files go on
        logger.exception("A file can't be prepared.")
        return Reading(bare, outcome=Outcome.REJECTED, message=UNREADABLE)


def _is_explained(file: ImportFile, wishes: Wishes) -> bool:
    """Whether the reader has said what a column of this table is."""
    return not wishes.format and is_unknown_table(file) and any(map(wishes.mapping.get, table.columns(file)))


def _records(file: ImportFile, module: ModuleType, wishes: Wishes) -> list[Record | Refusal]:
    choices = {"folders": wishes.folders, "mapping": wishes.mapping}
    return list(module.read(file, **{name: value for name, value in choices.items() if takes(module, name)}))


def _reading(bare: ImportFile, file: ImportFile, format: str, found: list[Record | Refusal]) -> Reading:
    if not found:
        return Reading(bare, outcome=Outcome.IGNORED, message=EMPTY)
    compressed = zlib.compress(file.data, COMPRESSION)
    keys = _keys(file.name, format, found)
    records = [
        _prepared(one, format, key, position, len(found), compressed, file.package)
        for position, (one, key) in enumerate(zip(found, keys, strict=True))
        if isinstance(one, Record)
    ]
    refused = [(position, one) for position, one in enumerate(found) if isinstance(one, Refusal)]
    return Reading(bare, tuple(records), refused=tuple(refused))


def _keys(name: str, format: str, found: list[Record | Refusal]) -> list[str]:
    """A Source's key for each: the tool's own id, else the file's name, with the address or the title where the file
    holds several. What would be known by the same has a number.
    """
    seen: Counter[str] = Counter()
    keys = []
    for one in found:
        key = _key(name, format, one, alone=len(found) == 1)
        seen[key] += 1
        keys.append(source_key(key if seen[key] == 1 else f"{key}#{seen[key]}"))
    return keys


def _key(name: str, format: str, one: Record | Refusal, *, alone: bool) -> str:
    if isinstance(one, Record) and one.key:
        return f"{format}:{one.key}"
    if alone:
        return name
    mark = urls.canonical(one.url) if isinstance(one, Record) else None
    return f"{name}#{hashlib.sha256((mark or fold(one.title)).encode()).hexdigest()[:32]}"


def _prepared(
    record: Record, format: str, key: str, position: int, records: int, compressed: bytes, package: Package
) -> Prepared:
    canonical = urls.canonical(record.url)
    return Prepared(
        record=record,
        format=format,
        key=key,
        position=position,
        records=records,
        url_hash=hash_of(canonical),
        site=urls.site(record.url),
        title_key=title_key(record.title),
        facts=facts((text.kind, text.text) for text in record.texts if not text.beside),
        indexed={text.key: made_of(text.text) for text in record.texts},
        marks=tuple(made_of(text) for text in passages.texts(passages.new_to(record))),
        warnings=(*record.warnings, *passages.warnings(record), *attaching.missing(package, record)),
        compressed=compressed,
    )


# PostgreSQL's B-tree takes no key over 2,704 bytes.
KEY_LENGTH, KEY_BYTES = 1024, 2400


def source_key(name: str) -> str:
    """A Source's key: a name, of which the end says more than the beginning."""
    return name[-KEY_LENGTH:].encode()[-KEY_BYTES:].decode(errors="ignore")


class Preparer:
    """Prepares batches, one at a time: here, or in a process beside this one where the import is worth one.

    `start` a batch, do something else, then take its `result`.
    """

    def __init__(self, wishes: Wishes, beside: bool) -> None:
        self._wishes = wishes
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
            return [prepare(file, self._wishes) for file in self._batch]
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
            wanted = (self._pipe, theirs, self._wishes)
            self._process = context.Process(target=_serve, args=wanted, daemon=True)
            self._process.start()
            theirs.close()
        return self._pipe


def _serve(parents: Connection, pipe: Connection, wishes: Wishes) -> None:
    """The process beside the import. It ends when the import does, however that ends."""
    parents.close()
    try:
        while True:
            pipe.send([prepare(file, wishes) for file in pipe.recv()])
    except (EOFError, OSError, KeyboardInterrupt):
        return
