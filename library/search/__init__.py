"""Finding articles again: `search()` takes what a reader typed and gives a page of results."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from library.models import SearchDocument, User
from library.search import indexing
from library.search.backends import backend
from library.search.matches import Matches
from library.search.plan import Plan, make_plan
from library.search.query import Query, parse

PAGE = 20


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another query that finds something; `words` is what differs in it."""

    query: str
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class Results:
    """One page. `links` are ids in order; `next` and `previous` are the keys of other pages, or blank.

    `first` is the place of the first one, where it is known; `cut` says how many the best are, where there are more.
    `own` is how many match in the reader's own words; from `some_from` on, `links` have only some of the words.
    """

    query: Query
    sentences: Sequence[str]
    sort: str
    total: int
    links: list[int]
    first: int | None = None
    next: str = ""
    previous: str = ""
    cut: int = 0
    own: int | None = None
    some_from: int | None = None
    suggestions: list[Suggestion] = field(default_factory=list)


def search(
    owner: User, text: str, sort: str = "best", *, after: str = "", before: str = "", limit: int = PAGE
) -> Results:
    """What `owner` finds by `text`. Never fails, whatever the text: what was not understood is said in sentences."""
    indexing.drain(owner_id=owner.pk)
    query = parse(text)
    plan = make_plan(owner, query)
    sort = query.sort or sort
    if sort != "oldest" and not plan.words:
        sort = "newest"
    if not query:
        return Results(query, plan.sentences, sort, 0, [])
    if sort == "best":
        return _best(query, plan, after, limit)
    return _by_date(query, plan, sort, after, before, limit)


def count(owner: User, text: str) -> int:
    """How many articles `text` finds."""
    query = parse(text)
    return Matches(make_plan(owner, query)).total if query else 0


def _best(query: Query, plan: Plan, after: str, limit: int) -> Results:
    """A page of the best matches; its key is how many come before it."""
    matches, most = Matches(plan), backend().BEST
    start = min(_number(after) or 0, most)
    end = min(start + limit, most)
    numbers = backend().best(plan, matches.of, end + 1)
    return Results(
        query,
        plan.sentences,
        "best",
        matches.total,
        _links(numbers[start:end]),
        first=start + 1,
        next=f"after={end}" if end < min(len(numbers), most) else "",
        previous=f"after={max(start - limit, 0)}" if start else "",
        cut=most if most < matches.total else 0,
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
        next=f"after={page[-1]}" if page and more else "",
        previous=f"before={page[0]}" if page and came else "",
    )


def _number(key: str) -> int | None:
    """A key from an address; None where it is none that this module made."""
    return int(key) if key.isascii() and key.isdigit() and len(key) <= 18 else None


def _links(numbers: list[int]) -> list[int]:
    """The links of documents, in the same order."""
    found = dict(SearchDocument.objects.filter(number__in=numbers).values_list("number", "link_id"))
    return [found[number] for number in numbers if number in found]
