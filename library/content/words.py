"""The words of a text as the search index knows them: the same for texts, for queries and for marks.

A word is a run of letters, digits and their marks, folded: without case, width or accents. It is indexed by its stem in
the language of its text. Scripts that are written without blanks are indexed by overlapping pairs of characters, and
the last character alone, so that any word of any length is found: 全文検索 is 全文, 文検, 検索, 索.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from library.content.languages import stem
from library.content.packing import packs_quickly
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
_ONLY_WORDS = {code: chr(code) if chr(code).isalnum() else " " for code in range(128)}
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


@packs_quickly
@dataclass(frozen=True, slots=True)
class Indexed:
    """A text as it is indexed: its terms in order, with blanks between them; and its words that may be offered to
    somebody who misspelt one. What a Lexicon makes has none of these: the Lexicon has them.
    """

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


class Lexicon:
    """What words become, so that each is worked out once in a language: an import asks for each word of each text.

    The words that may be offered to somebody who misspelt one come into `met` when they are new to it.
    """

    def __init__(self, met: set[str]) -> None:
        self.met = met
        self._terms: dict[str, _Terms] = {}

    def indexed(self, text: str, language: str) -> Indexed:
        """What the index takes in of a plain text that is written in `language`, without its words."""
        lowered = text.lower()
        found = (self._terms_of(stretch, language) for stretch in stretches(lowered))
        return Indexed(" ".join(filter(None, (*found, *_signed_names(lowered)))), language=language)

    def _terms_of(self, lowered: str, language: str) -> str:
        terms = self._terms.get(language)
        if terms is None:
            terms = self._terms[language] = _Terms(language, self.met)
        return " ".join(map(terms.__getitem__, _words_of(lowered)))


class _Terms(dict[str, str]):
    """The terms of words of one language."""

    def __init__(self, language: str, met: set[str]) -> None:
        super().__init__()
        self._language, self._met = language, met

    def __missing__(self, word: str) -> str:
        folded = fold(word)
        if is_paired(folded):
            made = " ".join(pairs(folded))
        else:
            made = stem(folded[:LONGEST], self._language)
            if name := _name(word):
                self._met.add(name)
        if len(word) <= LONGEST:
            if len(self) >= MOST_KNOWN:
                self.clear()
            self[word] = made if made != word else word
        return made


_lexicon = Lexicon(set())


def indexed(text: str, language: str) -> Indexed:
    """What the index takes in of a plain text that is written in `language`."""
    made = _lexicon.indexed(text, language)
    _lexicon.met.clear()
    distinct = set[str]().union(*map(_words_of, stretches(text.lower())))
    return replace(made, words=frozenset(map(_name, distinct)) - {""})


def _words_of(lowered: str) -> list[str]:
    """The words of a text in small letters, in order, not yet folded. Letters of ASCII are found in half the time."""
    return lowered.translate(_ONLY_WORDS).split() if lowered.isascii() else _WORD.findall(lowered)


@lru_cache(maxsize=MOST_KNOWN)
def _name(word: str) -> str:
    """The folded word if it may be offered to somebody who misspelt it, else blank."""
    folded = fold(word)
    return folded if 3 <= len(folded) <= LONGEST_NAME and folded.isalpha() and not is_paired(folded) else ""


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
    return not word.isascii() and bool(_PAIRED_WORD.match(word))


def pairs(run: str) -> list[str]:
    """The overlapping pairs of a run of characters, and its last one alone."""
    return [run[place : place + 2] for place in range(len(run))]
