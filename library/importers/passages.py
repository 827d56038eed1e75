"""The highlights that a record brings: which of them are new to a link, and what is kept of each."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from library.content.text import NO_TAG, clean_text, fold
from library.highlighting import LONGEST, MOST
from library.importers.record import Passage, Record
from library.models import Colour, Highlight, HighlightTag, Tag
from library.models.rows import insert_rows, new_ids

CONTEXT = 64
COLUMNS = ("id", "link_id", "section_id", "quote", "prefix", "suffix", "colour", "note", "created_at")
TOO_LONG = f"A highlight of more than {LONGEST:,} characters was left out."
TOO_MANY = f"It has more than {MOST:,} highlights; the last ones were left out."


def words_of(quote: str) -> str:
    """By what two quotes are the same: their words, whatever stands between them."""
    return " ".join(fold(quote).split())


def digests(passages: Iterable[Passage]) -> list[str]:
    """What a Source remembers of the highlights it brought: one that the reader deleted does not come back."""
    seen: Counter[str] = Counter()
    found = []
    for passage in passages:
        words = words_of(passage.quote)
        seen[words] += 1
        found.append(hashlib.sha256(f"{seen[words]} {words}".encode()).hexdigest()[:32])
    return found


def new_to(record: Record, said: Sequence[str] = (), quotes: Sequence[str] = ()) -> list[Passage]:
    """Those that the record did not bring before and that are none of the link's `quotes`, while there is room."""
    there = Counter(words_of(quote) for quote in quotes)
    found = []
    for passage, digest in zip(record.highlights, digests(record.highlights), strict=True):
        words = words_of(passage.quote)
        if there[words]:
            there[words] -= 1
        elif digest not in said and words and len(passage.quote) <= LONGEST:
            found.append(passage)
    return found[: max(MOST - len(quotes), 0)]


def warnings(record: Record) -> tuple[str, ...]:
    """What of its highlights is left out."""
    too_long = any(len(passage.quote) > LONGEST for passage in record.highlights)
    return (*([TOO_LONG] if too_long else []), *([TOO_MANY] if len(record.highlights) > MOST else []))


def texts(passages: Iterable[Passage]) -> list[str]:
    """What the search index has of those without tags, in its order."""
    return [text for each in passages for text in (clean_text(each.quote), clean_text(each.note)) if text]


class Marked(NamedTuple):
    """A passage of a link, and the section in which it is looked for first."""

    link_id: int
    section_id: int | None
    passage: Passage


def insert(owner_id: int, marked: Sequence[Marked], now: datetime) -> list[int]:
    """Highlights without a place yet, which `highlighting` finds. Returns their ids."""
    ids = new_ids(Highlight, len(marked))
    insert_rows(Highlight, COLUMNS, (_row(pk, each, now) for pk, each in zip(ids, marked, strict=True)))
    wanted = {pk: _tag_names(each.passage) for pk, each in zip(ids, marked, strict=True) if each.passage.tags}
    if wanted:
        tags = Tag.objects.ensure(owner_id, [name for names in wanted.values() for name in names])
        pairs = dict.fromkeys((pk, tags[fold(name)].pk) for pk, names in wanted.items() for name in names)
        insert_rows(HighlightTag, ("highlight_id", "tag_id"), pairs)
    return ids


def _tag_names(passage: Passage) -> list[str]:
    return [name for name in passage.tags if fold(name) != NO_TAG]


def _row(pk: int, marked: Marked, now: datetime) -> tuple[Any, ...]:
    """The values of COLUMNS."""
    passage = marked.passage
    colour = passage.colour if passage.colour in Colour.values else Colour.OCHRE.value
    prefix, suffix = clean_text(passage.prefix)[-CONTEXT:], clean_text(passage.suffix)[:CONTEXT]
    return (
        *(pk, marked.link_id, marked.section_id, clean_text(passage.quote), prefix, suffix),
        *(colour, clean_text(passage.note), passage.created or now),
    )
