"""What every page's rail shows: a context processor."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString

from library.content.text import single_line
from library.models import User
from library.models.reviews import left_today
from library.views.counts import Counts
from library.views.listing import Filters
from library.views.marked import Filters as Marks
from library.views.marked import Marked
from library.views.rows import tag_path
from library.views.search import address_from
from library.views.shelves import Entry, entries

MOST_SHELVES = MOST_PINNED = 12
# A page never waits longer for the counts of shelves. What is not counted then, the next page counts.
SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Shelves:
    """`current` is the shelf whose search this page is; beside each stands how much it finds."""

    shown: tuple[tuple[Entry, str], ...]
    more: bool
    current: Entry | None


@dataclass(frozen=True, slots=True)
class Shown:
    """All that differs between two rails, but for the page that is open."""

    library: str
    highlights: str
    review: str
    tags: str
    bin: str
    shelves: Shelves
    pinned: tuple[tuple[str, str, str], ...]


def rail(request: HttpRequest) -> dict[str, Any]:
    """Drawn only when a page shows it. A request that fails early has no user yet."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    once = cache(lambda: shown(request, user))
    room = room_of(request)
    html = SimpleLazyObject(lambda: drawn(room, open_tag(request), once()))
    return {"rail": SimpleLazyObject(once), "rail_drawn": html, "tabbar_drawn": tabbar(room)}


def room_of(request: HttpRequest) -> str:
    """The name of the address. All pages below the settings are theirs, whatever draws them."""
    if request.path.startswith("/settings/"):
        return "settings."
    match = request.resolver_match
    return match.url_name or "" if match else ""


def open_tag(request: HttpRequest) -> str:
    """The path of the tag whose page this is."""
    match = request.resolver_match
    return tag_path(match.kwargs["slug"]) if match and match.url_name == "tags.tag" else ""


@lru_cache(maxsize=256)
def drawn(room: str, path: str, what: Shown) -> SafeString:
    """The same for many pages, one after the other. `path` is that of a tag's page."""
    return render_to_string("includes/rail.html", {"room": room, "path": path, "rail": what})


@cache
def tabbar(room: str) -> SafeString:
    """What phones show in its place."""
    return render_to_string("includes/tabbar.html", {"room": room})


def shown(request: HttpRequest, user: User) -> Shown:
    return Shown(**count(user), shelves=shelves(request, user), pinned=pinned(user))


def count(user: User) -> dict[str, str]:
    counts = Counts.of(user)
    return counts.kept(
        lambda: {
            "library": f"{counts.states(Filters())['']:,}",
            "highlights": f"{Marked(counts, Marks()).count():,}",
            "tags": f"{len(counts.tags()):,}",
            "review": written(left_today(user) or None),
            "bin": f"{user.links.binned().count():,}",
        },
        "rail",
    )


def pinned(user: User) -> tuple[tuple[str, str, str], ...]:
    """(address, name, how many articles) of the tags that stand beside every page."""
    tags = Counts.of(user).pinned()[:MOST_PINNED]
    return tuple((tag_path(slug), name, written(number)) for slug, name, number in tags)


def shelves(request: HttpRequest, user: User) -> Shelves:
    counts = Counts.of(user)
    known = counts.kept(lambda: entries(user), "shelves")
    current = next((shelf for shelf in known if is_shown(shelf, request)), None)
    in_rail = [shelf for shelf in known if shelf.in_rail][:MOST_SHELVES]
    numbers = counts.searches([shelf.query for shelf in in_rail], SECONDS, shown=current.query if current else "")
    numbered = tuple((shelf, written(numbers[shelf.query])) for shelf in in_rail)
    return Shelves(numbered, len(known) > len(in_rail), current)


def written(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def is_shown(shelf: Entry, request: HttpRequest) -> bool:
    if request.path != "/search/":
        return False
    address = address_from(request.GET)
    return (shelf.query, shelf.sort) == (single_line(address.q), address.sort)
