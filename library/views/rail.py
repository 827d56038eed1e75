"""What every page's rail shows: a context processor."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from library.content.text import single_line
from library.models import User
from library.models.reviews import left_today
from library.views.counts import Counts
from library.views.listing import Filters
from library.views.rows import tag_path
from library.views.shelves import Entry, entries

MOST_SHELVES = MOST_PINNED = 12
# A page never waits longer for the counts of shelves. What is not counted then, the next page counts.
SECONDS = 0.1


def rail(request: HttpRequest) -> dict[str, Any]:
    """Counted only when a page shows the rail. A request that fails early has no user yet."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    counts = SimpleLazyObject(lambda: count(user))
    lazy_shelves = SimpleLazyObject(lambda: shelves(request, user))
    return {"rail": {"counts": counts, "shelves": lazy_shelves, "pinned": SimpleLazyObject(lambda: pinned(user))}}


def count(user: User) -> dict[str, str]:
    counts = Counts.of(user)
    return counts.kept(
        lambda: {
            "library": f"{counts.states(Filters())['']:,}",
            "tags": f"{len(counts.tags()):,}",
            "review": written(left_today(user) or None),
            "bin": f"{user.links.binned().count():,}",
        },
        "rail",
    )


def pinned(user: User) -> list[tuple[str, str, str]]:
    """(address, name, how many articles) of the tags that stand beside every page."""
    return [(tag_path(slug), name, written(number)) for slug, name, number in Counts.of(user).pinned()[:MOST_PINNED]]


def shelves(request: HttpRequest, user: User) -> dict[str, Any]:
    """`current` is the shelf whose search this page is."""
    counts = Counts.of(user)
    known = counts.kept(lambda: entries(user), "shelves")
    current = next((shelf for shelf in known if is_shown(shelf, request)), None)
    shown = [shelf for shelf in known if shelf.in_rail][:MOST_SHELVES]
    numbers = counts.searches([shelf.query for shelf in shown], SECONDS, shown=current.query if current else "")
    return {
        "shown": [(shelf, written(numbers[shelf.query])) for shelf in shown],
        "more": len(known) > len(shown),
        "current": current,
    }


def written(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def is_shown(shelf: Entry, request: HttpRequest) -> bool:
    if request.path != "/search/":
        return False
    return (shelf.query, shelf.sort) == (single_line(request.GET.get("q", "")), request.GET.get("sort", ""))
