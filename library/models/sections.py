"""One layer of text of a link, and what it said before."""

from django.db import models
from django.utils import timezone


class Kind(models.TextChoices):
    OVERVIEW = "overview", "Overview"
    SUMMARY = "summary", "AI Summary"
    ARTICLE = "article", "Article"
    NOTE = "note", "Your notes"
    OTHER = "other", "Other"


class Author(models.TextChoices):
    """Who wrote a text or did a change."""

    READER = "reader", "You"
    IMPORT = "import", "Import"
    MODEL = "model", "Model"


class Provenance(models.Model):
    """A text, who wrote it and when. `author_name` names the model or the imported file."""

    text = models.TextField(blank=True)
    author = models.CharField(max_length=6, choices=Author, default=Author.IMPORT)
    author_name = models.CharField(max_length=255, blank=True)
    written_at = models.DateTimeField(default=timezone.now)
    source = models.ForeignKey(
        "library.Source", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True


class Section(Provenance):
    """One layer of text. `heading` names an `other` section; `position` is its place on the page."""

    link = models.ForeignKey("library.Link", on_delete=models.CASCADE, related_name="sections", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind)
    heading = models.CharField(max_length=255, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="section_kind_known"),
            models.UniqueConstraint(
                fields=["link", "kind"],
                condition=~models.Q(kind="other"),
                name="section_one_of_each_kind",
            ),
        ]
        indexes = [models.Index(fields=["link", "position"], name="section_by_position")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.link_id}"


class SectionVersion(Provenance):
    """What a section said before, or what another file says instead of it."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="versions")
    kept_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-kept_at", "-id"]

    def __str__(self) -> str:
        return f"version of {self.section_id}"
