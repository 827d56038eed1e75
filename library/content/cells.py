"""Cells of a table that no table program takes for a formula, and back.

A cell that begins with one of the signs that begin a formula, or with an apostrophe, gets an apostrophe before it. So
each first apostrophe of a cell is one that was put there, and what was written can be told exactly.
"""

import csv
import io
from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠")


def safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def unsafe(cell: str) -> str:
    """What `safe` was given."""
    return cell.removeprefix("'")


def line(cells: Iterable[str]) -> str:
    """A line of such a table, with its end."""
    written = io.StringIO()
    csv.writer(written).writerow(map(safe, cells))
    return written.getvalue()
