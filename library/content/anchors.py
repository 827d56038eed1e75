"""Highlights are placed again when the text they were made in changes.

An anchor is a passage as W3C Web Annotation keeps one: the exact quote with what stands around it
(TextQuoteSelector) and its position (TextPositionSelector). It is looked for where it was, then as it is with
its surroundings, then as it reads apart from typography (`folded`), then nearly so (`likeness`). A wrong passage is
worse than a lost one: where nothing decides clearly, there is no place.

A passage whose words stand in the text more than once, or nearly so, gets more context than others, and most if the
others' surroundings are like its own, as in a list of formulas. That is how it is known later, when only one is left,
that it may be another.

`place_all` and `anchor_all` prepare a text once for all of its highlights.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from rapidfuzz.distance import Levenshtein

from library.content.folded import fold
from library.content.likeness import Looked, Passage, divides, finds, kept, likeness, places_like, weight

CONTEXT = (48, 53, 58, 64)
"""Characters kept on either side of a passage: of one like no other, of one like others, of one that stands there more
than once, of one that does between like surroundings."""
LONGEST = 2_000_000
"""In a longer text only the position and the quote with its whole context are looked for."""
MOST = 100
"""So many places of a quote are looked at, on either side of where it was."""
PUSHED = 2_000
"""So far to either side it is seen whether a whole paragraph stands twice."""
TOUCH = 2
"""So many characters right beside a short passage must be the same: a word nearby has nearly the same context."""
NEAR = 16
"""So many characters right beside a passage make a neighbour, whatever stands behind them."""

LEAST, SHORT, LONG = 8, 16, 32  # letters of a passage that can be known without its surroundings, if it is the same
AGREES = 0.75  # a neighbour as like as this is the same
SAME = 0.9  # one as like as this is so even in a list of formulas
CLEAR = 0.25  # a place must be so much better than the second best
ALIKE = 0.6  # passages as like as this can be taken for each other

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A passage of a plain text, as `anchor` makes them. One from elsewhere may be no more than a quote."""

    quote: str
    prefix: str = ""
    suffix: str = ""
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class _Sought(Passage):
    """An anchor, folded. `expected`: its old place in the folded text."""

    rivals: int = 0  # how easily it is taken for another: which of CONTEXT it has
    expected: int | None = None
    weight: int = 0
    divides: tuple[bool, bool] = (False, False)  # whether it began and ended where words do
    is_heading: bool = False  # a short line by itself


@dataclass(frozen=True, slots=True)
class _Fit:
    """A place, and how like the quote and its two neighbours are, from 0 to 1.

    `kept`: the same for the quote, whatever has come into it.
    """

    start: int
    end: int
    quote: float
    kept: float
    before: float
    after: float

    @property
    def around(self) -> float:
        return self.before + self.after

    @property
    def score(self) -> float:
        return self.quote + self.around

    @property
    def neighbours(self) -> int:
        return (self.before >= AGREES) + (self.after >= AGREES)


def anchor(text: str, start: int, end: int) -> Anchor:
    """The anchor of a passage, which must not be empty."""
    return _Text(text).anchor(start, end)


def anchor_all(text: str, places: Iterable[Place]) -> list[Anchor]:
    prepared = _Text(text)
    return [prepared.anchor(start, end) for start, end in places]


def place(anchor: Anchor, text: str) -> Place | None:
    """Where the passage stands in a text, which may be another than it was made in; None if that isn't clear."""
    return _Text(text).place(anchor)


def place_all(anchors: Iterable[Anchor], text: str) -> list[Place | None]:
    prepared = _Text(text)
    return [prepared.place(each) for each in anchors]


class _Text:
    """A text in which passages are looked for; it is folded once, and only if need be."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def looked(self) -> Looked:
        return Looked(fold(self.text))

    @property
    def folded(self) -> str:
        return self.looked.folded.text

    def anchor(self, start: int, end: int) -> Anchor:
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"{start} to {end} is no passage of {len(self.text)} characters")
        context = CONTEXT[self._rivals(start, end) if len(self.text) <= LONGEST else 0]
        prefix, suffix = self.text[max(start - context, 0) : start], self.text[end : end + context]
        return Anchor(self.text[start:end], prefix, suffix, start, end)

    def _rivals(self, start: int, end: int) -> int:
        first, last = self.looked.folded.index(start), self.looked.folded.index(end)
        quote = self.folded[first:last]
        before, after = fold(self.text[max(start - CONTEXT[2], 0) : start]), fold(self.text[end : end + CONTEXT[2]])
        sought = _Sought(quote, before.text, after.text, rivals=2, weight=SHORT)
        same = finds(self.folded, quote, MOST) if quote else []
        alike = places_like(Passage(quote), self.looked, besides=first)
        places = [*((found, found + len(quote)) for found in same), *alike]
        fits = [self._fit(sought, *place) for place in places if not _is_much_of(place, (first, last))]
        is_heading = weight(quote) < SHORT and self._is_line(start, end)
        fits = [fit for fit in fits if fit.quote >= ALIKE and (not is_heading or self._is_line(*self._span(fit)))]
        same_fits = [fit for fit in fits if fit.quote == 1]
        return bool(fits) + bool(same_fits) + any(map(_is_between_the_like, same_fits))

    def place(self, anchor: Anchor) -> Place | None:
        if not anchor.quote:
            return None
        return self._where_it_was(anchor) or self._only_so(anchor) or self._folded(anchor)

    def _where_it_was(self, anchor: Anchor) -> Place | None:
        start, end = anchor.start, anchor.end
        if start is None or end is None or self.text[start:end] != anchor.quote:
            return None
        same = self.text.endswith(anchor.prefix, 0, start) and self.text.startswith(anchor.suffix, end)
        return (start, end) if same else None

    def _only_so(self, anchor: Anchor) -> Place | None:
        """The only place with the quote, exactly, between its whole context."""
        whole = anchor.prefix + anchor.quote + anchor.suffix
        if len(whole) < LONG or not (anchor.prefix and anchor.suffix):
            return None
        found = finds(self.text, whole, 2)
        start = found[0] + len(anchor.prefix) if len(found) == 1 else 0
        return (start, start + len(anchor.quote)) if len(found) == 1 else None

    def _folded(self, anchor: Anchor) -> Place | None:
        if len(self.text) > LONGEST:
            return None
        sought = self._sought(anchor)
        fit = sought.quote and (self._exact(sought) or self._nearly(sought))
        return self._with_its_blanks(anchor.quote, self._span(fit)) if fit else None

    def _span(self, fit: _Fit) -> Place:
        return self.looked.folded.span(fit.start, fit.end)

    def _is_line(self, start: int, end: int) -> bool:
        return _is_line(self.text[max(start - CONTEXT[0], 0) : start], self.text[end : end + CONTEXT[0]])

    def _sought(self, anchor: Anchor) -> _Sought:
        quote = fold(anchor.quote).text
        prefix, suffix = anchor.prefix[-CONTEXT[3] :], anchor.suffix[: CONTEXT[3]]
        rivals = sum(max(len(prefix), len(suffix)) > length for length in CONTEXT[:-1])
        expected = None if anchor.start is None else self.looked.folded.index(anchor.start)
        return _Sought(
            quote,
            fold(prefix).text,
            fold(suffix).text,
            is_first=anchor.start is not None and len(prefix) < CONTEXT[0],
            is_last=anchor.start is not None and len(suffix) < CONTEXT[0],
            rivals=rivals,
            expected=expected,
            weight=weight(quote),
            is_heading=weight(quote) < SHORT and _is_line(prefix, suffix),
            divides=(divides(prefix[-1:], anchor.quote[0]), divides(anchor.quote[-1], suffix[:1])),
        )

    def _with_its_blanks(self, quote: str, place: Place) -> Place:
        """White space and unseen signs at the ends of a quote belong to it, where it still has them."""
        first = fold(quote).starts[0]
        start = place[0] - first
        is_same = start >= 0 and self.text.startswith(quote, start)
        return (start, start + len(quote)) if is_same else place

    def _exact(self, sought: _Sought) -> _Fit | None:
        """A place where the quote reads the same."""
        fits = [self._fit(sought, start, start + len(sought.quote)) for start in self._occurrences(sought)]
        fits = [fit for fit in fits if self._is_as_whole(sought, fit)]
        if sought.is_heading:
            lines = [fit for fit in fits if self._is_line(*self._span(fit))]
            if len(lines) == 1 and sought.rivals <= 1:
                return lines[0]
            fits = lines or [fit for fit in fits if max(fit.before, fit.after) == 1]
        elif not sought.prefix and not sought.suffix:
            fits = [fit for fit in fits if self._is_known(sought, fit)]
            return fits[0] if len(fits) == 1 else None
        if len(fits) == 1 and sought.rivals <= 1 and self._is_known(sought, fits[0]):
            return fits[0]
        return self._clearest(sought, [fit for fit in fits if _is_there(sought, fit)])

    def _is_as_whole(self, sought: _Sought, fit: _Fit) -> bool:
        """Not within a word, if the passage wasn't."""
        starts, ends = sought.divides
        return (self.looked.divides(fit.start) or not starts) and (self.looked.divides(fit.end) or not ends)

    def _is_known(self, sought: _Sought, fit: _Fit) -> bool:
        """Whether it needs no surroundings: it is long, or made of whole words and not quite short."""
        divides = self.looked.divides(fit.start) and self.looked.divides(fit.end)
        return sought.weight >= (LEAST if divides else SHORT)

    def _occurrences(self, sought: _Sought) -> set[int]:
        """Those nearest to the old place, and those with a neighbour."""
        quote, text = sought.quote, self.folded
        expected = min(sought.expected or 0, len(text))
        behind = finds(text, quote, MOST, expected)
        back = finds(self.looked.backwards, quote[::-1], MOST, len(text) - min(expected + len(quote), len(text)))
        before, after = sought.prefix[-NEAR:], sought.suffix[:NEAR]
        with_neighbours = {found + len(before) for found in finds(text, before + quote, MOST)} if before else set()
        with_neighbours |= set(finds(text, quote + after, MOST)) if after else set()
        return {*behind, *(len(text) - found - len(quote) for found in back), *with_neighbours}

    def _nearly(self, sought: _Sought) -> _Fit | None:
        """A place where the quote reads nearly the same."""
        fits = [self._fit(sought, *found) for found in places_like(sought, self.looked)]
        fits = [fit for fit in fits if fit.neighbours == 2 or self._is_as_whole(sought, fit)]
        return self._clearest(sought, _apart(fit for fit in fits if _is_near_enough(sought, fit)))

    def _clearest(self, sought: _Sought, fits: list[_Fit]) -> _Fit | None:
        """The best of the places, if none is nearly as good; else the one where the passage was or should be."""
        best = max((fit.score for fit in fits), default=0.0)
        rivals = sorted((fit for fit in fits if fit.score > best - CLEAR), key=lambda fit: fit.start)
        if len(rivals) == 1 or not rivals:
            return rivals[0] if rivals else None
        if stayed := [fit for fit in rivals if fit.start == sought.expected]:
            return stayed[0]
        is_pushed = len(rivals) == 2 and self._is_pushed(sought, *rivals)
        return rivals[1] if is_pushed else None

    def _is_pushed(self, sought: _Sought, first: _Fit, second: _Fit) -> bool:
        """Whether the second moved by as much as it has in common with the first: that is a copy put in before it."""
        if sought.expected is None:
            return False
        before = _in_common(*(self.folded[max(fit.start - PUSHED, 0) : fit.start][::-1] for fit in (first, second)))
        after = _in_common(*(self.folded[fit.start : fit.start + PUSHED] for fit in (first, second)))
        start, end = self.looked.folded.span(first.start - before, first.start + after)
        moved = self.looked.folded.starts[second.start] - self.looked.folded.starts[sought.expected]
        return abs(moved - (end - start)) <= LEAST

    def _fit(self, sought: _Sought, start: int, end: int) -> _Fit:
        found = self.folded[start:end]
        before = self.folded[max(start - len(sought.prefix), 0) : start]
        after = self.folded[end : end + len(sought.suffix)]
        is_first = sought.is_first and start == len(sought.prefix)
        is_last = sought.is_last and end == len(self.folded) - len(sought.suffix)
        return _Fit(
            start,
            end,
            likeness(sought.quote, found),
            kept(sought.quote, found),
            _neighbour(sought, sought.prefix[::-1], before[::-1], is_first),
            _neighbour(sought, sought.suffix, after, is_last),
        )


def _in_common(one: str, other: str) -> int:
    """The length of what two texts both begin with."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))


def _apart(fits: Iterable[_Fit]) -> list[_Fit]:
    """Without those that overlap a better one."""
    apart: list[_Fit] = []
    for fit in sorted(fits, key=lambda fit: fit.score, reverse=True):
        if all(fit.end <= other.start or other.end <= fit.start for other in apart):
            apart.append(fit)
    return apart


def _is_much_of(one: Place, other: Place) -> bool:
    return 2 * (min(one[1], other[1]) - max(one[0], other[0])) > other[1] - other[0]


def _is_line(before: str, after: str) -> bool:
    before, after = before.rstrip(" \t"), after.lstrip(" \t")
    return before[-1:] in ("", "\n") and after[:1] in ("", "\n") and bool(before or after)


def _neighbour(sought: _Sought, context: str, found: str, at_end: bool) -> float:
    """How like two surroundings are, read away from the passage. Few characters say little, but at a text's end."""
    if at_end and context == found:
        return 1.0
    if not sought.rivals and len(context) >= NEAR and found.startswith(context[:NEAR]):
        return 1.0
    if sought.rivals and sought.weight < SHORT and context[:TOUCH] != found[:TOUCH]:
        return 0.0
    return float(Levenshtein.normalized_similarity(context, found)) * min(weight(context) / NEAR, 1)


def _is_between_the_like(fit: _Fit) -> bool:
    return min(fit.before, fit.after) >= ALIKE or max(fit.before, fit.after) >= AGREES


def _is_there(sought: _Sought, fit: _Fit) -> bool:
    """Whether a place where the quote reads the same is its own."""
    worse, better = sorted([fit.before, fit.after])
    if sought.rivals == 3:
        return worse >= SAME and better == 1
    if sought.rivals > 1:
        return worse >= AGREES or better == 1 and sought.weight >= LEAST
    return better >= AGREES


def _is_near_enough(sought: _Sought, fit: _Fit) -> bool:
    """The fewer neighbours are left, the more like must the quote be."""
    is_kept = sought.weight >= LEAST and fit.kept >= 0.9
    if sought.rivals or sought.weight < SHORT:
        least = (SAME, 1, AGREES, 1)[sought.rivals]
        return min(fit.before, fit.after) >= least and (fit.quote >= ALIKE or is_kept)
    if fit.neighbours == 2:
        return fit.quote >= 0.5 or is_kept
    if sought.weight < LONG:
        return fit.quote >= (0.9 if fit.neighbours else 1)
    return fit.quote >= (0.8 if fit.neighbours else 0.85)
