"""Where a link's texts come from, and the bytes that were imported."""

import zlib
from collections.abc import Iterable
from typing import Self

from django.db import models
from django.utils import timezone

from library.models.rows import insert_rows

COMPRESSION = 3  # zlib's level
DROPPED_AT_ONCE = 100


class OriginalQuerySet(models.QuerySet["Original"]):
    def keep(self, rows: Iterable[tuple[str, int, bytes]]) -> None:
        """(SHA-256, size, compressed bytes) each; what is kept already stays."""
        insert_rows(Original, ("sha256", "size", "compressed"), rows, or_leave=True)

    def orphans(self) -> Self:
        """Kept files from which no article comes, now or before, and that came with none."""
        return self.filter(sources__isnull=True, formers__isnull=True, attachments__isnull=True)

    def drop(self) -> int:
        """Delete them a few at a time, without reading their bytes. Returns how many went."""
        gone = 0
        while batch := list(self.values_list("pk", flat=True)[:DROPPED_AT_ONCE]):
            gone += len(batch)
            Original.objects.filter(pk__in=batch).defer("compressed").delete()
        return gone


class Original(models.Model):
    """The bytes of an imported file, or of one that came with it: compressed (zlib), once per SHA-256."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField(help_text="Bytes before compression.")
    compressed = models.BinaryField()

    objects = OriginalQuerySet.as_manager()

    def __str__(self) -> str:
        return self.sha256

    @property
    def data(self) -> bytes:
        """The bytes as they were imported. Raises zlib.error when the kept bytes are damaged."""
        return zlib.decompress(self.compressed)


class Source(models.Model):
    """One record of one file that feeds a link. `said` is what it last said: the base of the three-way merge.

    `said`: {"title": str, "url": str, "type": str, "tags": [str], "sections": {section key: SHA-256 of its text}}, and
    where there is more, "passages": [digest of each highlight] and "rest": SHA-256 of all else.
    """

    owner = models.ForeignKey("library.User", on_delete=models.CASCADE, related_name="sources")
    link = models.ForeignKey("library.Link", on_delete=models.CASCADE, related_name="sources")
    format = models.CharField(max_length=40)
    key = models.CharField(max_length=1024, help_text="The path inside the import, or the record's own id.")
    original = models.ForeignKey(Original, on_delete=models.PROTECT, related_name="sources")
    position = models.PositiveIntegerField(default=0, help_text="Of the record in its file.")
    records = models.PositiveIntegerField(default=1, help_text="How many the file holds.")
    created = models.DateTimeField(null=True, blank=True, help_text="The date the file itself names.")
    length = models.PositiveIntegerField(default=0, help_text="Characters of all its texts.")
    said = models.JSONField(default=dict)
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "original", "position"], name="source_by_record"),
            models.Index(fields=["owner", "key"], name="source_by_key"),
        ]

    def __str__(self) -> str:
        return self.key


class FormerOriginal(models.Model):
    """What a Source's file was before it changed: kept as long as the article is, so that an import can be undone."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="formers")
    original = models.ForeignKey(Original, on_delete=models.PROTECT, related_name="formers")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "original"], name="former_original_once")]

    def __str__(self) -> str:
        return f"{self.original_id} of {self.source_id}"
