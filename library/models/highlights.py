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


LOST = Q(start__isnull=True) | Q(section__isnull=True)
"""What has lost its place."""


class HighlightQuerySet(models.QuerySet["Highlight"]):
    def of(self, owner: User) -> Self:
        return self.filter(link__owner=owner)

    def kept(self) -> Self:
        """Those of articles that are not in the Bin."""
        return self.filter(link__deleted_at__isnull=True)

    def lost(self) -> Self:
        return self.filter(LOST)


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
    tags = models.ManyToManyField("library.Tag", through="library.HighlightTag", related_name="highlights")

    objects = HighlightQuerySet.as_manager()

    class Meta:
        ordering = ["start", "id"]
        constraints = [models.CheckConstraint(condition=Q(colour__in=Colour.values), name="highlight_colour_known")]
        indexes = [models.Index(fields=["-created_at", "-id"], name="highlight_newest")]

    def __str__(self) -> str:
        return self.quote[:60]


class HighlightTag(models.Model):
    """A tag on a highlight. It says nothing about the article."""

    tag = models.ForeignKey("library.Tag", on_delete=models.CASCADE, related_name="highlight_tags", db_index=False)
    highlight = models.ForeignKey(Highlight, on_delete=models.CASCADE, related_name="highlight_tags", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["highlight", "tag"], name="highlight_tag_once")]
        indexes = [models.Index(fields=["tag", "highlight"], name="highlight_tag_by_tag")]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.highlight_id}"
