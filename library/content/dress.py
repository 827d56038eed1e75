"""Gives a tree of safe HTML what our pages need: ids, directions, boxes that scroll, links for pictures.

Every function edits the tree in place, and doing it twice changes nothing.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from lxml.html import HtmlElement
from lxml.html.builder import E

from library.content.text import single_line, slug

INLINE = frozenset(
    {
        *("a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "del", "dfn", "em", "i", "img", "ins", "kbd"),
        *(
            "q",
            "rp",
            "rt",
            "ruby",
            "s",
            "samp",
            "small",
            "span",
            "strong",
            "sub",
            "sup",
            "time",
            "u",
            "var",
            "wbr",
        ),
    }
)
BLOCKS = frozenset(
    {
        *(
            "blockquote",
            "caption",
            "col",
            "colgroup",
            "dd",
            "details",
            "div",
            "dl",
            "dt",
            "figcaption",
            "figure",
        ),
        *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "summary"),
        *("table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    }
)
# Landmarks of another page are plain boxes in ours.
BOXES = frozenset(["address", "article", "aside", "center", "footer", "header", "main", "nav", "section"])
HEADINGS = frozenset(["h2", "h3", "h4", "h5", "h6"])
WITH_DIRECTION = HEADINGS | {
    "blockquote",
    "caption",
    "dd",
    "dt",
    "figcaption",
    "li",
    "p",
    "summary",
    "td",
    "th",
}

_MAY_BE_EMPTIED = (HEADINGS | INLINE | {"blockquote", "div", "dl", "figure", "li", "ol", "p", "pre", "ul"}) - {
    "br",
    "img",
    "wbr",
}
_HOLDS_PARAGRAPHS = frozenset(["a", "blockquote", "dd", "details", "div", "figcaption", "figure", "li", "td", "th"])
_LANGUAGE = re.compile(r"language-[\w+#.-]{1,40}")
_FOOTNOTE = re.compile(r"(fn|fnref\d{0,4})[:-](.{1,200})", re.DOTALL)
_OUTSIDE = re.compile(r"(?:https?://[^\s/?#]|mailto:.)", re.IGNORECASE)


Files = Mapping[str, Sequence[Any]]
"""The files that came with a text, by how it names them: the address of each, and whether a page can show it."""


def dress(root: HtmlElement, scope: str, files: Files) -> None:
    """All of it; `scope` becomes part of every id."""
    for element in list(root.iterdescendants()):
        _rename(element)
        _lead_to_file(element, files)
        if element.tag == "img" and not _is_shown(element, files):
            _picture_to_link(element, files)
    for element in reversed(list(root.iterdescendants())):
        _trim(element)
    _number(root, f"{scope}-" if scope else "", files)
    _wrap_loose_text(root)
    for element in list(root.iterdescendants()):
        _equip(element)


def _rename(element: HtmlElement) -> None:
    if element.tag in BOXES:
        element.tag = "div"
    elif element.tag == "h1":
        element.tag = "h2"
    elif element.tag == "div" and "scroll" in element.classes and [child.tag for child in element] != ["table"]:
        element.classes.discard("scroll")
    if not element.get("class", "-").strip():
        element.attrib.pop("class")


def _lead_to_file(element: HtmlElement, files: Files) -> None:
    """To a file that came with the text, where that is meant."""
    for name in ("href", "src"):
        file = files.get(unquote(element.get(name, "#").strip()))
        if file:
            element.set(name, file[0])


def _is_own(address: str, files: Files) -> bool:
    return any(address == file[0] for file in files.values())


def _is_shown(picture: HtmlElement, files: Files) -> bool:
    """A picture that came with the text is there; it is looked at when it comes into view."""
    shown = any(picture.get("src") == file[0] and file[1] for file in files.values())
    if shown:
        picture.set("loading", "lazy")
        picture.set("alt", single_line(picture.get("alt", "")))
    return shown


def _picture_to_link(picture: HtmlElement, files: Files) -> None:
    """A picture elsewhere is never fetched: it becomes a link to open it, or what it shows, in words."""
    source, alt = _whole(picture.get("src", ""), files), single_line(picture.get("alt", ""))
    words = f"Image: {alt}" if alt else "Image"
    if source.startswith(("http", "/")) and next(picture.iterancestors("a"), None) is None:
        shown = E("a", words, {"class": "image", "href": source})
    else:
        shown = E("span", words, {"class": "image"})
    shown.tail = picture.tail
    _replace(picture, shown)


def _replace(element: HtmlElement, other: HtmlElement) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.replace(element, other)


def _whole(address: str, files: Files) -> str:
    """The address if it leads anywhere from our pages, else nothing."""
    address = address.strip()
    if _is_own(address, files):
        return address
    if address.startswith("//"):
        address = f"https:{address}"
    return address if _OUTSIDE.match(address) else ""


def _number(root: HtmlElement, scope: str, files: Files) -> None:
    """Ids for headings and footnotes, and for nothing else; links inside the text follow them."""
    renamed: dict[str, str] = {}
    used: dict[str, int] = {}
    for element in root.iterdescendants():
        foreign = element.attrib.pop("id", "")
        made = _id_for(element, foreign, scope)
        if made:
            made = _unused(made, used)
            element.set("id", made)
            renamed.setdefault(foreign, made)
    for link in list(root.iterdescendants("a")):
        _aim(link, renamed, used, scope, files)


def _id_for(element: HtmlElement, foreign: str, scope: str) -> str:
    if element.tag in HEADINGS:
        return f"h-{scope}{slug(element.text_content())}"
    if element.tag in ("li", "sup") and (note := _FOOTNOTE.fullmatch(foreign)):
        return f"{note[1]}-{scope}{slug(note[2].removeprefix(scope))}"
    return ""


def _unused(wanted: str, used: dict[str, int]) -> str:
    """The id that is wanted or the next free number of it; `used` remembers how far each was counted."""
    made = wanted
    while made in used:
        used[wanted] += 1
        made = f"{wanted}-{used[wanted]}"
    used[made] = 1
    return made


def _aim(link: HtmlElement, renamed: dict[str, str], used: dict[str, int], scope: str, files: Files) -> None:
    """Points a link at a place that exists; one that leads nowhere becomes its words."""
    address = link.get("href", "")
    if address.startswith("#") and len(address) > 1:
        name = unquote(address[1:])
        guess = f"h-{scope}{slug(name)}"
        target = renamed.get(name) or (guess if guess in used else "")
        address = f"#{target}" if target else ""
    else:
        address = _whole(address, files)
    if address:
        link.set("href", address)
    else:
        link.drop_tag()


def _trim(element: HtmlElement) -> None:
    """Takes out what shows nothing: empty bullets, quotes, paragraphs and links."""
    if element.tag == "pre" and element.text:
        # A parser drops one line break after <pre>: with none there, every parser reads the same.
        element.text = element.text.lstrip("\n")
    if element.tag in _MAY_BE_EMPTIED and not len(element) and not (element.text or "").strip():
        element.drop_tree()
    elif element.tag == "div" and not element.get("class"):
        _unbox(element)


def _unbox(box: HtmlElement) -> None:
    """A box says nothing to a reader: with blocks inside it goes, with words inside it is a paragraph."""
    parent = box.getparent()
    if any(inner.tag in BLOCKS for inner in box.iterdescendants()):
        _wrap_loose_text(box)
        box.drop_tag()
    elif parent is not None and parent.tag in _HOLDS_PARAGRAPHS:
        box.tag = "p"
    else:
        box.tail = f"\n{box.tail or ''}"  # In a heading or a listing it is a line.
        box.drop_tag()


def _wrap_loose_text(root: HtmlElement) -> None:
    """Text and inline elements directly under the root, or in a box of blocks, become paragraphs."""
    paragraph = E("p", root.text or "")
    root.text = None
    for child in list(root):
        if _is_inline(child):
            paragraph.append(child)
            continue
        _insert_before(child, paragraph)
        paragraph = E("p", child.tail or "")
        child.tail = None
    if _says_something(paragraph):
        root.append(paragraph)


def _is_inline(element: HtmlElement) -> bool:
    return element.tag in INLINE and not any(inner.tag in BLOCKS for inner in element.iterdescendants())


def _insert_before(block: HtmlElement, paragraph: HtmlElement) -> None:
    if _says_something(paragraph):
        block.addprevious(paragraph)


def _says_something(paragraph: HtmlElement) -> bool:
    return bool(paragraph.text_content().strip()) or paragraph.find(".//img") is not None


def _equip(element: HtmlElement) -> None:
    tag = element.tag
    if tag in WITH_DIRECTION:
        element.attrib.pop("dir", None)  # So that it always comes last.
        element.set("dir", "auto")
    elif tag == "pre":
        element.set("tabindex", "0")
    elif tag == "table":
        _let_scroll(element)
    elif tag == "code":
        _keep_language(element)


def _let_scroll(table: HtmlElement) -> None:
    box = table.getparent()
    if box is None or "scroll" not in box.classes or len(box) != 1:
        box = E("div", {"class": "scroll"})
        box.tail, table.tail = table.tail, None
        _replace(table, box)
        box.append(table)
    for name, value in (("tabindex", "0"), ("role", "region"), ("aria-label", "Table")):
        box.set(name, value)


def _keep_language(code: HtmlElement) -> None:
    names: Iterable[str] = code.attrib.pop("class", "").split()
    language = next(filter(_LANGUAGE.fullmatch, names), "")
    if language:
        code.set("class", language)
