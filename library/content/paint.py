"""Paints marks into blocks of safe HTML: matches of a search, passages that a reader marked.

Marks stand in the plain text of the blocks, which `plain_text` defines. Nothing here edits HTML as text: a block that
carries a mark is parsed, painted and cleaned again by the allow-list; all others stay byte for byte.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from library.content import sanitize
from library.content.dress import BLOCKS

DEEPEST = 8
"""So many marks may lie over one place; one that begins where there are as many already is left out."""

_EDGES = BLOCKS | {"br"}
_ONCE = ("id", "data-says")


@dataclass(frozen=True, slots=True)
class Reference:
    """A link that follows a mark, such as the number of a note."""

    words: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the plain text, and what its elements carry; only the first has its `id` and `data-says`."""

    start: int
    end: int
    attributes: Mapping[str, str] = field(default_factory=dict)
    reference: Reference | None = None


class _Text(NamedTuple):
    """A text node: that of an element, or its tail; and where it begins in the plain text."""

    block: int
    element: HtmlElement
    tail: bool
    words: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.words)


class _Stretch(NamedTuple):
    """A part of the plain text over all of which the same marks lie."""

    start: int
    end: int
    marks: tuple[Mark, ...]


def plain_text(blocks: Sequence[str]) -> str:
    """THE plain text of a section: positions of marks count its characters (code points).

    Between two edges of block-level elements (of `dress.BLOCKS`, so of list items and table cells too), or of a `<br>`,
    lies a run of words: its text nodes one after the other, exactly as they stand. A run of nothing but white space
    says nothing and is left out. The plain text is all runs in order, with one line feed between them.
    """
    words, end = [], 0
    for text in _texts(_trees(blocks)):
        words += ["\n" * (text.start - end), text.words]
        end = text.end
    return "".join(words)


def extents(blocks: Sequence[str]) -> list[tuple[int, int]]:
    """Where in the plain text each block begins and ends; one without words is empty, at the end of the last."""
    words = {block: list(texts) for block, texts in groupby(_texts(_trees(blocks)), key=attrgetter("block"))}
    found: list[tuple[int, int]] = []
    for block in range(len(blocks)):
        end = found[-1][1] if found else 0
        found.append((words[block][0].start, words[block][-1].end) if block in words else (end, end))
    return found


def paint(blocks: Sequence[str], marks: Iterable[Mark]) -> list[str]:
    """The blocks with the marks in them, each as one or more `<mark>` around text. Marks may overlap and nest."""
    stretches = list(_stretches(marks))
    if not stretches:
        return list(blocks)
    trees = _trees(blocks)
    brush, touched = _Brush(), set()
    for text, parts in _meeting(list(_texts(trees)), stretches):
        brush.paint(text, parts)
        touched.add(text.block)
    brush.refer()
    return [
        sanitize.finish_painted(tree) if place in touched else block
        for place, (block, tree) in enumerate(zip(blocks, trees, strict=True))
    ]


def _trees(blocks: Sequence[str]) -> list[HtmlElement]:
    """A tree for each block. All are parsed at once where that reads the same, which takes a tenth of the time."""
    trees = list(sanitize.parse("".join(blocks)))
    if len(trees) == len(blocks) and all(map(_is_of, trees, blocks)):
        return trees
    return list(map(_tree, blocks))


def _is_of(tree: HtmlElement, block: str) -> bool:
    return block.startswith("<" + str(tree.tag))


def _tree(block: str) -> HtmlElement:
    """Of a block that a second parser takes for several nothing can be marked, so it counts as empty."""
    root = sanitize.parse(block)
    return root[0] if len(root) == 1 and _is_of(root[0], block) else root.makeelement("p", {})


def _texts(trees: Iterable[HtmlElement]) -> Iterator[_Text]:
    """The text nodes of the plain text, in order."""
    end = 0
    for run in _runs(trees):
        if not any(words.strip() for *_, words in run):
            continue
        end += bool(end)  # the line feed
        for block, element, tail, words in run:
            yield _Text(block, element, tail, words, end)
            end += len(words)


def _runs(trees: Iterable[HtmlElement]) -> Iterator[list[tuple[int, HtmlElement, bool, str]]]:
    for block, tree in enumerate(trees):
        run: list[tuple[int, HtmlElement, bool, str]] = []
        for event, element in iterwalk(tree, events=("start", "end")):
            if element.tag in _EDGES and run:
                yield run
                run = []
            tail = event == "end"
            words = element.tail if tail else element.text
            if words and not (tail and element is tree):
                run.append((block, element, tail, words))
        if run:
            yield run


def _stretches(marks: Iterable[Mark]) -> Iterator[_Stretch]:
    """What the marks cover, in order and cut wherever one begins or ends."""
    waiting = sorted((mark for mark in marks if 0 <= mark.start < mark.end), key=lambda one: (-one.start, one.end))
    places = sorted({place for mark in waiting for place in (mark.start, mark.end)})
    lying: list[Mark] = []
    for start, end in zip(places, places[1:], strict=False):
        lying = [mark for mark in lying if mark.end > start]
        while waiting and waiting[-1].start == start:
            mark = waiting.pop()
            if len(lying) < DEEPEST:
                lying.append(mark)
        if lying:
            yield _Stretch(start, end, tuple(lying))


def _meeting(texts: Sequence[_Text], stretches: Sequence[_Stretch]) -> Iterator[tuple[_Text, list[_Stretch]]]:
    """The text nodes that marks lie over, each with its stretches, in positions of its own."""
    first = 0
    for text in texts:
        while first < len(stretches) and stretches[first].end <= text.start:
            first += 1
        parts, place = [], first
        while place < len(stretches) and stretches[place].start < text.end:
            start, end, marks = stretches[place]
            parts.append(_Stretch(max(start - text.start, 0), min(end, text.end) - text.start, marks))
            place += 1
        if parts:
            yield text, parts


class _Brush:
    """Knows which marks have begun, since only the first element of a mark has its id; and where they ended."""

    def __init__(self) -> None:
        self._begun: set[int] = set()
        self._ended: list[tuple[HtmlElement, Reference]] = []

    def paint(self, text: _Text, parts: Sequence[_Stretch]) -> None:
        """Sets elements into a text node. Whatever follows them in the tree stays where it is."""
        before, painted = text.words[: parts[0].start], []
        ends = [*(part.start for part in parts[1:]), len(text.words)]
        for part, end in zip(parts, ends, strict=True):
            element = self._element(text.element, part.marks, text.words[part.start : part.end])
            element.tail = text.words[part.end : end] or None
            painted.append(element)
            end_here = (mark.reference for mark in part.marks if mark.end == text.start + part.end)
            self._ended += [(element, reference) for reference in end_here if reference]
        _set(text, before, painted)

    def refer(self) -> None:
        """Sets the links behind the marks; behind a link that a mark ends in, since links don't stand in each other."""
        for element, reference in reversed(self._ended):
            before = next(element.iterancestors("a"), element)
            link = before.makeelement("a", dict(reference.attributes))
            link.text, link.tail, before.tail = reference.words, before.tail, None
            before.addnext(link)

    def _element(self, near: HtmlElement, marks: Sequence[Mark], words: str) -> HtmlElement:
        outer = inner = self._new(near, marks[0])
        for mark in marks[1:]:
            inner.append(new := self._new(near, mark))
            inner = new
        inner.text = words
        return outer

    def _new(self, near: HtmlElement, mark: Mark) -> HtmlElement:
        begun = id(mark) in self._begun
        self._begun.add(id(mark))
        carried = {name: value for name, value in mark.attributes.items() if not (begun and name in _ONCE)}
        return near.makeelement("mark", carried)


def _set(text: _Text, before: str, painted: Sequence[HtmlElement]) -> None:
    """Gives a text node's place to `before` and the painted elements."""
    if text.tail:
        text.element.tail = None
        for element in reversed(painted):
            text.element.addnext(element)
        text.element.tail = before or None
    else:
        text.element.text = None
        for element in reversed(painted):
            text.element.insert(0, element)
        text.element.text = before or None
