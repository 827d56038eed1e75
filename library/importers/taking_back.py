"""An import is undone: what it added and changed goes, and what anybody has touched since stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from library.highlighting import place_again
from library.importers import whole
from library.importers.ledger import keep_lease
from library.models import (
    Change,
    FormerOriginal,
    Highlight,
    ImportedRecord,
    ImportRun,
    Link,
    LinkTag,
    Original,
    Outcome,
    RunState,
    Section,
    SectionVersion,
    Source,
    Tag,
)
from library.models.links import address_hash
from library.models.writing import originals_of
from library.search.indexing import index_links

CHUNK = 50
CHANGED = (Outcome.UPDATED, Outcome.MERGED)
WROTE = (Outcome.NEW, *CHANGED)
BROUGHT = {"state": "inbox", "favourite": False, "progress": 0, "deleted_at": None}
"""How a new link stands unless its record says otherwise."""
RESTORED = "restored"
"""In what its entry says of a link that came with a whole library: no import has written that one anew."""
LOOKED_AT = (RunState.CHECKING, RunState.CHECKED)
MERGED = {"title", "type", "saved_at", "url", "extra"}
"""What an import changes of a link that was there. A ledger can come from a forged export and name other columns."""


class Extent(NamedTuple):
    """What an undo would do, in numbers of articles."""

    goes: int
    stays: int
    goes_back: int
    stays_changed: int
    beside: whole.Beside
    """Of what is no article."""


def brought(link: Link) -> dict[str, Any]:
    """What is noted of a new link: how far its record said that the reader is."""
    told = {name: now for name, now in _stands(link).items() if now != BROUGHT[name]}
    return {"brought": told} if told else {}


def _stands(link: Link) -> dict[str, Any]:
    binned = link.deleted_at.isoformat() if link.deleted_at else None
    return {name: getattr(link, name) for name in BROUGHT} | {"deleted_at": binned}


def extent(run: ImportRun) -> Extent:
    """Of the whole import, as the library stands now."""
    found = _seen(run).filter(outcome=Outcome.NEW).iterator(chunk_size=1000)
    new = {each.link_id: is_untouched(each) for each in found}
    goes = {link_id for link_id, untouched in new.items() if untouched and link_id}
    own = run.entries.filter(outcome=Outcome.NEW, link__isnull=False).values("link")
    changed = _seen(run).filter(outcome__in=CHANGED).exclude(link__in=own)
    later = {entry.link_id: bool(entry.later) for entry in changed.iterator(chunk_size=1000)}  # type: ignore[attr-defined]
    written = sum(later.values())
    return Extent(len(goes), len(new) - len(goes), len(later) - written, written, whole.extent(run, goes))


def _seen(run: ImportRun) -> QuerySet[ImportedRecord]:
    """The entries whose links are there, with what was done to those since; the newest first.

    A whole library brings its Changes and the imports it had, under new ids: they are told apart by their dates.
    """
    other = ImportedRecord.objects.filter(link=OuterRef("link"), run__created_at__gt=run.created_at, outcome__in=WROTE)
    other = other.filter(run__dry_run=False).exclude(run__state__in=LOOKED_AT).exclude(changes__has_key=RESTORED)
    touched = Change.objects.filter(link=OuterRef("link"), at__gte=run.created_at)
    found = run.entries.filter(outcome__in=WROTE, link__isnull=False).select_related("link")
    return found.annotate(later=Exists(other), touched=Exists(touched)).order_by("-id")


def is_untouched(entry: ImportedRecord) -> bool:
    """Whether a new link is as the import left it."""
    link: Any = entry.link
    as_it_came = _stands(link) == {**BROUGHT, **entry.changes.get("brought", {})}
    return as_it_came and not entry.later and not entry.touched  # type: ignore[attr-defined]


def take_back(run: ImportRun, holder: str) -> None:
    """The newest entry first, a chunk in each transaction. Can be begun again anywhere. Raises LeaseLost."""
    while True:
        before = run.cursor[1] if run.cursor and run.cursor[0] == "undo" else None
        with transaction.atomic():
            entries = _seen(run).filter(id__lt=before) if before else _seen(run)
            chunk = list(entries[:CHUNK])
            if not chunk:
                break
            _take_back(run, chunk)
            run.cursor = ["undo", chunk[-1].pk]
            keep_lease(run, holder, cursor=run.cursor)
    whole.take_back(run)


def _take_back(run: ImportRun, chunk: list[ImportedRecord]) -> None:
    new = [entry.link_id for entry in chunk if entry.outcome == Outcome.NEW and is_untouched(entry)]
    changed = [entry for entry in chunk if entry.outcome in CHANGED and not entry.later]  # type: ignore[attr-defined]
    touched = [_LinkBack(run, entry).take_back() for entry in changed if entry.link_id not in new]
    _delete_links([pk for pk in new if pk])
    kept = list(dict.fromkeys(touched))
    place_again(kept)
    index_links(kept)


def _delete_links(pks: list[int]) -> None:
    links = Link.objects.filter(pk__in=pks)
    originals = originals_of(links)
    links.delete()
    _drop_originals(originals)


def _drop_originals(sha256s: Iterable[str]) -> None:
    Original.objects.orphans().filter(pk__in=set(sha256s)).drop()


class _LinkBack:
    """One known link that the import has changed."""

    def __init__(self, run: ImportRun, entry: ImportedRecord) -> None:
        self.run, self.changes = run, entry.changes
        self.link = Link.objects.select_for_update().get(imported_records=entry)

    def take_back(self) -> int:
        self._fields(self.changes.get("fields", {}))
        for told in reversed(self.changes.get("sections", [])):
            self._section(told)
        self._tags(self.changes.get("tags_added", []), self.changes.get("tags_removed", []))
        for highlight in Highlight.objects.filter(link=self.link, pk__in=self.changes.get("highlights", [])):
            if not self._since("highlight", before__id=highlight.pk):
                highlight.delete()
        attachments = self.link.attachments.filter(pk__in=self.changes.get("attachments", []))
        originals = list(attachments.values_list("original_id", flat=True))
        attachments.delete()
        _drop_originals([*originals, *self._source()])
        self.link.recount()
        return self.link.pk

    def _since(self, what: str, **more: Any) -> bool:
        """Whether somebody has changed it since."""
        return self.link.changes.filter(what=what, at__gte=self.run.created_at, **more).exists()

    def _fields(self, before: dict[str, Any]) -> None:
        for name, value in before.items():
            if name not in MERGED or self._since(name):
                continue
            if name == "url":
                self._address(value)
            elif name == "title":
                self.link.set_title(value)
            else:
                setattr(self.link, name, datetime.fromisoformat(value) if name == "saved_at" else value)
        self.link.save()

    def _address(self, url: str) -> None:
        """The one it had, if no other article has taken it."""
        url_hash = address_hash(url)
        others = self.run.owner.links.exclude(pk=self.link.pk)
        if url_hash is None or not others.filter(url_hash=url_hash).exists():
            self.link.set_address(url)
            self.link.former_addresses.filter(url_hash=url_hash).delete()

    def _section(self, told: dict[str, Any]) -> None:
        section = Section.objects.filter(link=self.link, pk=told["section"]).first()
        version = SectionVersion.objects.filter(section=section, pk=told.get("version", 0)).first()
        if section is None or (self._since(section.kind) and (told.get("added") or told.get("replaced"))):
            return
        if told.get("added"):
            self._added(section)
        elif version and told.get("replaced"):
            for name in ("text", "author", "author_name", "written_at", "source_id"):
                setattr(section, name, getattr(version, name))
            section.save()
        if version:
            version.delete()

    def _added(self, section: Section) -> None:
        """Unless the reader has marked something in it."""
        if not section.highlights.exclude(pk__in=self.changes.get("highlights", [])).exists():
            section.delete()

    def _tags(self, added: list[str], removed: list[str]) -> None:
        if self._since("tags"):
            return
        wanted = {tag.name_key for tag in Tag.objects.ensure(self.link.owner_id, self.run.tags).values()}
        for row in self.link.link_tags.filter(tag__name_key__in=added).select_related("tag"):
            if not row.by_reader or row.tag.name_key in wanted:
                row.delete()
        back = Tag.objects.filter(owner=self.link.owner_id, name_key__in=set(removed) - set(self.link.removed_tags))
        rows = [LinkTag(link=self.link, tag=tag, saved_at=self.link.saved_at) for tag in back]
        LinkTag.objects.bulk_create(rows, ignore_conflicts=True)

    def _source(self) -> list[str]:
        """Makes the Source say what it said before. Returns the files that nothing may need any more."""
        source = Source.objects.filter(link=self.link, pk=self.changes.get("source", 0)).first()
        before = self.changes.get("source_before")
        if source is None or (before and not _has_come_from(source, before["original"])):
            return []
        used = [source.original_id]
        if before is None:
            used += source.formers.values_list("original_id", flat=True)
            source.delete()
            return used
        source.original_id, source.said = before["original"], before["said"]
        for name in ("position", "records", "length"):
            setattr(source, name, before.get(name, getattr(source, name)))
        if "created" in before:
            source.created = datetime.fromisoformat(before["created"]) if before["created"] else None
        source.save()
        FormerOriginal.objects.filter(source=source, original_id=before["original"]).delete()
        return used


def _has_come_from(source: Source, original: str) -> bool:
    """Whether it is a file of this Source. A forged ledger can name that of another reader."""
    return source.original_id == original or source.formers.filter(original=original).exists()
