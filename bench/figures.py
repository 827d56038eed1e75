"""Figures, each beside what it is held against, as a table and as JSON."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

MET = {True: "✓ met", False: "✗ missed", None: ""}


@dataclass(frozen=True)
class Figure:
    """`floor` is in the same unit; `met` is None where nothing was aimed at."""

    name: str
    value: float
    unit: str
    floor: float | None = None
    aim: str = ""
    met: bool | None = None

    def cells(self) -> list[str]:
        share = f"{self.value / self.floor:.2f} ×" if self.floor else ""
        floor = "" if self.floor is None else written(self.floor)
        return [self.name, written(self.value), self.unit, floor, share, self.aim, MET[self.met]]


@dataclass(frozen=True)
class Chapter:
    """Figures that were measured together. `columns` head the cells of each."""

    title: str
    columns: Sequence[str] = ("", "measured", "unit", "floor", "of the floor", "aim", "")
    figures: list[Any] = field(default_factory=list)

    def lines(self) -> Iterable[str]:
        yield self.title
        yield from aligned([list(self.columns), *(figure.cells() for figure in self.figures)])
        yield ""

    def as_data(self) -> list[dict[str, Any]]:
        return [asdict(figure) for figure in self.figures]


def at_most(name: str, value: float, unit: str, aim: float, floor: float | None = None) -> Figure:
    return Figure(name, value, unit, floor, f"at most {written(aim)}", value <= aim)


def written(value: float) -> str:
    """Three digits say enough; whole numbers are written out."""
    if float(value).is_integer() or abs(value) >= 99.95:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 9.995 else f"{value:.2f}"


def aligned(rows: list[list[str]]) -> Iterable[str]:
    """The first column to the left, figures to the right."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        yield "  ".join(cells).rstrip()


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def percentile(values: Iterable[float], percent: float) -> float:
    """The smallest value that this percentage of all does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
