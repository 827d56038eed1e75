"""Where a link's texts come from, and the bytes that were imported."""

import zlib

from django.db import models
from django.utils import timezone

COMPRESSION = 3  # zlib's level


class Original(models.Model):
    """The bytes of an imported file, compressed (zlib), once per SHA-256 whoever imported it."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField(help_text="Bytes before compression.")
    compressed = models.BinaryField()

    def __str__(self) -> str:
        return self.sha256

    @property
    def data(self) -> bytes:
        """The bytes as they were imported. Raises zlib.error when the kept bytes are damaged."""
        return zlib.decompress(self.compressed)


class Source(models.Model):
    """One record of one file that feeds a link. `said` is what it last said: the base of the three-way merge.

    `said`: {"title": str, "url": str, "type": str, "tags": [str], "sections": {section key: SHA-256 of its text}}.
    """

    owner = models.ForeignKey("library.User", on_delete=models.CASCADE, related_name="sources")
    link = models.ForeignKey("library.Link", on_delete=models.CASCADE, related_name="sources")
    format = models.CharField(max_length=40)
    key = models.CharField(max_length=1024, help_text="The path inside the import, or the record's own id.")
    original = models.ForeignKey(Original, on_delete=models.PROTECT, related_name="sources")
    created = models.DateTimeField(null=True, blank=True, help_text="The date the file itself names.")
    length = models.PositiveIntegerField(default=0, help_text="Characters of all its texts.")
    said = models.JSONField(default=dict)
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "original"], name="source_by_original"),
            models.Index(fields=["owner", "key"], name="source_by_key"),
        ]

    def __str__(self) -> str:
        return self.key
