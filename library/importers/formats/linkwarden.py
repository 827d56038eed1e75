"""Linkwarden: its JSON, in which links lie in collections."""

from collections.abc import Iterator
from typing import Any

from library.content.text import unescaped
from library.importers.formats import document, shaping
from library.importers.record import HoldsNone, ImportFile, NotARecord, Record, Refusal

LABEL = "Linkwarden (JSON)"

UNSORTED = "Unorganized"


def recognise(file: ImportFile) -> bool:
    return document.keys(file) >= {"collections", "links"} and document.starts_with(file, "{")


def read(file: ImportFile) -> Iterator[Record | Refusal]:
    exported = document.load(file)
    if not isinstance(exported, dict):
        raise NotARecord("The file has no list of collections where one belongs. Export it again.")
    collections = exported.get("collections")
    paths = shaping.paths(collections, unescaped)
    pinned = {shaping.line(link.get("id")) for link in shaping.objects(exported.get("pinnedLinks"))} - {""}
    found = False
    for collection in document.entries(collections, "collections"):
        if isinstance(collection, Refusal):
            yield collection
            continue
        path = paths.get(shaping.line(collection.get("id")), "")
        for link in shaping.objects(collection.get("links")):
            found = True
            yield _record(link, "" if path == UNSORTED else path, pinned)
    if not found:
        raise HoldsNone("Its collections hold no links.")


def _record(link: dict[str, Any], path: str, pinned: set[str]) -> Record | Refusal:
    key = shaping.line(link.get("id"))
    kind = shaping.line(link.get("type"))
    name = unescaped(shaping.block(link.get("name")))
    if not shaping.line(link.get("url")) and kind in ("pdf", "image"):
        return Refusal(shaping.line(name), "An uploaded file, which Linkwarden leaves out of its export.")
    return shaping.shaped(
        name,
        link.get("url"),
        tags=[*(unescaped(shaping.line(tag)) for tag in shaping.names(link.get("tags"))), path],
        created=link.get("importDate") or link.get("createdAt"),
        texts={"overview": unescaped(shaping.block(link.get("description")))},
        favourite=key in pinned or bool(shaping.objects(link.get("pinnedBy"))),
        key=key,
    )
