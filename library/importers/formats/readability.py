"""Readability's JSON, from before it closed."""

from collections.abc import Iterator
from typing import Any

from library.importers.formats import document, markup, shaping
from library.importers.record import ImportFile, NotARecord, Record, Refusal

LABEL = "Readability (JSON)"

NO_TITLES = ("", "no title found")


def recognise(file: ImportFile) -> bool:
    return document.keys(file) >= {"bookmarks", "article__url"}


def read(file: ImportFile) -> Iterator[Record | Refusal]:
    exported = document.load(file)
    if not isinstance(exported, dict):
        raise NotARecord("The file has no list of bookmarks where one belongs. Export it again.")
    for entry in document.entries(exported.get("bookmarks"), "bookmarks"):
        yield entry if isinstance(entry, Refusal) else _record(entry)


def _record(entry: dict[str, Any]) -> Record | Refusal:
    title = shaping.line(entry.get("article__title"))
    archived = shaping.true(entry.get("archive"))
    return shaping.shaped(
        "" if title.lower() in NO_TITLES else title,
        entry.get("article__url"),
        created=entry.get("date_added"),
        texts={"overview": markup.text_of(shaping.block(entry.get("article__excerpt")))},
        state="archived" if archived else "inbox",
        finished=shaping.date(entry.get("date_archived")) if archived else None,
        favourite=shaping.true(entry.get("favorite")),
    )
