"""Raindrop's table, as it is exported and as its own import takes it."""

import re
from collections.abc import Iterator

from library.importers.formats import shaping, table
from library.importers.record import ImportFile, Passage, Record, Refusal

LABEL = "Raindrop.io (CSV)"

EXPORTED = {"id", "title", "note", "excerpt", "url", "folder", "tags", "created"}
TAKEN = {"url", "folder", "title", "note", "tags", "created"}

_HIGHLIGHT = re.compile(r"^Highlight:[ \t]*", re.MULTILINE)


def recognise(file: ImportFile) -> bool:
    columns = table.columns(file)
    return columns >= EXPORTED or columns == TAKEN


def read(file: ImportFile) -> Iterator[Record | Refusal]:
    for row in table.rows(file):
        yield row if isinstance(row, Refusal) else _record(row)


def _record(row: table.Row) -> Record | Refusal:
    return shaping.shaped(
        row["title"],
        row["url"],
        tags=[*row["tags"].split(","), _folder(row["folder"])],
        created=row["created"],
        texts={"overview": row.get("excerpt"), "note": row["note"]},
        favourite=shaping.true(row.get("favorite")),
        highlights=tuple(_passages(row.get("highlights", ""))),
        key=row.get("id"),
        extra={"cover": row.get("cover", "")},
    )


def _folder(path: str) -> str:
    return "" if path.strip().lower() == "unsorted" else path


def _passages(cell: str) -> Iterator[Passage]:
    """Each line is a highlight; or each part under `Highlight:`, with what stands under `Note:` as its note."""
    parts = _HIGHLIGHT.split(cell)[1:] if _HIGHLIGHT.match(cell) else cell.split("\n")
    for part in parts:
        quote, _, note = part.partition("\nNote:")
        if quote.strip():
            yield Passage(quote.strip(), note=note.strip())
