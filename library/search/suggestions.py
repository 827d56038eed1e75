"""What may have been meant where next to nothing was found: words of the reader's own library, written nearly alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from library.content import words as content_words
from library.content.languages import stem
from library.content.words import LONGEST_NAME
from library.models import User
from library.search import vocabulary
from library.search.matches import Matches, planned
from library.search.plan import Plan
from library.search.query import Query, Words

SHORTEST = 3
MOST, MOST_TRIED, MOST_MENDED = 2, 8, 3
# A word that no more articles have may be misspelt in all of them, where another has so many times as many.
RARE, TIMES = 3, 10
SHORTEST_HALF = 2

Unit = tuple[str, ...]  # words that stand together: nearly always a single one


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`query` is the whole query with other words; `words` are those words, `count` how many articles it finds."""

    query: str
    words: str
    count: int


def unknown(query: Query, plan: Plan) -> list[str]:
    """Those of the words, each by itself, that no article has."""
    return [word for word, open_ended in _tokens(query) if not _articles(plan, word, open_ended, 1)]


def suggest(owner: User, query: Query, plan: Plan, total: int) -> list[Suggestion]:
    """The query, which finds `total`, with the words mended that no article has, or only few; best first.

    Only what finds something is suggested, and many times as much where the words are known.
    """
    missing = [] if total else unknown(query, plan)
    doubtful = _apart(query, plan) or [(word,) for word in missing] or list(_rare(query, plan))
    alternatives = {unit: _alternatives(plan, unit) for unit in doubtful[:MOST_MENDED]}
    mended = {unit: others for unit, others in alternatives.items() if others}
    if not mended or (missing and len(mended) < len(doubtful)):
        return []
    found: list[Suggestion] = []
    for place in range(min(MOST_TRIED, max(map(len, mended.values())))):
        instead = {unit: others[min(place, len(others) - 1)] for unit, others in mended.items()}
        text = _mend(query.mended, instead)
        count = Matches(planned(owner, text)).total if text != query.mended else 0
        better = max(total, found[0].count // TIMES**2 if found else 0)
        if count >= max(1, TIMES * better):
            found.append(Suggestion(text, " ".join(instead.values()), count))
        if len(found) == MOST:
            break
    return found


def _tokens(query: Query) -> dict[tuple[str, bool], None]:
    """(word, whether only its beginning is given) of all that could be misspelt, those of phrases too."""
    found: dict[tuple[str, bool], None] = {}
    for words in query.positive:
        for place, token in enumerate(words.tokens, 1):
            if len(token) >= SHORTEST and token.isalpha() and not content_words.is_paired(token):
                found[token, words.prefix and place == len(words.tokens)] = None
    return found


def _articles(plan: Plan, word: str, open_ended: bool, most: int) -> int:
    """How many articles have the word, up to `most`."""
    return len(Matches(plan.asking(Words((word,), prefix=open_ended))).newest(most))


def _apart(query: Query, plan: Plan) -> list[Unit]:
    """Words that stand together and that the library has as one, as e-mail."""
    several = [words.tokens for words in query.positive if 1 < len(words.tokens) <= MOST_MENDED]
    return [unit for unit in several if vocabulary.known(plan.owner_id, ["".join(unit)])]


def _rare(query: Query, plan: Plan) -> Iterator[Unit]:
    """Single words that only few articles have."""
    for word, open_ended in _tokens(query):
        if not open_ended and _articles(plan, word, False, RARE + 1) <= RARE:
            yield (word,)


def _alternatives(plan: Plan, unit: Unit) -> list[str]:
    """Words of the library in place of this, the nearest first, and of those the most frequent; one of each stem."""
    if len(unit) > 1:
        return ["".join(unit)]
    [word] = unit
    near = _of_other_stems(plan, word, vocabulary.nearest(plan.owner_id, word))
    ranked = [(distance, -Matches(plan.asking(Words((one,)))).total, one) for one, distance in near]
    return [one for *_, one in sorted([*ranked, *((1, 0, one) for one in _halves(plan, word))])]


def _of_other_stems(plan: Plan, word: str, near: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """The first of those with the same stem, which find the same; none that `word` itself finds."""

    def stems(one: str) -> Unit:
        return tuple(stem(one, language) for language in plan.languages)

    seen = {stems(word)}
    for one, distance in near:
        if stems(one) not in seen:
            seen.add(stems(one))
            yield one, distance


def _halves(plan: Plan, word: str) -> list[str]:
    """Two words that somebody wrote as one, with a hyphen, so that they are looked for side by side."""
    if len(word) > LONGEST_NAME:
        return []
    cuts = range(SHORTEST_HALF, len(word) - SHORTEST_HALF + 1)
    known = vocabulary.known(plan.owner_id, [half for cut in cuts for half in (word[:cut], word[cut:])])
    pairs = [(word[:cut], word[cut:]) for cut in cuts if {word[:cut], word[cut:]} <= known]
    return ["-".join(pair) for pair in pairs if Matches(plan.asking(Words(pair))).newest(1)]


def _mend(text: str, instead: dict[Unit, str]) -> str:
    """The text with other words in their place; everything else stays as it was typed."""
    singles = {unit[0]: other for unit, other in instead.items() if len(unit) == 1}
    for unit, other in instead.items():
        if len(unit) > 1:
            text = re.sub(r"\b" + _together(unit) + r"\b", other, text, flags=re.IGNORECASE)
    return re.sub(r"[^\W\d_]+", lambda match: singles.get(content_words.fold(match[0]), match[0]), text)


def _together(unit: Sequence[str]) -> str:
    return r"[\W_]+".join(map(re.escape, unit))
