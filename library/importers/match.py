"""Which links a batch of files already belongs to: by their bytes, their address, or their name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from library.content.text import fold
from library.importers.preparing import Prepared
from library.importers.record import ImportFile, Record
from library.models import FormerAddress, ImportRun, Link, Source, User
from library.models.links import UNTITLED, address_hash

# PostgreSQL's B-tree takes no key over 2,704 bytes.
KEY_LENGTH, KEY_BYTES = 1024, 2400

NO_TITLES = {"", fold(UNTITLED)}


@dataclass(slots=True)
class Incoming:
    """One record on its way in. `link_id` is the link it belongs to, `source_id` the Source it was known by."""

    file: ImportFile
    prepared: Prepared
    link_id: int | None = None
    source_id: int | None = None
    by_address: bool = False

    @property
    def record(self) -> Record:
        return self.prepared.record

    @property
    def url_hash(self) -> str | None:
        return self.prepared.url_hash

    @property
    def key(self) -> str:
        return source_key(self.file.name)


def source_key(name: str) -> str:
    """A Source's key for a file: its name, of which the end says more than the beginning."""
    return name[-KEY_LENGTH:].encode()[-KEY_BYTES:].decode(errors="ignore")


@dataclass(slots=True)
class KnownBytes:
    """What became of these very bytes before: the link they feed, and whether it is in the Bin."""

    link_id: int
    binned: bool


def known_bytes(owner: User, files: Iterable[ImportFile]) -> dict[str, KnownBytes]:
    """By SHA-256. A file counts as known only while its link exists."""
    hashes = {file.sha256 for file in files if file.sha256}
    rows = owner.sources.filter(original_id__in=hashes).values_list(
        "original_id", "link_id", "link__deleted_at"
    )
    return {sha256: KnownBytes(link_id, deleted_at is not None) for sha256, link_id, deleted_at in rows}


@dataclass(slots=True)
class Matches:
    """Links of the owner that could be meant by a batch, read in three queries."""

    since: datetime
    by_address: dict[str, int] = field(default_factory=dict)
    by_key: dict[str, list[Source]] = field(default_factory=dict)

    @classmethod
    def of(cls, run: ImportRun, batch: list[Incoming]) -> Matches:
        owner = run.owner
        hashes = {item.url_hash for item in batch if item.url_hash}
        found = cls(run.created_at)
        for model in (FormerAddress, Link):
            rows = model._default_manager.filter(owner=owner, url_hash__in=hashes)
            found.by_address.update(
                rows.values_list("url_hash", "link_id" if model is FormerAddress else "id")
            )
        sources = owner.sources.filter(key__in={item.key for item in batch})
        for source in sources:
            found.by_key.setdefault(source.key, []).append(source)
        return found

    def settle(self, item: Incoming) -> None:
        """Find the item's link: the address decides; a file with none, or a new one, is known by its name."""
        sources = self.by_key.get(item.key, [])
        link_id = self.by_address.get(item.url_hash or "")
        item.link_id, item.source_id, item.by_address = link_id, None, link_id is not None
        for source in sources:
            if source.link_id == link_id if link_id else self._is_same_page(source, item):
                item.link_id, item.source_id = source.link_id, source.pk
                return


    def _is_same_page(self, source: Source, item: Incoming) -> bool:
        """A name alone is not enough (`Untitled.md` of another export): the date must agree, or with no date the title.

        Nor is it where this very import has brought a file of that name before, from another of its folders.
        """
        record = item.record
        if source.read_at >= self.since:
            return False
        if record.created and source.created:
            return record.created == source.created
        other_address = address_hash(source.said.get("url", "")) not in (None, item.url_hash) and item.url_hash
        return not other_address and fold(record.title) not in NO_TITLES and record.title == source.said.get("title")
