"""A passage that the reader marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from library.models.users import User


class Colour(models.TextChoices):
    """The four pigments."""

    OCHRE = "ochre", "Ochre"
    VERDIGRIS = "verdigris", "Verdigris"
    WOAD = "woad", "Woad"
    MADDER = "madder", "Madder"


class HighlightQuerySet(models.QuerySet["Highlight"]):
    def of(self, owner: User) -> Self:
        return self.filter(link__owner=owner)


class Highlight(models.Model):
    """A passage of a section, with the reader's own note.

    Kept as W3C Web Annotation's TextQuoteSelector (`quote`, `prefix`, `suffix`) and TextPositionSelector (`start`,
    `end`: characters of the section's plain text). Without a section or a place it has lost its place, and stays.
    """

    link = models.ForeignKey("library.Link", on_delete=models.CASCADE, related_name="highlights")
    section = models.ForeignKey(
        "library.Section", on_delete=models.SET_NULL, null=True, blank=True, related_name="highlights"
    )
    quote = models.TextField()
    prefix = models.CharField(max_length=64, blank=True)
    suffix = models.CharField(max_length=64, blank=True)
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    colour = models.CharField(max_length=9, choices=Colour, default=Colour.OCHRE)
    note = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = HighlightQuerySet.as_manager()

    class Meta:
        ordering = ["start", "id"]
        constraints = [models.CheckConstraint(condition=Q(colour__in=Colour.values), name="highlight_colour_known")]

    def __str__(self) -> str:
        return self.quote[:60]
