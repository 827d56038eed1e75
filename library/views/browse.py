"""The page of a list of articles: its tabs, facets, chips, running heads and thumb index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from itertools import groupby
from string import ascii_uppercase
from typing import Any

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone

from library.models import User
from library.search.conditions import period
from library.views.bulk import Selecting
from library.views.counts import Counts
from library.views.desk import desk
from library.views.listing import SORTS, Filters, Listing, Page
from library.views.rows import Row, rows

TABS = (
    ("", "Everything"),
    ("inbox", "Inbox"),
    ("reading", "Reading"),
    ("finished", "Finished"),
    ("archived", "Archived"),
    ("favourites", "Favourites"),
)
TAGS_OFFERED = 60
YEARS_OFFERED = 8
FEWEST_MARKS = 2
RECENT = {"7d": "Last 7 days", "30d": "Last 30 days", "365d": "Last 365 days"}
LENGTHS = {
    "<5": "Under 5 minutes",
    "5..14": "5 to 15 minutes",
    "15..29": "15 to 30 minutes",
    "30..59": "30 to 60 minutes",
    ">=60": "An hour and more",
}
BANDS = tuple(zip((5, 15, 30, 60), LENGTHS.values(), strict=False))
LONGEST_BAND = LENGTHS[">=60"]
PARTS = {"note": "Your notes", "highlight": "Highlights", "overview": "Overview", "summary": "AI summary",
         "article": "Text of the article"}  # fmt: skip
PAGE_KEYS = ("after", "before", "from")
Choice = tuple[str, str, str, bool]
MONTHS = [date(2000, month, 1).strftime("%B") for month in range(1, 13)]


@dataclass(frozen=True)
class Browse:
    """One page of one listing, with all that stands around its rows."""

    counts: Counts
    listing: Listing
    page: Page
    query: QueryDict

    @classmethod
    def of(cls, user: User, filters: Filters, query: QueryDict) -> Browse:
        counts = Counts.of(user)
        listing = counts.listing(filters)
        return cls(counts, listing, listing.page(query), query)

    @property
    def filters(self) -> Filters:
        return self.listing.filters

    def context(self) -> dict[str, Any]:
        states = self.counts.states(self.filters)
        select = Selecting.of(self.query, self.address, states[self.filters.state])
        groups = list(self.groups(select))
        return {
            "filters": self.filters,
            "tabs": self.tabs(states),
            "total": states[self.filters.state],
            "select": select,
            "chips": self.chips(),
            "clear": self.filters.cleared.address(),
            "facets": self.counts.kept(self.facets, "facets", self.filters),
            "sorts": self.sorts(),
            "densities": self.densities(),
            "groups": groups,
            "thumb": self.thumb() if states[self.filters.state] else [],
            "previous": self.page.previous_address(),
            "next": self.page.next_address(),
            "way": self.way(),
            "without": self.without() if not groups and self.filters.narrowed else [],
            "desk": desk(self.counts) if self.at_home else "",
        }

    @property
    def first_page(self) -> bool:
        return not self.query.keys() & set(PAGE_KEYS)

    @property
    def address(self) -> str:
        """Of this very page."""
        return self.filters.address(**{key: self.query.get(key, "") for key in PAGE_KEYS if key in self.query})

    @property
    def at_home(self) -> bool:
        """Whether this is the library as it opens: the desk stands beside it."""
        return self.first_page and self.filters == Filters(sort=self.filters.sort)

    def tabs(self, states: dict[str, int]) -> list[dict[str, Any]]:
        return [
            {
                "words": words,
                "count": thousands(states[state]),
                "href": replace(self.filters, state=state).address(),
                "current": state == self.filters.state,
            }
            for state, words in TABS
        ]

    def narrowings(self) -> Iterator[tuple[str, str, str, str]]:
        """Each filter: (its name in Filters, what it is called, its value, the value in words)."""
        filters, names = self.filters, self.counts.tags() if self.filters.tags else {}
        yield from (("tags", "tag", slug, names[slug][1] if slug in names else slug) for slug in filters.tags)
        yield from (("types", "type", each, each) for each in filters.types)
        if filters.saved:
            yield "saved", "saved", filters.saved, saved_words(filters.saved).lower()
        if filters.length:
            yield "length", "length", filters.length, length_words(filters.length).lower()
        yield from (("has", "has", each, each) for each in filters.has)

    def chips(self) -> list[dict[str, str]]:
        return [
            {"field": field, "words": words, "href": self.filters.without(name, value).address()}
            for name, field, value, words in self.narrowings()
        ]

    def facets(self) -> str:
        """The form of the facets. A choice is (value, words, count or "", chosen)."""
        tags = self.tag_choices()
        offered = {slug for slug, *_ in tags}
        choices = {
            "filters": self.filters,
            "types": self.type_choices(),
            "tags": tags,
            "hidden_tags": [slug for slug in self.filters.tags if slug not in offered],
            "all_tags": thousands(len(self.counts.tags())),
            "saved": self.saved_choices(),
            "lengths": self.length_choices(),
            "parts": [(value, words, "", value in self.filters.has) for value, words in PARTS.items()],
        }
        return render_to_string("library/facets.html", choices)

    def type_choices(self) -> list[Choice]:
        chosen = self.filters.types
        found = dict(self.counts.types(self.filters))
        found |= {name: 0 for name in chosen if name not in found}
        return [(name, name, thousands(number), name in chosen) for name, number in found.items()]

    def tag_choices(self) -> list[Choice]:
        """The most frequent tags; their counts are the whole library's, so only that shows them."""
        filters = self.filters
        whole = not (filters.narrowed or filters.state or filters.page_tag)
        return [
            (slug, name, thousands(number) if whole else "", slug in filters.tags)
            for slug, name, number in self.counts.frequent_tags(TAGS_OFFERED)
            if slug != filters.page_tag
        ]

    def saved_choices(self) -> list[Choice]:
        months, years = self.counts.marks(self.counts.listing(replace(self.filters, saved="")))
        newest = [months[0][:4]] if months else []
        values = ["", *RECENT, *newest, *years[:YEARS_OFFERED]]
        if self.filters.saved not in values:
            values.append(self.filters.saved)
        return [(value, saved_words(value), "", value == self.filters.saved) for value in values]

    def length_choices(self) -> list[Choice]:
        values = ["", *LENGTHS]
        if self.filters.length not in values:
            values.append(self.filters.length)
        return [(value, length_words(value), "", value == self.filters.length) for value in values]

    def sorts(self) -> list[dict[str, Any]]:
        return [
            {
                "words": sort.words,
                "href": replace(self.filters, sort=name).address(),
                "current": name == self.filters.sort,
            }
            for name, sort in SORTS.items()
        ]

    def densities(self) -> list[tuple[str, str, bool]]:
        """(words, address, current)."""
        return [
            (words, replace(self.filters, density=density).address(), density == self.filters.density)
            for density, words in (("", "Comfortable"), ("compact", "Compact"))
        ]

    def groups(self, select: Selecting) -> Iterator[dict[str, Any]]:
        """The rows under their running heads: months, letters or lengths, by the order of the list."""
        shown = rows(self.page.links, self.counts.highlights(self.page.links))
        pairs = zip(self.page.links, shown, strict=True)
        grouped = [(head, [row for _, row in part]) for head, part in groupby(pairs, lambda pair: self.head(*pair))]
        saved = self.counts.months(self.listing, [head for head, _ in grouped]) if self.listing.sort.by_date else {}
        for head, part in grouped:
            words = month_words(head) if self.listing.sort.by_date else head
            count = thousands(saved[head]) if head in saved else ""
            yield {"head": words, "saved": count, "rows": part, "drawn": select.rows(part)}

    def head(self, link: dict[str, Any], row: Row) -> str:
        if self.listing.sort.by_date:
            return month(row["saved"])
        if self.listing.sort.field == "title_key":
            return letter(link["title_key"])
        if self.listing.sort.field == "type":
            return str(link["type"]) or "No type"
        return next((words for under, words in BANDS if link["minutes"] < under), LONGEST_BAND)

    def thumb(self) -> list[dict[str, Any]]:
        """Where the fore-edge of the list can be opened: months of its newest year and the years before, or letters."""
        if self.listing.sort.field == "title_key":
            return [{"words": "", "marks": [self.mark(each.lower(), each) for each in ascii_uppercase]}]
        if not self.listing.sort.by_date:
            return []
        months, years = self.counts.marks(self.listing)
        if len(months) + len(years) < FEWEST_MARKS:
            return []
        parts = [{"words": months[0][:4], "marks": [self.mark(each, month_words(each)[:3]) for each in months]}]
        if years:
            parts.append({"words": "Earlier", "marks": [self.mark(each, each) for each in years]})
        return parts

    def mark(self, value: str, words: str) -> dict[str, Any]:
        current = value in (self.here, self.here[:4])
        return {"words": words, "href": self.filters.address(**{"from": value}), "current": current}

    @cached_property
    def here(self) -> str:
        """The month or the letter with which this page begins."""
        if not self.page.links:
            return ""
        first = self.page.links[0]
        return month(timezone.localtime(first["saved_at"])) if self.listing.sort.by_date else first["title_key"][:1]

    def way(self) -> tuple[str, str]:
        """The words on the two links that turn the page."""
        if not self.listing.sort.by_date:
            return "Previous", "Next"
        return ("Newer", "Older") if self.listing.sort.descending else ("Older", "Newer")

    def without(self) -> list[dict[str, Any]]:
        """Where no article matches: what there would be without each of the filters."""
        fewer = (self.filters.without(name, value) for name, _, value, _ in self.narrowings())
        return [
            {**chip, "count": self.counts.states(filters)[self.filters.state]}
            for chip, filters in zip(self.chips(), fewer, strict=True)
        ]


def thousands(number: int) -> str:
    return f"{number:,}"


def month(moment: datetime) -> str:
    return f"{moment.year:04}-{moment.month:02}"


def month_words(text: str) -> str:
    return f"{MONTHS[int(text[5:]) - 1]} {int(text[:4])}"


def saved_words(saved: str) -> str:
    if not saved:
        return "Any time"
    is_month = len(saved) == 7 and period(saved)
    return month_words(saved) if is_month else RECENT.get(saved, saved.replace("..", " to "))


def length_words(length: str) -> str:
    return LENGTHS.get(length, f"{length.replace('..', ' to ')} minutes") if length else "Any length"


def letter(title_key: str) -> str:
    """The first letter of a title; one head for all that begin with a digit or a sign."""
    first = title_key[:1].upper()
    return first if first.isalpha() else "0–9 and signs"
