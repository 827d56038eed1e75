"""Writes a batch: new links in bulk, known ones by their plan. The caller holds the transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from library.content.text import fold
from library.importers import attaching, merge, passages
from library.importers.match import Incoming
from library.importers.merge import LinkNow, Plan, TextChange
from library.importers.record import Passage, Record, Text
from library.models import (
    Author,
    FormerOriginal,
    ImportRun,
    Kind,
    Link,
    LinkTag,
    Original,
    Section,
    Source,
    State,
    Tag,
)
from library.models.rows import insert_rows, new_ids
from library.models.writing import POSITIONS, keep_version, move_address, replace_text

LINK_COLUMNS = tuple(field.attname for field in Link._meta.concrete_fields)
SOURCE_COLUMNS = (
    *("id", "owner_id", "link_id", "format", "key", "original_id", "position", "records"),
    *("created", "length", "said", "read_at"),
)
STATES = frozenset(State.values)
SECTION_COLUMNS = (
    *("link_id", "kind", "heading", "position", "text"),
    *("author", "author_name", "written_at", "source_id"),
)


def save_new(run: ImportRun, batch: list[Incoming], now: datetime) -> tuple[list[Link], dict[str, Tag]]:
    """A link for each item, with its texts, tags, Source and Original, in a handful of statements.

    Returns the links in the order of the items, and their tags by folded name.
    """
    links = [_new_link(pk, run, item, now) for pk, item in zip(new_ids(Link, len(batch)), batch, strict=True)]
    insert_rows(Link, LINK_COLUMNS, (tuple(getattr(link, name) for name in LINK_COLUMNS) for link in links))
    files = {item.file.sha256: item for item in batch}
    Original.objects.keep(_original_row(item) for item in files.values())
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
    _mark_new(links, batch, now)
    for link, item in zip(links, batch, strict=True):
        attaching.attach(link.pk, item.file.package, item.record.attachments, item.ahead)
    return links, _tag_new(run, links, batch)


def _new_link(pk: int, run: ImportRun, item: Incoming, now: datetime) -> Link:
    record = item.record
    state = record.state if record.state in STATES else State.INBOX.value
    link = Link(
        pk=pk,
        owner_id=run.owner_id,
        type=record.type or run.type,
        saved_at=record.created or now,
        extra=record.extra,
        state=state,
        favourite=record.favourite,
        progress=min(max(record.progress, 0), 100),
        finished_at=record.finished if state in (State.FINISHED, State.ARCHIVED) else None,
        created_at=now,
        updated_at=now,
    )
    made = item.prepared
    link.title, link.title_key = record.title, made.title_key
    link.url, link.url_hash, link.site = record.url, made.url_hash, made.site
    link.set_facts(made.facts)
    return link


def _original_row(item: Incoming) -> tuple[str, int, bytes]:
    return item.file.sha256, item.file.size, item.prepared.compressed


def _source_row(pk: int, link: Link, item: Incoming, now: datetime) -> tuple[object, ...]:
    """The values of SOURCE_COLUMNS."""
    record, made = item.record, item.prepared
    return (
        *(pk, link.owner_id, link.pk, made.format, made.key, item.file.sha256, made.position, made.records),
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


def _mark_new(links: list[Link], batch: list[Incoming], now: datetime) -> None:
    """The highlights that new links bring. They have no place yet, but the text in which it is looked for first."""
    marked = {link.pk: item.record for link, item in zip(links, batch, strict=True) if item.record.highlights}
    if not marked:
        return
    rows = Section.objects.filter(link_id__in=marked).exclude(kind=Kind.OTHER).values_list("link_id", "kind", "pk")
    sections = {(link_id, kind): pk for link_id, kind, pk in rows}
    found = [
        passages.Marked(link_id, sections.get((link_id, passage.kind)), passage)
        for link_id, record in marked.items()
        for passage in passages.new_to(record)
    ]
    passages.insert(links[0].owner_id, found, now)


def _tag_new(run: ImportRun, links: list[Link], batch: list[Incoming]) -> dict[str, Tag]:
    """Tags that the reader wanted on all of an import's articles are the reader's own."""
    tags = Tag.objects.ensure(run.owner_id, [*run.tags, *(name for item in batch for name in item.record.tags)])
    wanted = {tags[fold(name)] for name in run.tags}
    insert_rows(
        LinkTag,
        ("link_id", "tag_id", "saved_at", "by_reader"),
        (
            (link.pk, tag.pk, link.saved_at, tag in wanted)
            for link, item in zip(links, batch, strict=True)
            for tag in tags_of(item, tags, run.tags)
        ),
    )
    return tags


def tags_of(item: Incoming, tags: dict[str, Tag], more: Iterable[str] = ()) -> list[Tag]:
    """The tags of a record, each once: two of its words may be names of one tag."""
    return list(dict.fromkeys(tags[fold(name)] for name in (*item.record.tags, *more)))


# --- a link that is known


def look_at(link_id: int, aliases: dict[str, str], record: Record, *, lock: bool = False) -> LinkNow:
    """The link as it stands; with `lock`, held until the caller's transaction ends."""
    links = Link.objects.select_for_update() if lock else Link.objects.all()
    link = links.get(pk=link_id)
    sections = {f"{s.kind}:{s.heading}" if s.heading else s.kind: s for s in link.sections.all()}
    rows = link.link_tags.values_list("tag__name_key", "by_reader")
    acts = link.changes.filter(author=Author.READER, what__in=merge.FIELDS)
    quotes = link.highlights.values_list("quote", flat=True) if record.highlights else []
    files = link.attachments.values_list("reference", flat=True) if record.attachments else []
    return LinkNow(
        link=link,
        sections=sections,
        sources=list(link.sources.all()),
        tags=dict(rows),
        aliases=aliases,
        own_fields=set(acts.values_list("what", flat=True)),
        quotes=list(quotes),
        files=set(files),
    )


def apply(run: ImportRun, now: LinkNow, plan: Plan, item: Incoming) -> dict[str, Any]:
    """Carry out `plan` and take the item in as a Source. Returns what changed, so that it can be undone."""
    source, before = _known_source(now, item)
    changes: dict[str, Any] = {"source": source.pk, "source_before": before}
    if plan.fields:
        changes["fields"] = _apply_fields(now.link, plan.fields)
    changes["sections"] = [_apply_text(now.link, source, item, change) for change in plan.texts]
    changes["tags_added"], changes["tags_removed"] = _apply_tags(now, plan, run.tags)
    if plan.texts:
        now.link.recount()
    if plan.passages:
        changes["highlights"] = _apply_passages(now.link, plan.passages)
    if plan.attachments:
        changes["attachments"] = attaching.attach(
            now.link.pk, item.file.package, plan.attachments, item.ahead
        )
    return changes


def _known_source(now: LinkNow, item: Incoming) -> tuple[Source, dict[str, Any] | None]:
    """The Source that the item comes from, with what it said before (None: it is new)."""
    if not Original.objects.filter(pk=item.file.sha256).exists():
        Original.objects.keep([_original_row(item)])
    source = next((source for source in now.sources if item.source and source.pk == item.source.pk), None)
    before = _as_it_was(source) if source else None
    if source and source.original_id != item.file.sha256:
        FormerOriginal.objects.get_or_create(source=source, original_id=source.original_id)
    pk = source.pk if source else new_ids(Source, 1)[0]
    row = dict(zip(SOURCE_COLUMNS, _source_row(pk, now.link, item, timezone.now()), strict=True))
    source, _ = Source.objects.update_or_create(pk=pk, defaults=row)
    return source, before


def _as_it_was(source: Source) -> dict[str, Any]:
    """What an undo needs to make the Source say again what it said."""
    created = source.created.isoformat() if source.created else None
    places = {"position": source.position, "records": source.records, "length": source.length}
    return {"original": source.original_id, "said": source.said, "created": created, **places}


def follow(items: list[Incoming]) -> None:
    """Let the Sources of records that say what they said before lead to the file as it is now."""
    if not items:
        return
    Original.objects.keep(_original_row(item) for item in {item.file.sha256: item for item in items}.values())
    sources = []
    for item in items:
        if item.source:
            item.source.original_id, item.source.read_at = item.file.sha256, timezone.now()
            item.source.position, item.source.records = item.prepared.position, item.prepared.records
            sources.append(item.source)
    Source.objects.bulk_update(sources, ["original", "read_at", "position", "records"], batch_size=100)


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
        version = replace_text(section, text.text, Author.IMPORT, item.file.name[-255:])
        section.source = source
        section.save(update_fields=["source"])
        return {"section": section.pk, "replaced": True, "version": version.pk}
    if keep_version(section, text.text, Author.IMPORT, item.file.name[-255:], source.pk):
        return {"section": section.pk, "replaced": False, "version": section.versions.latest("pk").pk}
    return {"section": section.pk, "replaced": False}


def _apply_tags(now: LinkNow, plan: Plan, wanted: list[str]) -> tuple[list[str], list[str]]:
    """`wanted` are tags that the reader wants on all of the import's articles: they are the reader's own."""
    link = now.link
    tags = Tag.objects.ensure(link.owner_id, [*plan.add_tags, *wanted])
    own = {tags[fold(name)].pk for name in wanted}
    added = {tag.name_key: tag for tag in tags.values() if tag.name_key not in now.tags}
    LinkTag.objects.bulk_create(
        [
            LinkTag(link=link, tag=tag, saved_at=link.saved_at, by_reader=tag.pk in own)
            for tag in added.values()
        ],
        ignore_conflicts=True,
    )
    link.link_tags.filter(tag__name_key__in=plan.remove_tags).delete()
    return sorted(added), sorted(plan.remove_tags)


def _apply_passages(link: Link, new: list[Passage]) -> list[int]:
    """The highlights get their places later: to render a text would keep other writers waiting."""
    sections = {section.kind: section.pk for section in link.sections.exclude(kind=Kind.OTHER)}
    marked = [passages.Marked(link.pk, sections.get(each.kind), each) for each in new]
    return passages.insert(link.owner_id, marked, timezone.now())
