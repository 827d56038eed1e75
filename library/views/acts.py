"""What was done, in plain words: a verb, and what follows the title. "You | finished | “…” | "."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone

from library.content.text import excerpt, fold
from library.forms.edit import LABELS
from library.models import Author, Change, Kind, State

LONGEST = 80
MOST_TAGS = 12
Words = tuple[str, str]
TEXTS = {Kind.NOTE: "your notes", Kind.ARTICLE: "the text", Kind.OTHER: "a text"}
STATES: dict[str, Words] = {
    State.INBOX: ("moved", " back to the inbox"),
    State.READING: ("marked", " as reading"),
    State.FINISHED: ("finished", ""),
    State.ARCHIVED: ("archived", ""),
}


def words_of(change: Change) -> Words:
    """An act that is not known here is still told of."""
    say = SAYINGS.get(change.what)
    try:
        return say(change.before, change.after) if say else of_text(change)
    except (TypeError, KeyError, AttributeError, ValueError):
        return "changed", f" ({change.what})"


def of_text(change: Change) -> Words:
    kind = Kind(change.what)
    mine = change.author == Author.READER
    name = TEXTS.get(kind) or f"the {lowered(LABELS.get(kind, kind.label))}"
    first = isinstance(change.before, dict) and change.before.get("version") is None
    verb = "wrote" if first else "changed"
    return f"{verb} {name} {'on' if kind == Kind.NOTE and mine else 'of'}", ""


def lowered(label: str) -> str:
    return label if label.startswith("AI") else label.lower()


def quoted(text: str) -> str:
    return f"“{excerpt(text, LONGEST)}”"


def of_state(before: Any, after: Any) -> Words:
    return STATES[after["state"]]


def of_favourite(before: Any, after: Any) -> Words:
    return ("made", " a favourite") if after else ("took", " from your favourites")


def of_tags(before: Any, after: Any) -> Words:
    old, new = ({fold(name): name for name in names} for names in (before, after))
    parts = [
        f"{word} {listed([names[key] for key in names if key not in others])}"
        for word, names, others in (("added", new, old), ("removed", old, new))
        if names.keys() - others.keys()
    ]
    return "changed the tags of", f": {'; '.join(parts)}" if parts else ""


def listed(names: list[str]) -> str:
    more = len(names) - MOST_TAGS
    return ", ".join(names[:MOST_TAGS]) + (f" and {more} more" if more > 0 else "")


def of_title(before: Any, after: Any) -> Words:
    if not before:
        return "gave its title to", ""
    return "changed the title of", f": {quoted(before)} became {quoted(after)}"


def of_type(before: Any, after: Any) -> Words:
    if not before or not after:
        return ("gave", f" the type {quoted(after)}") if after else ("took", f" out of the type {quoted(before)}")
    return "changed the type of", f": {quoted(before)} became {quoted(after)}"


def of_address(before: Any, after: Any) -> Words:
    return "changed the address of", f": it was {quoted(before)}" if before else ""


def of_date(before: Any, after: Any) -> Words:
    """The day of saving; without one before, the article was added by hand."""
    if before is None:
        return "saved", ""
    day = timezone.localtime(datetime.fromisoformat(after))
    return "changed when you saved", f": {day.day} {day:%B %Y, %H:%M}"


def of_highlight(before: Any, after: Any) -> Words:
    if before is None:
        known = after.get("quote")
        return ("brought back a highlight of", f": {quoted(known)}") if known else ("marked a passage of", "")
    if after is None:
        return "deleted a highlight of", f": {quoted(before['quote'])}"
    names = {"note": "note on", "colour": "colour of"}
    what = next((words for name, words in names.items() if before[name] != after[name]), "tags of")
    return f"changed the {what} a passage of", f": {quoted(after['quote'])}"


SAYINGS: dict[str, Callable[[Any, Any], Words]] = {
    "state": of_state,
    "favourite": of_favourite,
    "tags": of_tags,
    "title": of_title,
    "type": of_type,
    "url": of_address,
    "saved_at": of_date,
    "highlight": of_highlight,
    "bin": lambda before, after: ("moved", " to the Bin"),
    "restore": lambda before, after: ("took", " out of the Bin"),
}
