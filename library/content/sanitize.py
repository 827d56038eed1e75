"""The one sanitiser: HTML from anywhere becomes HTML that is safe to show.

An allow-list (nh3) cleans it; the parsed tree is then given what our pages need (`dress`); and the allow-list
cleans the result again, so that what leaves here was always last seen by it.
"""

import re

import nh3
from lxml import html
from lxml.etree import ErrorTypes
from lxml.html import HtmlElement

from library.content.dress import BLOCKS, BOXES, HEADINGS, INLINE, WITH_DIRECTION, Files, dress
from library.content.text import clean_text

# Of these neither the tag nor what is inside is text for a reader.
_DROPPED = {
    *("script", "style", "template", "svg", "math", "iframe", "object", "embed", "applet", "audio", "video"),
    *("canvas", "noscript", "noembed", "noframes", "textarea", "select", "option", "title", "head"),
}
KNOWN_TAGS = INLINE | BLOCKS | BOXES | {"acronym", "big", "font", "mark", "nobr", "strike", "tt"}
"""Tags that a text may use; any other in a sentence is better shown as it stands."""

_SCHEMES = {"http", "https", "mailto"}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "bdo": {"dir"},
    "code": {"class"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "li": {"value"},
    "ol": {"start", "reversed"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_CLASSES = {
    "a": {"footnote-backref", "footnote-ref", "image"},
    "div": {"footnote", "scroll"},
    "li": {"done", "task"},
    "span": {"image"},
}
_ALIGNED = {tag: {"align": {"left", "center", "right"}} for tag in ("td", "th")}
_FOREIGN = nh3.Cleaner(
    tags=set(INLINE | BLOCKS | BOXES),
    clean_content_tags=set(_DROPPED),
    attributes={**_ATTRIBUTES, "img": {"src", "alt"}, "*": {"id"}},
    allowed_classes=_CLASSES,
    tag_attribute_values=_ALIGNED,
    url_schemes=_SCHEMES,
    link_rel=None,
)
_OUR_TAGS = (INLINE | BLOCKS) - {"h1"}
# The only pictures are files that came with the text.
_OWN_FILE = re.compile(r"/read/\d+/files/\d+/[^/\s]+")
_OUR_ATTRIBUTES = {
    **_ATTRIBUTES,
    "div": {"aria-label"},
    "img": {"src", "alt"},
    **{tag: {*_ATTRIBUTES.get(tag, ()), "id"} for tag in HEADINGS | {"li", "sup"}},
}


def _without_foreign_pictures(tag: str, name: str, value: str) -> str | None:
    return None if tag == "img" and name == "src" and not _OWN_FILE.fullmatch(value) else value


def _cleaner_of_ours(
    tags: frozenset[str], attributes: dict[str, set[str]], classes: dict[str, set[str]]
) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(tags),
        clean_content_tags=set(_DROPPED),
        attributes=attributes,
        allowed_classes=classes,
        tag_attribute_values={
            **{tag: {"dir": {"auto"}} for tag in WITH_DIRECTION},
            "td": {"dir": {"auto"}, **_ALIGNED["td"]},
            "th": {"dir": {"auto"}, **_ALIGNED["th"]},
            "pre": {"tabindex": {"0"}},
            "div": {"tabindex": {"0"}, "role": {"region"}},
            "img": {"loading": {"lazy"}},
        },
        attribute_filter=_without_foreign_pictures,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )


_OURS = _cleaner_of_ours(_OUR_TAGS, _OUR_ATTRIBUTES, _CLASSES)
# A text's own marks never get through `clean`: the only ones in a painted block are those that `paint` set.
_PAINTED = _cleaner_of_ours(
    _OUR_TAGS | {"mark"},
    {
        **_OUR_ATTRIBUTES,
        "a": {"href", "title", "class", "aria-label"},
        "mark": {"id", "class", "data-mark", "data-says"},
    },
    {tag: names for tag, names in _CLASSES.items() if tag != "a"},
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
# Parsers disagree about elements that may not stand in each other. An article needs one round; one that mixes
# such elements is dressed again until every parser reads the same in it.
_ROUNDS = 6


class TooDeep(ValueError):
    """Elements are nested deeper than a parser can follow; no article is."""


def clean(text: str, scope: str = "", files: Files | None = None) -> str:
    """Safe HTML of any HTML. Cleaning it again changes nothing.

    Where one page shows several texts, each needs a `scope` of its own, which becomes part of its ids. `files` came
    with the text.
    """
    safe = without_danger(text)
    for _ in range(_ROUNDS):
        root = parse(safe)
        dress(root, scope, files or {})
        shape, safe = _shape(root), finish(root)
        if _shape(parse(safe)) == shape:
            break
    return safe


def without_danger(text: str) -> str:
    """HTML in which nothing runs, with its pictures and ids as they were: to make other texts of, not for a page."""
    return _CONTROLS.sub("", _FOREIGN.clean(clean_text(text)))


def _shape(root: HtmlElement) -> list[tuple[object, int, bool]]:
    return [(element.tag, len(element), "href" in element.attrib) for element in root.iter()]


def parse(safe_html: str) -> HtmlElement:
    """Safe HTML as a tree under one `div`; to be given back through `finish`."""
    parser = html.HTMLParser(huge_tree=True, encoding="utf-8")
    page = html.document_fromstring(f"<html><body><div>{safe_html}</div></body></html>".encode(), parser=parser)
    if any(error.type == ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log):
        raise TooDeep("The text is nested too deeply to be shown.")
    return page[0][0]


def finish(root: HtmlElement) -> str:
    """What is inside `root`, cleaned by the allow-list."""
    return "".join(map(finish_block, root))


def finish_block(block: HtmlElement) -> str:
    """One element without what follows it, cleaned by the allow-list."""
    return _OURS.clean(html.tostring(block, encoding="unicode", with_tail=False))


def finish_painted(block: HtmlElement) -> str:
    """As `finish_block`, for a block that `paint` has set marks into."""
    return _PAINTED.clean(html.tostring(block, encoding="unicode", with_tail=False))
