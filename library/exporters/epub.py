"""A book of articles (EPUB 3): a chapter for each, with its texts as the reader's page shows them."""

from __future__ import annotations

import re
import uuid
from html import escape
from pathlib import Path

from django.utils import timezone
from ebooklib import epub
from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement

from library.exporters.chosen import Chosen, Progress, Refused
from library.models import Kind, Link, Section
from library.rendering import rendered, scope_of

LABEL = "Book"
ABOUT = "EPUB with a chapter for each article, for up to 500 of them."
SUFFIX = ".epub"
MEDIA_TYPE = "application/epub+zip"
WITH_BIN = False

MOST = 500
TOO_MANY = f"A book takes {MOST:,} articles at most. Choose a shelf or a search that finds fewer; nothing was written."
NONE = "There is no article to make a book of. Nothing was written."
ORDER = (Kind.OVERVIEW, Kind.SUMMARY, Kind.ARTICLE, Kind.OTHER, Kind.NOTE)
LISTS = ("ul", "ol")
BOXES = ("div", "blockquote", "section", "td", "th", "li", "details", "figure", "dd")
STYLE = """body { line-height: 1.5; margin: 1em; }
h1 { line-height: 1.2; }
blockquote { border-left: 2px solid; margin-left: 0; padding-left: 1em; }
pre { white-space: pre-wrap; }
.about { font-size: .85em; }
"""
_WEB = re.compile(r"(?:https?://[^\s/?#:@\[\]]+(?::\d+)?(?:[/?#][^\s<>\"{}|\\^`]*)?|mailto:[^\s<>\"{}|\\^`]+)")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(chosen: Chosen, target: Path, progress: Progress) -> None:
    """A book is made in memory, so it has a bound."""
    if chosen.count(with_bin=WITH_BIN) > MOST:
        raise Refused(TOO_MANY)
    book = _book(chosen)
    chapters: list[epub.EpubHtml] = []
    for chunk in chosen.kept():
        for link in chunk:
            chapters.append(_chapter(link, len(chapters) + 1))
            book.add_item(chapters[-1])
            progress(1)
    if not chapters:
        raise Refused(NONE)
    book.toc = [epub.Link(chapter.file_name, chapter.title, chapter.id) for chapter in chapters]
    book.add_item(epub.EpubNcx())
    book.add_item(epub.EpubNav(title="Contents"))
    book.spine = ["nav", *chapters]
    epub.write_epub(str(target), book, {"raise_exceptions": True})


def _book(chosen: Chosen) -> epub.EpubBook:
    book = epub.EpubBook()
    book.set_identifier(f"urn:uuid:{uuid.uuid4()}")
    book.set_title(_clean(chosen.title))
    book.set_language("en")
    book.add_author("Commonplace")
    book.add_metadata("DC", "date", timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ"))
    book.add_item(epub.EpubItem("style", "style.css", "text/css", STYLE.encode()))
    return book


def _chapter(link: Link, number: int) -> epub.EpubHtml:
    title = _clean(link.display_title)
    chapter = epub.EpubHtml(title=title, file_name=f"article-{number}.xhtml", lang="und", uid=f"article-{number}")
    chapter.add_link(href="style.css", rel="stylesheet", type="text/css")
    chapter.content = f"<html><head><title>{escape(title)}</title></head><body>{_body(link, title)}</body></html>"
    return chapter


def _body(link: Link, title: str) -> str:
    sections = sorted(link.sections.all(), key=lambda each: (ORDER.index(Kind(each.kind)), each.position, each.pk))
    sections = [section for section in sections if section.text.strip()]
    texts = rendered({scope_of(section): section.text for section in sections})
    parts = [f"<section>{_heading(each)}{_xhtml(texts[scope_of(each)].blocks)}</section>" for each in sections]
    return f"<h1>{escape(title)}</h1>{_about(link)}{''.join(parts)}"


def _about(link: Link) -> str:
    address = _clean(link.url)
    known = link.url_hash and _WEB.fullmatch(address)
    shown = f'<a href="{escape(address)}">{escape(link.site or address)}</a>, ' if known else ""
    return f'<p class="about">{shown}{link.saved_at:%d %B %Y}</p>'


def _heading(section: Section) -> str:
    return f"<h2>{escape(_clean(section.heading or str(Kind(section.kind).label)))}</h2>"


def _xhtml(blocks: list[str]) -> str:
    """Blocks of safe HTML, written as XML wants them."""
    tree = lxml_html.fragment_fromstring(_clean("\n".join(blocks)), create_parent="div")
    _mend_links(tree)
    _mend_lists(tree)
    for cell in tree.iterfind(".//*[@align]"):
        cell.set("style", f"text-align: {cell.attrib.pop('align')}")
    return str(etree.tostring(tree, encoding="unicode", method="xml"))


def _mend_links(tree: HtmlElement) -> None:
    """Leave those that lead to the web or to a place in the same texts: a book has no other files."""
    places = {element.get("id") for element in tree.iterfind(".//*[@id]")}
    for link in tree.iterfind(".//a[@href]"):
        address = link.get("href") or ""
        inside = address.startswith("#") and address[1:] in places
        if not inside and not _WEB.fullmatch(address):
            link.drop_tag()


def _mend_lists(tree: HtmlElement) -> None:
    """Pages of the web have items without a list and lists that are no items, which XML readers refuse."""
    for item in list(tree.iter("li")):
        above = str(getattr(item.getparent(), "tag", ""))
        if above not in LISTS:
            item.tag = "div" if above in BOXES else "span"
            item.attrib.pop("value", None)
    for each in list(tree.iter(*LISTS)):
        for inner in [child for child in each if child.tag != "li"]:
            item = lxml_html.Element("li")
            inner.addprevious(item)
            item.append(inner)


def _clean(text: str) -> str:
    """Without characters that no XML can hold."""
    return _NO_XML.sub("", text)
