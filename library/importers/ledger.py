"""What became of every record: the entries of a run, its totals, and the report made of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import F, QuerySet
from django.utils import timezone

from library.importers.match import Incoming, RecordPlace
from library.importers.record import ImportFile, Record
from library.models import ImportedRecord, ImportRun, Outcome, RunState
from library.models.imports import ACTIVE, COUNTED, LEASE, Place
from library.models.rows import insert_rows


class LeaseLost(Exception):
    """Another process took the run over, or somebody stopped it: the batch is rolled back."""


class Entry(NamedTuple):
    """One row of the ledger: an ImportedRecord before it is written."""

    run_id: int
    file: str
    position: int
    sha256: str
    outcome: str
    link_id: int | None
    message: str
    warnings: list[str]
    changes: dict[str, Any]
    about: dict[str, Any]
    place: int


@dataclass(slots=True)
class Batch:
    """The entries of one batch, written together with what they tell of. `done` is how many files end with it."""

    run: ImportRun
    files: list[ImportFile]
    done: int
    entries: list[Entry] = field(default_factory=list)

    def add(
        self,
        file: ImportFile,
        outcome: Outcome,
        message: str,
        *,
        link_id: int | None = None,
        warnings: tuple[str, ...] = (),
        changes: dict[str, Any] | None = None,
        position: int = 0,
        about: dict[str, Any] | None = None,
    ) -> None:
        row = (self.run.pk, file.name, position, file.sha256, outcome.value)
        place = Place.of(outcome, list(warnings)).value
        self.entries.append(Entry(*row, link_id, message, list(warnings), changes or {}, about or {}, place))

    def add_record(
        self,
        item: Incoming,
        outcome: Outcome,
        message: str,
        *,
        link_id: int | None = None,
        changes: dict[str, Any] | None = None,
        warnings: tuple[str, ...] | None = None,
    ) -> None:
        """One that was read. What is not written in the library is told here."""
        about = about_record(item.record) if self.run.is_trial else None
        known = item.warnings if warnings is None else warnings
        self.add(
            item.file, outcome, message, link_id=link_id, warnings=known, changes=changes, about=about,
            position=item.prepared.position,
        )  # fmt: skip

    def places(self) -> set[RecordPlace]:
        """Of the records that are entered so far."""
        return {(entry.sha256, entry.position) for entry in self.entries}

    def write(self, holder: str, cursor: Any, **more: Any) -> None:
        """Add the entries and their totals to the run, and keep its lease.

        Raises LeaseLost when `holder` no longer holds it, or the run was stopped.
        """
        outcomes = Counter(entry.outcome for entry in self.entries)
        totals: dict[str, Any] = {name: F(name) + outcomes[name] for name in Outcome.values}
        totals["records"] = F("records") + sum(outcomes[name] for name in COUNTED)
        totals["files"] = F("files") + self.done
        totals["warnings"] = F("warnings") + sum(len(entry.warnings) for entry in self.entries)
        keep_lease(self.run, holder, cursor=cursor, **totals, **more)
        place = {file.name: number for number, file in enumerate(self.files)}
        self.entries.sort(key=lambda entry: (place[entry.file], entry.position))
        insert_rows(ImportedRecord, Entry._fields, self.entries)


def about_record(record: Record) -> dict[str, Any]:
    return {"title": record.title, "type": record.type, "tags": list(record.tags)}


def keep_lease(run: ImportRun, holder: str, **changes: Any) -> None:
    """Raises LeaseLost when `holder` no longer holds it, or the run was stopped."""
    held = ImportRun.objects.filter(pk=run.pk, state__in=ACTIVE, lease_holder=holder)
    if not held.update(lease_until=timezone.now() + LEASE, **changes):
        raise LeaseLost


def finish(run: ImportRun, state: RunState, error: str = "") -> None:
    """End the run. The database refuses a done one whose totals don't add up."""
    ImportRun.objects.filter(pk=run.pk).update(
        state=state, error=error, finished_at=timezone.now(), lease_until=None, lease_holder=""
    )
    run.refresh_from_db()


TOTALS = ("files", "records", "new", "updated", "unchanged", "merged", "rejected", "ignored", "warnings")


def totals(run: ImportRun) -> dict[str, int]:
    return {name: getattr(run, name) for name in TOTALS}


def closing_sentence(run: ImportRun) -> str:
    """What came of it, in one sentence that adds up."""
    parts = [f"{getattr(run, name.value):,} {name.value}" for name in COUNTED if getattr(run, name.value)]
    counted = f"{_plural(run.records, 'article')}: {', '.join(parts)}" if parts else "No articles"
    ignored = f" {_plural(run.ignored, 'file')} {'holds' if run.ignored == 1 else 'hold'} none." if run.ignored else ""
    return f"{counted}.{ignored}"


def _plural(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def problems(run: ImportRun) -> QuerySet[ImportedRecord]:
    """What was left out, then what was repaired or looks odd."""
    return run.entries.filter(place__lte=Place.TO_LOOK_AT)
