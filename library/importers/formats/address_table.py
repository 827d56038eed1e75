"""Any table with a column of addresses, whoever made it: its columns are read by their names."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from library.importers.formats import fields, shaping, table
from library.importers.record import ImportFile, Record, Refusal

LABEL = "Table with a column of addresses (CSV)"


def recognise(file: ImportFile) -> bool:
    names = table.columns(file)
    return len(names) > 1 and "url" in fields.mapping_of(names).values()


def columns(file: ImportFile) -> list[str]:
    """The names of the columns, in lower case."""
    return sorted(table.columns(file))


samples = table.samples


def read(file: ImportFile, mapping: Mapping[str, str] | None = None) -> Iterator[Record | Refusal]:
    """A record for each row. `mapping` leads names of `columns` to names of `fields.NAMES`, or to "" for none."""
    chosen = fields.mapping_with(columns(file), mapping)
    for row in table.rows(file):
        yield row if isinstance(row, Refusal) else _record(row, chosen)


def _record(row: table.Row, mapping: Mapping[str, str]) -> Record | Refusal:
    record = fields.record_of(row, mapping)
    title = (record.title or record.url)[: shaping.MAX_TITLE]
    if why := shaping.why_refused(record.url) if record.url else "" if record.texts else shaping.NO_ADDRESS:
        return Refusal(title[: shaping.SHORT_TITLE] or table.UNTITLED, why)
    return replace(record, title=title or "Untitled")
