"""The tags and words of HTML in the order in which they are written, for lists of bookmarks.

Such lists close almost none of their elements, so that a tree of them is as deep as they are long: libxml2 nests each
`<DT>` in the one before it, gives up somewhere, and takes half a minute for 700 kB that close what was never open.
What counts is which tag follows which. So this reads tags as the HTML standard cuts them, in linear time.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from library.content.text import unescaped
from library.importers.formats.decoding import decode, looks_binary
from library.importers.record import ImportFile, NotARecord

HEAD = 64 * 1024
MAX_TAGS = 1_000_000

_OPENING = re.compile(r"<(?:!--|(/?)([a-zA-Z][^\s/<>]*+)|[!?][^<>]*+>)")
_ATTRIBUTE = re.compile(r"[\s/]*+([^\s/>=][^\s/>=]*+)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>]*+)))?+")
_END = re.compile(r"[\s/=]*+>?")


def head(file: ImportFile) -> str:
    """The beginning of a file that begins with a tag; blank for any other."""
    return _head(file.data[:HEAD])


@lru_cache(maxsize=4)
def _head(data: bytes) -> str:
    begins = decode(data[:200])[0].lstrip().startswith("<")
    return decode(data)[0] if begins and not looks_binary(data) else ""


class HeadedLink(NamedTuple):
    """A link of a page that lists links under headings."""

    heading: str
    title: str
    attributes: dict[str, str]


class Piece(NamedTuple):
    """`name` is that of a tag in lower case, "/" before it at its end; blank for `text`."""

    name: str
    text: str = ""
    attributes: dict[str, str] = {}


def pieces(html: str) -> Iterator[Piece]:
    """Every tag and every text between tags, without comments and declarations. Raises NotARecord for too many."""
    if html.count("<") > MAX_TAGS:
        raise NotARecord("The file has more than a million tags. Split it.")
    at = 0
    while match := _OPENING.search(html, at):
        if match.start() > at:
            yield Piece("", unescaped(html[at : match.start()]))
        if match[0] == "<!--":
            end = html.find("-->", match.end() - 2)
            at = len(html) if end < 0 else end + 3
        elif match[2]:
            attributes, at = _attributes(html, match.end())
            yield Piece(match[1] + match[2].lower(), "", attributes)
        else:
            at = match.end()
    if at < len(html):
        yield Piece("", unescaped(html[at:]))


def text_of(html: str) -> str:
    """What is left of a piece of HTML when its tags are taken out."""
    return "".join(piece.text for piece in pieces(html)) if "<" in html else unescaped(html)


def headed_links(html: str) -> Iterator[HeadedLink]:
    """Every link with its words, and those of the `<h1>` above it."""
    heading, words, link = "", [""], dict[str, str]()
    for piece in pieces(html):
        if piece.name in ("h1", "a"):
            words, link = [], piece.attributes
        elif piece.name == "/h1":
            heading = "".join(words).strip()
        elif piece.name == "/a" and "href" in link:
            yield HeadedLink(heading, "".join(words), link)
            link = {}
        elif not piece.name:
            words.append(piece.text)


def _attributes(html: str, at: int) -> tuple[dict[str, str], int]:
    """Of two of one name the first counts."""
    found: dict[str, str] = {}
    while match := _ATTRIBUTE.match(html, at):
        value = next((value for value in match.groups()[1:] if value is not None), "")
        found.setdefault(match[1].lower(), value)
        at = match.end()
    end = _END.match(html, at)
    return {name: unescaped(value) for name, value in found.items()}, end.end() if end else at
