"""How many times a reader's library changed: the key under which counts of it may be cached."""

from django.db import models


class Revision(models.Model):
    """One row an owner, written by database triggers only (see `library.models.triggers`).

    A cached count keyed by (owner, number) is right in every process and never needs to be dropped.
    """

    owner = models.OneToOneField(
        "library.User", on_delete=models.CASCADE, primary_key=True, related_name="+", db_constraint=False
    )
    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.owner_id}: {self.number}"
