"""Where an article matched: up to two pieces of its texts with the matches marked, found again by the words' stems."""

from __future__ import annotations

import os.path
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import islice
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe

from library.content import words as content_words
from library.content.languages import ENGLISH, stem
from library.content.text import plain, single_line
from library.models import Kind
from library.search.query import Words

PIECES = 2
LENGTH = 200
BEFORE = 60
TOGETHER = 140
ALIKE = 40  # two pieces that begin alike say the same
LINE = 2_000  # characters of a line looked at on each side of a match
MOST_OF_A_WORD = 10  # a word that stands more often in a text doesn't tell its lines apart
LINES = 3
HIGHLIGHT = "highlight"
PLACES: dict[str, str] = {
    Kind.NOTE: "Your note",
    HIGHLIGHT: "Highlight",
    Kind.OVERVIEW: "Overview",
    Kind.ARTICLE: "Article",
    Kind.SUMMARY: "AI summary",
    Kind.OTHER: "Article",
}
MINE = (Kind.NOTE, HIGHLIGHT)
_ORDER = list(PLACES)
_ACCENTED = re.compile("[\u00c0-\u1fff]")
# A word is looked at once, from its beginning: else a page of letters without a blank takes time by its square.
_REST = r"[^\W_]*+"


def _unaccented() -> dict[int, str]:
    """Letters with accents, by the letter that the index takes them for; one character for one."""
    found = {}
    for code in range(0xC0, 0x2000):
        parts = unicodedata.normalize("NFD", chr(code))
        if len(parts) > 1 and all(map(unicodedata.combining, parts[1:])):
            found[code] = parts[0].lower()
    return found


_UNACCENTED = _unaccented()


class Layer(NamedTuple):
    """A text (Markdown) that may have matched: its section's kind, or HIGHLIGHT with its colour."""

    kind: str
    text: str
    colour: str = ""


class Span(NamedTuple):
    start: int
    end: int
    word: int


@dataclass(frozen=True, slots=True)
class Snippet:
    """`mine`: the reader's own words, or marked by them in `colour`."""

    where: str
    text: SafeString
    mine: bool
    colour: str = ""


@dataclass(frozen=True, slots=True)
class _Piece:
    layer: Layer
    text: str
    spans: list[Span]
    words: frozenset[int]


def fold(text: str) -> str:
    """As the index sees the letters, each in its place."""
    accented = not text.isascii() and _ACCENTED.search(text)
    return text.translate(_UNACCENTED).lower() if accented else text.lower()


class Marker:
    """Finds the words of one query in texts of these languages."""

    def __init__(
        self, words: Sequence[Words], languages: Sequence[str] = (ENGLISH,), common: Collection[Words] = ()
    ) -> None:
        """`common` are those of the words that most texts have: they tell no line from another."""
        self._words = {place: _Pattern(one, languages) for place, one in enumerate(words)}
        self._telling = {place: self._words[place] for place, one in enumerate(words) if one not in common}

    def spans(self, text: str) -> list[Span]:
        """Where the words stand, in order; where two overlap, the longer one."""
        return _spans(text, self._words)

    def mark(self, text: str) -> SafeString | None:
        """The text with its matches marked, as safe HTML; None where nothing matches."""
        spans = self.spans(text)
        return _marked(text, spans) if spans else None

    def snippets(self, layers: Iterable[Layer]) -> list[Snippet]:
        """The best pieces: the reader's own first, then those with most of the words that no piece has yet."""
        layers = list(layers)
        pieces = self._pieces(layers, self._telling) or self._pieces(layers, self._words)
        chosen: list[_Piece] = []
        while pieces and len(chosen) < PIECES:
            shown = frozenset[int]().union(*(piece.words for piece in chosen))
            best = min(pieces, key=lambda piece: _order(piece, shown))
            chosen.append(best)
            pieces = [piece for piece in pieces if not _says_the_same(piece, best)]
        return [
            Snippet(
                PLACES[piece.layer.kind],
                _marked(piece.text, piece.spans),
                piece.layer.kind in MINE,
                piece.layer.colour,
            )
            for piece in chosen
        ]

    def _pieces(self, layers: Iterable[Layer], telling: dict[int, _Pattern]) -> list[_Piece]:
        """Pieces of lines with `telling` words; each has some that those before it in its layer lack."""
        return [piece for layer in layers for piece in self._pieces_of(layer, telling)]

    def _pieces_of(self, layer: Layer, telling: dict[int, _Pattern]) -> Iterator[_Piece]:
        wanted = set(telling)
        for line in _lines_with(layer.text, _spans(layer.text, telling, MOST_OF_A_WORD)):
            text = single_line(plain(line))
            spans = self.spans(text)
            while fresh := [span for span in spans if span.word in wanted]:
                piece = _cut(layer, text, spans, fresh)
                wanted -= piece.words
                yield piece
            if not wanted:
                return


def _spans(text: str, patterns: Mapping[int, _Pattern], most: int | None = None) -> list[Span]:
    """Where these stand, the first `most` of each."""
    folded = fold(text)
    if len(folded) != len(text):
        return []
    found = [span for place, word in patterns.items() for span in islice(word.spans(folded, place), most)]
    return _apart(sorted(found, key=_by_place))


def _by_place(span: Span) -> tuple[int, int]:
    return span[0], -span[1]


def _order(piece: _Piece, shown: frozenset[int]) -> tuple[bool, int, int, int]:
    fresh = len(piece.words - shown)
    return piece.layer.kind not in MINE, -fresh, -len(piece.words), _ORDER.index(piece.layer.kind)


def _says_the_same(piece: _Piece, other: _Piece) -> bool:
    same_layer = piece.layer is other.layer and piece.words <= other.words
    return same_layer or piece.text[:ALIKE] == other.text[:ALIKE]


class _Pattern:
    """One word or phrase: a quick expression for what begins like it, and the stems to be sure."""

    def __init__(self, words: Words, languages: Sequence[str]) -> None:
        self._tokens, self._prefix, self._languages = words.tokens, words.prefix, languages
        self._stems = [{_stem(token, language) for language in languages} for token in words.tokens]
        plain_parts = [self._part(token, stems) for token, stems in zip(words.tokens, self._stems, strict=True)]
        parts = [(re.escape(beginning), rest) for beginning, rest in plain_parts]
        between = r"[\W_]*" if any(map(content_words.is_paired, words.tokens)) else r"[\W_]+"
        expressions = [f"({_spelt(beginning)}{rest})" for beginning, rest in parts]
        if not content_words.is_paired(words.tokens[0]):
            expressions[0] = f"({_at_start_of_word(parts[0][0])}{parts[0][1]})"
        self._expression = re.compile(between.join(expressions))
        self._meant: dict[tuple[str, ...], bool] = {}
        # To look for letters is much quicker than for an expression, and most words are not in most texts.
        first = plain_parts[0][0]
        self._letters = "" if "ss" in first else first

    def _part(self, token: str, stems: set[str]) -> tuple[str, str]:
        """What a word begins with, and an expression of its rest."""
        if content_words.is_paired(token) or not token.isalnum():
            return token, ""
        beginning = os.path.commonprefix([token, *map(_beginning, stems)])
        if token[len(beginning) - 1 :].startswith("ss"):
            beginning = beginning[:-1]  # A text may have ß, of which there is no half.
        return beginning, _REST

    def spans(self, folded: str, place: int) -> Iterator[Span]:
        if self._letters not in folded:
            return
        for match in self._expression.finditer(folded):
            words = match.groups()
            if words not in self._meant:
                self._meant[words] = self._is_meant(words)
            if self._meant[words]:
                yield Span(*match.span(), place)

    def _is_meant(self, found: Sequence[str]) -> bool:
        last = len(found) - 1
        for place, (word, token, stems) in enumerate(zip(found, self._tokens, self._stems, strict=True)):
            folded = content_words.fold(word)
            open_ended = self._prefix and place == last and folded.startswith(token)
            if folded != token and not open_ended and stems.isdisjoint(_stem(folded, one) for one in self._languages):
                return False
        return True


def _spelt(beginning: str) -> str:
    return beginning.replace("ss", "(?:ss|ß)")


def _at_start_of_word(beginning: str) -> str:
    """Looks back after the letters where it can: an expression that begins with letters is found a hundred times as
    quickly."""
    if "ss" in beginning:
        return rf"(?<![^\W_]){_spelt(beginning)}"
    return rf"{beginning}(?<![^\W_]{beginning})"


def _stem(word: str, language: str) -> str:
    return stem(word, language) if word.isalnum() and not content_words.is_paired(word) else word


def _beginning(stem_of_word: str) -> str:
    """What every word of this stem begins with: the last letter may be another (happi: happy)."""
    return stem_of_word[:-1] if len(stem_of_word) > 2 else stem_of_word


def _apart(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for span in spans:
        if not found or span.start >= found[-1].end:
            found.append(span)
    return found


def _lines_with(text: str, spans: list[Span]) -> list[str]:
    """The few lines that hold most of the words: the best first, then what has words that those before it lack."""
    words: dict[tuple[int, int], set[int]] = {}
    for span in spans:
        start = text.rfind("\n", max(span.start - LINE, 0), span.start) + 1 or max(span.start - LINE, 0)
        end = text.find("\n", span.end, span.end + LINE)
        words.setdefault((start, end if end >= 0 else span.end + LINE), set()).add(span.word)
    best: list[str] = []
    covered: set[int] = set()
    while words and len(best) < LINES:
        line = max(words, key=lambda line: (len(words[line] - covered), len(words[line])))
        covered |= words.pop(line)
        best.append(text[slice(*line)])
    return best


def _cut(layer: Layer, text: str, spans: list[Span], fresh: list[Span]) -> _Piece:
    """The part of a line around that one of the `fresh` spans where most of the words stand together."""

    def together(first: Span) -> int:
        return len({span.word for span in spans if first.start <= span.start < first.start + TOGETHER})

    around = max(fresh, key=together)
    start = 0 if around.start <= BEFORE else text.find(" ", around.start - BEFORE, around.start) + 1 or around.start
    end = len(text) if len(text) <= start + LENGTH else text.rfind(" ", around.end, start + LENGTH)
    end = end if end > 0 else max(around.end, start + LENGTH)
    opening, closing = "…" * (start > 0), "…" * (end < len(text))
    piece = text[start:end].rstrip(" ,;:–—-.") if closing else text[start:]
    move = len(opening) - start
    shown = [
        Span(span.start + move, min(span.end, start + len(piece)) + move, span.word)
        for span in spans
        if start <= span.start < start + len(piece)
    ]
    return _Piece(layer, f"{opening}{piece}{closing}", shown, frozenset(span.word for span in shown) | {around.word})


def _marked(text: str, spans: list[Span]) -> SafeString:
    parts, end = [], 0
    for span in spans:
        parts += [
            escape(text[end : span.start]),
            '<mark class="match">',
            escape(text[span.start : span.end]),
            "</mark>",
        ]
        end = span.end
    return mark_safe("".join([*parts, escape(text[end:])]))  # noqa: S308 - every piece of text is escaped
