"""Karakeep, once Hoarder: its JSON, with the lists that a bookmark is in."""

from collections.abc import Iterator
from typing import Any

from library.importers.formats import document, shaping
from library.importers.record import ImportFile, NotARecord, Record, Refusal

LABEL = "Karakeep or Hoarder (JSON)"

NO_CONTENT = "A picture or a PDF, which Karakeep leaves out of its export."


def recognise(file: ImportFile) -> bool:
    return document.keys(file) >= {"bookmarks", "createdAt", "content"} and document.starts_with(file, "{")


def read(file: ImportFile) -> Iterator[Record | Refusal]:
    exported = document.load(file)
    if not isinstance(exported, dict):
        raise NotARecord("The file has no list of bookmarks where one belongs. Export it again.")
    lists = shaping.paths(exported.get("lists"))
    for entry in document.entries(exported.get("bookmarks"), "bookmarks"):
        yield entry if isinstance(entry, Refusal) else _record(entry, lists)


def _record(entry: dict[str, Any], lists: dict[str, str]) -> Record | Refusal:
    """A bookmark without an address is a text of the reader's own."""
    content = entry.get("content")
    content = content if isinstance(content, dict) else {}
    title, note, text = entry.get("title"), entry.get("note"), shaping.block(content.get("text"))
    if not content and not shaping.block(note):
        return Refusal(shaping.line(title), NO_CONTENT)
    within = [lists.get(shaping.line(each), "") for each in shaping.listed(entry.get("lists"))]
    return shaping.shaped(
        title,
        content.get("url"),
        tags=[*shaping.listed(entry.get("tags")), *within],
        created=entry.get("createdAt"),
        texts={"article": text, "note": note},
        state="archived" if shaping.true(entry.get("archived")) else "inbox",
    )
