"""What may have been meant where nothing was found: words of the reader's own library that are written alike."""

from __future__ import annotations

import re
from dataclasses import dataclass

from library.content import words as content_words
from library.models import User
from library.search import vocabulary
from library.search.matches import Matches, planned
from library.search.plan import Plan
from library.search.query import Query, Words

SHORTEST = 3
MOST, MOST_TRIED = 2, 4


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`query` is the whole query with other words; `words` are those words, `count` how many articles it finds."""

    query: str
    words: str
    count: int


def suggest(owner: User, query: Query, plan: Plan) -> list[Suggestion]:
    """The query with the words that no article has mended, best first; only what finds something."""
    unknown = [words.tokens[0] for words in query.positive if _is_unknown(plan, words)]
    mended = [vocabulary.nearest(owner.pk, word) for word in unknown]
    if not unknown or not all(mended):
        return []
    found = []
    for place in range(min(MOST_TRIED, max(map(len, mended)))):
        instead = {word: near[min(place, len(near) - 1)] for word, near in zip(unknown, mended, strict=True)}
        text = _mend(query.mended, instead)
        total = Matches(planned(owner, text)).total
        if total:
            found.append(Suggestion(text, " ".join(instead.values()), total))
    return sorted(found, key=lambda one: -one.count)[:MOST] if len(found) > 1 else found


def _is_unknown(plan: Plan, words: Words) -> bool:
    """Whether no article at all has this one word."""
    word = words.tokens[0]
    if len(words.tokens) > 1 or words.open_ended or len(word) < SHORTEST or not word.isalpha():
        return False
    return not content_words.is_paired(word) and not Matches(plan.asking(words)).newest(1)


def _mend(text: str, instead: dict[str, str]) -> str:
    """The text with other words in their place; everything else stays as it was typed."""

    def mend(match: re.Match[str]) -> str:
        return instead.get(content_words.fold(match[0]), match[0])

    return re.sub(r"[^\W\d_]+", mend, text)
