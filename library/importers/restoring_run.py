"""An import of a complete export into an empty library: what it would bring, and that it is restored."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from library.importers import ledger, restoring
from library.importers.export_rows import CantRestore
from library.importers.ledger import Entry, LeaseLost, keep_lease
from library.importers.taking_back import RESTORED, brought
from library.models import ImportedRecord, ImportRun, Link, Outcome, RunState
from library.models.imports import LEASE, Place
from library.models.rows import insert_rows

WHOLE = "whole"
"""What the entry says that tells of all together, beside those of the single articles."""
FORMATS = ("", "commonplace")
CHUNK = 500
EACH = LEASE.total_seconds() / 3
WILL = "It will be restored as a whole: {articles}, with all that belongs to the library."
DONE = "Restored: {articles}, with all that belongs to the library."
EACH_ONE = "Restored as it was."
STOPPED = "It was stopped before all was in, so nothing was restored. Go on, and it begins anew."
ENDED = (RunState.STOPPED, RunState.PAUSED)


def takes(run: ImportRun) -> bool:
    """Whether the run is about one complete export for an empty library, and not begun in another way."""
    begins = run.state in (RunState.RUNNING, RunState.CHECKING) and not run.cursor
    return begins and run.format in FORMATS and restoring.fits(run.owner, run.paths)


def carry_out(run: ImportRun, holder: str, progress: Callable[[ImportRun], None] | None = None) -> None:
    """To its end, whatever that is. The caller has claimed the run for `holder`."""
    try:
        if run.is_trial:
            _foresee(run, holder)
        else:
            with _lease_kept(run, holder):
                _restore(run, holder, progress)
        run.refresh_from_db()
    except CantRestore as problem:
        ledger.finish(run, RunState.FAILED, str(problem))
    except LeaseLost:
        ImportRun.objects.filter(pk=run.pk, state__in=ENDED).update(error=STOPPED)
        run.refresh_from_db()


def plural(number: int) -> str:
    return f"{number:,} {'article' if number == 1 else 'articles'}"


def sentence(run: ImportRun) -> str:
    """What came of all together; blank where the import was none of a whole library."""
    entry = run.entries.filter(**{f"changes__{WHOLE}": True}).first()
    return entry.message if entry else ""


def _foresee(run: ImportRun, holder: str) -> None:
    number = restoring.foresee(run.owner, run.paths)
    end = RunState.CHECKED if run.state == RunState.CHECKING else RunState.DONE
    with transaction.atomic():
        _tell(run, holder, number, WILL, [])
        ledger.finish(run, end)


def _restore(run: ImportRun, holder: str, progress: Callable[[ImportRun], None] | None) -> None:
    """A stop is heeded as long as nothing is committed: then all is taken back."""

    def more(number: int) -> None:
        _check_lease(run, holder)
        run.records += number
        if progress:
            progress(run)

    with transaction.atomic():
        _check_lease(run, holder)
        told = restoring.restore(run.owner, run.paths, more)
        _tell(run, holder, len(told.articles), DONE, told.warnings, whole=told.beside)
        insert_rows(ImportedRecord, Entry._fields, _entries(run, told.articles))
        ledger.finish(run, RunState.DONE)


def _entries(run: ImportRun, link_ids: list[int]) -> Iterator[Entry]:
    """One of each article, so that it can be taken back like that of any other import."""
    for start in range(0, len(link_ids), CHUNK):
        links = Link.objects.in_bulk(link_ids[start : start + CHUNK])
        for position, pk in enumerate(link_ids[start : start + CHUNK], start):
            changes = {RESTORED: True, **brought(links[pk])}
            yield Entry(
                run.pk, run.label, position, "", Outcome.NEW.value, pk, EACH_ONE, [], changes, {}, Place.OTHER.value
            )


def _tell(run: ImportRun, holder: str, number: int, sentence: str, warnings: list[str], **more: Any) -> None:
    """One entry for the whole, and totals of its articles. Raises LeaseLost when the run was stopped."""
    totals = dict.fromkeys(ledger.TOTALS, 0)
    totals |= {"files": 1, "records": number, "new": number, "warnings": len(warnings)}
    keep_lease(run, holder, total_files=1, **totals, **more)
    ImportedRecord.objects.create(
        run=run, file=run.label, outcome=Outcome.NEW, message=sentence.format(articles=plural(number)),
        warnings=warnings, place=Place.of(Outcome.NEW, warnings), about={"title": run.label},
        changes={WHOLE: True},
    )  # fmt: skip


def _check_lease(run: ImportRun, holder: str) -> None:
    """Only looked at: a write would keep whoever stops the run waiting until all is in."""
    if not ImportRun.objects.filter(pk=run.pk, state=RunState.RUNNING, lease_holder=holder).exists():
        raise LeaseLost


@contextmanager
def _lease_kept(run: ImportRun, holder: str) -> Iterator[None]:
    """Renew the lease through a connection of its own, since nobody sees what is written within the transaction.

    On SQLite the transaction holds the database itself, so that nobody else could take the run.
    """
    if connection.vendor == "sqlite":
        yield
        return
    ended = threading.Event()
    thread = threading.Thread(target=_renew, args=(run, holder, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _renew(run: ImportRun, holder: str, ended: threading.Event) -> None:
    try:
        while not ended.wait(EACH):
            keep_lease(run, holder)
    except LeaseLost:
        return
    finally:
        connection.close()
