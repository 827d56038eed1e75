"""Matter's table of what was saved and read."""

from collections.abc import Iterator

from library.importers.formats import shaping, table
from library.importers.record import ImportFile, Record, Refusal

LABEL = "Matter (CSV)"


def recognise(file: ImportFile) -> bool:
    return table.columns(file) >= {"title", "url", "tags", "in queue", "favorited", "read"}


def read(file: ImportFile) -> Iterator[Record | Refusal]:
    for row in table.rows(file):
        yield row if isinstance(row, Refusal) else _record(row)


def _record(row: table.Row) -> Record | Refusal:
    read_it, queued = shaping.true(row["read"]), shaping.true(row["in queue"])
    return shaping.shaped(
        row["title"],
        row["url"],
        tags=row["tags"].split(";"),
        created=row.get("last interaction date"),
        state="finished" if read_it else "inbox" if queued else "archived",
        favourite=shaping.true(row["favorited"]),
        key=row.get("file id"),
        extra={"author": row.get("author"), "publisher": row.get("publisher")},
    )
