"""The tables beside the search index. Only `library.search` and database triggers write them."""

from django.db import models


class SearchDocument(models.Model):
    """Which link stands at which number of the index.

    The number holds the owner in its high bits, then the saved time in seconds, so that the index is in date order
    and one reader's newest cost nothing to the others. No foreign keys: a row outlives its link until the index
    has forgotten it.
    """

    number = models.BigIntegerField(primary_key=True)
    owner_id = models.BigIntegerField()
    link_id = models.BigIntegerField(unique=True)
    checksum = models.BigIntegerField(default=0, help_text="Of all that was indexed.")

    def __str__(self) -> str:
        return f"{self.number}: {self.link_id}"


class SearchPending(models.Model):
    """A link that changed since it was indexed. Append-only: triggers insert, the index deletes what it has read."""

    owner_id = models.BigIntegerField()
    link_id = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return str(self.link_id)
