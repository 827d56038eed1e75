"""The run that takes every file of an import to its outcome."""

from __future__ import annotations

import logging
import os
import secrets
import socket
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.utils import timezone

from library.content.words import Indexed
from library.highlighting import place_again
from library.importers import ledger, merge, save
from library.importers.files import Cursor, count, walk
from library.importers.ledger import Batch, LeaseLost
from library.importers.match import Incoming, Matches, known_bytes
from library.importers.pace import Pace
from library.importers.preparing import Preparer, Reading
from library.importers.record import ImportFile
from library.importers.scratch import Scratch
from library.models import ImportRun, Kind, Link, Outcome, RunState, Tag
from library.models.writing import POSITIONS
from library.search.documents import Document
from library.search.indexing import FIELD_OF_KIND, index_documents, index_links

BATCH_FILES = 100
BATCH_BYTES = 8 * 1024 * 1024
ATTEMPTS = 3

KNOWN = "Already in the library, word for word."
KNOWN_IN_BIN = "Already in the library, word for word. The article is in the Bin."
SKIPPED = "The address is in the library already, and such articles were to be left as they are."
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
    library and a run that goes on with the next file. While one batch is written, the next is prepared.
    """
    if not import_run.total_files:
        import_run.total_files = count(import_run.paths)
        ImportRun.objects.filter(pk=import_run.pk).update(total_files=import_run.total_files)
    preparer = Preparer(import_run.format, beside=import_run.total_files > BATCH_FILES)
    pace = Pace(BATCH_FILES)
    try:
        with Scratch() as scratch:
            for step in _steps(import_run, preparer, pace):
                with pace.measured(len(step.files)):
                    _run_batch(import_run, holder, step, scratch)
                if progress:
                    import_run.refresh_from_db()
                    progress(import_run)
    except LeaseLost:
        return
    finally:
        preparer.close()
    ledger.finish(import_run, RunState.DONE)


@dataclass(slots=True)
class Step:
    """One batch: its files without their data, and what was prepared of those that were not known word for word."""

    cursors: list[Cursor]
    files: list[ImportFile]
    readings: dict[int, Reading]

    @property
    def cursor(self) -> Cursor:
        return self.cursors[-1]

    def apart(self) -> Iterator[Step]:
        """The same, a file at a time."""
        for place, file in enumerate(self.files):
            reading = self.readings.get(place)
            yield Step([self.cursors[place]], [file], {0: reading} if reading else {})


def _steps(import_run: ImportRun, preparer: Preparer, pace: Pace) -> Iterator[Step]:
    """The batches in order; the next one is being prepared while the caller works on the one it was given."""
    after = (import_run.cursor[0], import_run.cursor[1]) if import_run.cursor else None
    started: tuple[Step, list[int]] | None = None
    for found in _batches(walk(import_run.paths, after), pace):
        ready = _collect(preparer, started)
        started = _start(import_run, preparer, found)
        if ready:
            yield ready
    if last := _collect(preparer, started):
        yield last


def _start(import_run: ImportRun, preparer: Preparer, found: list[Found]) -> tuple[Step, list[int]]:
    files = [file for _, file in found]
    known = known_bytes(import_run.owner, files)
    unknown = [place for place, file in enumerate(files) if file.sha256 not in known]
    preparer.start([files[place] for place in unknown])
    return Step([cursor for cursor, _ in found], [replace(file, data=b"") for file in files], {}), unknown


def _collect(preparer: Preparer, started: tuple[Step, list[int]] | None) -> Step | None:
    if started is None:
        return None
    step, unknown = started
    step.readings = dict(zip(unknown, preparer.result(), strict=True))
    return step


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
    """One batch to its commit. What a database can't take is found file by file, and the rest goes on."""
    try:
        _try_again(Batch(import_run, step.files), holder, step, scratch)
    except (LeaseLost, OperationalError, InterfaceError, OSError):
        raise
    except Exception as error:
        if len(step.files) > 1:
            for single in step.apart():
                _run_batch(import_run, holder, single, scratch)
            return
        logger.error("%s can't be stored.", step.files[0].name, exc_info=error)
        batch = Batch(import_run, step.files)
        batch.add(step.files[0], Outcome.REJECTED, CANT_BE_STORED)
        batch.write(holder, step.cursor)


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
    if batch.run.dry_run:
        _foresee(batch, _sift(batch, step, scratch), scratch)
        batch.write(holder, step.cursor)
        return
    with transaction.atomic():
        _take_in(batch, _sift(batch, step, scratch), scratch.words)
        batch.write(holder, step.cursor)


def _sift(batch: Batch, step: Step, scratch: Scratch) -> list[Incoming]:
    """Enter the files that are known by now, and those without records. Returns the records of the others."""
    known = known_bytes(batch.run.owner, step.files)
    fresh: list[Incoming] = []
    for place, file in enumerate(step.files):
        reading = step.readings.get(place)
        if seen := known.get(file.sha256):
            batch.add(file, Outcome.UNCHANGED, KNOWN_IN_BIN if seen.binned else KNOWN, link_id=seen.link_id)
        elif batch.run.dry_run and scratch.has_bytes(file.sha256):
            batch.add(file, Outcome.UNCHANGED, KNOWN)
        elif reading is None:
            batch.add(file, Outcome.REJECTED, DELETED_MEANWHILE)
        elif reading.outcome:
            batch.add(file, reading.outcome, reading.message)
        else:
            fresh.extend(Incoming(file, prepared) for prepared in reading.records)
            scratch.add_bytes(file.sha256)
    return fresh


# --- writing: one transaction


def _take_in(batch: Batch, fresh: list[Incoming], words: set[str]) -> None:
    """New links together; then, one by one, what meets a link that is known or has just been made."""
    new, later = _sort(fresh, Matches.of(batch.run, fresh))
    _add(batch, new, words)
    aliases = save.aliases_of(batch.run.owner) if later else {}
    met = (_meet(batch, item, words, aliases) for item in later)
    touched = [link_id for link_id in met if link_id]
    if touched:
        place_again(touched)
    index_links(touched)


def _add(batch: Batch, new: list[Incoming], words: set[str]) -> None:
    links, tags = save.save_new(batch.run.owner, new, timezone.now())
    index_documents([_document(link, item, tags) for link, item in zip(links, new, strict=True)], words)
    for link, item in zip(links, new, strict=True):
        batch.add(item.file, Outcome.NEW, "Added.", link_id=link.pk, warnings=item.record.warnings)


def _sort(fresh: list[Incoming], matches: Matches) -> tuple[list[Incoming], list[Incoming]]:
    """Items that need a link of their own, and those that meet one: known before, or new in this very batch."""
    new: list[Incoming] = []
    later: list[Incoming] = []
    seen: set[str] = set()
    for item in fresh:
        matches.settle(item)
        marks = {mark for mark in (item.url_hash, item.file.sha256) if mark}
        (later if item.link_id or marks & seen else new).append(item)
        seen |= marks
    return new, later


def _meet(batch: Batch, item: Incoming, words: set[str], aliases: dict[str, str]) -> int | None:
    """Take in an item whose link is looked for now, after what came before it. Returns the link's id if it changed."""
    owner = batch.run.owner
    if twin := known_bytes(owner, [item.file]).get(item.file.sha256):
        batch.add(item.file, Outcome.UNCHANGED, KNOWN, link_id=twin.link_id)
        return None
    Matches.of(batch.run, [item]).settle(item)
    if item.link_id is None:
        _add(batch, [item], words)
        return None
    if batch.run.same_address == "skip":
        batch.add(item.file, Outcome.UNCHANGED, SKIPPED, link_id=item.link_id)
        return None
    now = save.look_at(item.link_id, aliases, lock=True)
    plan = merge.plan(now, item)
    changes = save.apply(now, plan, item)
    message, warnings = " ".join(plan.sentences), item.record.warnings
    batch.add(item.file, plan.outcome, message, link_id=item.link_id, warnings=warnings, changes=changes)
    return None if plan.changes_nothing else item.link_id


def _document(link: Link, item: Incoming, tags: dict[str, Tag]) -> Document:
    texts: dict[str, list[str]] = defaultdict(list)
    made: dict[str, list[Indexed]] = defaultdict(list)
    # The article comes before all that is found as part of it, in the order of the page: as the index reads them back.
    for text in sorted(item.record.texts, key=lambda text: POSITIONS[Kind(text.kind)]):
        if not text.beside:
            texts[FIELD_OF_KIND[Kind(text.kind)]].append(text.text)
            made[FIELD_OF_KIND[Kind(text.kind)]].append(item.prepared.indexed[text.key])
    return Document(
        owner_id=link.owner_id,
        link_id=link.pk,
        saved_at=link.saved_at,
        title=link.title,
        texts=texts,
        tags=[(tag.pk, tag.name) for tag in save.tags_of(item, tags)],
        made=made,
    )


# --- a dry run: the same outcomes, nothing written but the ledger


def _foresee(batch: Batch, fresh: list[Incoming], scratch: Scratch) -> None:
    """In the order of `_take_in`, so that what comes first is the same."""
    new, later = _sort(fresh, Matches.of(batch.run, fresh))
    aliases = save.aliases_of(batch.run.owner) if later else {}
    for item in (*new, *later):
        _foresee_one(batch, item, scratch, aliases)
        scratch.add_address(item.url_hash)


def _foresee_one(batch: Batch, item: Incoming, scratch: Scratch, aliases: dict[str, str]) -> None:
    warnings = item.record.warnings
    twin = not item.by_address and scratch.has_address(item.url_hash)
    if (item.link_id or twin) and batch.run.same_address == "skip":
        batch.add(item.file, Outcome.UNCHANGED, SKIPPED, link_id=item.link_id)
    elif twin:
        batch.add(item.file, Outcome.MERGED, "Another file of this import has the same address.", warnings=warnings)
    elif item.link_id:
        plan = merge.plan(save.look_at(item.link_id, aliases), item)
        message = " ".join(plan.sentences)
        batch.add(item.file, plan.outcome, message, link_id=item.link_id, warnings=warnings)
    else:
        batch.add(item.file, Outcome.NEW, "Will be added.", warnings=warnings)
