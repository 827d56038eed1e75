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
    cut = models.BooleanField(default=False, help_text="Its texts are longer than what is indexed of one link.")

    def __str__(self) -> str:
        return f"{self.number}: {self.link_id}"


class SearchPending(models.Model):
    """A link that changed since it was indexed. Append-only: triggers insert, the index deletes what it has read."""

    owner_id = models.BigIntegerField()
    link_id = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return str(self.link_id)


class SearchWord(models.Model):
    """A word that some article of this reader has or had, folded: what spelling is compared with."""

    pk = models.CompositePrimaryKey("owner_id", "word")
    owner_id = models.BigIntegerField()
    word = models.CharField(max_length=30)

    def __str__(self) -> str:
        return self.word


class SearchLanguage(models.Model):
    """A language in whose stems some text of this reader is indexed: a query asks for a word's stem in each."""

    pk = models.CompositePrimaryKey("owner_id", "language")
    owner_id = models.BigIntegerField()
    language = models.CharField(max_length=2)

    def __str__(self) -> str:
        return self.language
