"""What was done to a link, when and by whom."""

from django.db import models
from django.utils import timezone

from library.models.sections import Author


class Change(models.Model):
    """One act on one link: `what` names the field or the act, `before` and `after` its values (never whole texts)."""

    owner = models.ForeignKey("library.User", on_delete=models.CASCADE, related_name="changes")
    link = models.ForeignKey("library.Link", on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField(default=timezone.now)
    author = models.CharField(max_length=6, choices=Author, default=Author.READER)
    author_name = models.CharField(max_length=255, blank=True)
    what = models.CharField(max_length=40)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["owner", "-at", "-id"], name="change_newest")]

    def __str__(self) -> str:
        return f"{self.what} of {self.link_id}"
