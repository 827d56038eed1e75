"""What differs between two texts, in words within paragraphs.

Both are aligned by what stands in each of them just once ("patience diff"), then between these places again. That
takes little more time than reading the texts, however long or repetitive they are, and does not tie unrelated
paragraphs together by the small words they share.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import NamedTuple

# Words, runs of blanks and single signs; Chinese and Japanese have no blanks and are compared sign by sign.
_TOKENS = re.compile(r"\s+|[\u3000-\u9fff]|[^\W\u3000-\u9fff]+|[^\w\s]")
BETWEEN = "\n\n"
DEEPEST = 8
# How far apart two versions of a paragraph may stand among new ones, and how much they must have in common.
NEAR = 6
ALIKE = 0.4
# Looking for pairs among very many short paragraphs ends here; the rest are shown as removed and added.
MOST_COMPARED = 20_000


class Side(Enum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


class Piece(NamedTuple):
    side: Side
    text: str


class Paragraph(NamedTuple):
    """One paragraph in pieces. One that stands in only one of the texts is a single piece of that side."""

    side: Side
    pieces: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        return self.side != Side.SAME or len(self.pieces) > 1 or self.pieces[0].side != Side.SAME

    def said(self, left_out: Side) -> str:
        return "".join(piece.text for piece in self.pieces if piece.side != left_out)


def differences(old: str, new: str) -> list[Paragraph]:
    """All paragraphs of both texts in order. `before` and `after` make the texts of them again."""
    return list(_Comparison(old.split(BETWEEN), new.split(BETWEEN)).paragraphs())


def before(found: Sequence[Paragraph]) -> str:
    return BETWEEN.join(one.said(Side.ADDED) for one in found if one.side != Side.ADDED)


def after(found: Sequence[Paragraph]) -> str:
    return BETWEEN.join(one.said(Side.REMOVED) for one in found if one.side != Side.REMOVED)


class _Comparison:
    def __init__(self, old: list[str], new: list[str]) -> None:
        self.old, self.new = old, new
        self.left = MOST_COMPARED
        self.words: dict[str, Counter[str]] = {}

    def paragraphs(self) -> Iterator[Paragraph]:
        at_old = at_new = 0
        for in_old, in_new in [*aligned(self.old, self.new), (len(self.old), len(self.new))]:
            yield from self._between(self.old[at_old:in_old], self.new[at_new:in_new])
            if in_old < len(self.old):
                yield _whole(Side.SAME, self.old[in_old])
            at_old, at_new = in_old + 1, in_new + 1

    def _between(self, old: list[str], new: list[str]) -> Iterator[Paragraph]:
        """Paragraphs without their like on the other side: those that were rewritten come in words."""
        at_new = 0
        for paragraph in old:
            place = self._likeness(paragraph, new, at_new)
            if place is None:
                yield _whole(Side.REMOVED, paragraph)
                continue
            yield from (_whole(Side.ADDED, each) for each in new[at_new:place])
            yield Paragraph(Side.SAME, tuple(in_words(paragraph, new[place])))
            at_new = place + 1
        yield from (_whole(Side.ADDED, each) for each in new[at_new:])

    def _likeness(self, paragraph: str, new: list[str], start: int) -> int | None:
        """Where among the next of `new` this paragraph stands, rewritten."""
        near = range(start, min(start + NEAR, len(new)))
        if self.left < len(near):
            return None
        self.left -= len(near)
        shares = [(self._share(paragraph, new[place]), -place) for place in near]
        share, place = max(shares, default=(0.0, 0))
        return -place if share >= ALIKE else None

    def _share(self, one: str, other: str) -> float:
        mine, theirs = self._words(one), self._words(other)
        total = mine.total() + theirs.total()
        return 2 * (mine & theirs).total() / total if total else 1.0

    def _words(self, text: str) -> Counter[str]:
        if text not in self.words:
            self.words[text] = Counter(token for token in _TOKENS.findall(text) if not token.isspace())
        return self.words[text]


def _whole(side: Side, text: str) -> Paragraph:
    return Paragraph(side, (Piece(side, text),))


def in_words(old: str, new: str) -> Iterator[Piece]:
    """What differs within one paragraph."""
    mine, theirs = _TOKENS.findall(old), _TOKENS.findall(new)
    at_old = at_new = 0
    same: list[str] = []
    for in_old, in_new in [*aligned(mine, theirs), (len(mine), len(theirs))]:
        if at_old < in_old or at_new < in_new:
            parts = (Side.SAME, same), (Side.REMOVED, mine[at_old:in_old]), (Side.ADDED, theirs[at_new:in_new])
            yield from (Piece(side, "".join(part)) for side, part in parts if part)
            same = []
        same += mine[in_old : in_old + 1]
        at_old, at_new = in_old + 1, in_new + 1
    if same:
        yield Piece(Side.SAME, "".join(same))


# --- alignment


def aligned(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Places in both that say the same, each after the one before it."""
    return list(_aligned(old, new, (0, len(old)), (0, len(new)), DEEPEST))


def _aligned(
    old: Sequence[str], new: Sequence[str], in_old: tuple[int, int], in_new: tuple[int, int], depth: int
) -> Iterator[tuple[int, int]]:
    (start, end), (new_start, new_end) = in_old, in_new
    while start < end and new_start < new_end and old[start] == new[new_start]:
        yield start, new_start
        start, new_start = start + 1, new_start + 1
    tail = 0
    while start < end - tail and new_start < new_end - tail and old[end - tail - 1] == new[new_end - tail - 1]:
        tail += 1
    end, new_end = end - tail, new_end - tail
    anchors = _anchors(old, new, (start, end), (new_start, new_end)) if depth else []
    for place, new_place in anchors:
        yield from _aligned(old, new, (start, place), (new_start, new_place), depth - 1)
        yield place, new_place
        start, new_start = place + 1, new_place + 1
    if anchors:
        yield from _aligned(old, new, (start, end), (new_start, new_end), depth - 1)
    yield from ((end + each, new_end + each) for each in range(tail))


def _anchors(
    old: Sequence[str], new: Sequence[str], in_old: tuple[int, int], in_new: tuple[int, int]
) -> list[tuple[int, int]]:
    """What stands once in each stretch: the most of it that comes in the same order."""
    places, new_places = _once(old, *in_old), _once(new, *in_new)
    return _longest_rising([(place, new_places[each]) for each, place in places.items() if each in new_places])


def _once(items: Sequence[str], start: int, end: int) -> dict[str, int]:
    """Where each stands that stands there once. A blank is no landmark."""
    counted = Counter(items[start:end])
    once = (place for place in range(start, end) if counted[items[place]] == 1)
    return {items[place]: place for place in once if not items[place].isspace()}


def _longest_rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most of `pairs`, which rise in their first places, that rise in their second ones too."""
    ends: list[int] = []  # the lowest second place that ends a run of each length
    at: list[int] = []  # which pair that is
    came_from: list[int] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        ends[length : length + 1], at[length : length + 1] = [place], [number]
        came_from.append(at[length - 1] if length else -1)
    run, number = [], at[-1] if at else -1
    while number >= 0:
        run.append(pairs[number])
        number = came_from[number]
    return run[::-1]
