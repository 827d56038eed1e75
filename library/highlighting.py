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

from library.content.anchors import Anchor, Place, anchor, anchor_all, place, place_all
from library.content.paint import plain_text
from library.models import Highlight, Link, Section, User
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
def mark(section: Section, passage: Anchor, colour: str, note: str = "") -> tuple[Highlight, Done]:
    """Mark a passage, which may be a quote with its position. The caller holds the link.

    A passage that is marked already takes the new colour, and the note where there is one.
    """
    text = plain_texts([section])[section.pk]
    found = place(passage, text)
    found = trimmed(text, *found) if found else None
    if found is None:
        raise Refused(GONE)
    if found[1] - found[0] > LONGEST:
        raise Refused(TOO_LONG)
    if same := section.highlights.filter(start=found[0], end=found[1]).first():
        return same, Done.CHANGED if change(same, colour, note or same.note) else Done.NOTHING
    if section.link.highlights.count() >= MOST:
        raise Refused(TOO_MANY)
    highlight = Highlight(link_id=section.link_id, colour=colour, note=note)
    _settle(highlight, section.pk, anchor(text, *found))
    highlight.save()
    note_change(section.link, CHANGED, None, {"id": highlight.pk})
    return highlight, Done.MADE


@transaction.atomic
def change(highlight: Highlight, colour: str, note: str) -> bool:
    """Whether that made a difference."""
    before = _facts(highlight)
    highlight.colour, highlight.note = colour, note
    after = _facts(highlight)
    if after == before:
        return False
    highlight.save(update_fields=["colour", "note"])
    note_change(highlight.link, CHANGED, before, after)
    return True


@transaction.atomic
def delete(highlight: Highlight) -> None:
    note_change(highlight.link, CHANGED, _facts(highlight))
    highlight.delete()


@transaction.atomic
def undo(owner: User, pk: int) -> Highlight | None:
    """Take back the last change of a highlight, or its end. None where there was none."""
    last = owner.changes.filter(what=CHANGED, before__id=pk).select_related("link").first()
    if last is None:
        return None
    told: dict[str, Any] = last.before or {}
    highlight = last.link.highlights.filter(pk=pk).first()
    if highlight is None:
        return _bring_back(last.link, told)
    highlight.colour, highlight.note = told["colour"], told["note"]
    highlight.save(update_fields=["colour", "note"])
    return highlight


def _bring_back(link: Link, told: dict[str, Any]) -> Highlight:
    """As it was, with its id; its text may have changed meanwhile."""
    section = link.sections.filter(pk=told["section_id"]).first()
    told = {**told, "section_id": section and section.pk, "created_at": datetime.fromisoformat(told["created_at"])}
    highlight = Highlight.objects.create(link=link, **told)
    place_again([link.pk])
    highlight.refresh_from_db()
    return highlight


def _facts(highlight: Highlight) -> dict[str, Any]:
    facts = {name: getattr(highlight, name) for name in KEPT}
    return {**facts, "created_at": highlight.created_at.isoformat()}


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
