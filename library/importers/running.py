"""The run that takes every file of an import to its outcome."""

from __future__ import annotations

import gc
import logging
import os
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, transaction

from library.importers import attaching, foreseeing, ledger, looking, placing, restoring_run, taking, taking_back
from library.importers.attaching import Files
from library.importers.files import Cursor, count, walk
from library.importers.ledger import Batch, LeaseLost
from library.importers.match import Incoming, Known, RecordPlace, known_records, whole_files
from library.importers.pace import Pace
from library.importers.packages import Spool
from library.importers.preparing import Preparer, Reading, Wishes
from library.importers.record import ImportFile, Package, Record
from library.importers.scratch import Scratch
from library.models import ImportRun, Link, Outcome, RunState

BATCH_FILES = 100
BATCH_BYTES = 8 * 1024 * 1024
ATTEMPTS = 3
SELDOM = (10_000, 20, 20)  # looks for garbage, as in library.serving

KNOWN = "Already in the library, word for word."
KNOWN_IN_BIN = "Already in the library, word for word. The article is in the Bin."
DELETED_MEANWHILE = "Its article was deleted for good while the import ran. Import the file again to have it back."
CANT_BE_STORED = "The database can't take what the file holds. It was left out; its text is safe where it is."

logger = logging.getLogger(__name__)

Progress = Callable[[ImportRun], None]
Found = tuple[Cursor, ImportFile]


def new_holder() -> str:
    """A name for this process under which it holds a run's lease."""
    return f"{socket.gethostname()[:30]}-{os.getpid()}-{secrets.token_hex(8)}"


def run(import_run: ImportRun, holder: str, progress: Progress | None = None) -> None:
    """Take a run from where it stands to its end, or to where it is stopped. The caller has claimed it for `holder`.

    Every batch is one transaction with its entries and totals, so that a kill at any moment leaves a consistent
    library and a run that goes on with the next record. While one batch is written, the next is prepared.
    """
    if restoring_run.takes(import_run):
        restoring_run.carry_out(import_run, holder, progress)
        return
    end = RunState.CHECKED if import_run.state == RunState.CHECKING else RunState.DONE
    try:
        if import_run.state == RunState.UNDOING:
            end = RunState.UNDONE
            taking_back.take_back(import_run, holder)
        else:
            _carry_on(import_run, holder, progress)
    except LeaseLost:
        return
    ledger.finish(import_run, end)


def _carry_on(import_run: ImportRun, holder: str, progress: Progress | None) -> None:
    with Spool(Path(settings.MEDIA_ROOT)) as spool:
        _take_files(import_run, holder, spool, progress)
    if not import_run.is_trial:
        placing.place_all(import_run, holder)


def _take_files(import_run: ImportRun, holder: str, spool: Spool, progress: Progress | None) -> None:
    if not import_run.total_files:
        import_run.total_files = count(import_run.paths, spool)
        ImportRun.objects.filter(pk=import_run.pk).update(total_files=import_run.total_files)
    wishes = Wishes(import_run.format, import_run.folders, import_run.mapping, looks=import_run.is_trial)
    pace = Pace(BATCH_FILES)
    beside = import_run.total_files > BATCH_FILES
    if beside:  # What is there now stays to the end, and records leave no garbage. To look for it is work, too.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*SELDOM)
    with Scratch() as scratch, closing(Preparer(wishes, beside, scratch.words)) as preparer:
        for step in _steps(import_run, preparer, pace, spool):
            with pace.measured(step.size):
                _run_batch(import_run, holder, step, scratch)
            if progress:
                import_run.refresh_from_db(fields=ledger.TOTALS)
                progress(import_run)


@dataclass(slots=True)
class Step:
    """One batch: its files without their data, and what was prepared of those that were not known word for word.

    Of a file with many records a step has those from `first` to before `last`, and no other file.
    """

    cursors: list[Cursor]
    files: list[ImportFile]
    readings: dict[int, Reading]
    first: int = 0
    last: int | None = None
    ahead: Files = field(default_factory=dict)
    """Files that its records bring, as they are kept."""

    @property
    def size(self) -> int:
        return len(self.files) if self.last is None else self.last - self.first

    @property
    def ends_file(self) -> bool:
        return self.last is None or self.last == self.readings[0].count

    @property
    def cursor(self) -> Cursor:
        number, parts = self.cursors[-1][:2]
        return (number, parts) if self.last is None or self.ends_file else (number, parts, self.last)

    @property
    def done(self) -> int:
        """How many files end with it."""
        return len(self.files) if self.ends_file else 0

    def brought(self) -> Iterator[tuple[Package, Record]]:
        """Its records, with what came together with them."""
        for reading in self.readings.values():
            last = reading.count if self.last is None else self.last
            for prepared in reading.records_of(self.first, last):
                yield reading.file.package, prepared.record

    def apart(self) -> Iterator[Step]:
        """The same, a file or a record at a time."""
        if self.last is not None:
            for position in range(self.first, self.last):
                yield replace(self, first=position, last=position + 1)
            return
        for place in range(len(self.files)):
            yield self.part(place, place + 1)

    def part(self, start: int, stop: int) -> Step:
        """Some of its files."""
        readings = {place - start: each for place, each in self.readings.items() if start <= place < stop}
        return Step(self.cursors[start:stop], self.files[start:stop], readings)


def _steps(import_run: ImportRun, preparer: Preparer, pace: Pace, spool: Spool) -> Iterator[Step]:
    """The batches in order; the next one is being prepared while the caller works on the one it was given."""
    after: Cursor | None = tuple(import_run.cursor) if import_run.cursor else None
    begun: Begun | None = None
    for found in chain(_batches(walk(import_run.paths, after, spool), pace), [None]):
        coming = _begin(import_run, found) if found else None
        readings = preparer.next(coming.unknown if coming else [])
        if begun:
            yield from _split(begun.read(readings), pace, after)
        begun = coming


def _split(step: Step, pace: Pace, after: Cursor | None) -> Iterator[Step]:
    """Files with many records by themselves, a part of their records at a time; the others together."""
    start = 0
    for place in range(len(step.files)):
        reading = step.readings.get(place)
        if reading is None or reading.count < 2:
            continue
        if start < place:
            yield step.part(start, place)
        yield from _parts(step.part(place, place + 1), pace, after)
        start = place + 1
    if start < len(step.files):
        yield step.part(start, len(step.files))


def _parts(step: Step, pace: Pace, after: Cursor | None) -> Iterator[Step]:
    """The records of one file, from where an earlier process left them."""
    first = after[2] if after and len(after) > 2 and list(after[:2]) == list(step.cursors[0][:2]) else 0
    while first < step.readings[0].count:
        last = min(first + pace.files, step.readings[0].count)
        yield replace(step, first=first, last=last)
        first = last


@dataclass(slots=True)
class Begun:
    """One batch that is being read: of its files, those in the `places` are `unknown` as yet."""

    step: Step
    places: list[int]
    unknown: list[ImportFile]

    def read(self, readings: list[Reading]) -> Step:
        self.step.readings = dict(zip(self.places, readings, strict=True))
        return self.step


def _begin(import_run: ImportRun, found: list[Found]) -> Begun:
    files = [file for _, file in found]
    known = whole_files(import_run.owner, files)
    places = [place for place, file in enumerate(files) if file.sha256 not in known]
    step = Step([cursor for cursor, _ in found], [replace(file, data=b"") for file in files], {})
    return Begun(step, places, [files[place] for place in places])


def _batches(found: Iterator[Found], pace: Pace) -> Iterator[list[Found]]:
    """As many files together as the pace allows, fewer when they are large."""
    while batch := list(islice(found, 1)):
        size = len(batch[0][1].data)
        for one in islice(found, pace.files - 1):
            batch.append(one)
            size += len(one[1].data)
            if size > BATCH_BYTES:
                break
        yield batch


def _run_batch(import_run: ImportRun, holder: str, step: Step, scratch: Scratch) -> None:
    """One batch to its commit. What a database can't take is found one by one, and the rest goes on.

    A step whose records bring more than BATCH_BYTES of files is written one by one too.
    """
    if not import_run.is_trial:
        step.ahead, whole = attaching.read_ahead(step.brought(), BATCH_BYTES)
        if not whole and step.size > 1:
            step.ahead = {}
            return _run_apart(import_run, holder, step, scratch)
    try:
        _try_again(Batch(import_run, step.files, step.done), holder, step, scratch)
    except (LeaseLost, OperationalError, InterfaceError, OSError):
        raise
    except Exception as error:
        if step.size > 1:
            return _run_apart(import_run, holder, step, scratch)
        logger.error("%s can't be stored.", step.files[0].name, exc_info=error)
        batch = Batch(import_run, step.files, step.done)
        batch.add(step.files[0], Outcome.REJECTED, CANT_BE_STORED, position=step.first)
        with transaction.atomic():
            batch.write(holder, step.cursor)


def _run_apart(import_run: ImportRun, holder: str, step: Step, scratch: Scratch) -> None:
    for single in step.apart():
        _run_batch(import_run, holder, single, scratch)


def _try_again(batch: Batch, holder: str, step: Step, scratch: Scratch) -> None:
    """From its beginning when another writer made, or deleted, the same thing meanwhile."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with scratch.attempt():
                return _try_batch(batch, holder, step, scratch)
        except (IntegrityError, OperationalError, Link.DoesNotExist):
            batch.entries.clear()
            if attempt == ATTEMPTS:
                raise


def _try_batch(batch: Batch, holder: str, step: Step, scratch: Scratch) -> None:
    if batch.run.is_trial:
        foreseeing.foresee(batch, _sift(batch, step, scratch), scratch)
        batch.run.found = looking.together(batch.run.found, (each.seen for each in step.readings.values() if each.seen))
        with transaction.atomic():
            batch.write(holder, step.cursor, found=batch.run.found)
        return
    with transaction.atomic():
        taking.take_in(batch, _sift(batch, step, scratch), scratch.words)
        batch.write(holder, step.cursor)


def _sift(batch: Batch, step: Step, scratch: Scratch) -> list[Incoming]:
    """Enter the files and records that are known by now, and those that are none. Returns the others."""
    known = known_records(batch.run.owner, (file.sha256 for file in step.files), step.first, step.last)
    fresh: list[Incoming] = []
    for place, file in enumerate(step.files):
        reading = step.readings.get(place)
        if reading is None:
            _enter_known(batch, file, known)
        elif reading.outcome:
            batch.add(file, reading.outcome, reading.message)
        else:
            fresh += _sift_records(batch, step, reading, known, scratch)
    return fresh


def _enter_known(batch: Batch, file: ImportFile, known: dict[RecordPlace, Known]) -> None:
    """Every record of a file that was known as a whole when it was read."""
    mine = [(position, seen) for (sha256, position), seen in known.items() if sha256 == file.sha256]
    for position, seen in mine:
        _add_known(batch, file, position, seen)
    if not mine:
        batch.add(file, Outcome.REJECTED, DELETED_MEANWHILE)


def _add_known(batch: Batch, file: ImportFile, position: int, seen: Known | None) -> None:
    message = KNOWN_IN_BIN if seen and seen.binned else KNOWN
    batch.add(file, Outcome.UNCHANGED, message, link_id=seen.link_id if seen else None, position=position)


def _sift_records(
    batch: Batch, step: Step, reading: Reading, known: dict[RecordPlace, Known], scratch: Scratch
) -> Iterator[Incoming]:
    last = reading.count if step.last is None else step.last
    for position, refusal in reading.refused_of(step.first, last):
        about = {"title": refusal.title}
        batch.add(reading.file, Outcome.REJECTED, refusal.why, position=position, about=about)
    for prepared in reading.records_of(step.first, last):
        item = Incoming(reading.file, prepared, ahead=step.ahead)
        seen = known.get(item.place)
        if seen or (batch.run.is_trial and scratch.has_bytes(item.mark)):
            _add_known(batch, reading.file, prepared.position, seen)
            continue
        scratch.add_bytes(item.mark)
        yield item
