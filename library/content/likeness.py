"""Where a text has a passage that is nearly the one sought, and where exactly that begins and ends.

Short pieces of the passage and of its surroundings are looked up in the text. Where several are found in about their
order, the passage may stand; its ends are then found from the nearest pieces. The work for one passage is bounded by
the number of pieces, of their finds and of the places tried, whatever the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import chain

from rapidfuzz.distance import Levenshtein

from library.content.folded import Folded

FINDS = 8
"""A piece that is found more often than this says nothing."""
PLACES = 4
"""So many places are tried, those with the most pieces, and as many again if something may have come in between."""
EDGE = 40
"""So far from either end of a passage its pieces lie close together."""
LOOSE = 1_000
"""So many characters may have come into a passage, or half of its own and a sentence if that is less."""
SENTENCE = 120
TOGETHER = 12
"""So many characters may have come between two finds of one part."""
LEAST = 4
"""Characters of a whole context that is still a piece."""
WHOLE = 4_096
"""Of a longer passage only the two ends are compared, each of half this length."""
REST = 200
"""So much of a passage may lie between the last piece that is found and its end."""
_NEAR = 24


@dataclass(frozen=True, slots=True)
class Passage:
    """Folded text with what stood around it. First or last: the text began or ended there, so the context is short."""

    quote: str
    prefix: str = ""
    suffix: str = ""
    is_first: bool = False
    is_last: bool = False

    @property
    def loose(self) -> int:
        return min(len(self.quote) // 2 + SENTENCE, LOOSE)


@dataclass(slots=True)
class Looked:
    """A folded text in which pieces are looked up, each once."""

    folded: Folded
    backwards: str = field(init=False)
    _finds: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.backwards = self.folded.text[::-1]

    def finds(self, piece: str) -> list[int]:
        """Where a piece stands; nowhere if it stands too often to say something."""
        if piece not in self._finds:
            found = finds(self.folded.text, piece, FINDS + 1)
            self._finds[piece] = found if len(found) <= FINDS else []
        return self._finds[piece]

    def divides(self, place: int) -> bool:
        """Whether a word may end or begin at a place."""
        text, starts, ends = self.folded.text, self.folded.starts, self.folded.ends
        if not 0 < place < len(text) or starts[place] > ends[place - 1]:
            return True
        return divides(text[place - 1], text[place])


@dataclass(frozen=True, slots=True)
class Find:
    """A piece that is found: where it stands in the passage (before its beginning is below 0) and in the text."""

    offset: int
    place: int
    length: int

    @property
    def shift(self) -> int:
        return self.place - self.offset


def divides(before: str, after: str) -> bool:
    """Whether a word may end between two characters; in Chinese and Japanese everywhere."""
    return not (before.isalnum() and after.isalnum() and before < "\u2e80" > after)


def finds(text: str, piece: str, most: int, start: int = 0) -> list[int]:
    """The first places of a piece, which may overlap."""
    found: list[int] = []
    place = text.find(piece, start)
    while place >= 0 and len(found) < most:
        found.append(place)
        place = text.find(piece, place + 1)
    return found


def weight(folded: str) -> int:
    """The length in letters of an alphabet: a sign of Chinese or Japanese says as much as three of them."""
    return len(folded) if folded.isascii() else sum(3 if char >= "\u2e80" else 1 for char in folded)


def likeness(one: str, other: str) -> float:
    """From 0 to 1."""
    if max(len(one), len(other)) <= WHOLE:
        return float(Levenshtein.normalized_similarity(one, other))
    half = WHOLE // 2
    ends = likeness(one[:half], other[:half]) + likeness(one[-half:], other[-half:])
    return ends / 2 * min(len(one), len(other)) / max(len(one), len(other))


def kept(quote: str, found: str) -> float:
    """How much of a quote is found again, from 0 to 1, if what has come into it doesn't count: up to twice as much."""
    if max(len(quote), len(found)) > WHOLE or len(found) > 3 * len(quote):
        return 0.0
    return 1 - (Levenshtein.distance(quote, found) - max(len(found) - len(quote), 0)) / len(quote)


def places_like(passage: Passage, looked: Looked, besides: int | None = None) -> Iterator[tuple[int, int]]:
    """Where the passage may stand in the folded text, changed, the best supported first; but not at `besides`."""
    for group in _groups(passage, looked, besides):
        start, end = _start(passage, looked, group), _end(passage, looked, group)
        if start is None or end is None or not start < end <= start + len(passage.quote) + passage.loose:
            continue
        found = looked.folded.text[start:end]
        length = len(passage.quote)
        if found.endswith(passage.quote) and looked.divides(end - length):  # something came before the passage
            start = end - length
        elif found.startswith(passage.quote) and looked.divides(start + length):
            end = start + length
        yield start, end


def _groups(passage: Passage, looked: Looked, besides: int | None) -> list[list[Find]]:
    """Finds that lie to each other in the text about as they do in the passage; those of most pieces first."""
    found = [Find(offset, place, len(piece)) for offset, piece in _pieces(passage) for place in looked.finds(piece)]
    groups: list[list[Find]] = []
    for find in sorted((find for find in found if find.shift != besides), key=lambda find: find.shift):
        if groups and find.shift - groups[-1][-1].shift <= TOGETHER:
            groups[-1].append(find)
        else:
            groups.append([find])
    joined = _best(_joined(groups, passage.loose))
    return joined + [group for group in _best(groups) if group not in joined]


def _best(groups: list[list[Find]]) -> list[list[Find]]:
    return nlargest(PLACES, groups, key=lambda group: len(_offsets(group)))


def _joined(groups: list[list[Find]], loose: int) -> list[list[Find]]:
    """Two parts of a passage into which something has come are one group; two copies of the same part are not."""
    joined: list[list[Find]] = []
    for group in groups:
        near = (other for other in reversed(joined) if group[0].shift - other[-1].shift <= loose)
        for other in near:
            if len(_offsets(group) & _offsets(other)) * 3 <= min(len(group), len(other)):
                other.extend(group)
                break
        else:
            joined.append(list(group))
    return joined


def _offsets(group: list[Find]) -> set[int]:
    return {find.offset for find in group}


def _pieces(passage: Passage) -> Iterator[tuple[int, str]]:
    quote, prefix, suffix = passage.quote, passage.prefix, passage.suffix
    is_long = weight(quote) > 2 * EDGE
    length = (10 if is_long else 6) if weight(quote) < 2 * len(quote) else (4 if is_long else 3)
    last = len(quote) - length
    close = range(0, min(EDGE, last + 1), max(length // 2, 3))
    wide = range(0, last + 1, max(length, last // 8 + 1))
    for offset in sorted(set(chain(close, (last - place for place in close), wide))):
        yield offset, quote[offset : offset + length]
    for offset in range(len(prefix) - length, -1, -length) or ([0] if len(prefix) >= LEAST else []):
        yield offset - len(prefix), prefix[offset : offset + length]
    for offset in range(0, len(suffix) - length + 1, length) or ([0] if len(suffix) >= LEAST else []):
        yield len(quote) + offset, suffix[offset : offset + length]


def _end(passage: Passage, looked: Looked, group: list[Find]) -> int | None:
    return _Edge(passage.quote, passage.suffix, passage.is_last, looked.folded.text, group, looked.divides).find()


def _start(passage: Passage, looked: Looked, group: list[Find]) -> int | None:
    """The end of the passage read backwards in a text read backwards."""
    size, length = len(looked.backwards), len(passage.quote)
    mirrored = [
        Find(length - find.offset - find.length, size - find.place - find.length, find.length) for find in group
    ]
    quote, prefix = passage.quote[::-1], passage.prefix[::-1]

    def divided(place: int) -> bool:
        return looked.divides(size - place)

    end = _Edge(quote, prefix, passage.is_first, looked.backwards, mirrored, divided).find()
    return None if end is None else size - end


@dataclass(frozen=True, slots=True)
class _Edge:
    """What is known of where a quote ends. `after`: what came then; `is_last`: there the text was at its end."""

    quote: str
    after: str
    is_last: bool
    text: str
    group: list[Find]
    divides: Callable[[int], bool]

    def find(self) -> int | None:
        """Where its last letter is found, or where what came after it begins, or else the best fit."""
        follows = self._following()
        inside = [find for find in self.group if 0 <= find.offset <= len(self.quote) - find.length]
        if not inside:
            return follows
        last = max(inside, key=lambda find: (find.offset, -abs(find.shift - self._shift)))
        done, place = last.offset + last.length, last.place + last.length
        while done < len(self.quote) and place < len(self.text) and self.quote[done] == self.text[place]:
            done, place = done + 1, place + 1
        if follows is not None and place <= follows and (done < len(self.quote) or self._is_nearer(follows, place)):
            return follows
        if done == len(self.quote):
            return place
        if len(self.quote) - done > REST:
            return None
        return _best_end(self.quote[done:], self.after[:_NEAR], self.text, place, self.divides)

    @property
    def _shift(self) -> int:
        return sorted(find.shift for find in self.group)[len(self.group) // 2]

    def _is_nearer(self, one: int, other: int) -> bool:
        """To where the quote should end. An end inside a word is none, where there is another."""
        expected = len(self.quote) + self._shift
        return abs(one - expected) < abs(other - expected) or not self.divides(other)

    def _following(self) -> int | None:
        length, after, text = len(self.quote), self.after, self.text
        for find in sorted((find for find in self.group if find.offset >= length), key=lambda find: find.offset):
            begun = find.place - (find.offset - length)
            if begun >= 0 and text.startswith(after[: find.offset - length], begun):
                return begun
        if self.is_last and text.endswith(after):
            end = len(text) - len(after)
            return end if abs(end - length - self._shift) <= length // 2 else None
        return None


def _best_end(rest: str, after: str, text: str, place: int, divides: Callable[[int], bool]) -> int:
    """Where the text is cut so that one part is most like the rest of the quote, the other like what came after."""
    text = text[place : place + len(rest) * 2 + EDGE + _NEAR]

    def unlikeness(cut: int) -> tuple[int, bool, int]:
        apart = Levenshtein.distance(rest, text[:cut]) + Levenshtein.distance(after, text[cut : cut + len(after)])
        return apart, not divides(place + cut), abs(cut - len(rest))

    return place + min(range(min(len(text), len(rest) + len(rest) // 2 + EDGE // 2) + 1), key=unlikeness)
