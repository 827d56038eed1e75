"""The stems of English words, as the index makes them (Porter, "An algorithm for suffix stripping", 1980).

SQLite does not tell which word of a text matched; this is how snippets know. A test holds it to FTS5's own.
"""

from functools import lru_cache

LONGEST = 64
SECOND = (
    "ational:ate tional:tion enci:ence anci:ance izer:ize logi:log bli:ble alli:al entli:ent eli:e ousli:ous "
    "ization:ize ation:ate ator:ate alism:al iveness:ive fulness:ful ousness:ous aliti:al iviti:ive biliti:ble"
)
THIRD = "icate:ic ative: alize:al iciti:ic ical:ic ful: ness:"
FOURTH = "al ance ence er ic able ible ant ement ment ent sion:s tion:t ou ism ate iti ous ive ize"
ENDINGS = (
    "s es ed ing er ers ly al ally ic ics ical ically ity ities ive ives ively able ably ible ibly ability ibility "
    "ation ations ational ator ators ize izes ized izing izer ization ance ances ence ences ent ment ments ness ful "
    "fully ism ist ists ous ously y ies ied ion ions or ors"
)


def _table(rules: str) -> list[tuple[str, str]]:
    """(suffix, what stands for it), the longest first."""
    pairs = [rule.partition(":")[::2] for rule in rules.split()]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


SECOND_TABLE, THIRD_TABLE, FOURTH_TABLE = _table(SECOND), _table(THIRD), _table(FOURTH)


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The stem of a folded word. Every word that has this stem begins with all of it but the last letter."""
    if not 3 <= len(word) <= LONGEST:
        return word
    word = _past_and_progressive(_plural(word))
    if word[-1] == "y" and _has_vowel(word[:-1]):
        word = word[:-1] + "i"
    word = _replace(word, SECOND_TABLE, 1)
    word = _replace(word, THIRD_TABLE, 1)
    word = _replace(word, FOURTH_TABLE, 2)
    return _final(word)


@lru_cache(maxsize=1_000)
def longer_words(beginning: str) -> tuple[str, ...]:
    """Words that begin like this and whose stems do not: `accessib` is no part of the stem of accessibility."""
    found: dict[str, str] = {}
    for ending in ENDINGS.split():
        for place in range(len(ending)):
            if beginning.endswith(ending[:place]):
                word = beginning + ending[place:]
                if not stem(word).startswith(stem(beginning)):
                    found.setdefault(stem(word), word)
    return tuple(found.values())


def _plural(word: str) -> str:
    if word.endswith(("sses", "ies")) and len(word) > 3:
        return word[:-2]
    return word[:-1] if word[-1] == "s" and word[-2] != "s" else word


def _past_and_progressive(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) else word
    for suffix in ("ed", "ing"):
        head = word.removesuffix(suffix)
        if head != word:
            return _mend(head) if _has_vowel(head) else word
    return word


def _mend(head: str) -> str:
    """What is left of a word without -ed or -ing: hop(p), fil(e), conflat(e)."""
    if head.endswith(("at", "bl", "iz")):
        return head + "e"
    if len(head) > 1 and head[-1] == head[-2] and head[-1] not in "aeioulsz":
        return head[:-1]
    return head + "e" if _measure(head) == 1 and _is_short(head) else head


def _replace(word: str, table: list[tuple[str, str]], least: int) -> str:
    """The longest suffix of the table that the word has gives way, if enough of the word stays."""
    for suffix, instead in table:
        if word.endswith(suffix) and len(word) > len(suffix):
            head = word[: -len(suffix)] + instead
            return head if _measure(word[: -len(suffix)] + (instead if least > 1 else "")) >= least else word
    return word


def _final(word: str) -> str:
    if word[-1] == "e":
        head = word[:-1]
        measure = _measure(head)
        word = head if measure > 1 or (measure == 1 and not _is_short(head)) else word
    return word[:-1] if word.endswith("ll") and _measure(word[:-1]) > 1 else word


def _form(word: str) -> str:
    """c for each consonant, v for each vowel; y is a vowel after a consonant."""
    form = ""
    for letter in word:
        vowel = letter in "aeiou" or (letter == "y" and form.endswith("c"))
        form += "v" if vowel else "c"
    return form


def _measure(word: str) -> int:
    """How many times a consonant follows a vowel."""
    return _form(word).count("vc")


def _has_vowel(word: str) -> bool:
    return any(letter in "aeiou" or (letter == "y" and place) for place, letter in enumerate(word))


def _is_short(word: str) -> bool:
    """It ends in consonant, vowel, consonant; the last is not w, x or y."""
    return _form(word).endswith("cvc") and word[-1] not in "wxy"
