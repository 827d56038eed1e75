"""Bringing articles in: the formats, and the run that takes every file of an import to its outcome."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from itertools import islice
from types import ModuleType

from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from library.content.text import fold
from library.importers import ledger, merge, notion_links, save
from library.importers.files import Cursor, count, walk
from library.importers.ledger import Batch, LeaseLost
from library.importers.match import Incoming, KnownBytes, Matches, incoming, known_bytes
from library.importers.record import ImportFile, NotARecord
from library.importers.scratch import Scratch
from library.models import ImportRun, Link, Outcome, RunState, Tag
from library.search.documents import Document
from library.search.indexing import index_documents, index_links

FORMATS: dict[str, ModuleType] = {"notion_links": notion_links}

# Commits of 50 to 250 files with a short pause let other writers in between (docs/architecture.md).
BATCH_FILES = 200
BATCH_BYTES = 8 * 1024 * 1024
PAUSE = 0.005
ATTEMPTS = 3

NOT_RECOGNISED = "No format that can be imported: it is no Markdown file."
KNOWN = "Already in the library, word for word."
KNOWN_IN_BIN = "Already in the library, word for word. The article is in the Bin."
SKIPPED = "The address is in the library already, and such articles were to be left as they are."

Progress = Callable[[ImportRun], None]
Step = tuple[Cursor, ImportFile]


def new_holder() -> str:
    """A name for this process under which it holds a run's lease."""
    return f"{socket.gethostname()[:30]}-{os.getpid()}-{secrets.token_hex(8)}"


def run(import_run: ImportRun, holder: str, progress: Progress | None = None) -> None:
    """Take a run from where it stands to its end, or to where it is stopped. The caller has claimed it for `holder`.

    Every batch is one transaction with its entries and totals, so that a kill at any moment leaves a consistent
    library and a run that goes on with the next file.
    """
    if not import_run.total_files:
        import_run.total_files = count(import_run.paths)
        ImportRun.objects.filter(pk=import_run.pk).update(total_files=import_run.total_files)
    after = (import_run.cursor[0], import_run.cursor[1]) if import_run.cursor else None
    with Scratch() as scratch:
        for steps in _batches(walk(import_run.paths, after)):
            if not import_run.renew(holder):
                return
            try:
                _run_batch(import_run, holder, steps, scratch)
            except LeaseLost:
                return
            if progress:
                import_run.refresh_from_db()
                progress(import_run)
            time.sleep(PAUSE)
    ledger.finish(import_run, RunState.DONE)


def _batches(steps: Iterator[Step]) -> Iterator[list[Step]]:
    """Up to BATCH_FILES files together, fewer when they are large."""
    while batch := list(islice(steps, 1)):
        size = len(batch[0][1].data)
        for step in islice(steps, BATCH_FILES - 1):
            batch.append(step)
            size += len(step[1].data)
            if size > BATCH_BYTES:
                break
        yield batch


def _run_batch(import_run: ImportRun, holder: str, steps: list[Step], scratch: Scratch) -> None:
    """One batch to its commit; again from its beginning when another writer made the same thing meanwhile."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _try_batch(import_run, holder, steps, scratch)
        except (IntegrityError, OperationalError):
            if attempt == ATTEMPTS:
                raise


def _try_batch(import_run: ImportRun, holder: str, steps: list[Step], scratch: Scratch) -> None:
    files = [file for _, file in steps]
    batch = Batch(import_run, files)
    known = known_bytes(import_run.owner, files)
    fresh = _read_all(batch, known, scratch)
    if import_run.dry_run:
        _foresee(batch, fresh, scratch)
        batch.write(holder, steps[-1][0])
        return
    with transaction.atomic():
        _take_in(batch, fresh)
        batch.write(holder, steps[-1][0])


# --- reading: no transaction is open


def _read_all(batch: Batch, known: dict[str, KnownBytes], scratch: Scratch) -> list[Incoming]:
    """The records of files that are not known word for word. All others are entered with their outcome."""
    fresh: list[Incoming] = []
    for file in batch.files:
        if file.problem:
            batch.add(file, Outcome.IGNORED if file.holds_none else Outcome.REJECTED, file.problem)
        elif file.sha256 in known:
            seen = known[file.sha256]
            message = KNOWN_IN_BIN if seen.binned else KNOWN
            batch.add(file, Outcome.UNCHANGED, message, link_id=seen.link_id)
        elif batch.run.dry_run and scratch.has_bytes(file.sha256):
            batch.add(file, Outcome.UNCHANGED, KNOWN)
        else:
            fresh.extend(_read(batch, file))
            if batch.run.dry_run:
                scratch.add_bytes(file.sha256)
    return fresh


def _read(batch: Batch, file: ImportFile) -> list[Incoming]:
    names = [batch.run.format] if batch.run.format else list(FORMATS)
    module = next((FORMATS[name] for name in names if FORMATS[name].recognise(file)), None)
    if module is None:
        batch.add(file, Outcome.IGNORED, NOT_RECOGNISED)
        return []
    try:
        return [incoming(file, record) for record in module.read(file)]
    except NotARecord as reason:
        batch.add(file, Outcome.REJECTED, str(reason))
        return []


# --- writing: one transaction


def _take_in(batch: Batch, fresh: list[Incoming]) -> None:
    """New links together; then, one by one, what meets a link that is known or has just been made."""
    owner, now = batch.run.owner, timezone.now()
    matches = Matches.of(owner, fresh)
    new, later = _sort(fresh, matches)
    links, tags = save.save_new(owner, new, now)
    index_documents([_document(link, item, tags) for link, item in zip(links, new, strict=True)])
    made: dict[str, int] = {}
    for link, item in zip(links, new, strict=True):
        made.update({item.url_hash or "": link.pk, item.file.sha256: link.pk})
        batch.add(item.file, Outcome.NEW, "Added.", link_id=link.pk, warnings=item.record.warnings)
    touched = [_meet(batch, item, made) for item in later]
    index_links([link_id for link_id in touched if link_id])


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


def _meet(batch: Batch, item: Incoming, made: dict[str, int]) -> int | None:
    """Merge the item into its link. Returns the link's id if it changed."""
    twin = made.get(item.file.sha256)
    if twin:
        batch.add(item.file, Outcome.UNCHANGED, KNOWN, link_id=twin)
        return None
    link_id = item.link_id or made[item.url_hash or ""]
    if batch.run.same_address == "skip":
        batch.add(item.file, Outcome.UNCHANGED, SKIPPED, link_id=link_id)
        return None
    now = save.look_at(link_id, lock=True)
    plan = merge.plan(now, item)
    changes = save.apply(now, plan, item)
    message, warnings = " ".join(plan.sentences), item.record.warnings
    batch.add(item.file, plan.outcome, message, link_id=link_id, warnings=warnings, changes=changes)
    made[item.file.sha256] = link_id
    return link_id


def _document(link: Link, item: Incoming, tags: dict[str, Tag]) -> Document:
    texts: dict[str, list[str]] = {}
    for text in item.record.texts:
        texts.setdefault("article" if text.kind == "other" else text.kind, []).append(text.text)
    return Document(
        owner_id=link.owner_id,
        link_id=link.pk,
        saved_at=link.saved_at,
        title=link.title,
        overview="\n".join(texts.get("overview", ())),
        summary="\n".join(texts.get("summary", ())),
        article="\n".join(texts.get("article", ())),
        notes="\n".join(texts.get("note", ())),
        tags=[(tag.pk, tag.name) for tag in (tags[fold(name)] for name in item.record.tags)],
    )


# --- a dry run: the same outcomes, nothing written but the ledger


def _foresee(batch: Batch, fresh: list[Incoming], scratch: Scratch) -> None:
    matches = Matches.of(batch.run.owner, fresh)
    for item in fresh:
        matches.settle(item)
        warnings = item.record.warnings
        twin = scratch.has_address(item.url_hash)
        if (item.link_id or twin) and batch.run.same_address == "skip":
            batch.add(item.file, Outcome.UNCHANGED, SKIPPED, link_id=item.link_id)
        elif item.link_id:
            plan = merge.plan(save.look_at(item.link_id), item)
            message = " ".join(plan.sentences)
            batch.add(item.file, plan.outcome, message, link_id=item.link_id, warnings=warnings)
        elif twin:
            batch.add(item.file, Outcome.MERGED, "Another file of this import has the same address.", warnings=warnings)
        else:
            batch.add(item.file, Outcome.NEW, "Will be added.", warnings=warnings)
        scratch.add_address(item.url_hash)
