"""One import, and what became of every record of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

LEASE = timedelta(seconds=30)


class RunState(models.TextChoices):
    CHECKING = "checking", "Checking"
    CHECKED = "checked", "Checked"
    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    STOPPED = "stopped", "Stopped"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    UNDOING = "undoing", "Undoing"
    UNDONE = "undone", "Undone"


class Outcome(models.TextChoices):
    NEW = "new", "New"
    UPDATED = "updated", "Updated"
    UNCHANGED = "unchanged", "Unchanged"
    MERGED = "merged", "Merged"
    REJECTED = "rejected", "Rejected"
    IGNORED = "ignored", "Ignored"


ACTIVE = (RunState.CHECKING, RunState.RUNNING, RunState.UNDOING)
COUNTED = (Outcome.NEW, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.MERGED, Outcome.REJECTED)


class Place(models.IntegerChoices):
    """Where a record stands in the report of an import: what needs a look comes first."""

    LEFT_OUT = 0
    TO_LOOK_AT = 1
    OTHER = 2
    HOLDS_NONE = 3

    @classmethod
    def of(cls, outcome: str, warnings: list[str]) -> Place:
        if outcome in (Outcome.REJECTED, Outcome.IGNORED):
            return cls.LEFT_OUT if outcome == Outcome.REJECTED else cls.HOLDS_NONE
        return cls.TO_LOOK_AT if warnings else cls.OTHER


WAITING = (*ACTIVE, RunState.CHECKED)
MOST_WAITING = 5


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def waiting(self) -> Self:
        """Those under way, and those that wait for their reader to start them."""
        return self.filter(state__in=WAITING)

    def abandoned(self, now: datetime | None = None) -> Self:
        """Imports under way whose process let its lease run out."""
        now = now or timezone.now()
        return self.filter(state__in=ACTIVE).filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now))

    def held(self, holder: str, **fields: Any) -> ImportRun:
        """A new run of which `holder` has the lease from its first moment: nobody takes it for an abandoned one."""
        return self.create(lease_holder=holder, lease_until=timezone.now() + LEASE, **fields)


class ImportRun(models.Model):
    """One import and its ledger's totals: records = new + updated + unchanged + merged + rejected."""

    owner = models.ForeignKey("library.User", on_delete=models.CASCADE, related_name="import_runs")
    state = models.CharField(max_length=8, choices=RunState, default=RunState.RUNNING)
    label = models.TextField(help_text="What was imported, as the reader named it.")
    paths = models.JSONField(default=list, help_text="Files and folders on this server.")
    uploaded = models.BooleanField(default=False, help_text="The paths were uploaded and belong to this run.")
    on_server = models.BooleanField(default=False, help_text="A folder that staff named; the worker imports it.")
    dry_run = models.BooleanField(default=False)
    format = models.CharField(max_length=40, blank=True, help_text="Blank: each file is recognised.")
    same_address = models.CharField(
        max_length=6, choices=[("update", "Update"), ("skip", "Skip")], default="update"
    )
    tags = models.JSONField(default=list, blank=True, help_text="Names of tags that all its articles get.")
    type = models.CharField(max_length=100, blank=True, help_text="Of new articles whose file names none.")
    folders = models.BooleanField(default=True, help_text="The names of folders become tags.")
    mapping = models.JSONField(default=dict, blank=True, help_text="What columns mean, where the reader has said it.")
    found = models.JSONField(
        default=dict, blank=True, help_text="What a check saw: the formats, and columns with their first values."
    )
    whole = models.JSONField(
        default=dict,
        blank=True,
        editable=False,
        help_text="What a library that was restored as a whole brought beside its articles.",
    )
    lease_holder = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, help_text="Why it failed, in a sentence.")
    cursor = models.JSONField(
        null=True,
        blank=True,
        help_text="The last file done: the number of its path, its name in sorted order, and how many of its records "
        "are done where that is not all.",
    )
    total_files = models.PositiveIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    records = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    merged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    ignored = models.PositiveIntegerField(default=0)
    warnings = models.PositiveIntegerField(default=0)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["owner", "-id"], name="import_run_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="import_run_state_known"),
            models.CheckConstraint(
                condition=~Q(state=RunState.DONE)
                | Q(records=F("new") + F("updated") + F("unchanged") + F("merged") + F("rejected")),
                name="import_run_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_trial(self) -> bool:
        """Whether it only foresees what would become of its records."""
        return self.dry_run or self.state == RunState.CHECKING

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    def claim(self, holder: str) -> bool:
        """Take the lease of an import under way for `holder`. False when another process holds it, or it has ended."""
        now = timezone.now()
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=now) | Q(lease_holder=holder)
        return bool(
            ImportRun.objects.filter(free, pk=self.pk, state__in=ACTIVE).update(
                lease_holder=holder, lease_until=now + LEASE
            )
        )


class ImportedRecord(models.Model):
    """What became of one record of one file. `changes` is what it did to the link, so that it can be undone."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="entries", db_index=False)
    file = models.TextField()
    position = models.PositiveIntegerField(default=0, help_text="Of the record in its file.")
    sha256 = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=9, choices=Outcome)
    link = models.ForeignKey(
        "library.Link", on_delete=models.SET_NULL, null=True, blank=True, related_name="imported_records"
    )
    message = models.TextField(blank=True, help_text="The plain sentence that explains the outcome.")
    warnings = models.JSONField(default=list, help_text="Sentences about what was repaired or looks odd.")
    place = models.PositiveSmallIntegerField(choices=Place, default=Place.OTHER)
    about = models.JSONField(default=dict, help_text="The title, type and tags of a record that became no article.")
    changes = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["run", "outcome", "id"], name="imported_record_by_outcome"),
            models.Index(fields=["run", "place", "id"], name="imported_record_by_place"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="imported_record_outcome_known"),
        ]

    def __str__(self) -> str:
        return f"{self.file}: {self.outcome}"
