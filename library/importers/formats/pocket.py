"""Pocket's export: tables of what was saved, the highlights beside them, and the page that older accounts got."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from library.importers.formats import document, markup, shaping, table
from library.importers.formats.decoding import decode
from library.importers.record import HoldsNone, ImportFile, NotARecord, Passage, Record, Refusal

LABEL = "Pocket (CSV with annotations, or the older HTML page)"

STATES = {"unread": "inbox", "archive": "archived"}
MAX_TABLES = 100
NO_TITLES = ("", "problem loading page")

_PAGE = re.compile(r"<title>\s*Pocket Export\s*</title>|<a\s[^<>]{0,3000}\btime_added=", re.IGNORECASE)


def recognise(file: ImportFile) -> bool:
    return _is_table(file) or _is_annotations(file) or _is_page(file)


def read(file: ImportFile) -> Iterator[Record | Refusal]:
    """Every saved page; of a file of annotations each page with its highlights, which then join the saved one."""
    if _is_table(file):
        for row in table.rows(file):
            yield row if isinstance(row, Refusal) else _of_row(row)
    elif _is_annotations(file):
        saved = _saved_beside(file)
        for entry in document.entries(document.load(file), "pages with highlights"):
            yield entry if isinstance(entry, Refusal) else _annotated(entry, saved)
    else:
        yield from _listed(decode(file.data)[0])


def _is_table(file: ImportFile) -> bool:
    return table.columns(file) >= {"title", "url", "time_added", "tags", "status"}


def _is_annotations(file: ImportFile) -> bool:
    return document.keys(file) >= {"url", "highlights", "quote"} and document.starts_with(file, "[")


def _is_page(file: ImportFile) -> bool:
    return _PAGE.search(markup.head(file)) is not None


def _of_row(row: table.Row) -> Record | Refusal:
    return _saved(row, row["tags"].split("|"), row["status"])


def _saved(written: Mapping[str, str], tags: list[str], status: str) -> Record | Refusal:
    title = written.get("title", "")
    return shaping.shaped(
        "" if title.strip().lower() in NO_TITLES else title,
        written.get("url"),
        tags=tags,
        created=written.get("time_added"),
        state=STATES.get(status.strip().lower(), ""),
    )


def _saved_beside(file: ImportFile) -> dict[str, table.Row]:
    """The rows of the tables that came with annotations, by their addresses."""
    root = file.inner.rpartition("annotations/")[0]
    names = [name for name in file.package.names() if name.startswith(root) and name.endswith(".csv")]
    found: dict[str, table.Row] = {}
    for name in names[:MAX_TABLES]:
        with suppress(KeyError, NotARecord, HoldsNone):
            beside = ImportFile(name, file.package.read(name))
            rows = table.rows(beside) if _is_table(beside) else ()
            found |= {row["url"].strip(): row for row in rows if isinstance(row, dict)}
    return found


def _annotated(entry: dict[str, Any], saved: Mapping[str, table.Row]) -> Record | Refusal:
    """The page with its highlights, and with what the tables say of it: whichever file is read first says all."""
    passages = tuple(_passages(entry.get("highlights")))
    url = shaping.line(entry.get("url"))
    if url in saved:
        record = _of_row(saved[url])
        return replace(record, highlights=passages) if isinstance(record, Record) else record
    dates = [passage.created for passage in passages if passage.created]
    return shaping.shaped(entry.get("title"), url, created=min(dates, default=None), highlights=passages)


def _passages(highlights: object) -> Iterator[Passage]:
    for highlight in shaping.objects(highlights):
        if quote := shaping.block(highlight.get("quote")).strip():
            yield Passage(quote, created=shaping.date(highlight.get("created_at")))


def _listed(html: str) -> Iterator[Record | Refusal]:
    """The links of the older page, under the headings Unread and Read Archive."""
    found = False
    for link in markup.headed_links(html):
        found = True
        status = "archive" if "archive" in link.heading.lower() else "unread"
        written = {**link.attributes, "url": link.attributes["href"], "title": link.title}
        yield _saved(written, written.get("tags", "").split(","), status)
    if not found:
        raise HoldsNone("A Pocket export with nothing saved in it.")
