"""The highlights that a record brings: which of them are new to a link, and what is kept of each."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from library.content.text import clean_text, fold
from library.highlighting import LONGEST, MOST
from library.importers.record import Passage, Record
from library.models import Colour, Highlight
from library.models.rows import insert_rows

CONTEXT = 64
COLUMNS = ("link_id", "section_id", "quote", "prefix", "suffix", "colour", "note", "created_at")
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
    """What the search index has of them, in its order."""
    return [text for each in passages for text in (clean_text(each.quote), note_of(each)) if text]


def note_of(passage: Passage) -> str:
    """The reader's note, and the tool's tags for it, since a highlight has none of its own."""
    tags = " ".join(f"#{tag}" for tag in passage.tags)
    return clean_text("\n\n".join(filter(None, (passage.note, tags))))


def insert(rows: Iterable[tuple[Any, ...]]) -> None:
    insert_rows(Highlight, COLUMNS, rows)


def row(link_id: int, section_id: int | None, passage: Passage, now: datetime) -> tuple[Any, ...]:
    """The values of COLUMNS. It has no place yet: `highlighting` finds it."""
    colour = passage.colour if passage.colour in Colour.values else Colour.OCHRE.value
    prefix, suffix = clean_text(passage.prefix)[-CONTEXT:], clean_text(passage.suffix)[:CONTEXT]
    return (
        *(link_id, section_id, clean_text(passage.quote), prefix, suffix),
        *(colour, note_of(passage), passage.created or now),
    )
