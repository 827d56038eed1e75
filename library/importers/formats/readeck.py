"""Readeck's export of a profile: a folder for each bookmark, with what is known of it and its text as a page."""

import re
from collections.abc import Iterator
from dataclasses import replace

from library.content.html_to_markdown import markdown_of
from library.importers.formats import document, shaping
from library.importers.formats.decoding import decode
from library.importers.formats.package_links import PackageLinks, files_by_folder, folder_of, place
from library.importers.record import HoldsNone, ImportFile, NotARecord, Passage, Record, Refusal

LABEL = "Readeck (export of a profile)"

BOOKMARK = {"UID", "URL", "Title", "Created"}
PROFILE = {"ReadeckVersion", "Bookmarks"}
PAGES = ("index.html", "article.html")
OWN = ("SiteName", "Site", "Authors", "Published", "Lang", "InitialURL", "DocumentType")

_BODY = re.compile(r"<body[^<>]*>", re.IGNORECASE)


def recognise(file: ImportFile) -> bool:
    keys = document.keys(file)
    return BOOKMARK | {"Labels"} <= keys or keys >= PROFILE


def read(file: ImportFile) -> Iterator[Record | Refusal]:
    if not document.keys(file) >= BOOKMARK:
        raise HoldsNone("This is the export's table of contents. Its bookmarks are files of their own.")
    said = document.load(file)
    if not isinstance(said, dict):
        raise NotARecord("The file is no bookmark of Readeck's. Export it again.")
    article, attachments = _article(file)
    record = shaping.shaped(
        said.get("Title"),
        said.get("URL") or said.get("InitialURL"),
        tags=shaping.listed(said.get("Labels")),
        created=said.get("Created"),
        texts={"overview": said.get("Description"), "article": article or said.get("Text")},
        key=said.get("UID"),
        extra={name: _told(said[name]) for name in OWN if name in said},
        state="archived" if shaping.true(said.get("IsArchived")) else "",
        favourite=shaping.true(said.get("IsMarked")),
        progress=shaping.percent(said.get("ReadProgress")),
        highlights=tuple(_passages(said.get("Annotations"))),
    )
    yield replace(record, attachments=attachments) if isinstance(record, Record) else record


def _told(value: object) -> object:
    return ", ".join(map(shaping.line, value)) if isinstance(value, list) else value


def _passages(written: object) -> Iterator[Passage]:
    for each in shaping.objects(written):
        if quote := shaping.block(each.get("text")):
            yield Passage(
                quote,
                note=shaping.block(each.get("note")),
                colour=shaping.colour(each.get("color")),
                created=shaping.date(each.get("created")),
            )


def _article(file: ImportFile) -> tuple[str, tuple[str, ...]]:
    """The text that lies beside the bookmark, and the pictures that it shows."""
    folder = f"{folder_of(place(file))}/container".lstrip("/")
    for name in (*(f"{folder}/{page}" for page in PAGES), *files_by_folder(file.package).get(folder, [])):
        if not name.endswith(".html"):
            continue
        try:
            page = decode(file.package.read(name))[0]
        except KeyError:
            continue
        links = PackageLinks(replace(file, inner=name))
        return links.lead(markdown_of(_body(page))), tuple(links.attachments)
    return "", ()


def _body(page: str) -> str:
    body = _BODY.search(page)
    return page[body.end() :] if body else page
