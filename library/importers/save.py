"""Writes a batch: new links in bulk, known ones by their plan. The caller holds the transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from library.content.text import fold
from library.importers import merge
from library.importers.match import Incoming
from library.importers.merge import LinkNow, Plan, TextChange
from library.importers.record import Text
from library.models import (
    Author,
    FormerOriginal,
    Kind,
    Link,
    LinkTag,
    Original,
    Section,
    Source,
    State,
    Tag,
    User,
)
from library.models.rows import insert_rows, new_ids
from library.models.writing import POSITIONS, keep_version, move_address, replace_text

FORMAT = "notion_links"
LINK_COLUMNS = tuple(field.attname for field in Link._meta.concrete_fields)
ORIGINAL_COLUMNS = ("sha256", "size", "compressed")
SOURCE_COLUMNS = (
    *("id", "owner_id", "link_id", "format", "key", "original_id"),
    *("created", "length", "said", "read_at"),
)
SECTION_COLUMNS = (
    *("link_id", "kind", "heading", "position", "text"),
    *("author", "author_name", "written_at", "source_id"),
)


def save_new(owner: User, batch: list[Incoming], now: datetime) -> tuple[list[Link], dict[str, Tag]]:
    """A link for each item, with its texts, tags, Source and Original, in a handful of statements.

    Returns the links in the order of the items, and their tags by folded name.
    """
    links = [_new_link(pk, owner, item, now) for pk, item in zip(new_ids(Link, len(batch)), batch, strict=True)]
    insert_rows(Link, LINK_COLUMNS, (tuple(getattr(link, name) for name in LINK_COLUMNS) for link in links))
    insert_rows(Original, ORIGINAL_COLUMNS, (_original_row(item) for item in batch), or_leave=True)
    sources = new_ids(Source, len(batch))
    rows = zip(sources, links, batch, strict=True)
    insert_rows(Source, SOURCE_COLUMNS, (_source_row(pk, link, item, now) for pk, link, item in rows))
    insert_rows(
        Section,
        SECTION_COLUMNS,
        (
            _section_row(link.pk, source, text, item, now)
            for link, source, item in zip(links, sources, batch, strict=True)
            for text in item.record.texts
            if not text.beside
        ),
    )
    for link, source, item in zip(links, sources, batch, strict=True):
        _keep_beside(link, source, item)
    return links, _tag_new(owner, links, batch)


def _new_link(pk: int, owner: User, item: Incoming, now: datetime) -> Link:
    record = item.record
    link = Link(
        pk=pk,
        owner_id=owner.pk,
        type=record.type,
        saved_at=record.created or now,
        extra=record.extra,
        state=record.state or State.INBOX.value,
        created_at=now,
        updated_at=now,
    )
    made = item.prepared
    link.title, link.title_key = record.title, made.title_key
    link.url, link.url_hash, link.site = record.url, made.url_hash, made.site
    link.set_facts(made.facts)
    return link


def _original_row(item: Incoming) -> tuple[object, ...]:
    """The values of ORIGINAL_COLUMNS."""
    return item.file.sha256, item.file.size, item.prepared.compressed


def _source_row(pk: int, link: Link, item: Incoming, now: datetime) -> tuple[object, ...]:
    """The values of SOURCE_COLUMNS."""
    record = item.record
    return (
        *(pk, link.owner_id, link.pk, FORMAT, item.key, item.file.sha256),
        *(record.created, merge.length(record), merge.said(record), now),
    )


def _section_row(link_id: int, source_id: int, text: Text, item: Incoming, now: datetime) -> tuple[object, ...]:
    """The values of SECTION_COLUMNS."""
    author = Author.READER if text.kind == Kind.NOTE else Author.IMPORT
    return (
        *(link_id, text.kind, text.heading, POSITIONS[Kind(text.kind)], text.text),
        *(author.value, item.file.name[-255:], item.record.created or now, source_id),
    )


def _keep_beside(link: Link, source_id: int, item: Incoming) -> None:
    for text in item.record.texts:
        if text.beside:
            section = link.sections.get(kind=text.kind)
            keep_version(section, text.text, Author.IMPORT, item.file.name[-255:], source_id)


def _tag_new(owner: User, links: list[Link], batch: list[Incoming]) -> dict[str, Tag]:
    tags = Tag.objects.ensure(owner.pk, [name for item in batch for name in item.record.tags])
    insert_rows(
        LinkTag,
        ("link_id", "tag_id", "saved_at", "by_reader"),
        (
            (link.pk, tag.pk, link.saved_at, False)
            for link, item in zip(links, batch, strict=True)
            for tag in tags_of(item, tags)
        ),
    )
    return tags


def tags_of(item: Incoming, tags: dict[str, Tag]) -> list[Tag]:
    """The tags of a record, each once: two of its words may be names of one tag."""
    return list(dict.fromkeys(tags[fold(name)] for name in item.record.tags))


# --- a link that is known


def aliases_of(owner: User) -> dict[str, str]:
    """Folded other names of the owner's tags, and the folded names of the tags that they mean."""
    return dict(owner.tag_aliases.values_list("name_key", "tag__name_key"))


def look_at(link_id: int, aliases: dict[str, str], *, lock: bool = False) -> LinkNow:
    """The link as it stands; with `lock`, held until the caller's transaction ends."""
    links = Link.objects.select_for_update() if lock else Link.objects.all()
    link = links.get(pk=link_id)
    sections = {f"{s.kind}:{s.heading}" if s.heading else s.kind: s for s in link.sections.all()}
    rows = link.link_tags.values_list("tag__name_key", "by_reader")
    acts = link.changes.filter(author=Author.READER, what__in=merge.FIELDS)
    return LinkNow(
        link=link,
        sections=sections,
        sources=list(link.sources.all()),
        tags=dict(rows),
        aliases=aliases,
        own_fields=set(acts.values_list("what", flat=True)),
    )


def apply(now: LinkNow, plan: Plan, item: Incoming) -> dict[str, Any]:
    """Carry out `plan` and take the item in as a Source. Returns what changed, so that it can be undone."""
    source, before = _known_source(now, item)
    changes: dict[str, Any] = {"source": source.pk, "source_before": before}
    if plan.fields:
        changes["fields"] = _apply_fields(now.link, plan.fields)
    changes["sections"] = [_apply_text(now.link, source, item, change) for change in plan.texts]
    changes["tags_added"], changes["tags_removed"] = _apply_tags(now.link, plan)
    if plan.texts:
        now.link.recount()
    return changes


def _known_source(now: LinkNow, item: Incoming) -> tuple[Source, dict[str, Any] | None]:
    """The Source that the item comes from, with what it said before (None: it is new)."""
    insert_rows(Original, ORIGINAL_COLUMNS, [_original_row(item)], or_leave=True)
    source = next((source for source in now.sources if source.pk == item.source_id), None)
    before = {"original": source.original_id, "said": source.said} if source else None
    if source and source.original_id != item.file.sha256:
        FormerOriginal.objects.get_or_create(source=source, original_id=source.original_id)
    pk = source.pk if source else new_ids(Source, 1)[0]
    row = dict(zip(SOURCE_COLUMNS, _source_row(pk, now.link, item, timezone.now()), strict=True))
    source, _ = Source.objects.update_or_create(pk=pk, defaults=row)
    return source, before


def _apply_fields(link: Link, fields: dict[str, Any]) -> dict[str, Any]:
    """Set the link's fields; the address it had stays one by which it is found."""
    before = {name: getattr(link, name) for name in fields}
    for name, value in fields.items():
        if name == "url":
            move_address(link, value)
        elif name == "title":
            link.set_title(value)
        else:
            setattr(link, name, value)
    link.updated_at = timezone.now()
    link.save()
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in before.items()}


def _apply_text(link: Link, source: Source, item: Incoming, change: TextChange) -> dict[str, Any]:
    section, text = change.section, change.text
    if section is None and text.beside:
        section = link.sections.get(kind=text.kind)
    if section is None:
        row = _section_row(link.pk, source.pk, text, item, timezone.now())
        section = Section.objects.create(**dict(zip(SECTION_COLUMNS, row, strict=True)))
        return {"section": section.pk, "added": True}
    if change.replace:
        replace_text(section, text.text, Author.IMPORT, item.file.name[-255:])
        section.source = source
        section.save(update_fields=["source"])
    else:
        keep_version(section, text.text, Author.IMPORT, item.file.name[-255:], source.pk)
    return {"section": section.pk, "replaced": change.replace}


def _apply_tags(link: Link, plan: Plan) -> tuple[list[str], list[str]]:
    tags = Tag.objects.ensure(link.owner_id, plan.add_tags)
    LinkTag.objects.bulk_create(
        [LinkTag(link=link, tag=tag, saved_at=link.saved_at) for tag in tags.values()], ignore_conflicts=True
    )
    link.link_tags.filter(tag__name_key__in=plan.remove_tags).delete()
    return sorted(tag.name_key for tag in tags.values()), sorted(plan.remove_tags)
