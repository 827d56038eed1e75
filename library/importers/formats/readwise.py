"""Readwise: its table of highlights, gathered by the book or article they are from."""

import re
from collections.abc import Iterator

from library.importers.formats import shaping, table
from library.importers.record import ImportFile, Passage, Record, Refusal

LABEL = "Readwise highlights (CSV)"

COLUMNS = {"highlight", "book title", "book author", "note", "highlighted at"}

# Readwise's own orders, which readers type as tags or notes: `.discard`, `.favorite`, `.h2`, `.c1`.
_ORDER = re.compile(r"(?:^|(?<=\s))\.(?:favorite|discard|[hc]\d+)(?!\w)")


def recognise(file: ImportFile) -> bool:
    return table.columns(file) >= COLUMNS


def read(file: ImportFile) -> Iterator[Record | Refusal]:
    """One record for each title and author, in the order of their first highlights."""
    found: dict[tuple[str, str], list[table.Row]] = {}
    for row in table.rows(file):
        if isinstance(row, Refusal):
            yield row
        elif not row["highlight"].strip():
            yield Refusal(shaping.line(row["book title"]), "A row without a highlight.")
        elif ".discard" in _words(row):
            yield Refusal(shaping.line(row["book title"]), f'You discarded this highlight: "{row["highlight"][:80]}"')
        else:
            found.setdefault((shaping.line(row["book title"]), shaping.line(row["book author"])), []).append(row)
    for (title, author), rows in found.items():
        yield _record(title, author, rows)


def _words(row: table.Row) -> list[str]:
    return [word.strip() for word in (*row.get("tags", "").split(","), *row["note"].split())]


def _record(title: str, author: str, rows: list[table.Row]) -> Record | Refusal:
    book = next(filter(None, (shaping.line(row.get("amazon book id")) for row in rows)), "")
    passages = tuple(map(_passage, rows))
    return shaping.shaped(
        title or "Highlights without a title",
        "",
        tags=[tag for row in rows for tag in row.get("document tags", "").split(",")],
        created=min((passage.created for passage in passages if passage.created), default=None),
        highlights=passages,
        key=book or f"{title} — {author}",
        extra={"author": author, "amazon_book_id": book},
    )


def _passage(row: table.Row) -> Passage:
    tags = [tag for tag in row.get("tags", "").split(",") if not tag.strip().startswith(".")]
    return Passage(
        row["highlight"].strip(),
        note=_ORDER.sub("", row["note"]).strip(),
        colour=shaping.colour(row.get("color")),
        created=shaping.date(row["highlighted at"]),
        tags=shaping.tag_names(tags, []),
    )
