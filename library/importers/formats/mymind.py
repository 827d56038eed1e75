"""mymind's table of cards."""

from collections.abc import Iterator

from library.importers.formats import shaping, table
from library.importers.record import ImportFile, Record, Refusal

LABEL = "mymind (CSV)"


def recognise(file: ImportFile) -> bool:
    return table.columns(file) >= {"id", "type", "title", "url", "content", "note", "tags", "created"}


def read(file: ImportFile) -> Iterator[Record | Refusal]:
    for row in table.rows(file):
        yield row if isinstance(row, Refusal) else _record(row)


def _record(row: table.Row) -> Record | Refusal:
    return shaping.shaped(
        row["title"],
        row["url"],
        tags=row["tags"].split(","),
        created=row["created"],
        texts={"article": row["content"], "note": row["note"]},
        key=row["id"],
        extra={"kind": row["type"]},
    )
