"""The order of the best: articles with all the words, then, where those are few, the best with some of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from library.models import Link, SearchDocument
from library.search.backends import backend
from library.search.matches import Matches
from library.search.plan import Plan, Scored, Shares

# With fewer matches than this, articles with some of the words follow, up to so many.
FEW, MOST_SOME = 20, 100
# Of two articles that match alike a reader more often means the favourite, or the one saved later. The lift is so
# slight that it moves an article past its neighbours only: a favourite's score grows by a twentieth, that of one
# saved today by a fiftieth, and by less the longer ago it was saved.
FAVOURITE_LIFT, NEW_LIFT = 0.05, 0.02
YEAR = 365 * 86_400
LIFTED = 100  # the best are looked at for it; what comes after them is not moved


@dataclass(frozen=True, slots=True)
class Ranking:
    """Numbers of documents in order; the first `whole` of them have all the words. `cut`: there are more than these."""

    numbers: list[int]
    whole: int
    cut: int

    @classmethod
    def of(cls, plan: Plan, matches: Matches) -> Ranking:
        if plan.impossible:
            return cls([], 0, 0)
        most = backend().BEST
        known = backend().shares(plan, plan.words)
        whole = [number for number, _ in lifted(backend().best(plan, matches.of, known))]
        if len(whole) < most:
            matches.total = len(whole)
        some = _some(plan, matches, known, set(whole)) if len(whole) < FEW else []
        return cls(whole + some, len(whole), most if most < matches.total else 0)

    def some_from(self, start: int, length: int) -> int | None:
        """Where on the page of `length` that begins at `start` articles with some of the words begin."""
        place = max(self.whole - start, 0)
        return place if place < length else None


def _some(plan: Plan, matches: Matches, known: Shares, found: set[int]) -> list[int]:
    """The best with some of the words that are not `found` already."""
    if len(plan.words) < 2:
        return []
    scored = backend().some(plan, matches.of, known, Matches(plan.asking()).total)
    return [number for number, _ in lifted(scored) if number not in found][:MOST_SOME]


def lifted(scored: Scored) -> Scored:
    """The same, best first as they are given, with favourites and new articles lifted a little."""
    if not scored:
        return []
    head, tail = scored[:LIFTED], scored[LIFTED:]
    newest = max(number for number, _ in head)
    favourites = _favourites([number for number, _ in head])

    def moved(each: tuple[int, float]) -> float:
        number, score = each
        years = (newest - number) / YEAR
        return score * (1 + NEW_LIFT / (1 + years) + FAVOURITE_LIFT * (number in favourites))

    return sorted(head, key=moved) + tail


def _favourites(numbers: list[int]) -> set[int]:
    """Those of the documents whose articles are favourites."""
    is_favourite = Exists(Link.objects.favourites().filter(pk=OuterRef("link_id")))
    found = SearchDocument.objects.filter(is_favourite, number__in=numbers)
    return set(found.values_list("number", flat=True))
