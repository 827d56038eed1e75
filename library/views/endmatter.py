"""What stands after an article: where to go on, what it has to do with, and what was marked in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode

from django.http import HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from library.accounts import is_own_path
from library.content.text import excerpt
from library.models import Link, User
from library.models.links import shown_title
from library.models.tags import newest_of_each
from library.search import Results
from library.search import search as find
from library.views.counts import Counts
from library.views.listing import Filters, Listing
from library.views.margin import Margin
from library.views.matches import with_words
from library.views.requests import ReaderRequest
from library.views.rows import reader_path
from library.views.search import Address, address_from, page_key

FIELDS = ("id", "title", "url", "type", "minutes")
SEARCH = "/search/?"
RELATED = 3
MOST_TAGS = 12
NEWEST_OF_TAG = 100
LOOKED_AT = 8
RARITY = 1_000_000
PASSAGE_SHOWN = 160


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as another one names it."""

    href: str
    title: str
    type: str = ""
    minutes: int = 0


def entry(link: dict[str, Any], back: str = "") -> Entry:
    path = reader_path(link["id"], link["title"])
    title = shown_title(link["title"], link["url"])
    return Entry(f"{path}?{urlencode({'back': back})}" if back else path, title, link["type"], link["minutes"])


# --- the list that the reader came from ----------------------------------------------------------------------------


def way_on(user: User, link: Link, back: str) -> dict[str, Any]:
    """The article after this one in the list at the address `back`, and the way to the one before.

    What a search finds is ranked anew for each look, so there only the way is offered, in both directions.
    """
    in_search = back.startswith(SEARCH)
    listing = None if in_search else listing_at(user, back)
    if not in_search and not listing:
        return {}
    path = f"/read/{link.pk}/beside/?{urlencode({'back': back})}"
    after = listing.beside(link, backwards=False) if listing else None
    next_one = entry(after, back) if after else Entry(f"{path}&way=next", "") if in_search else None
    return {"previous": f"{path}&way=previous", "next": next_one}


def listing_at(user: User, back: str) -> Listing | None:
    path, _, query = back.partition("?")
    slug = path.removeprefix("/tags/").rstrip("/") if path.startswith("/tags/") else ""
    if path == "/library/" or (slug and "/" not in slug):
        return Counts.of(user).listing(Filters.read(QueryDict(query), page_tag=unquote(slug)))
    return None


@require_safe
def beside(request: ReaderRequest, pk: int) -> HttpResponseRedirect:
    """To the article before or after this one in a list; from its last one back to the list."""
    link = get_object_or_404(request.user.links, pk=pk)
    back, backwards = request.GET.get("back", ""), request.GET.get("way") == "previous"
    back = back if is_own_path(back) else ""
    if back.startswith(SEARCH):
        return HttpResponseRedirect(beside_in_search(request.user, link, back, backwards=backwards))
    listing = listing_at(request.user, back)
    there = listing.beside(link, backwards=backwards) if listing else None
    return HttpResponseRedirect(entry(there, back).href if there else back if listing else "/library/")


def beside_in_search(user: User, link: Link, back: str, *, backwards: bool) -> str:
    query = QueryDict(back.removeprefix(SEARCH))
    address = address_from(query)
    there, key = neighbour(user, address, link, page_key(query), -1 if backwards else 1)
    found = user.links.kept().filter(pk__in=there).first()
    if found is None:
        return address.page(key)
    return f"{reader_path(found.pk, found.title)}{with_words(address.q, address.page(key))}#match-1"


def neighbour(user: User, address: Address, link: Link, key: str, way: int) -> tuple[list[int], str]:
    """The link before or after this one in a search, and the key of the page of results that it is on."""
    results = results_at(user, address, key)
    there = results.links[::way]
    if link.pk in there:
        rest = there[there.index(link.pk) + 1 :]
    else:
        rest = beyond_in_time(there, link, descending=(results.sort == "newest") == (way == 1))
        if results.sort not in ("newest", "oldest"):
            return [], key
    turned = results.next if way == 1 else results.previous
    if not rest and turned:
        key, rest = turned, results_at(user, address, turned).links[::way]
    return rest[:1], key


def beyond_in_time(there: Sequence[int], link: Link, *, descending: bool) -> list[int]:
    """Those that come after a link that is found no more, as one that has just been finished."""
    saved = Link.objects.filter(pk__in=there, owner_id=link.owner_id).in_bulk()
    mine = (link.saved_at, link.pk)
    return [pk for pk in there if pk in saved and ((saved[pk].saved_at, pk) < mine) == descending]


def results_at(user: User, address: Address, key: str) -> Results:
    name, _, value = key.partition("=")
    after, before = (value if name == wanted else "" for wanted in ("after", "before"))
    return find(user, address.q, address.sort or "best", after=after, before=before)


# --- what it has to do with ----------------------------------------------------------------------------------------


def related(user: User, link: Link, tags: Sequence[int]) -> list[Entry]:
    """The articles that share most with this one by its tags. A tag on few articles says more than one on many.

    Of each tag the newest are looked at: two queries, whatever the size of the library.
    """
    sharing = newest_of_each(tags[:MOST_TAGS], NEWEST_OF_TAG)
    uses = Counter(tag for tag, _ in sharing)
    weights: Counter[int] = Counter()
    for tag, other in sharing:
        weights[other] += RARITY // uses[tag]
    del weights[link.pk]
    best = sorted(weights, key=lambda pk: (-weights[pk], -pk))[:LOOKED_AT]
    rows = {row["id"]: row for row in user.links.kept().filter(pk__in=best).values(*FIELDS)} if best else {}
    return [entry(rows[pk]) for pk in best if pk in rows][:RELATED]


# --- what was marked in it -----------------------------------------------------------------------------------------


def passages(margin: Margin) -> list[dict[str, Any]]:
    """What was marked, in the order of the page."""
    return [
        {"placed": placed, "words": excerpt(" ".join(placed.highlight.quote.split()), PASSAGE_SHOWN)}
        for placed in margin.shown
    ]
