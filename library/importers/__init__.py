"""Bringing articles in: the formats, and the run that takes every file of an import to its outcome."""

from library.importers.formats import FORMATS
from library.importers.running import new_holder, run

__all__ = ["FORMATS", "new_holder", "run"]
