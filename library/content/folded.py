"""A text with only what tells passages apart, and where each of its characters stands in the text itself.

White space and what can't be seen is left out; quotation marks are one, and so are dashes; case, width, ligatures and
the spelling of accents make no difference. So a text that was wrapped, set or typed anew is the same text.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

_QUOTES = "\"'`\u00b4\u00ab\u00bb\u2018-\u201f\u2032-\u2036\u2039\u203a\u300c-\u300f\u301d-\u301f\uff02\uff07"
_DASHES = "\\-\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d"
# Soft hyphens, joiners, marks of direction, selectors of a variant.
_UNSEEN = "\0\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff"
_PIECE = re.compile(f"(?P<word>[^\\s{_QUOTES}{_DASHES}{_UNSEEN}]+)|(?P<quote>[{_QUOTES}])|(?P<dash>[{_DASHES}]+)")
# Accents, points and vowel signs, and the later parts of a Korean syllable: they may melt into the letter before.
_MARKS = "".join(chr(code) for code in range(0x300, 0x3100) if unicodedata.category(chr(code))[0] == "M")
_LETTER = re.compile(f"(?s:.)[{_MARKS}\u1160-\u11ff\ufe20-\ufe2f\uff9e\uff9f]*")


@dataclass(frozen=True, slots=True)
class Folded:
    """The folded text; the place where each of its characters begins and ends in the text itself."""

    text: str
    starts: array[int] = field(repr=False)
    ends: array[int] = field(repr=False)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a passage of the folded text, which is not empty, stands in the text itself."""
        return self.starts[start], self.ends[end - 1]

    def index(self, place: int) -> int:
        """The first character of the folded text that begins at a place of the text itself, or behind it."""
        return bisect_left(self.starts, place)


def fold(text: str) -> Folded:
    parts: list[str] = []
    starts, ends = array("L"), array("L")
    for part, start, end in _parts(text):
        parts.append(part)
        if len(part) == end - start:
            starts.extend(range(start, end))
            ends.extend(range(start + 1, end + 1))
        else:
            starts.extend([start] * len(part))
            ends.extend([end] * len(part))
    return Folded("".join(parts), starts, ends)


def _parts(text: str) -> Iterator[tuple[str, int, int]]:
    """Each piece folded, and where it stands. A piece of the same length has the same characters, one for one."""
    for match in _PIECE.finditer(text):
        start, end = match.span()
        if match.lastgroup != "word":
            yield ("'" if match.lastgroup == "quote" else "-"), start, end
        elif (word := match[0]).isascii():
            yield word.lower(), start, end
        elif len(word := word.casefold()) == end - start and unicodedata.is_normalized("NFKC", word):
            yield word, start, end
        else:
            yield from _letters(match[0], start)


def _letters(word: str, start: int) -> Iterator[tuple[str, int, int]]:
    """A word in which characters melt or fall apart, letter by letter."""
    for match in _LETTER.finditer(word):
        folded = _letter(match[0])
        if len(folded) == len(match[0]) > 1:
            # The marks may have changed places: each of them stands for the whole letter.
            yield from ((char, start + match.start(), start + match.end()) for char in folded)
        else:
            yield folded, start + match.start(), start + match.end()


@lru_cache(maxsize=10_000)
def _letter(letter: str) -> str:
    return "".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", letter).casefold()).split())
