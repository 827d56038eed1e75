"""Which links a batch of files already belongs to: by their bytes, their address, or their name."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter

from django.db.models import Count, Max

from library.content.text import fold
from library.importers.attaching import Files
from library.importers.preparing import Prepared
from library.importers.record import ImportFile, Record
from library.models import FormerAddress, ImportRun, Link, Source, User
from library.models.links import UNTITLED, address_hash

RecordPlace = tuple[str, int]
NO_TITLES = {"", fold(UNTITLED)}


@dataclass(slots=True)
class Incoming:
    """One record on its way in. `link_id` is the link it belongs to, `source` the Source it was known by."""

    file: ImportFile
    prepared: Prepared
    link_id: int | None = None
    source: Source | None = None
    by_address: bool = False
    ahead: Files = field(default_factory=dict)
    """Files of its package, read before the batch was begun."""

    @property
    def record(self) -> Record:
        return self.prepared.record

    @property
    def url_hash(self) -> str | None:
        return self.prepared.url_hash

    @property
    def key(self) -> str:
        return self.prepared.key

    @property
    def warnings(self) -> tuple[str, ...]:
        return self.prepared.warnings

    @property
    def place(self) -> RecordPlace:
        return self.file.sha256, self.prepared.position

    @property
    def mark(self) -> str:
        """The same, as one word."""
        return f"{self.file.sha256}:{self.prepared.position}"

    @property
    def is_only_marked(self) -> bool:
        """Whether it says nothing but what the reader marked in an article."""
        return bool(self.record.highlights) and not self.record.texts

    @property
    def goes_by_title(self) -> bool:
        return self.is_only_marked and not self.url_hash

    def marks(self) -> Iterator[Hashable]:
        """By what another record of the same batch would be taken for the same."""
        yield self.place
        if self.url_hash:
            yield self.url_hash
        if self.record.key:
            yield "key", self.key


@dataclass(slots=True)
class Known:
    """What became of this record of these very bytes before: the link it feeds, and whether it is in the Bin."""

    link_id: int
    binned: bool


def whole_files(owner: User, files: Iterable[ImportFile]) -> set[str]:
    """SHA-256 of the files of which every record is known, and its link still exists."""
    hashes = {file.sha256 for file in files if file.sha256}
    rows = owner.sources.filter(original_id__in=hashes).order_by()
    counted = rows.values_list("original_id").annotate(Count("position", distinct=True), Max("records"))
    return {sha256 for sha256, places, records in counted if places >= records}


def known_records(
    owner: User, hashes: Iterable[str], first: int = 0, last: int | None = None
) -> dict[RecordPlace, Known]:
    """By SHA-256 and position, of those from `first` to before `last`. A record counts only while its link exists."""
    rows = owner.sources.filter(original_id__in=set(hashes) - {""}, position__gte=first).order_by("position", "pk")
    if last is not None:
        rows = rows.filter(position__lt=last)
    columns = ("original_id", "position", "link_id", "link__deleted_at")
    return {
        (sha256, position): Known(link_id, deleted_at is not None)
        for sha256, position, link_id, deleted_at in rows.values_list(*columns)
    }


@dataclass(slots=True)
class Matches:
    """Links of the owner that could be meant by a batch, read in a few queries."""

    since: datetime
    by_address: dict[str, int] = field(default_factory=dict)
    by_key: dict[str, list[Source]] = field(default_factory=dict)
    by_title: dict[str, list[int]] = field(default_factory=dict)
    met: set[RecordPlace] = field(default_factory=set)

    @classmethod
    def of(cls, run: ImportRun, batch: list[Incoming], entered: Callable[[], set[RecordPlace]]) -> Matches:
        """`entered` gives the records of the import that are not in the database's ledger yet."""
        owner = run.owner
        hashes = {item.url_hash for item in batch if item.url_hash}
        found = cls(run.created_at)
        for model in (FormerAddress, Link):
            rows = model._default_manager.filter(owner=owner, url_hash__in=hashes)
            found.by_address.update(
                rows.values_list("url_hash", "link_id" if model is FormerAddress else "id")
            )
        # Put in order here: asked for the order of its ids, SQLite would read through all of the owner's.
        for source in sorted(owner.sources.filter(key__in={item.key for item in batch}), key=attrgetter("pk")):
            found.by_key.setdefault(source.key, []).append(source)
        if found.by_key:
            links = {source.link_id for sources in found.by_key.values() for source in sources}
            met = run.entries.filter(link_id__in=links).order_by()
            found.met = entered() | set(met.values_list("sha256", "position"))
        titles = {item.prepared.title_key for item in batch if item.goes_by_title} - NO_TITLES
        if titles:
            rows = owner.links.kept().filter(title_key__in=titles)
            for title, pk in rows.values_list("title_key", "pk"):
                found.by_title.setdefault(title, []).append(pk)
        return found

    def settle(self, item: Incoming) -> None:
        """Find the item's link: the address decides; one with none, or a new one, is known by its key.

        What was only marked in an article is known by its title, if just one article has it. A Source of which this
        import has met the record already belongs to another file: that of this one is another, on the same link. Else
        two files of one record would take turns as what it said last, and each import would find the other changed.
        """
        link_id = self.by_address.get(item.url_hash or "")
        item.link_id, item.source, item.by_address = link_id, None, link_id is not None
        for source in self.by_key.get(item.key, []):
            if source.link_id == item.link_id if item.link_id else self._is_same_page(source, item):
                item.link_id = source.link_id
                if (source.original_id, source.position) not in self.met:
                    item.source = source
                    return
        titled = self.by_title.get(item.prepared.title_key, [])
        if item.goes_by_title and len(titled) == 1 and not item.link_id:
            item.link_id = titled[0]

    def _is_same_page(self, source: Source, item: Incoming) -> bool:
        """A name alone is not enough (`Untitled.md` of another export): the date must agree, or with no date the title.

        Nor is it where this very import has brought a file of that name before, from another of its folders. The id
        that a tool has given is enough.
        """
        record = item.record
        if record.key:
            return source.format == item.prepared.format
        if source.read_at >= self.since:
            return False
        if record.created and source.created:
            return record.created == source.created
        other_address = address_hash(source.said.get("url", "")) not in (None, item.url_hash) and item.url_hash
        return not other_address and fold(record.title) not in NO_TITLES and record.title == source.said.get("title")
