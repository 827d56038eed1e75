"""What was done to a link, when and by whom."""

from django.db import models
from django.utils import timezone

from library.models.sections import Author

ACT_LENGTH = 10


class BulkAct(models.Model):
    """One act on many links at once. What it did to each link is a Change; `library.models.bulk` does and undoes it."""

    class What(models.TextChoices):
        TAGS = "tags"
        STATE = "state"
        FAVOURITE = "favourite"
        TYPE = "type"
        BIN = "bin"

    owner = models.ForeignKey("library.User", on_delete=models.CASCADE, related_name="bulk_acts")
    at = models.DateTimeField(default=timezone.now)
    what = models.CharField(max_length=ACT_LENGTH, choices=What)
    value = models.JSONField(help_text='What the links were given. Of tags: {"add": names, "remove": names}.')
    count = models.PositiveIntegerField(default=0, help_text="How many links it changed.")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["owner", "-at", "-id"], name="bulk_act_newest")]

    def __str__(self) -> str:
        return f"{self.what} of {self.count}"


class Change(models.Model):
    """One act on one link: `what` names the field or the act, `before` and `after` its values (never whole
    texts; of a highlight what it was, with its passage and note).

    An act on many links is a BulkAct, which has a Change for each of them until it is undone.
    """

    owner = models.ForeignKey("library.User", on_delete=models.CASCADE, related_name="changes")
    link = models.ForeignKey("library.Link", on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField(default=timezone.now)
    author = models.CharField(max_length=6, choices=Author, default=Author.READER)
    author_name = models.CharField(max_length=255, blank=True)
    what = models.CharField(max_length=40)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    act = models.ForeignKey(BulkAct, on_delete=models.CASCADE, null=True, blank=True, related_name="changes")
    kept = models.JSONField(null=True, blank=True, help_text="What an undo needs to know besides.")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["owner", "-at", "-id"], name="change_newest")]

    def __str__(self) -> str:
        return f"{self.what} of {self.link_id}"
