"""The order of the best: articles with all the words, then, where those are few, the best with some of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from library.models import User
from library.search.backends import backend
from library.search.matches import Matches
from library.search.plan import COMMON, Plan, Scored, Shares
from library.search.query import Words

# With fewer matches than this, articles with some of the words follow, up to so many.
FEW, MOST_SOME = 20, 100
# Of two articles that match alike a reader more often means the favourite, or the one saved later. The lift is so
# slight that it moves an article past its neighbours only: a favourite's score grows by a twentieth, that of one
# saved today by a fiftieth, and by less the longer ago it was saved.
FAVOURITE_LIFT, NEW_LIFT = 0.05, 0.02
YEAR = 365 * 86_400
LIFTED = 30  # the best are looked at for it; what comes after them is not moved
# To bm25 a word tells the less the more articles have it, and nothing from half of them on: "apis in government" is no
# more than "apis" where most are about government. In a title, which a reader remembers, it does tell.
TELLS_LITTLE = 1 / 4
TITLE_LIFT = 2
# `shares` says nothing of a smaller library.
SMALL = 1_000
LINKS = """
SELECT d.number, d.link_id, EXISTS (SELECT 1 FROM library_link AS l WHERE l.id = d.link_id AND l.favourite)
FROM library_searchdocument AS d WHERE d.number IN ({marks})
"""
Heads = dict[int, tuple[int, bool]]  # number of a document: its link, and whether that is a favourite


@dataclass(frozen=True, slots=True)
class Ranking:
    """Numbers of documents in order, as many as were `wanted` at least, of `size` in all; the first `whole` of them
    have all the words. `found` counts all that do, exactly where the index ranks them all; else there may be more.

    `links` has the links of the first ones. `common` are those of the words that tell little, since most articles have
    them.
    """

    numbers: list[int]
    size: int
    whole: int
    found: int
    links: dict[int, int]
    common: frozenset[Words] = frozenset()

    @classmethod
    def of(cls, plan: Plan, matches: Matches, wanted: int) -> Ranking:
        if plan.impossible:
            matches.total = 0
            return cls([], 0, 0, 0, {})
        index, known = backend(), backend().shares(plan, plan.words)
        plan = matches.plan = plan.with_index(*sorted(plan.index, key=lambda part: known.get(part, COMMON)))
        few = FEW if len(plan.words) > 1 else 0
        wanted = max(min(wanted, index.BEST), LIFTED)
        whole, found, all_found = index.best(plan, matches, known, wanted, few)
        some: Scored = []
        if all_found:
            matches.total = found
        if found < few:
            whole, some = _with_some(plan, matches, known, [number for number, _ in whole])
        if all_found:
            whole = _by_titles_too(plan, matches, known, whole)
        heads = _heads(number for number, _ in whole[:LIFTED] + some[:LIFTED])
        numbers = [number for number, _ in lifted(whole, heads)[: index.BEST] + lifted(some, heads)]
        links = {number: link_id for number, (link_id, _) in heads.items()}
        most = min(found, index.BEST)
        return cls(numbers, most + len(some), most, found, links, _common(matches, plan.words, known))

    def some_from(self, start: int, length: int) -> int | None:
        """Where on the page of `length` that begins at `start` articles with some of the words begin."""
        place = max(self.whole - start, 0)
        return place if place < length else None


def too_common(owner: User, languages: Sequence[str], words: Sequence[Words]) -> frozenset[Words]:
    """Those of the words that most of the reader's articles have."""
    plan = Plan(owner.pk, languages=tuple(languages))
    return _common(Matches(plan), words, backend().shares(plan, words))


def _common(matches: Matches, words: Sequence[Words], known: Shares) -> frozenset[Words]:
    """Those of several words that most articles have: in a small library all that have them are counted. Of next to no
    articles nothing is said."""
    if len(words) < 2:
        return frozenset()
    if matches.has_so_many(SMALL):
        return frozenset(one for one in words if known.get(one, 0) > COMMON)
    if (size := matches.size) < FEW:
        return frozenset()
    return frozenset(one for one in words if Matches(matches.plan.asking(one)).total > COMMON * size)


def _with_some(plan: Plan, matches: Matches, known: Shares, found: list[int]) -> tuple[Scored, Scored]:
    """Those with all the words, which were `found`, and the best of those with some: ranked in one go."""
    scored = backend().some(plan, found, matches, known)
    all_words = set(found)
    whole = [each for each in scored if each[0] in all_words]
    return whole, [each for each in scored if each[0] not in all_words][:MOST_SOME]


def lifted(scored: Scored, heads: Heads) -> Scored:
    """The same, best first as they are given, with favourites and new articles lifted a little."""
    if not scored:
        return []
    head, tail = scored[:LIFTED], scored[LIFTED:]
    newest = max(number for number, _ in head)

    def moved(each: tuple[int, float]) -> float:
        number, score = each
        years = (newest - number) / YEAR
        favourite = number in heads and heads[number][1]
        return score * (1 + NEW_LIFT / (1 + years) + FAVOURITE_LIFT * favourite)

    return sorted(head, key=moved) + tail


def _by_titles_too(plan: Plan, matches: Matches, known: Shares, scored: Scored) -> Scored:
    """The same, with those lifted that have all the words in their titles, where one of the words tells little. Of
    those that are not among the best it is not known how well they match: they count like the last of these."""
    if len(plan.words) < 2 or not scored or not _tell_little(matches, known):
        return scored
    titled = dict.fromkeys(matches.of(plan.in_titles, backend().BEST), scored[:LIFTED][-1][1])
    titled |= {number: score for number, score in scored[:LIFTED] if number in titled}
    moved = dict(scored) | {number: score * TITLE_LIFT for number, score in titled.items()}
    return sorted(moved.items(), key=lambda each: (each[1], each[0] not in titled, -each[0]))


def _tell_little(matches: Matches, known: Shares) -> bool:
    return any(share > TELLS_LITTLE for share in known.values()) or not matches.has_so_many(SMALL)


def _heads(numbers: Iterable[int]) -> Heads:
    asked = list(numbers)
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(LINKS.format(marks=", ".join(["%s"] * len(asked))), asked)
        return {number: (link_id, bool(favourite)) for number, link_id, favourite in cursor.fetchall()}
