"""Notion's own export: pages as Markdown or HTML, databases as tables, named for their titles and ids."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from library.content.text import fold
from library.importers.formats import fields, notion_pages, shaping, table
from library.importers.formats.decoding import looks_binary
from library.importers.formats.notion_pages import NAMED
from library.importers.formats.package_links import files_by_folder, last, names_of, place
from library.importers.record import HoldsNone, ImportFile, Record, Refusal

LABEL = "Notion export (Markdown and CSV, or HTML)"

# A name that Notion may have cut stands for every title that begins so.
SHORTENED = 30
MAX_DAYS = 30

_TITLE = re.compile(rb"(?:\xef\xbb\xbf)?\s*# ")
_CONTENTS = (b"Workspace identifier:", b'id="id::')
_LETTERS = re.compile(r"[\W_]+")


def recognise(file: ImportFile) -> bool:
    """A page or a table with an id in its name and what belongs into one, or the table of contents."""
    if looks_binary(file.data):
        return False
    if notion_pages.is_html_page(file.data) or _is_contents(file):
        return True
    named = NAMED.fullmatch(last(place(file)))
    if named is None or named["kind"] == "html":
        return False
    return bool(table.columns(file)) if named["kind"] == "csv" else _TITLE.match(file.data[:200]) is not None


def _is_contents(file: ImportFile) -> bool:
    return last(place(file)) == "index.html" and any(sign in file.data[:4096] for sign in _CONTENTS)


def read(file: ImportFile, mapping: Mapping[str, str] | None = None) -> Iterator[Record | Refusal]:
    """The records of a page or a table.

    `mapping` leads names of `columns` to names of `fields.NAMES`, or to "" for none.
    """
    if _is_contents(file):
        raise HoldsNone("This is the export's table of contents. Its pages are files of their own.")
    if notion_pages.is_html_page(file.data):
        yield notion_pages.read_html(file, mapping)
    elif last(place(file)).endswith(".csv"):
        yield from _rows(file, mapping)
    else:
        yield notion_pages.read_markdown(file, mapping)


def columns(file: ImportFile) -> list[str]:
    """The names of a database's columns, or of the database that a page belongs to, in lower case and in order."""
    if last(place(file)).endswith(".csv"):
        return notion_pages.header(file.data)
    return notion_pages.columns_of(file)


def samples(file: ImportFile) -> list[Mapping[str, object]]:
    """The first rows of a table, or what a page says of itself."""
    if last(place(file)).endswith(".csv"):
        return [*table.samples(file)]
    return [] if _is_contents(file) else [notion_pages.values_of(file)]


def _rows(file: ImportFile, mapping: Mapping[str, str] | None) -> Iterator[Record | Refusal]:
    """The rows that have no page of their own."""
    inner = place(file)
    if not inner.endswith("_all.csv") and f"{inner[:-4]}_all.csv" in names_of(file.package):
        raise HoldsNone("The same table with all of its rows came beside this one, and was read instead.")
    pages = _Pages(file)
    found = False
    for row in table.rows(file):
        if isinstance(row, Refusal):
            found = True
            yield row
        elif not pages.take(row):
            found = True
            yield _record(row, mapping)
    if not found:
        raise HoldsNone("Every row of this table has a page of its own, which was read instead.")


def _record(row: table.Row, mapping: Mapping[str, str] | None) -> Record | Refusal:
    """A row; its first column is its title, whatever that is called. Links to pages lose their file names."""
    values = {name: notion_pages.without_paths(cell.strip()) for name, cell in reversed(row.items())}
    first = next(iter(values), "")
    told = {**(mapping or {}), first: (mapping or {}).get(first, "title")}
    record = fields.record_of(values, fields.mapping_with(values, told))
    if not record.title and not record.url and not record.texts:
        return Refusal(table.UNTITLED, "The row has no title, no address and no text.")
    return replace(record, title=(record.title or record.url)[: shaping.MAX_TITLE] or "Untitled")


class _Pages:
    """The pages of a table's rows, each to be taken once, by the titles in their names.

    A title that names a day is written as a date in the table, and as `@Last Monday` or the like in its page.
    """

    def __init__(self, file: ImportFile) -> None:
        inner = place(file)
        folder = inner.removesuffix(".csv").removesuffix("_all")
        self._left: dict[str, int] = {}
        self._days: list[ImportFile] = []
        for name in files_by_folder(file.package).get(folder, []):
            named = NAMED.fullmatch(last(name))
            if named and named["kind"] != "csv":
                key = _key(named["title"])
                self._left[key] = self._left.get(key, 0) + 1
                if named["title"].startswith("@") and not any(map(str.isdigit, named["title"])):
                    self._days.append(ImportFile(name, package=file.package, inner=name))
        self._shortened = sorted({len(key) for key in self._left if len(key) >= SHORTENED}, reverse=True)

    def take(self, row: table.Row) -> bool:
        title = next(reversed(row.values()), "")
        key = _key(title)
        for known in (key, *(key[:length] for length in self._shortened)):
            if self._left.get(known):
                self._left[known] -= 1
                return True
        return title.startswith("@") and self._take_day(row)

    def _take_day(self, row: table.Row) -> bool:
        for page in self._days[:MAX_DAYS]:
            told = notion_pages.properties_of(page)
            if told and all(row.get(name, "").strip() == value.strip() for name, value in told.items()):
                self._days.remove(page)
                return True
        return False


def _key(title: str) -> str:
    """What a title and the name of its file have in common: the letters."""
    return _LETTERS.sub("", fold(title)) or "untitled"
