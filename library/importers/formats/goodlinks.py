"""GoodLinks' JSON."""

from collections.abc import Iterator
from typing import Any

from library.importers.formats import document, shaping
from library.importers.record import ImportFile, Record, Refusal

LABEL = "GoodLinks (JSON)"


def recognise(file: ImportFile) -> bool:
    return document.keys(file) >= {"url", "addedAt", "starred"} and document.starts_with(file, "[")


def read(file: ImportFile) -> Iterator[Record | Refusal]:
    for entry in document.entries(document.load(file), "links"):
        yield entry if isinstance(entry, Refusal) else _record(entry)


def _record(entry: dict[str, Any]) -> Record | Refusal:
    finished = shaping.date(entry.get("readAt"))
    original = entry.get("originalURL")
    return shaping.shaped(
        entry.get("title"),
        entry.get("url") or original,
        tags=shaping.listed(entry.get("tags")),
        created=entry.get("addedAt"),
        texts={"overview": entry.get("summary")},
        state="finished" if finished else "inbox",
        finished=finished,
        favourite=shaping.true(entry.get("starred")),
        extra={"original": original if original != entry.get("url") else ""},
    )
