"""Tables (CSV) from strangers: read by the names in their first row, whatever stands between the cells."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from library.content.text import excerpt
from library.importers.formats.decoding import decode, looks_binary
from library.importers.record import HoldsNone, ImportFile, NotARecord, Refusal
from library.importers.zips import MAX_FILE_BYTES

HEAD = 4 * 1024
MAX_COLUMNS, MAX_LINES, SAMPLES = 300, 500_000, 10
SEPARATORS = ",;\t|"
UNTITLED = "A row without a title"

# The bound is the process's. A whole article may stand in one cell, and no cell is larger than its file.
csv.field_size_limit(MAX_FILE_BYTES)

# A column that the table has not is blank in each row.
Row = defaultdict[str, str]


def columns(file: ImportFile) -> frozenset[str]:
    """The names in the first row, in lower case; none where the file is no table."""
    return _columns(file.data[:HEAD])


@lru_cache(maxsize=4)
def _columns(head: bytes) -> frozenset[str]:
    if looks_binary(head):
        return frozenset()
    text = decode(head)[0].lstrip("\n").partition("\n")[0]
    return frozenset(_names(first_row(text, _separator(text))))


def rows(file: ImportFile) -> Iterator[Row | Refusal]:
    """Each row by its columns' names, with a Refusal for one that has more cells than there are columns.

    A row that ends early has blank cells; of two columns of one name the first counts.
    """
    text = decode(file.data)[0].lstrip("\n")
    if text.count("\n") > MAX_LINES:
        raise NotARecord(f"The table has more than {MAX_LINES:,} lines. Split it, its first line above each part.")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    try:
        names = _names(next(reader, []))
        found = False
        for cells in reader:
            if any(map(str.strip, cells)):
                found = True
                yield _row(names, cells, reader.line_num)
    except csv.Error as error:
        raise NotARecord(f"The table can't be read after line {reader.line_num}. Export it again.") from error
    if not found:
        raise HoldsNone("The table has no rows below its first.")


def samples(file: ImportFile) -> list[dict[str, str]]:
    """The first rows, their columns in order."""
    try:
        first = [row for row in islice(rows(file), SAMPLES) if not isinstance(row, Refusal)]
    except (HoldsNone, NotARecord):
        return []
    return [{name: row[name] for name in reversed(row)} for row in first]


def _row(names: list[str], cells: list[str], line: int) -> Row | Refusal:
    if any(cell.strip() for cell in cells[len(names) :]):
        return Refusal(
            excerpt(cells[0], 100) or UNTITLED,
            f"The row that ends in line {line} has {len(cells)} cells, but there are {len(names)} columns. "
            "A text in it needs quotation marks around it.",
        )
    cells = (cells + [""] * len(names))[: len(names)]
    row = Row(str, zip(reversed(names), reversed(cells), strict=True))
    row.pop("", None)
    return row


def _separator(text: str) -> str:
    """The one that parts the first row into the most cells."""
    return max(SEPARATORS, key=lambda separator: len(first_row(text[:HEAD], separator)))


def first_row(text: str, separator: str = ",") -> list[str]:
    """Its cells as they stand; none where it can't be read."""
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])
    except csv.Error:
        return []


def _names(cells: list[str]) -> list[str]:
    return [cell.strip().lower() for cell in cells] if len(cells) <= MAX_COLUMNS else []
