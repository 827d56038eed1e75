"""Readwise Reader: the table of its library."""

import ast
from collections.abc import Iterator

from library.importers.formats import shaping, table
from library.importers.record import ImportFile, Record, Refusal

LABEL = "Readwise Reader library (CSV)"

COLUMNS = {"title", "url", "document tags", "saved date", "reading progress", "location"}
STATES = {"new": "inbox", "later": "inbox", "shortlist": "inbox", "archive": "archived"}
MAX_TAGS_CELL = 64 * 1024


def recognise(file: ImportFile) -> bool:
    return table.columns(file) >= COLUMNS


def read(file: ImportFile) -> Iterator[Record | Refusal]:
    for row in table.rows(file):
        yield row if isinstance(row, Refusal) else _record(row)


def _record(row: table.Row) -> Record | Refusal:
    """A tag that begins with a point is an order to Reader, and `favorite` one that has a field here."""
    place = row["location"].strip().lower()
    if place == "feed":
        return Refusal(shaping.line(row["title"]) or row["url"], "It came by a feed and was not saved to the library.")
    tags = [shaping.line(tag) for tag in _tags(row["document tags"])]
    progress = shaping.percent(row["reading progress"], 1)
    state = STATES.get(place, "")
    email = row["url"].strip().startswith("mailto:")
    return shaping.shaped(
        row["title"],
        row["url"],
        tags=[tag for tag in tags if tag != "favorite" and not tag.startswith(".")],
        created=row["saved date"],
        state="reading" if state == "inbox" and 0 < progress < 100 else state,
        favourite="favorite" in tags,
        progress=progress,
        key=row.get("id"),
        extra={"location": place if place == "shortlist" else "", "source": "email" if email else ""},
    )


def _tags(cell: str) -> list[object]:
    """A list as Python prints it: ['one', "don't", 'with, comma']."""
    try:
        return shaping.listed(ast.literal_eval(cell.strip()[:MAX_TAGS_CELL]))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return shaping.listed(cell.strip("[] "))
