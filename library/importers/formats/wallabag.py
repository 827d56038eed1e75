"""wallabag: its JSON, of the first version too, with texts and annotations; and its table, which has less."""

from collections.abc import Iterator
from typing import Any

from library.content.html_to_markdown import markdown_of
from library.importers.formats import document, markup, shaping, table
from library.importers.record import ImportFile, Passage, Record, Refusal

LABEL = "wallabag (JSON or CSV)"

FIRST_VERSION = frozenset("012345")
COLUMNS = {"title", "url", "content", "tags", "mime type"}
FAILED = "wallabag can't retrieve contents for this article"
EXTRA = {"language": "language", "published_at": "published", "origin_url": "origin", "preview_picture": "cover"}


def recognise(file: ImportFile) -> bool:
    return table.columns(file) >= COLUMNS or _is_document(document.keys(file))


def _is_document(keys: frozenset[str]) -> bool:
    return keys >= {"title", "url", "is_archived"} or keys >= FIRST_VERSION or keys >= {"title", "is_read", "is_fav"}


def read(file: ImportFile) -> Iterator[Record | Refusal]:
    if table.columns(file) >= COLUMNS:
        for row in table.rows(file):
            yield row if isinstance(row, Refusal) else _row(row)
    else:
        for entry in document.entries(document.load(file), "articles"):
            yield entry if isinstance(entry, Refusal) else _record(entry)


def _record(entry: dict[str, Any]) -> Record | Refusal:
    """wallabag calls archived what was read."""
    url = shaping.line(entry.get("url") or entry.get("given_url"))
    archived = shaping.true(entry.get("is_archived", entry.get("is_read")))
    return shaping.shaped(
        markup.text_of(shaping.block(entry.get("title"))),
        url,
        tags=_tags(entry.get("tags")),
        created=entry.get("created_at"),
        texts={"article": _article(shaping.block(entry.get("content")), url)},
        state="archived" if archived else "inbox",
        favourite=shaping.true(entry.get("is_starred", entry.get("is_fav"))),
        finished=shaping.date(entry.get("archived_at")) if archived else None,
        highlights=tuple(_passages(entry.get("annotations"))),
        key=entry.get("id"),
        extra=_extra(entry),
    )


def _tags(value: object) -> list[object]:
    """A list of words or of objects, or a text with commas."""
    return shaping.names(value) if shaping.objects(value) else shaping.listed(value)


def _article(content: str, url: str) -> str:
    """The text, unless it is the sentence that wallabag writes where it has none."""
    return "" if FAILED in markup.text_of(content[:500]) else markdown_of(content, url)


def _passages(annotations: object) -> Iterator[Passage]:
    for annotation in shaping.objects(annotations):
        if quote := shaping.block(annotation.get("quote")).strip():
            note = shaping.block(annotation.get("text")).strip()
            yield Passage(quote, note=note, created=shaping.date(annotation.get("created_at")))


def _extra(entry: dict[str, Any]) -> dict[str, object]:
    found = {ours: entry.get(theirs) for theirs, ours in EXTRA.items()}
    by = ", ".join(filter(None, map(shaping.line, shaping.listed(entry.get("published_by")))))
    return {"author": by, **found}


def _row(row: table.Row) -> Record | Refusal:
    """The table says neither what was read nor what is a favourite; its dates have hours without a.m. and p.m."""
    return shaping.shaped(
        markup.text_of(row["title"]),
        row["url"],
        tags=row["tags"].split(","),
        created=_day(row.get("creation date", "")),
        texts={"article": _article(row["content"], row["url"].strip())},
        extra={"language": row.get("language")},
    )


def _day(written: str) -> str:
    """`24/12/2020 05:30:00` as a date that no reader takes for another: the year first."""
    day, _, time = written.partition(" ")
    return "-".join(reversed(day.split("/"))) + f" {time}" if day.count("/") == 2 else written
