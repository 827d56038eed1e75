"""Instapaper's table, with and without the columns that came later."""

import json
from collections.abc import Iterator

from library.importers import shaping, table
from library.importers.record import ImportFile, Record, Refusal

LABEL = "Instapaper (CSV)"

STATES = {"unread": "inbox", "archive": "archived"}


def recognise(file: ImportFile) -> bool:
    return table.columns(file) >= {"url", "title", "selection", "folder"}


def read(file: ImportFile) -> Iterator[Record | Refusal]:
    for row in table.rows(file):
        yield row if isinstance(row, Refusal) else _record(row)


def _record(row: table.Row) -> Record | Refusal:
    """A folder of the reader's own becomes a tag. A row without an address is a text of its own."""
    folder = row["folder"].strip()
    own = [] if folder.lower() in ("", "starred", *STATES) else [folder]
    selected = row["selection"]
    return shaping.shaped(
        row["title"],
        row["url"],
        tags=[*_tags(row.get("tags", "")), *own],
        created=row.get("timestamp"),
        texts={"overview" if row["url"].strip() else "article": selected},
        state=STATES.get(folder.lower(), ""),
        favourite=folder.lower() == "starred",
    )


def _tags(cell: str) -> list[object]:
    """A JSON list in a cell, or words with commas between them."""
    try:
        return shaping.listed(json.loads(cell))
    except (ValueError, RecursionError):
        return shaping.listed(cell)
