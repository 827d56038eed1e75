"""One box over everything: what was typed, as chips and results that say where they matched."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from library.content.urls import is_web_address
from library.models import Kind, Link, User
from library.models.links import address_hash
from library.search import Results, count, has_last_word
from library.search import search as find
from library.search.documents import MOST_BYTES
from library.search.facets import facets
from library.search.fields import SORTS, WORDS
from library.search.query import LONGEST_QUERY, Chip, parse
from library.search.snippets import HIGHLIGHT, Layer, Marker
from library.views.bulk import Selecting
from library.views.counts import Counts
from library.views.matches import with_words
from library.views.requests import ReaderRequest
from library.views.rows import Row, kept, rows, tag_links

SORT_WORDS = {
    "best": "Best match",
    "newest": "Newest first",
    "oldest": "Oldest first",
    "title": "By title",
    "longest": "Longest first",
    "shortest": "Shortest first",
}
MOST_DROPS = 5
TEXTS = """
SELECT 0, position, id, link_id, kind, text, '', '' FROM library_section WHERE link_id IN ({links})
UNION ALL SELECT 1, 0, id, link_id, '', quote, note, colour FROM library_highlight WHERE link_id IN ({links})
"""
FEWEST_TO_NARROW = 2
# The last word, where it may go on: three letters or more, and nothing that the query language reads otherwise.
BEGUN_WORD = re.compile(r"(?:^|\s)[^\W_][^\s:]*(?<=[^\W_]{3})$")


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a search."""

    q: str
    sort: str = ""

    def page(self, key: str = "") -> str:
        """This search; `key` is that of one of its pages, `after=…` or `before=…`."""
        return f"/search/?{self.query(key)}"

    def query(self, key: str = "") -> str:
        pairs = [("q", self.q), ("sort", self.sort), key.partition("=")[::2]]
        return urlencode([(name, value) for name, value in pairs if value])


def address_from(query: QueryDict) -> Address:
    """`with` holds the chips that stand before what is in the box. Of what is too long, so much that this is said."""
    q = f"{query.get('with', '')} {query.get('q', '')}".strip()[: LONGEST_QUERY + 1]
    sort = query.get("sort", "")
    return Address(q, sort if sort in SORTS else "")


def with_open_end(text: str) -> str:
    """While somebody types, the last word is the beginning of one; in a quotation it is only a word."""
    in_quotation = parse(text).typed.count('"') % 2
    return f"{text}*" if BEGUN_WORD.search(text) and not in_quotation else text


def begun(owner: User, text: str) -> str:
    """With an open end, where no article has the last word as it stands."""
    open_ended = with_open_end(text)
    return text if open_ended == text or has_last_word(owner, text) else open_ended


@require_safe
@vary_on_headers("HX-Request-Type")
def search(request: ReaderRequest) -> HttpResponse:
    """The page; while a reader types, only what lies below the box, whose address then takes the place of the old."""
    address, typing = address_from(request.GET), request.headers.get("HX-Request-Type") == "partial"
    if request.GET.get("with") and not typing:
        return redirect(address.page())
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    counts = bool(request.GET.get("select") or request.GET.get("narrow"))
    sort = address.sort or "best"
    asked = replace(address, q=begun(request.user, address.q)) if typing else address
    results = find(request.user, asked.q, sort, after=after, before=before, count_all=counts)
    if (after or before) and not results.links:
        return redirect(address.page())  # what stood there is gone, or the address was never given
    key = f"after={after}" if after else f"before={before}" if before else ""
    select = Selecting.of(request.GET, asked.page(key), results.total, results.more)
    values = {"address": address, "asked": asked, "typing": typing, **context(request, address, results, select)}
    if not typing:
        return render(request, "search/search.html", values)
    values["chips"] = chips_beside(request.GET.get("with", ""), request.GET.get("q", ""), address.sort)
    answer = render(request, "search/results.html", values)
    answer.headers["HX-Replace-Url"] = address.page()
    return answer


@require_safe
def narrow(request: ReaderRequest) -> HttpResponse:
    """The lists beside the results, which are counted after the results are there; and how many these are."""
    address = address_from(request.GET)
    values = {"facets": narrowing(request, address), "total": count(request.user, address.q)}
    return render(request, "search/narrow.html", values)


@require_safe
def words(request: ReaderRequest) -> HttpResponse:
    return render(request, "search/words.html", {"words": WORDS, "most_bytes": MOST_BYTES})


def narrowing(request: ReaderRequest, address: Address) -> list[dict[str, Any]]:
    if count(request.user, address.q) < FEWEST_TO_NARROW:
        return []
    return [
        {
            "name": facet.name,
            "choices": [(choice, Address(choice.query, address.sort).page()) for choice in facet.choices],
        }
        for facet in facets(request.user, address.q)
    ]


def context(request: ReaderRequest, address: Address, results: Results, select: Selecting) -> dict[str, Any]:
    found = result_rows(request, results, address)
    partial = set(map(str, results.links[results.some_from :])) if results.some_from is not None else set()
    every, some = [row for row in found if row["id"] not in partial], [row for row in found if row["id"] in partial]
    return {
        "results": results,
        "select": select,
        "rows": every,
        "some": some,
        "drawn": {"rows": select.rows(every), "some": select.rows(some)},
        "whole": whole(results),
        "saved_from": saved_from(request.user, address.q),
        "narrows": results.total >= FEWEST_TO_NARROW,
        "facets": narrowing(request, address) if request.GET.get("narrow") else None,
        "suggestions": [(one, Address(one.query, address.sort).page()) for one in results.suggestions],
        "chips": [chip_of(chip, Address(chip.without, address.sort)) for chip in results.query.chips],
        "sort_kept": results.query.sort or address.sort,
        "sorts": sorts(results, address),
        "last": results.first + len(found) - 1 if results.first else None,
        "previous": address_of(results.previous, address),
        "next": address_of(results.next, address),
        "all_by_date": Address(without_sort(results), "newest").page(),
        "drops": list(drops(request, address, results)) if not results.total else [],
    }


def saved_from(owner: User, text: str) -> Link | None:
    """The article whose address, or one it had before, is all of the text."""
    url_hash = address_hash(text) if is_web_address(text) else None
    if url_hash is None:
        return None
    kept, former = owner.links.kept(), owner.former_addresses.filter(url_hash=url_hash)
    return kept.filter(Q(url_hash=url_hash) | Q(pk__in=former.values("link_id"))).order_by("pk").first()


def whole(results: Results) -> int | None:
    """How many articles have all of the words, where this page shows it."""
    if results.some_from is None or results.first is None:
        return None
    before = results.first - 1 + results.some_from
    return before if results.some_from or not before else None


def result_rows(request: ReaderRequest, results: Results, address: Address) -> list[Row]:
    """The rows in the order of the results, with their matches marked; each opens at its first match."""
    values = kept(request.user, results.links)
    ordered = [values[pk] for pk in results.links if pk in values]
    found = rows(ordered, Counts.of(request.user).highlights(ordered))
    if results.query.positive:
        mark(found, Marker(results.query.positive, results.languages, results.common))
        behind = f"{with_words(results.query.typed, address.page(page_key(request.GET)))}#match-1"
        for row in found:
            row["href"] += behind
    return found


def page_key(query: QueryDict) -> str:
    """Of the page of results that is shown, as in its address."""
    name = next((name for name in ("after", "before") if query.get(name)), "")
    return f"{name}={query[name]}" if name else ""


def mark(found: Sequence[Row], marker: Marker) -> None:
    layers = layers_of([row["id"] for row in found])
    if marker.spans("\n".join(name for row in found for name, _ in row["named"])):
        for row in found:
            row["tags"] = tag_links(row["id"], row["named"], marker.mark)
    for row in found:
        row["marked"] = marker.mark(row["title"])
        row["hits"] = marker.snippets(layers[row["id"]]) or None


def layers_of(link_ids: list[str]) -> dict[str, list[Layer]]:
    """All texts of these links, and what the reader marked and wrote in their margins."""
    layers: dict[str, list[Layer]] = defaultdict(list)
    if not link_ids:
        return layers
    with connection.cursor() as cursor:
        cursor.execute(TEXTS.format(links=", ".join(["%s"] * len(link_ids))), [*link_ids, *link_ids])
        found = sorted(cursor.fetchall(), key=lambda row: row[:3])
    for marked, _, _, link_id, kind, text, note, colour in found:
        if marked:
            layers[str(link_id)] += [Layer(HIGHLIGHT, text, colour), Layer(Kind.NOTE, note)]
        else:
            layers[str(link_id)].append(Layer(kind, text))
    return layers


def chips_beside(kept: str, text: str, sort: str) -> list[dict[str, str]]:
    """While a reader types: those that stand beside the box, and without one of them the others and what is in it."""
    return [chip_of(chip, Address(f"{chip.without} {text}".strip(), sort)) for chip in parse(kept).chips]


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
