"""What a check tells of its files besides their records: of which formats they are, and which columns they name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from library.content.text import excerpt
from library.importers.formats import FORMATS, fields, name_of, table, takes
from library.importers.record import ImportFile

MOST_COLUMNS, MOST_VALUES, VALUE_LENGTH, NAME_LENGTH = 60, 3, 60, 100
TABLES = (".csv", ".tsv")


@dataclass(frozen=True, slots=True)
class Seen:
    """Of one file. `format` is blank for a table of which no column is known."""

    format: str
    columns: Mapping[str, list[str]] = field(default_factory=dict)


def is_unknown_table(file: ImportFile) -> bool:
    """Of a file that no format recognises: whether a reader could say what its columns are."""
    return file.name.lower().endswith(TABLES) and len(table.columns(file)) > 1


def seen_in(file: ImportFile, module: ModuleType | None) -> Seen | None:
    """Pure. None for a file that tells nothing."""
    if module is None:
        return Seen("", _columns(table.samples(file))) if is_unknown_table(file) else None
    samples = getattr(module, "samples", None)
    return Seen(name_of(module), _columns(samples(file)) if samples else {})


def _columns(samples: Iterable[Mapping[str, object]]) -> dict[str, list[str]]:
    """The first values of each column; of a name that is too long to be one, nothing."""
    found: dict[str, list[str]] = {}
    for sample in samples:
        for name, value in sample.items():
            if name and len(name) <= NAME_LENGTH and len(found) < MOST_COLUMNS:
                _add(found.setdefault(name, []), [excerpt(fields.words(value), VALUE_LENGTH)])
    return found


def _add(known: list[str], values: Iterable[str]) -> None:
    for value in values:
        if value and value not in known and len(known) < MOST_VALUES:
            known.append(value)


def together(found: Mapping[str, Any], seen: Iterable[Seen]) -> dict[str, Any]:
    """What an import's `found` says once these files are known too."""
    formats, columns = {*found.get("formats", ())}, dict(found.get("columns", ()))
    for each in seen:
        formats.add(each.format)
        for name, values in each.columns.items():
            if name in columns or len(columns) < MOST_COLUMNS:
                columns[name] = [*columns.get(name, ())]
                _add(columns[name], values)
    return {"formats": sorted(formats), "columns": [[*each] for each in columns.items()]}


def take_folders(formats: Iterable[str]) -> bool:
    """Whether any of these formats has folders, which may become tags."""
    return any(takes(FORMATS[name], "folders") for name in formats if name in FORMATS)
