"""Pinboard's JSON."""

from collections.abc import Iterator
from typing import Any

from library.importers.formats import document, shaping
from library.importers.record import ImportFile, Record, Refusal

LABEL = "Pinboard (JSON)"


def recognise(file: ImportFile) -> bool:
    return document.keys(file) >= {"href", "description", "extended", "toread"} and document.starts_with(file, "[")


def read(file: ImportFile) -> Iterator[Record | Refusal]:
    for entry in document.entries(document.load(file), "bookmarks"):
        yield entry if isinstance(entry, Refusal) else _record(entry)


def _record(entry: dict[str, Any]) -> Record | Refusal:
    return shaping.shaped(
        entry.get("description"),
        entry.get("href"),
        tags=shaping.line(entry.get("tags")).split(),
        created=entry.get("time"),
        texts={"overview": entry.get("extended")},
        state="inbox" if shaping.true(entry.get("toread")) else "archived",
        key=entry.get("hash"),
        extra={"private": entry.get("shared") == "no"},
    )
