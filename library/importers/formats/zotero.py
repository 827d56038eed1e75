"""Zotero's table, in which lists have semicolons between their parts."""

from collections.abc import Iterator

from library.content.html_to_markdown import markdown_of
from library.importers.formats import shaping, table
from library.importers.record import ImportFile, Record, Refusal

LABEL = "Zotero (CSV)"

EXTRA = {"author": "author", "date": "published", "publication title": "publication", "language": "language"}


def recognise(file: ImportFile) -> bool:
    return table.columns(file) >= {"key", "item type", "title", "url", "date added", "manual tags"}


def read(file: ImportFile) -> Iterator[Record | Refusal]:
    for row in table.rows(file):
        yield row if isinstance(row, Refusal) else _record(row)


def _record(row: table.Row) -> Record | Refusal:
    """Tags that Zotero took from the page are no words of the reader's, and are kept apart."""
    doi = shaping.line(row.get("doi"))
    return shaping.shaped(
        row["title"],
        row["url"] or (f"https://doi.org/{doi}" if doi else ""),
        tags=row["manual tags"].split(";"),
        created=row["date added"],
        texts={"overview": row.get("abstract note"), "note": markdown_of(row.get("notes", ""))},
        key=row["key"],
        extra={
            **{ours: row.get(theirs) for theirs, ours in EXTRA.items()},
            "doi": doi,
            "automatic_tags": row.get("automatic tags"),
        },
    )
