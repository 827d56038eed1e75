"""Which language a text is written in, and the stems of its words."""

from __future__ import annotations

from functools import lru_cache

import gcld3
import snowballstemmer

ENGLISH = "en"
# The languages that have a stemmer (https://snowballstem.org/algorithms/), by their ISO 639-1 code.
STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali",
    "nl": "dutch", "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
LOOKED_AT = 300  # characters: more of a text make its language hardly surer
FEWEST = 100  # of a shorter text nothing is sure
SURE = 0.98
ENGLISH_SIGNS = 2  # so many a "the" or "and" at its beginning has only an English text


def language_of(text: str) -> str:
    """The language of a plain text, as far as it has a stemmer of its own; English where none is sure.

    English, because the foreign words in a Chinese text are most often English, and names suffer little by it.
    """
    if len(text) < FEWEST:
        return ENGLISH
    beginning = text[:LOOKED_AT]
    if beginning.isascii() and beginning.count(" the ") + beginning.count(" and ") >= ENGLISH_SIGNS:
        return ENGLISH
    found = _detector().FindLanguage(beginning)
    return found.language if found.probability >= SURE and found.language in STEMMERS else ENGLISH


@lru_cache(maxsize=1)
def _detector() -> gcld3.NNetLanguageIdentifier:
    return gcld3.NNetLanguageIdentifier(min_num_bytes=0, max_num_bytes=4 * LOOKED_AT)


@lru_cache(maxsize=10_000)
def stem(word: str, language: str) -> str:
    """The stem of a folded word. Folding comes first, so that café is found as cafe."""
    if word.isdigit():
        return word
    stemmed: str = _stemmer(language).stemWord(word)
    return stemmed


@lru_cache(maxsize=len(STEMMERS))
def _stemmer(language: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(STEMMERS.get(language, STEMMERS[ENGLISH]))
