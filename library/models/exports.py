"""An export that a reader asked for: its file is made by the worker and kept for a while."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

KEPT = timedelta(days=7)
MOST_KEPT = 10
TITLE_LENGTH = 200


class Progress(models.TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


UNFINISHED = (Progress.WAITING, Progress.RUNNING)


class ExportQuerySet(models.QuerySet["Export"]):
    def unfinished(self) -> Self:
        return self.filter(state__in=UNFINISHED)

    def over(self, now: datetime) -> Self:
        """Those whose time is over."""
        return self.filter(finished_at__lt=now - KEPT)


class Export(models.Model):
    """Of one `article`, or of what `query` finds; else of all. The file lies where `exporters.kept` says."""

    owner = models.ForeignKey("library.User", on_delete=models.CASCADE, related_name="exports")
    format = models.CharField(max_length=40)
    article = models.ForeignKey(
        "library.Link", on_delete=models.CASCADE, null=True, blank=True, related_name="exports"
    )
    query = models.TextField(blank=True)
    title = models.CharField(max_length=TITLE_LENGTH, help_text="What is exported, in words.")
    state = models.CharField(max_length=7, choices=Progress, default=Progress.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes of the file.")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, help_text="Why it failed, in a sentence.")

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["owner", "-id"], name="export_newest")]
        constraints = [models.CheckConstraint(condition=Q(state__in=Progress.values), name="export_state_known")]

    def __str__(self) -> str:
        return self.title

    @property
    def running(self) -> bool:
        return self.state in UNFINISHED

    def finish(self, state: str, *, size: int = 0, error: str = "") -> None:
        """End it, and say how. One that was deleted meanwhile stays so."""
        told = {"state": state, "size": size, "error": error, "finished_at": timezone.now()}
        Export.objects.filter(pk=self.pk).update(**told)
