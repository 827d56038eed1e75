"""Instapaper's table, with and without the columns that came later, and its page of links."""

import json
import re
from collections.abc import Iterator
from typing import Any

from library.importers.formats import markup, shaping, table
from library.importers.formats.decoding import decode
from library.importers.record import HoldsNone, ImportFile, Record, Refusal

LABEL = "Instapaper (CSV or HTML)"

COLUMNS = {"url", "title", "selection", "folder"}
STATES = {"unread": "inbox", "archive": "archived"}

_PAGE = re.compile(r"<title>\s*Instapaper[^<]*Export\s*</title>", re.IGNORECASE)


def recognise(file: ImportFile) -> bool:
    return table.columns(file) >= COLUMNS or _PAGE.search(markup.head(file)) is not None


def read(file: ImportFile) -> Iterator[Record | Refusal]:
    if table.columns(file) >= COLUMNS:
        for row in table.rows(file):
            yield row if isinstance(row, Refusal) else _record(row)
    else:
        yield from _listed(decode(file.data)[0])


def _record(row: table.Row) -> Record | Refusal:
    """A folder of the reader's own becomes a tag. A row without an address is a text of its own."""
    return shaping.shaped(
        row["title"],
        row["url"],
        created=row["timestamp"],
        texts={"overview" if row["url"].strip() else "article": row["selection"]},
        **_within(row["folder"], _tags(row["tags"])),
    )


def _within(folder: str, tags: list[object]) -> dict[str, Any]:
    """What a folder says: a state, a favourite, or a tag beside the others."""
    name = folder.strip().lower()
    own = [] if name in ("", "starred", *STATES) else [folder]
    return {"tags": [*tags, *own], "state": STATES.get(name, ""), "favourite": name == "starred"}


def _listed(html: str) -> Iterator[Record | Refusal]:
    """The links of the page, under a heading for each folder."""
    found = False
    for link in markup.headed_links(html):
        found = True
        yield shaping.shaped(link.title, link.attributes["href"], **_within(link.heading, []))
    if not found:
        raise HoldsNone("An Instapaper export with nothing saved in it.")


def _tags(cell: str) -> list[object]:
    """A JSON list in a cell, or words with commas between them."""
    try:
        return shaping.listed(json.loads(cell))
    except (ValueError, RecursionError):
        return shaping.listed(cell)
