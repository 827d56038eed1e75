"""One box over everything: what was typed, as chips and results that say where they matched."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from library.models import Section
from library.search import SORTS, Results, count
from library.search import search as find
from library.search.query import Chip
from library.search.snippets import Layer, Marker
from library.views.requests import ReaderRequest
from library.views.rows import ROW_FIELDS, Row, rows

SORT_WORDS = {
    "best": "Best match",
    "newest": "Newest first",
    "oldest": "Oldest first",
    "title": "Title",
    "longest": "Longest first",
    "shortest": "Shortest first",
}
MOST_DROPS = 5


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a search."""

    q: str
    sort: str = ""

    def page(self, key: str = "") -> str:
        """This search; `key` is that of one of its pages, `after=…` or `before=…`."""
        pairs = [("q", self.q), ("sort", self.sort), key.partition("=")[::2]]
        return f"/search/?{urlencode([(name, value) for name, value in pairs if value])}"


@require_safe
def search(request: ReaderRequest) -> HttpResponse:
    """`with` holds the chips of a search that is changed in its box without JavaScript."""
    q, sort = request.GET.get("q", "").strip(), request.GET.get("sort", "")
    address = Address(q, sort if sort in SORTS else "")
    if request.GET.get("with"):
        return redirect(Address(f"{request.GET['with']} {q}".strip(), address.sort).page())
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    results = find(request.user, q, address.sort or "best", after=after, before=before)
    return render(request, "search/search.html", {"address": address, **context(request, address, results)})


def context(request: ReaderRequest, address: Address, results: Results) -> dict[str, Any]:
    found = result_rows(request, results)
    return {
        "results": results,
        "rows": found,
        "chips": [chip_of(chip, Address(chip.without, address.sort)) for chip in results.query.chips],
        "sorts": sorts(results, address),
        "last": results.first + len(found) - 1 if results.first else None,
        "previous": address_of(results.previous, address),
        "next": address_of(results.next, address),
        "all_by_date": Address(without_sort(results), "newest").page(),
        "drops": list(drops(request, address, results)) if not results.total else [],
    }


def result_rows(request: ReaderRequest, results: Results) -> list[Row]:
    """The rows in the order of the results, with their matches marked."""
    links = request.user.links.kept().filter(pk__in=results.links)
    values = {link["id"]: link for link in links.values(*ROW_FIELDS)}
    found = rows([values[pk] for pk in results.links if pk in values])
    if results.query.positive:
        mark(found, Marker(results.query.positive))
    return found


def mark(found: Iterable[Row], marker: Marker) -> None:
    texts: dict[str, list[Layer]] = defaultdict(list)
    sections = Section.objects.filter(link_id__in=[row["id"] for row in found]).order_by("position", "id")
    for link_id, kind, text in sections.values_list("link_id", "kind", "text"):
        texts[str(link_id)].append(Layer(kind, text))
    for row in found:
        row["marked"] = marker.mark(row["title"])
        row["hits"] = marker.snippets(texts[row["id"]]) or None


def chip_of(chip: Chip, without: Address) -> dict[str, str]:
    field = f"not {chip.field}".strip() if chip.negative else chip.field
    return {"field": field, "words": chip.value, "href": without.page(), "negative": "not" if chip.negative else ""}


def sorts(results: Results, address: Address) -> list[dict[str, Any]]:
    """A sort that was typed gives way to one that is chosen."""
    offered = SORTS if results.query.positive else SORTS[1:]
    q = without_sort(results)
    return [
        {"words": SORT_WORDS[name], "href": Address(q, name).page(), "current": name == results.sort}
        for name in offered
    ]


def without_sort(results: Results) -> str:
    return f"{results.query.kept} {results.query.text}".strip()


def address_of(key: str, address: Address) -> str:
    return address.page(key) if key else ""


def drops(request: ReaderRequest, address: Address, results: Results) -> Iterable[dict[str, Any]]:
    """Where nothing was found: what there would be without each of the chips."""
    if len(results.query.chips) + len(results.query.positive) < 2:
        return
    for chip in results.query.chips[:MOST_DROPS]:
        there = count(request.user, chip.without)
        if there:
            yield {**chip_of(chip, Address(chip.without, address.sort)), "count": there}
