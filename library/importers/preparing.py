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
from functools import cache
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from multiprocessing.reduction import ForkingPickler
from operator import attrgetter, itemgetter
from types import ModuleType

from django.db import connection

from library.content import urls
from library.content.facts import Facts, facts
from library.content.languages import language_of
from library.content.packing import packs_quickly
from library.content.text import fold, plain
from library.content.words import Indexed, Lexicon
from library.importers import attaching, limits, passages
from library.importers.formats import address_table, format_of, name_of, table, takes
from library.importers.looking import Seen, is_unknown_table, seen_in
from library.importers.record import HoldsNone, ImportFile, NotARecord, Package, Record, Refusal
from library.models import Outcome
from library.models.links import hash_of, title_key
from library.models.sources import COMPRESSION
from library.search.documents import language_of_all

PATIENCE = 60.0  # seconds for a batch
FILE_SECONDS = 22.0  # of CPU: the worst are to end within 30, with what comes before and after
FILE_MEMORY = 352 * 1024 * 1024  # beyond what the import has anyway

Packed = memoryview | bytes

logger = logging.getLogger(__name__)

NOT_RECOGNISED = "No format that can be imported."
UNKNOWN_TABLE = "A table of which no column is known as one of addresses."
EMPTY = "The file holds no articles."
UNREADABLE = "The file can't be read by this version. It was left out; its text is safe where it is."
TAKES_TOO_LONG = "The file takes far longer to read than any export. It was left out; its text is safe where it is."
TAKES_TOO_MUCH = "The file takes far more memory than any export. It was left out; its text is safe where it is."
BREAKS = "The file breaks off whatever reads it. It was left out; its text is safe where it is."


@packs_quickly
@dataclass(frozen=True, slots=True)
class Prepared:
    """One record with what is computed from it. `compressed` is the whole file's bytes, as an Original keeps them.

    `key` is what its Source is known by, `position` its place among the `records` of its file. `indexed` are its
    texts, `marks` its highlights and `title` its title as the index takes them in.
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
    title: Indexed
    warnings: tuple[str, ...]
    compressed: bytes


@packs_quickly
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


def prepare(file: ImportFile, wishes: Wishes, lexicon: Lexicon | None = None) -> Reading:
    """Pure: reads no database, never raises for what a file holds, takes no more time or memory than honest ones.

    The words that are new to the lexicon are told by it.
    """
    try:
        with limits.cpu_time(FILE_SECONDS), limits.memory(FILE_MEMORY):
            return _prepare(file, wishes, lexicon or Lexicon(set()))
    except limits.TooLong:
        return Reading(replace(file, data=b""), outcome=Outcome.REJECTED, message=TAKES_TOO_LONG)


def _prepare(file: ImportFile, wishes: Wishes, lexicon: Lexicon) -> Reading:
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
        found = _records(file, module, wishes)
        whole = _Whole.of(file, name_of(module), len(found), lexicon)
        return replace(_reading(bare, whole, found), seen=seen)
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


def _reading(bare: ImportFile, whole: _Whole, found: list[Record | Refusal]) -> Reading:
    if not found:
        return Reading(bare, outcome=Outcome.IGNORED, message=EMPTY)
    keys = _keys(bare.name, whole.format, found)
    records = [
        _prepared(one, key, position, whole)
        for position, (one, key) in enumerate(zip(found, keys, strict=True))
        if isinstance(one, Record)
    ]
    refused = [(position, one) for position, one in enumerate(found) if isinstance(one, Refusal)]
    return Reading(bare, tuple(records), refused=tuple(refused))


@dataclass(frozen=True, slots=True)
class _Whole:
    """What the records of one file share."""

    format: str
    package: Package
    records: int
    compressed: bytes
    lexicon: Lexicon

    @classmethod
    def of(cls, file: ImportFile, format: str, records: int, lexicon: Lexicon) -> _Whole:
        return cls(format, file.package, records, zlib.compress(file.data, COMPRESSION), lexicon)


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


def _prepared(record: Record, key: str, position: int, whole: _Whole) -> Prepared:
    canonical = urls.canonical(record.url)
    plain_once = cache(plain)

    def as_indexed(text: str) -> Indexed:
        return whole.lexicon.indexed(words := plain_once(text), language_of(words))

    indexed = {text.key: as_indexed(text.text) for text in record.texts}
    marks = tuple(as_indexed(text) for text in passages.texts(passages.new_to(record)))
    read = [indexed[text.key] for text in record.texts if not text.beside]
    return Prepared(
        record=record,
        format=whole.format,
        key=key,
        position=position,
        records=whole.records,
        url_hash=hash_of(canonical),
        site=urls.site(record.url),
        title_key=title_key(record.title),
        facts=facts(((text.kind, text.text) for text in record.texts if not text.beside), plain_once),
        indexed=indexed,
        marks=marks,
        title=whole.lexicon.indexed(record.title, language_of_all((*read, *marks), record.title)),
        warnings=(*record.warnings, *passages.warnings(record), *attaching.missing(whole.package, record)),
        compressed=whole.compressed,
    )


# PostgreSQL's B-tree takes no key over 2,704 bytes.
KEY_LENGTH, KEY_BYTES = 1024, 2400


def source_key(name: str) -> str:
    """A Source's key: a name, of which the end says more than the beginning."""
    return name[-KEY_LENGTH:].encode()[-KEY_BYTES:].decode(errors="ignore")


class Preparer:
    """Prepares batches, one at a time: here, or in a process beside this one where the import is worth one.

    Give a batch, do something else, then give the `next` one and take what was made of the first. Words that no file
    had before come into `words`, from which the caller takes them.
    """

    def __init__(self, wishes: Wishes, beside: bool, words: set[str]) -> None:
        self._wishes = wishes
        self._beside = beside
        self._words = words
        self._lexicon = Lexicon(words)
        self._process: ForkProcess | None = None
        self._pipe: Connection | None = None
        self._batch: list[ImportFile] = []

    def next(self, batch: list[ImportFile]) -> list[Reading]:
        """Begin with a batch. Returns the readings of the one before, in its order."""
        before, self._batch = self._batch, batch
        if not self._beside:
            return [prepare(file, self._wishes, self._lexicon) for file in before]
        # The other process is to wait for as little as possible: neither for packing nor for unpacking.
        packed = ForkingPickler.dumps(batch) if batch else None
        answer = self._receive() if before else None
        alone = [self._alone(file) for file in before] if before and answer is None else []
        if packed is not None:
            self._send(packed)
        return alone if answer is None else self._unpacked(answer)

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
        self._send(ForkingPickler.dumps([file]))
        answer = self._receive()
        return self._unpacked(answer)[0] if answer else Reading(replace(file, data=b""), (), Outcome.REJECTED, BREAKS)

    def _send(self, packed: Packed) -> None:
        try:
            self._open_pipe().send_bytes(packed)
        except OSError:
            self.close()

    def _receive(self) -> bytes | None:
        """None when the process died, or takes longer than honest files would."""
        try:
            if self._pipe is None or not self._pipe.poll(PATIENCE):
                raise EOFError
            return self._pipe.recv_bytes()
        except (EOFError, OSError):
            self.close()
            return None

    def _unpacked(self, answer: bytes) -> list[Reading]:
        readings, words = ForkingPickler.loads(answer)
        self._words |= words
        return list(readings)

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
    words: set[str] = set()
    lexicon = Lexicon(words)
    try:
        while True:
            pipe.send(([prepare(file, wishes, lexicon) for file in pipe.recv()], words))
            words.clear()
    except (EOFError, OSError, KeyboardInterrupt):
        return
