"""The doors for a reader's writes: texts, tags, the Bin. Each keeps what was there before and notes who did it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from library.content import text as content_text
from library.models.changes import Change
from library.models.links import FormerAddress, Link, LinkQuerySet, State
from library.models.retagging import Kept
from library.models.sections import Author, Kind, Section, SectionVersion
from library.models.sources import Original
from library.models.tags import LinkTag, Tag

POSITIONS = {Kind.OVERVIEW: 0, Kind.SUMMARY: 1, Kind.ARTICLE: 2, Kind.NOTE: 3, Kind.OTHER: 4}
PURGE_BATCH = 200


def note_change(link: Link, what: str, before: Any = None, after: Any = None, kept: Kept | None = None) -> Change:
    """Write down an act of the reader."""
    return Change.objects.create(owner_id=link.owner_id, link=link, what=what, before=before, after=after, kept=kept)


@transaction.atomic
def write_section(
    link: Link, kind: str, text: str, *, author: str = Author.READER, author_name: str = "", heading: str = "",
    section_id: int | None = None,
) -> Section:  # fmt: skip
    """The one door for a write of text: keeps the version, and computes the link's facts again.

    `section_id` tells apart sections of one heading. A model's text never replaces a person's: it is kept as a
    version beside it.
    """
    text = content_text.clean_text(text)
    version: SectionVersion | None = None
    wanted = {"pk": section_id} if section_id else {"kind": kind, "heading": heading}
    section = link.sections.select_for_update().filter(**wanted).first()
    if section is None:
        section = link.sections.create(
            kind=kind, heading=heading, position=POSITIONS[Kind(kind)], text=text, author=author,
            author_name=author_name,
        )  # fmt: skip
    elif section.text == text:
        return section
    elif author == Author.MODEL and section.author == Author.READER:
        keep_version(section, text, author, author_name)
        return section
    else:
        version = replace_text(section, text, author, author_name)
    note_text(section, version, author, author_name)
    link.recount()
    return section


def note_text(section: Section, version: SectionVersion | None, author: str, author_name: str) -> None:
    """Write down that the text of `section` changed; `version` is what it said before."""
    Change.objects.create(
        owner_id=section.link.owner_id, link=section.link, what=section.kind, author=author, author_name=author_name,
        before={"version": version.pk if version else None},
        after={"section": section.pk, "written_at": section.written_at.isoformat()},
    )  # fmt: skip


@transaction.atomic
def restore_version(link: Link, version: SectionVersion, *, as_it_was: bool = False) -> None:
    """Let a section say again what it said in `version`; what it says now becomes a version itself.

    It counts as the reader's own then, which no import overwrites. `as_it_was`, for an undo, gives it back to
    whoever wrote it.
    """
    section = link.sections.select_for_update().get(pk=version.section_id)
    if not as_it_was:
        write_section(link, section.kind, version.text, section_id=section.pk)
        return
    replaced = replace_text(section, version.text, version.author, version.author_name)
    section.written_at, section.source_id = version.written_at, version.source_id
    section.save(update_fields=["written_at", "source"])
    note_text(section, replaced, Author.READER, "")
    link.recount()


def replace_text(section: Section, text: str, author: str, author_name: str) -> SectionVersion:
    """Put `text` in the section's place; what stood there becomes a version with its own provenance."""
    version = SectionVersion.objects.create(
        section=section,
        text=section.text,
        author=section.author,
        author_name=section.author_name,
        written_at=section.written_at,
        source_id=section.source_id,
    )
    section.text, section.author, section.author_name = text, author, author_name
    section.written_at, section.source = timezone.now(), None
    section.save()
    return version


def keep_version(section: Section, text: str, author: str, author_name: str, source_id: int | None = None) -> bool:
    """Keep `text` beside the section's own, unless it is known already. True if it was new."""
    if text == section.text or section.versions.filter(text=text).exists():
        return False
    section.versions.create(text=text, author=author, author_name=author_name, source_id=source_id)
    return True


@transaction.atomic
def set_tags(link: Link, names: Iterable[str]) -> None:
    """Make the link carry just these tags, as the reader wants: no import will put back what they took off."""
    found = Tag.objects.ensure(link.owner_id, [name for name in names if name.strip()])
    tags = {tag.name_key: tag for tag in found.values()}
    current = {row.tag.name_key: row for row in link.link_tags.select_related("tag")}
    added, removed = tags.keys() - current.keys(), current.keys() - tags.keys()
    if not added and not removed:
        return
    link.link_tags.filter(tag__name_key__in=removed).delete()
    LinkTag.objects.bulk_create(
        LinkTag(tag=tags[key], link=link, saved_at=link.saved_at, by_reader=True) for key in sorted(added)
    )
    barred = set(link.removed_tags)
    keyed = Tag.objects.keyed(link.owner_id, barred | removed)
    freed = {key for key, tag in keyed.items() if tag.name_key in tags}
    link.removed_tags = sorted((barred | removed) - freed)
    link.save(update_fields=["removed_tags"])
    kept = {
        "on": [tags[key].pk for key in sorted(added)],
        "off": [[current[key].tag_id, current[key].by_reader] for key in sorted(removed)],
        "barred": sorted(removed - barred),
        "freed": sorted(freed & barred),
    }
    before = sorted(row.tag.name for row in current.values())
    note_change(link, "tags", before, sorted(tag.name for tag in tags.values()), kept)


def move_address(link: Link, url: str) -> None:
    """Give the link another address; the one it had stays one by which it is found. Does not save the link."""
    if link.url_hash:
        FormerAddress.objects.update_or_create(
            owner_id=link.owner_id, url_hash=link.url_hash, defaults={"link": link, "url": link.url}
        )
    link.set_address(url)
    link.former_addresses.filter(url_hash=link.url_hash).delete()


@transaction.atomic
def change_state(link: Link, *states: str) -> Change:
    """Move the link, which the caller holds, through these reading states: archived after finished keeps the day."""
    before = {"state": link.state, "finished_at": link.finished_at.isoformat() if link.finished_at else None}
    for state in states:
        link.set_state(state)
    link.save(update_fields=["state", "finished_at"])
    return note_change(link, "state", before, {"state": link.state})


@transaction.atomic
def keep_place(link: Link, place: int, progress: int, *, marked: bool = False) -> None:
    """Keep up to which block of its article the reader came: only forward, unless they marked the place themselves.

    With the first place of an article in the inbox reading has begun. Taken back to the inbox, it stays there.
    """
    first = link.place is None
    if not (first or marked or place > (link.place or 0)):
        return
    link.place, link.progress = place, progress
    link.save(update_fields=["place", "progress"])
    if first and link.state == State.INBOX:
        change_state(link, State.READING)


@transaction.atomic
def bin_link(link: Link) -> None:
    link.deleted_at = timezone.now()
    link.save(update_fields=["deleted_at"])
    note_change(link, "bin")


@transaction.atomic
def restore_link(link: Link) -> None:
    link.deleted_at = None
    link.save(update_fields=["deleted_at"])
    note_change(link, "restore")


def purge_bin(now: datetime | None = None) -> int:
    """Delete for good what has been in any Bin for BIN_DAYS. Returns how many articles went."""
    before = (now or timezone.now()) - timedelta(days=settings.BIN_DAYS)
    gone = 0
    while batch := list(Link.objects.filter(deleted_at__lt=before).values_list("pk", flat=True)[:PURGE_BATCH]):
        gone += delete_for_good(batch)
    return gone


@transaction.atomic
def delete_for_good(link_ids: Iterable[int]) -> int:
    """Delete links in the Bin with all their texts, and the kept files that no other link came from."""
    binned = Link.objects.binned().filter(pk__in=list(link_ids))
    # Held, so that one that is being restored stays.
    held = list(binned.select_for_update().values_list("pk", flat=True))
    links = Link.objects.filter(pk__in=held)
    originals = originals_of(links)
    links.delete()
    Original.objects.orphans().filter(pk__in=originals).drop()
    return len(held)


def originals_of(links: LinkQuerySet) -> set[str]:
    """The kept files from which these came, now or before, and that came with them."""
    rows = [
        *links.values_list("sources__original_id", "sources__formers__original_id"),
        *links.values_list("attachments__original_id"),
    ]
    return {original for row in rows for original in row if original}
