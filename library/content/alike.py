"""Names that may mean one thing: written nearly the same, in the plural, or short for each other."""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import combinations

from rapidfuzz.distance import OSA

from library.content.text import slug

SHORTEST_NEAR, SHORTEST_PLURAL, FEWEST_INITIALS = 5, 4, 3
MOST_NAMES, MOST_PAIRS = 10_000, 200
Pair = tuple[str, str]


def alike(names: Collection[str]) -> list[Pair]:
    """Pairs of these names, each in the order in which they were given; the surest ones first.

    Names are compared in buckets, so that the time grows with their number and not with its square.
    """
    ordered = list(dict.fromkeys(names))[:MOST_NAMES]
    place = {name: number for number, name in enumerate(ordered)}
    pairs: dict[Pair, None] = {}
    for kind in (_same, _short, _near):
        for one, other in kind(ordered):
            pairs[(one, other) if place[one] < place[other] else (other, one)] = None
            if len(pairs) == MOST_PAIRS:
                return list(pairs)
    return list(pairs)


def _letters(name: str) -> str:
    """The name without signs, blanks, accents and capitals. C, C++ and C# differ."""
    decomposed = unicodedata.normalize("NFD", slug(name).replace("-", ""))
    return "".join(char for char in decomposed if not unicodedata.combining(char)) or name


def _singular(letters: str) -> str:
    if len(letters) < SHORTEST_PLURAL or not letters.endswith("s") or letters.endswith("ss"):
        return letters
    return f"{letters[:-3]}y" if letters.endswith("ies") else letters[:-1]


def _same(names: list[str]) -> Iterator[Pair]:
    groups: dict[str, list[str]] = defaultdict(list)
    for name in names:
        groups[_singular(_letters(name))].append(name)
    for first, *others in groups.values():
        yield from ((first, other) for other in others)


def _short(names: list[str]) -> Iterator[Pair]:
    """llm and large-language-models, a11y and accessibility."""
    known = {_singular(_letters(name)): name for name in names}
    for name in names:
        parts, letters = slug(name).split("-"), _letters(name)
        initials = "".join(part[0] for part in parts) if len(parts) >= FEWEST_INITIALS else ""
        for short in (initials, f"{letters[0]}{len(letters) - 2}{letters[-1]}"):
            if short in known and known[short] != name:
                yield known[short], name


def _near(names: list[str]) -> Iterator[Pair]:
    """One letter more, less, other or swapped: both have the same letters then if each leaves out one.

    Numbers tell apart what is meant to be apart: python2 and python3.
    """
    buckets: dict[str, list[str]] = defaultdict(list)
    known = {_letters(name): name for name in reversed(names)}
    for letters in known:
        if len(letters) >= SHORTEST_NEAR and letters.isalpha():
            for part in {letters, *(letters[:place] + letters[place + 1 :] for place in range(len(letters)))}:
                buckets[part].append(letters)
    for bucket in buckets.values():
        for one, other in combinations(bucket, 2):
            if OSA.distance(one, other, score_cutoff=1) == 1:
                yield known[one], known[other]
