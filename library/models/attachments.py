"""A file that came with a link: an image that its text shows, or what it links to."""

from django.db import models
from django.urls import reverse

from library.models.sources import Original

SHOWN = frozenset(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"])
"""Kinds of pictures that can hold nothing that runs."""


class Attachment(models.Model):
    """`reference` is how the link's texts name it; its bytes are kept once, however many links have it."""

    link = models.ForeignKey("library.Link", on_delete=models.CASCADE, related_name="attachments")
    original = models.ForeignKey(Original, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=255)
    reference = models.TextField()
    media_type = models.CharField(max_length=100)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("files.file", args=[self.link_id, self.pk, self.name])
