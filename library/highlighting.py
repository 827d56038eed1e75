"""Highlights: a passage of a text as it reads on the page is marked, and placed again when that text changes.

Positions count the plain text of the rendered section (`content.paint`). Whoever changes texts calls `place_again`
in the same transaction. A passage that is in the text no more keeps its quote and its note, and waits for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from django.db import transaction
from django.db.models import Q

from library.content.anchors import Anchor, Place, anchor, anchor_all, place, place_all
from library.content.paint import plain_text
from library.models import Change, Highlight, HighlightTag, Link, Section, Tag, User
from library.models.writing import note_change
from library.rendering import rendered_sections

MOST = 1_000
"""So many highlights an article can have."""
LONGEST = 20_000
"""So many characters a highlight can have."""
GONE = "This passage isn’t in the text as it is now, so nothing was marked. Load the page again and select it anew."
TOO_LONG = f"A highlight has at most {LONGEST:,} characters, so nothing was marked. Select less."
TOO_MANY = f"An article has at most {MOST:,} highlights, so nothing was marked. Delete one first."
CHANGED = "highlight"
PLACED = ("section_id", "quote", "prefix", "suffix", "start", "end")
KEPT = ("id", *PLACED, "colour", "note", "created_at")


class Done(Enum):
    """What marking a passage did to its highlight."""

    MADE = "made"
    CHANGED = "changed"
    NOTHING = "nothing"


class Refused(ValueError):
    """Why a passage can't be marked, in a sentence for the reader."""


def plain_texts(sections: Iterable[Section]) -> dict[int, str]:
    """What the sections of one link say, by their ids, as positions count it."""
    return {pk: plain_text(text.blocks) for pk, text in rendered_sections(sections).items()}


def places_in(text: str, highlights: Sequence[Highlight]) -> list[Place | None]:
    found = place_all([_anchor_of(highlight) for highlight in highlights], text)
    return [trimmed(text, *each) if each else None for each in found]


def trimmed(text: str, start: int, end: int) -> Place | None:
    """The passage without the white space around it; None where nothing is left."""
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    return (start, start + len(words.strip())) if words.strip() else None


def _anchor_of(highlight: Highlight) -> Anchor:
    return Anchor(highlight.quote, highlight.prefix, highlight.suffix, highlight.start, highlight.end)


# --- the reader's acts


@transaction.atomic
def mark(
    section: Section, passage: Anchor, colour: str, note: str = "", tags: Iterable[str] = ()
) -> tuple[Highlight, Done]:
    """Mark a passage, which may be a quote with its position. The caller holds the link.

    A passage that is marked already takes the new colour, and the note and the tags where there are some.
    """
    text = plain_texts([section])[section.pk]
    found = place(passage, text)
    found = trimmed(text, *found) if found else None
    if found is None:
        raise Refused(GONE)
    if found[1] - found[0] > LONGEST:
        raise Refused(TOO_LONG)
    if same := section.highlights.filter(start=found[0], end=found[1]).first():
        changed = change(same, colour, note or same.note, list(tags) or None)
        return same, Done.CHANGED if changed else Done.NOTHING
    if section.link.highlights.count() >= MOST:
        raise Refused(TOO_MANY)
    highlight = Highlight(link_id=section.link_id, colour=colour, note=note)
    _settle(highlight, section.pk, anchor(text, *found))
    highlight.save()
    _put_tags(highlight, Tag.objects.ensure(section.link.owner_id, tags))
    note_change(section.link, CHANGED, None, {"id": highlight.pk})
    return highlight, Done.MADE


@transaction.atomic
def change(highlight: Highlight, colour: str, note: str, tags: Iterable[str] | None = None) -> bool:
    """Whether that made a difference. Without `tags` they stay."""
    before = _facts(highlight)
    highlight.colour, highlight.note = colour, note
    highlight.save(update_fields=["colour", "note"])
    if tags is not None:
        _put_tags(highlight, Tag.objects.ensure(highlight.link.owner_id, tags))
    after = _facts(highlight)
    if after != before:
        note_change(highlight.link, CHANGED, before, after)
    return after != before


@transaction.atomic
def delete(highlight: Highlight) -> None:
    note_change(highlight.link, CHANGED, _facts(highlight))
    highlight.delete()


@transaction.atomic
def undo(owner: User, pk: int) -> Link | None:
    """Take back the last change of a highlight, its end or its beginning; None where none is known.

    This is a change itself, so it can be taken back too.
    """
    about = Q(before__id=pk) | Q(after__id=pk)
    last = owner.changes.filter(about, what=CHANGED).first()
    if last is None:
        return None
    link = owner.links.select_for_update().get(pk=last.link_id)
    highlight = link.highlights.filter(pk=pk).first()
    told: Any = last.before
    if told and highlight:
        _make_again(highlight, told)
    elif told:
        _bring_back(link, told)
    elif highlight:
        delete(highlight)
    return link


def _make_again(highlight: Highlight, told: dict[str, Any]) -> None:
    before = _facts(highlight)
    highlight.colour, highlight.note = told["colour"], told["note"]
    highlight.save(update_fields=["colour", "note"])
    _put_known_tags(highlight, told)
    note_change(highlight.link, CHANGED, before, _facts(highlight))


def last_changes(changes: Iterable[Change]) -> dict[int, int]:
    """Those of these changes of one reader that are the last of a highlight, each with the highlight's id."""
    about = {pk: each for each in changes if (pk := highlight_of(each))}
    if not about:
        return {}
    owner_id, links = next(iter(about.values())).owner_id, {each.link_id for each in about.values()}
    known = Change.objects.filter(Q(before__id__in=about) | Q(after__id__in=about), owner=owner_id, link__in=links)
    newest = {highlight_of(each): each.pk for each in known.filter(what=CHANGED).order_by("at", "id")}
    return {change: pk for pk, change in newest.items() if pk}


def highlight_of(change: Change) -> int | None:
    """The id of the highlight that a change is about."""
    told = change.before or change.after
    pk = told.get("id") if change.what == CHANGED and isinstance(told, dict) else None
    return pk if isinstance(pk, int) else None


def _bring_back(link: Link, told: dict[str, Any]) -> None:
    """As it was, with its id; its text and its tags may have changed meanwhile."""
    section = link.sections.filter(pk=told["section_id"]).first()
    kept = {name: told[name] for name in KEPT}
    kept |= {"section_id": section and section.pk, "created_at": datetime.fromisoformat(told["created_at"])}
    highlight = Highlight.objects.create(link=link, **kept)
    _put_known_tags(highlight, told)
    note_change(link, CHANGED, None, _facts(highlight))
    place_again([link.pk])


def _put_known_tags(highlight: Highlight, told: Mapping[str, Any]) -> None:
    """Those that it had, under the names that they have now. One that was deleted stays so."""
    _put_tags(highlight, Tag.objects.called(highlight.link.owner_id, told.get("tags", ())))


def _put_tags(highlight: Highlight, tags: Mapping[str, Tag]) -> None:
    wanted = {tag.pk for tag in tags.values()}
    now = set(highlight.highlight_tags.values_list("tag_id", flat=True))
    highlight.highlight_tags.filter(tag__in=now - wanted).delete()
    HighlightTag.objects.bulk_create(HighlightTag(highlight=highlight, tag_id=pk) for pk in sorted(wanted - now))


def _facts(highlight: Highlight) -> dict[str, Any]:
    facts = {name: getattr(highlight, name) for name in KEPT}
    tags = list(highlight.tags.order_by("name_key").values_list("name", flat=True))
    return {**facts, "created_at": highlight.created_at.isoformat(), "tags": tags}


# --- placed again


@transaction.atomic
def place_again(link_ids: Iterable[int]) -> None:
    """Look for all highlights of these links, the lost ones too. One query where there are none."""
    waiting: dict[int, list[Highlight]] = defaultdict(list)
    for highlight in Highlight.objects.filter(link_id__in=list(link_ids)):
        waiting[highlight.link_id].append(highlight)
    for link_id, highlights in waiting.items():
        _place_all(highlights, _texts_around(link_id, highlights))


def place_new(link_ids: Sequence[int]) -> None:
    """The same for highlights that came from elsewhere, as no more than a quote: in the text where it was made, else in
    any other. The texts are rendered before the transaction, so that nobody waits for it.
    """
    for link_id in link_ids:
        plain_texts(Section.objects.filter(link_id=link_id))
    with transaction.atomic():
        place_again(link_ids)
        lost = Highlight.objects.filter(link_id__in=link_ids, start__isnull=True, section__isnull=False)
        elsewhere: dict[int, list[Highlight]] = defaultdict(list)
        for highlight in lost:
            elsewhere[highlight.link_id].append(highlight)
        for link_id, highlights in elsewhere.items():
            _place_elsewhere(highlights, plain_texts(Section.objects.filter(link_id=link_id)))


def _place_elsewhere(highlights: Sequence[Highlight], texts: Mapping[int, str]) -> None:
    home = {highlight.pk: highlight.section_id for highlight in highlights}
    for section_id, text in texts.items():
        _place([each for each in highlights if each.start is None and home[each.pk] != section_id], section_id, text)
    Highlight.objects.bulk_update([each for each in highlights if each.start is not None], PLACED)


def _texts_around(link_id: int, highlights: Sequence[Highlight]) -> dict[int, str]:
    """The texts with highlights; all texts, where one has lost its section."""
    wanted = [highlight.section_id for highlight in highlights if highlight.section_id]
    sections = Section.objects.filter(link_id=link_id)
    return plain_texts(sections.filter(pk__in=wanted) if len(wanted) == len(highlights) else sections)


def _place_all(highlights: Sequence[Highlight], texts: Mapping[int, str]) -> None:
    before = [_placed(highlight) for highlight in highlights]
    for section_id, text in texts.items():
        mine = [each for each in highlights if each.section_id in (section_id, None)]
        _place(mine, section_id, text)
    moved = [each for each, was in zip(highlights, before, strict=True) if _placed(each) != was]
    Highlight.objects.bulk_update(moved, PLACED)


def _place(highlights: Sequence[Highlight], section_id: int, text: str) -> None:
    found = places_in(text, highlights)
    placed = [(each, where) for each, where in zip(highlights, found, strict=True) if where]
    anchors = anchor_all(text, [where for _, where in placed])
    for (highlight, _), new in zip(placed, anchors, strict=True):
        _settle(highlight, section_id, new)
    for highlight, where in zip(highlights, found, strict=True):
        if where is None:
            highlight.start = highlight.end = None


def _placed(highlight: Highlight) -> tuple[Any, ...]:
    return tuple(getattr(highlight, name) for name in PLACED)


def _settle(highlight: Highlight, section_id: int, new: Anchor) -> None:
    highlight.section_id = section_id
    for name in ("quote", "prefix", "suffix", "start", "end"):
        setattr(highlight, name, getattr(new, name))
