"""The blocks of a text as a page shows them, one after the other, and its headings."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from library.content import markdown, sanitize
from library.content.dress import Files
from library.content.text import clean_text, single_line

RENDERER_VERSION = 2
"""Part of every cache key: raise it when the same text gives other blocks."""

_HEADING = re.compile(r"<h[2-6]\b")


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of the table of contents."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text ready for a page; `plain` says that it is shown as it was written, without its Markdown."""

    blocks: list[str]
    headings: list[Heading] = field(default_factory=list)
    plain: bool = False


def render_blocks(text: str, scope: str = "", files: Files | None = None) -> Rendered:
    """Markdown as blocks of safe HTML. `scope` keeps the ids of several texts on one page apart."""
    blocks = split(sanitize.clean(markdown.render(text), scope, files))
    return Rendered(blocks, headings(blocks))


def render_plain(text: str) -> Rendered:
    """Any text as it was written, its paragraphs and line breaks kept."""
    paragraphs = re.split(r"\n[ \t]*\n\s*", clean_text(text).strip("\n"))
    lines = (html.escape(paragraph).replace("\n", "<br>\n") for paragraph in paragraphs if paragraph.strip())
    return Rendered([f'<p dir="auto">{line}</p>' for line in lines], plain=True)


def split(safe_html: str) -> list[str]:
    """The top-level elements of safe HTML."""
    return [sanitize.finish_block(block) for block in sanitize.parse(safe_html)]


def headings(blocks: Iterable[str]) -> list[Heading]:
    """Level, id and text of every heading in the blocks."""
    return [
        Heading(int(level), element.get("id", ""), single_line(element.text_content()))
        for block in blocks
        if _HEADING.search(block)
        for element in sanitize.parse(block).iterdescendants()
        for level in re.findall(r"^h([2-6])$", str(element.tag))
    ]
