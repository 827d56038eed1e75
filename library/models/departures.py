"""A reader's account that was closed to be deleted. It says nothing of whose it was once that is done."""

from django.db import models
from django.utils import timezone

from library.models.users import User


class Departure(models.Model):
    """`reader` is there until everything of theirs is gone; the row stays, so that no set-up address comes back."""

    reader = models.OneToOneField(User, on_delete=models.SET_NULL, null=True, related_name="departure")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"departure {self.pk}"


def staying() -> models.QuerySet[User]:
    """All readers but those whose account was closed."""
    return User.objects.filter(departure__isnull=True)
