"""Pocket's export: tables of what was saved, the highlights beside them, and the page that older accounts got."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from library.importers import document, markup, shaping, table
from library.importers.decoding import decode
from library.importers.record import HoldsNone, ImportFile, Passage, Record, Refusal

LABEL = "Pocket (CSV with annotations, or the older HTML page)"

STATES = {"unread": "inbox", "archive": "archived"}
NO_TITLES = ("", "problem loading page")

_PAGE = re.compile(r"<title>\s*Pocket Export\s*</title>|<a\s[^<>]{0,3000}\btime_added=", re.IGNORECASE)


def recognise(file: ImportFile) -> bool:
    return _is_table(file) or _is_annotations(file) or _is_page(file)


def read(file: ImportFile) -> Iterator[Record | Refusal]:
    """Every saved page; of a file of annotations each page with its highlights, which then join the saved one."""
    if _is_table(file):
        for row in table.rows(file):
            yield row if isinstance(row, Refusal) else _saved(row, row["tags"].split("|"), row["status"])
    elif _is_annotations(file):
        for entry in document.entries(document.load(file), "pages with highlights"):
            yield entry if isinstance(entry, Refusal) else _annotated(entry)
    else:
        yield from _listed(decode(file.data)[0])


def _is_table(file: ImportFile) -> bool:
    return table.columns(file) >= {"title", "url", "time_added", "tags", "status"}


def _is_annotations(file: ImportFile) -> bool:
    return document.keys(file) >= {"url", "highlights", "quote"} and document.starts_with(file, "[")


def _is_page(file: ImportFile) -> bool:
    return _PAGE.search(markup.head(file)) is not None


def _saved(written: Mapping[str, str], tags: list[str], status: str) -> Record | Refusal:
    title = written.get("title", "")
    return shaping.shaped(
        "" if title.strip().lower() in NO_TITLES else title,
        written.get("url"),
        tags=tags,
        created=written.get("time_added"),
        state=STATES.get(status.strip().lower(), ""),
    )


def _annotated(entry: dict[str, Any]) -> Record | Refusal:
    passages = tuple(_passages(entry.get("highlights")))
    dates: list[datetime] = [passage.created for passage in passages if passage.created]
    created = min(dates, default=None)
    return shaping.shaped(entry.get("title"), entry.get("url"), created=created, highlights=passages)


def _passages(highlights: object) -> Iterator[Passage]:
    for highlight in shaping.objects(highlights):
        if quote := shaping.block(highlight.get("quote")).strip():
            yield Passage(quote, created=shaping.date(highlight.get("created_at")))


def _listed(html: str) -> Iterator[Record | Refusal]:
    """The links of the older page, under the headings Unread and Read Archive."""
    status, words, link = "unread", [""], dict[str, str]()
    found = False
    for piece in markup.pieces(html):
        if piece.name in ("h1", "a"):
            words, link = [], piece.attributes
        elif piece.name == "/h1":
            status = "archive" if "archive" in "".join(words).lower() else "unread"
        elif piece.name == "/a" and "href" in link:
            found = True
            written = {**link, "url": link["href"], "title": "".join(words)}
            yield _saved(written, link.get("tags", "").split(","), status)
            link = {}
        elif not piece.name:
            words.append(piece.text)
    if not found:
        raise HoldsNone("A Pocket export with nothing saved in it.")
