"""Rendered text, kept by what was rendered, so that nothing ever needs to be invalidated."""

from django.db import models
from django.utils import timezone


class Rendering(models.Model):
    """Blocks of safe HTML. `key` is SHA-256 of the renderer's version and the text."""

    key = models.CharField(max_length=64, primary_key=True)
    blocks = models.JSONField()
    headings = models.JSONField(default=list)
    plain = models.BooleanField(default=False, help_text="Too costly to render: shown as plain text.")
    made_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.key
