"""The words of a text as the search index knows them: the same for texts, for queries and for marks.

A word is a run of letters, digits and their marks, folded: without case, width or accents. It is indexed by its stem in
the language of its text. Scripts that are written without blanks are indexed by overlapping pairs of characters, and
the last character alone, so that any word of any length is found: 全文検索 is 全文, 文検, 検索, 索.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache

from library.content.languages import stem
from library.content.text import stretches

LONGEST = 64
LONGEST_NAME = 30
MOST_KNOWN = 100_000

# Han, kana and Hangul; Thai, Lao, Burmese and Khmer, which have no blanks either.
_PAIRED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3041-\u3096\u3099-\u309f\u30a1-\u30fa"
    "\u30fc-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7fb\uf900-\ufaff"
    "\uff66-\uffdc\U00020000-\U0003ffff"
)
# Marks that belong to the letters before them: accents, points of Hebrew and Arabic, the vowels of India.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0900-\u0903\u093a-\u0963\u0971-\u0983\u09bc-\u09e3"
    "\u0a01-\u0a03\u0a3c-\u0a51\u0a70\u0a71\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b57\u0b82\u0bbe-\u0bcd"
    "\u0c00-\u0c04\u0c3c-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03\u0d3b-\u0d4d\u0d81-\u0d83\u0dca-\u0ddf"
)
_PRIVATE = "\ue000-\uf8ff\U000f0000-\U0010ffff"
_ASCII_WORD = re.compile("[a-z0-9]+")
_LETTERS = f"[^\\W_{_PAIRED}{_PRIVATE}]"
_WORD = re.compile(f"[{_PAIRED}]+|{_LETTERS}++(?:[{_MARKS}]++{_LETTERS}*+)*+")
_PAIRED_WORD = re.compile(f"[{_PAIRED}]")
# Names that are told apart by a sign: C++, C#, .NET. They are indexed beside their letters, which alone mean less.
_PLUS_OR_SHARP = re.compile(r"(?<![\w.])[a-z]\w{0,14}(?:\+\+?|#)(?![\w+#])")
_LEADING_DOT = re.compile(r"(?<![\w./])\.[a-z]\w{1,14}(?![\w+#])")
_STRIPPED = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]")
# Vowel signs of kana and of India's scripts are no accents: taken apart and put together again, they stay.
_ACCENTED = re.compile("[\u00aa-\u058f\u0590-\u06ff\u1e00-\u1fff]")
_KEPT_APART = {"\u0439": "\u0439", "\u0419": "\u0439", "\u0457": "\u0457"}  # й and ї are letters, not accents


@dataclass(slots=True)
class Indexed:
    """A text as it is indexed: its terms in order, with blanks between them; and the words that they came from."""

    terms: str = ""
    words: frozenset[str] = field(default_factory=frozenset)
    language: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One word of a text: where it stands, and its folded form. `paired`: it is indexed by pairs of characters."""

    start: int
    end: int
    word: str
    paired: bool = False


def indexed(text: str, language: str) -> Indexed:
    """What the index takes in of a plain text that is written in `language`."""
    lowered = text.lower()
    pattern = _ASCII_WORD if lowered.isascii() else _WORD
    known = _known_in(language)
    names: set[str] = set()
    terms = []
    for stretch in stretches(lowered):
        found = [known[word] for word in pattern.findall(stretch)]
        terms.append(" ".join([term for term, _ in found]))
        names.update([name for _, name in found])
    names.discard("")
    return Indexed(" ".join(filter(None, terms + _signed_names(lowered))), frozenset(names), language)


class _Known(dict[str, tuple[str, str]]):
    """What words of one language become. An import asks for each word of each text, so with a dictionary in place of a
    cache of calls a file is prepared about a third quicker."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def __missing__(self, word: str) -> tuple[str, str]:
        made = _made_of(word, self.language)
        if len(word) <= LONGEST:
            if len(self) >= MOST_KNOWN:
                self.clear()
            self[word] = made
        return made


@cache
def _known_in(language: str) -> _Known:
    return _Known(language)


def _made_of(word: str, language: str) -> tuple[str, str]:
    """The terms of a word of a text, and its folded form if that may be offered to somebody who misspelt it."""
    folded = fold(word)
    if _PAIRED_WORD.match(folded):
        return " ".join(pairs(folded)), ""
    is_name = 3 <= len(folded) <= LONGEST_NAME and folded.isalpha()
    return stem(folded[:LONGEST], language), folded if is_name else ""


def _signed_names(lowered: str) -> list[str]:
    names = _LEADING_DOT.findall(lowered) if " ." in lowered or lowered.startswith(".") else []
    return names + (_PLUS_OR_SHARP.findall(lowered) if "+" in lowered or "#" in lowered else [])


def words(text: str) -> Iterator[Found]:
    """The words of any text, in order."""
    for match in _WORD.finditer(text):
        if word := fold(match[0]):
            yield Found(match.start(), match.end(), word, bool(_PAIRED_WORD.match(word)))


def signed(text: str) -> str:
    """The one name with a sign that a text is, folded; blank where it is none."""
    folded = text.casefold()
    return folded if _PLUS_OR_SHARP.fullmatch(folded) or _LEADING_DOT.fullmatch(folded) else ""


@lru_cache(maxsize=10_000)
def fold(word: str) -> str:
    """A word without case, width, ligatures and accents: Straße is strasse, ｶﾌｪ is カフェ."""
    if word.isascii():
        return word.lower()
    word = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())
    if not _ACCENTED.search(word) and not _STRIPPED.search(word):
        return word
    return unicodedata.normalize("NFC", "".join(map(_without_accent, word)))


@lru_cache(maxsize=5_000)
def _without_accent(char: str) -> str:
    if char in _KEPT_APART:
        return _KEPT_APART[char]
    return _STRIPPED.sub("", unicodedata.normalize("NFD", char))


def is_paired(word: str) -> bool:
    """Whether a word is of a script that is indexed by pairs of characters."""
    return bool(_PAIRED_WORD.match(word))


def pairs(run: str) -> list[str]:
    """The overlapping pairs of a run of characters, and its last one alone."""
    return [run[place : place + 2] for place in range(len(run))]
