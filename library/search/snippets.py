"""Where an article matched: up to two pieces of its texts with the matches marked, found again by the words' stems."""

import os.path
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from library.content.text import plain, single_line
from library.models import Kind
from library.search.query import Words
from library.search.stems import stem

PIECES = 2
LENGTH = 200
BEFORE = 60
TOGETHER = 140
ALIKE = 40  # two pieces that begin alike say the same
LINE = 2_000  # characters of a line looked at on each side of a match
MOST_SPANS = 200
PLACES = {
    Kind.NOTE: "Your notes",
    Kind.OVERVIEW: "Overview",
    Kind.ARTICLE: "Article",
    Kind.SUMMARY: "AI summary",
    Kind.OTHER: "Article",
}
_ORDER = list(PLACES)
_ACCENTED = re.compile("[\u00c0-\u1fff]")
_REST = r"[^\W_]*"


def _unaccented() -> dict[int, str]:
    """Letters with accents, by the letter that the index takes them for; one character for one."""
    found = {}
    for code in range(0xC0, 0x2000):
        parts = unicodedata.normalize("NFD", chr(code))
        if len(parts) > 1 and all(map(unicodedata.combining, parts[1:])):
            found[code] = parts[0].lower()
    return found


_UNACCENTED = _unaccented()


@dataclass(frozen=True, slots=True)
class Span:
    start: int
    end: int
    word: int


@dataclass(frozen=True, slots=True)
class Snippet:
    """`mine`: the reader's own words."""

    where: str
    text: SafeString
    mine: bool


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: str
    text: str
    spans: list[Span]
    words: int


def fold(text: str) -> str:
    """As the index sees the letters, each in its place."""
    return text.translate(_UNACCENTED).lower() if _ACCENTED.search(text) else text.lower()


class Marker:
    """Finds the words of one query in texts."""

    def __init__(self, words: Sequence[Words]) -> None:
        self._words = [_Pattern(one) for one in words if not one.negative]

    def spans(self, text: str) -> list[Span]:
        """Where the words stand, in order; where two overlap, the longer one."""
        folded = fold(text)
        if len(folded) != len(text):
            return []
        found = [span for place, word in enumerate(self._words) for span in word.spans(folded, place)]
        return _apart(sorted(found, key=lambda span: (span.start, -span.end)))

    def mark(self, text: str) -> SafeString | None:
        """The text with its matches marked, as safe HTML; None where nothing matches."""
        spans = self.spans(text)
        return _marked(text, spans) if spans else None

    def snippets(self, sections: Iterable[tuple[str, str]]) -> list[Snippet]:
        """The best pieces of (kind, Markdown) pairs: those with most of the words, the reader's own first."""
        pieces = [piece for kind, text in sections if (piece := self._piece(kind, text))]
        pieces.sort(key=lambda piece: (-piece.words, _ORDER.index(Kind(piece.kind))))
        different: dict[str, _Piece] = {}
        for piece in pieces:
            different.setdefault(piece.text[:ALIKE], piece)
        return [
            Snippet(PLACES[Kind(piece.kind)], _marked(piece.text, piece.spans), piece.kind == Kind.NOTE)
            for piece in list(different.values())[:PIECES]
        ]

    def _piece(self, kind: str, markdown: str) -> _Piece | None:
        for line in _lines_with(markdown, self.spans(markdown)):
            text = single_line(plain(line))
            spans = self.spans(text)
            if spans:
                return _cut(kind, text, spans)
        return None


class _Pattern:
    """One word or phrase: a quick expression for what begins like it, and the stems to be sure."""

    def __init__(self, words: Words) -> None:
        *first, self._last = [fold(token) for token in words.tokens]
        self._prefix = words.prefix
        self._first = [stem(word) for word in first]
        self._last_stems = {stem(fold(tokens[-1])) for tokens in words.spellings()}
        beginnings = [*map(_beginning, self._first), os.path.commonprefix([*map(_beginning, self._last_stems)])]
        self._expression = re.compile(r"[\W_]+".join(f"({re.escape(one)}{_REST})" for one in beginnings))

    def spans(self, folded: str, place: int) -> Iterator[Span]:
        for match in self._expression.finditer(folded):
            start, end = match.span()
            if self._is_meant(match.groups()) and not (start and folded[start - 1].isalnum()):
                yield Span(start, end, place)

    def _is_meant(self, found: Sequence[str]) -> bool:
        *first, last = found
        if self._first != [stem(word) for word in first]:
            return False
        return stem(last) in self._last_stems or (self._prefix and last.startswith(self._last))


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
    """The few lines that hold most of the words, the first of them first."""
    words: dict[tuple[int, int], set[int]] = {}
    for span in spans[:MOST_SPANS]:
        start = text.rfind("\n", max(span.start - LINE, 0), span.start) + 1 or max(span.start - LINE, 0)
        end = text.find("\n", span.end, span.end + LINE)
        words.setdefault((start, end if end >= 0 else span.end + LINE), set()).add(span.word)
    best = sorted(words, key=lambda line: -len(words[line]))[:3]
    return [text[start:end] for start, end in best]


def _cut(kind: str, text: str, spans: list[Span]) -> _Piece:
    """The part of a line around the place where most of the words stand together."""

    def together(first: Span) -> int:
        return len({span.word for span in spans if first.start <= span.start < first.start + TOGETHER})

    around = max(spans, key=together)
    start = 0 if around.start <= BEFORE else text.find(" ", around.start - BEFORE, around.start) + 1 or around.start
    end = len(text) if len(text) <= start + LENGTH else text.rfind(" ", around.end, start + LENGTH)
    end = end if end > 0 else max(around.end, start + LENGTH)
    opening, closing = "…" * (start > 0), "…" * (end < len(text))
    piece = text[start:end].rstrip(" ,;:–—-") if closing else text[start:]
    move = len(opening) - start
    shown = [
        Span(span.start + move, min(span.end, start + len(piece)) + move, span.word)
        for span in spans
        if start <= span.start < start + len(piece)
    ]
    return _Piece(kind, f"{opening}{piece}{closing}", shown, together(around))


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
