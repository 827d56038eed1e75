"""The JSON in which Delicious gave its bookmarks back."""

from collections.abc import Iterator
from typing import Any

from library.importers.formats import document, shaping
from library.importers.record import ImportFile, Record, Refusal

LABEL = "Delicious (JSON)"


def recognise(file: ImportFile) -> bool:
    return document.keys(file) >= {"url", "created", "others", "owner"} and document.starts_with(file, "[")


def read(file: ImportFile) -> Iterator[Record | Refusal]:
    for entry in document.entries(document.load(file), "bookmarks"):
        yield entry if isinstance(entry, Refusal) else _record(entry)


def _record(entry: dict[str, Any]) -> Record | Refusal:
    return shaping.shaped(
        entry.get("title"),
        entry.get("url"),
        tags=shaping.listed(entry.get("tags")),
        created=entry.get("created"),
        texts={"overview": entry.get("description")},
        extra={"private": shaping.true(entry.get("private"))},
    )
