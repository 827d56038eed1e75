"""Taking articles out: the formats, and the one way to write any of them."""

from __future__ import annotations

from pathlib import Path

from library.exporters.chosen import Chosen, Progress, Refused
from library.exporters.formats import FORMATS

__all__ = ["FORMATS", "Chosen", "Progress", "Refused", "count", "write"]


def count(chosen: Chosen, name: str) -> int:
    """How many articles `write` will write in the format of this name, and tell of."""
    return chosen.count(with_bin=FORMATS[name].WITH_BIN)


def write(chosen: Chosen, name: str, target: Path, progress: Progress | None = None) -> None:
    """Write the chosen articles to `target` in the format of this name; `progress` hears how many more are done.

    Raises Refused with a sentence where the format can't take them, and OSError.
    """
    FORMATS[name].write(chosen, target, progress or (lambda number: None))

