"""Finding articles again: `search()` takes what a reader typed and gives a page of results."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from library.models import SearchDocument, User
from library.search import indexing
from library.search.fields import SORTS
from library.search.matches import ORDERS, Matches, planned
from library.search.plan import Plan, languages_of
from library.search.query import Query, Words, parse
from library.search.ranking import Ranking
from library.search.suggestions import RARE, Suggestion, suggest, unknown

__all__ = ["PAGE", "SORTS", "Results", "Suggestion", "count", "everything", "has_last_word", "search"]

PAGE = 20
# How many documents are looked up in one statement.
AT_ONCE = 1_000
# So many times a hundred changed articles are indexed before something is done with everything that a search finds.
MOST_ROUNDS = 50


@dataclass(frozen=True, slots=True)
class Results:
    """One page. `links` are ids in order; `next` and `previous` are the keys of other pages, or blank.

    `total` counts the articles with all that was asked; where there are `more`, nobody counted them.
    From `some_from` on, `links` have only some of the words. `first` is the place of the first one, where it is known;
    `cut` says how many the best are, where there are more.
    `common` are those of the words that most articles have, so far as the order asked for them; `unknown` those that
    none has, where nothing was found.
    """

    query: Query
    sentences: Sequence[str]
    sort: str
    total: int
    links: list[int]
    more: bool = False
    first: int | None = None
    next: str = ""
    previous: str = ""
    cut: int = 0
    some_from: int | None = None
    own: int | None = None
    suggestions: list[Suggestion] = field(default_factory=list)
    unknown: Sequence[str] = ()
    languages: Sequence[str] = ()
    common: Collection[Words] = ()


def search(
    owner: User,
    text: str,
    sort: str = "best",
    *,
    after: str = "",
    before: str = "",
    limit: int = PAGE,
    count_all: bool = True,
    doubt: bool = True,
) -> Results:
    """What `owner` finds by `text`. Never fails, whatever the text: what was not understood is said in sentences.

    To count many thousands of matches can take longer than to find the best: unless `count_all`, they are not counted.
    Where next to nothing is found and there is `doubt`, the results tell what may have been meant.
    """
    plan = planned(owner, text)
    query = plan.query
    sort = query.sort or sort
    if sort == "best" and not query.positive:
        sort = "newest"
    if not query:
        return Results(query, plan.sentences, sort, 0, [])
    if sort == "best":
        results = _best(query, plan, after, limit, count_all)
    elif sort in ORDERS:
        results = _in_order(query, plan, sort, after, limit)
    else:
        results = _by_date(query, plan, sort, after, before, limit)
    return _with_doubts(results, owner, plan) if doubt and results.total <= RARE else results


def count(owner: User, text: str) -> int:
    """How many articles `text` finds."""
    plan = planned(owner, text)
    return Matches(plan).total if plan.query else 0


def has_last_word(owner: User, text: str) -> bool:
    """Whether some article has the last of the words that `text` looks for."""
    words = parse(text).positive
    plan = Plan(owner.pk, languages=languages_of(owner))
    return bool(words) and bool(Matches(plan.asking(Words(words[-1].tokens[-1:]))).newest(1))


def everything(owner: User, text: str) -> list[int]:
    """The links of all articles with all that `text` asks for, newest first: as many as `count` says.

    Something is done with all of them, so more that waits to be indexed is taken in than a search has the time for.
    """
    for _ in range(MOST_ROUNDS):
        if not indexing.drain(owner_id=owner.pk):
            break
    plan = planned(owner, text)
    matches = Matches(plan)
    numbers = matches.newest(matches.total) if plan.query else []
    starts = range(0, len(numbers), AT_ONCE)
    return [link for start in starts for link in _links(numbers[start : start + AT_ONCE])]


def _best(query: Query, plan: Plan, after: str, limit: int, count_all: bool) -> Results:
    """A page of the best matches, then of those with some of the words; its key is how many come before it."""
    matches, start = Matches(plan), _number(after) or 0
    ranking = Ranking.of(plan, matches, start + limit)
    counted = matches.total if count_all else matches.known
    total = ranking.found if counted is None else counted
    start = min(start, ranking.size)
    end = start + limit
    page = ranking.numbers[start:end]
    return Results(
        query,
        plan.sentences,
        "best",
        total,
        _links(page, ranking.links),
        more=counted is None,
        first=start + 1,
        next=f"after={end}" if end < ranking.size else "",
        previous=f"after={max(start - limit, 0)}" if start else "",
        cut=ranking.whole if total > ranking.whole else 0,
        some_from=ranking.some_from(start, len(page)),
        own=matches.own(query.positive) if total and counted is not None else None,
        languages=plan.languages,
        common=ranking.common,
    )


def _with_doubts(results: Results, owner: User, plan: Plan) -> Results:
    """The same, with what may have been meant."""
    if not results.query.positive or plan.impossible:
        return results
    return replace(
        results,
        suggestions=suggest(owner, results.query, plan, results.total),
        unknown=[] if results.total else unknown(results.query, plan),
    )


def _in_order(query: Query, plan: Plan, sort: str, after: str, limit: int) -> Results:
    """A page by title or length; its key is how many come before it."""
    matches, start = Matches(plan), _number(after) or 0
    numbers = matches.in_order(sort, start, limit + 1)
    return Results(
        query,
        plan.sentences,
        sort,
        matches.total,
        _links(numbers[:limit]),
        first=start + 1,
        languages=plan.languages,
        next=f"after={start + limit}" if len(numbers) > limit else "",
        previous=f"after={max(start - limit, 0)}" if start else "",
    )


def _by_date(query: Query, plan: Plan, sort: str, after: str, before: str, limit: int) -> Results:
    """A page in the order of saving; its key is the number of the document beside it."""
    matches = Matches(plan)
    onwards, back = (matches.newest, matches.oldest) if sort == "newest" else (matches.oldest, matches.newest)
    edge = _number(before)
    if edge is None:
        edge = _number(after)
        numbers = onwards(limit + 1, edge)
        page, more, came = numbers[:limit], len(numbers) > limit, edge is not None
    else:
        numbers = back(limit + 1, edge)
        page, more, came = numbers[:limit][::-1], True, len(numbers) > limit
    return Results(
        query,
        plan.sentences,
        sort,
        matches.total,
        _links(page),
        languages=plan.languages,
        next=f"after={page[-1]}" if page and more else "",
        previous=f"before={page[0]}" if page and came else "",
    )


def _number(key: str) -> int | None:
    """A key from an address; None where it is none that this module made."""
    return int(key) if key.isascii() and key.isdigit() and len(key) <= 18 else None


def _links(numbers: list[int], known: Mapping[int, int] | None = None) -> list[int]:
    """The links of documents, in the same order; those that are not `known` are looked up."""
    found = dict(known or {})
    if missing := [number for number in numbers if number not in found]:
        found |= dict(SearchDocument.objects.filter(number__in=missing).values_list("number", "link_id"))
    return [found[number] for number in numbers if number in found]
