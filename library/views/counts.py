"""Counts of a library, kept under the owner's revision: right in every process, and never dropped by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf
from time import monotonic
from typing import Any, TypeVar

from django.core.cache import caches
from django.db.models import Count, OuterRef, Subquery, Value
from django.utils import timezone

from library.content import periods
from library.models import HighlightTag, LinkTag, State, User
from library.models.links import LinkQuerySet
from library.search import count as count_found
from library.views.families import Family, TagRow, count_families, find_families
from library.views.listing import Filters, Listing, within
from library.views.rows import count_highlights

T = TypeVar("T")
YEARS_SHOWN = 24
# What a shelf finds is counted again after a minute, not after each change: there may be many, and they ask the index.
COUNT_LASTS = 60


@dataclass(frozen=True, slots=True)
class Counts:
    """What may be asked about a reader's library at one revision. Each answer is computed once a process."""

    user: User
    revision: int

    @classmethod
    def of(cls, user: User) -> Counts:
        """Of `request.user`, which lives as long as its request: the page and its rail see one revision."""
        known: Counts = vars(user).get("_counts") or cls(user, user.revision)
        vars(user)["_counts"] = known
        return known

    def kept(self, compute: Callable[[], T], *what: object) -> T:
        where = (self.user.pk, self.revision, timezone.get_current_timezone_name(), timezone.localdate())
        key = hashlib.sha256(repr((where, what)).encode()).hexdigest()
        cache = caches["local"]
        found: Any = cache.get(key)
        if found is None:
            found = compute()
            cache.set(key, found)
        answer: T = found
        return answer

    def tags(self) -> dict[str, tuple[int, str, int]]:
        """Slug → (id, name, how many articles), in alphabetical order. The Bin does not count.

        An article counts once for a tag, whether it has the tag itself, one below it, or several.
        """
        return self.kept(lambda: count_tags(self.user, self._rows(), self.families()), "tags")

    def on_highlights(self) -> dict[str, int]:
        """Slug → how many highlights have the tag; only those that have some. The Bin does not count."""
        rows = HighlightTag.objects.filter(tag__owner=self.user, highlight__link__deleted_at=None)
        counted = rows.order_by().values_list("tag__slug").annotate(Count("id"))
        return self.kept(lambda: dict(counted), "tags on highlights")

    def families(self) -> dict[str, Family]:
        """By slug, the names that have tags below them."""
        return self.kept(lambda: find_families(self._rows()), "families")

    def pinned(self) -> list[tuple[str, str, int]]:
        """(slug, name, how many articles) of the tags that stand beside every page."""

        def on_rail() -> list[tuple[str, str, int]]:
            known = self.tags()
            return [(row.slug, *known[row.slug][1:]) for row in self._rows() if row.pinned and row.slug in known]

        return self.kept(on_rail, "pinned")

    def _rows(self) -> list[TagRow]:
        return self.kept(lambda: read_tags(self.user), "rows of tags")

    def frequent_tags(self, most: int) -> list[tuple[str, str, int]]:
        """(slug, name, how many articles) of the tags that are on most articles."""

        def most_used() -> list[tuple[str, str, int]]:
            found = [(slug, name, count) for slug, (_, name, count) in self.tags().items() if count]
            return sorted(found, key=lambda tag: -tag[2])[:most]

        return self.kept(most_used, "frequent tags", most)

    def listing(self, filters: Filters) -> Listing:
        """The listing of these filters. Its tags come rarest first."""
        known, families = (self.tags(), self.families()) if filters.all_tags else ({}, {})
        found = [
            (known[slug][2] if slug in known else 0, families[slug].ids if slug in families else (known[slug][0],))
            for slug in filters.all_tags
            if slug in known or slug in families
        ]
        return Listing(self.user, filters, tuple(ids for _, ids in sorted(found)))

    def states(self, filters: Filters) -> dict[str, int]:
        """How many articles each tab holds; "" is everything."""
        anywhere = replace(filters, state="", sort="newest", density="")
        return self.kept(lambda: count_states(self.listing(anywhere)), "states", anywhere)

    def types(self, filters: Filters) -> list[tuple[str, int]]:
        """Each type and how many articles it has among what the other filters leave, most first."""
        others = replace(filters, types=(), sort="newest", density="")
        return self.kept(lambda: count_types(self.listing(others).links()), "types", others)

    def months(self, listing: Listing, months: Sequence[str]) -> dict[str, int]:
        """How many articles of the listing were saved in each of these months."""
        plain = replace(listing.filters, sort="newest", density="")
        return self.kept(lambda: count_months(listing, months), "months", plain, tuple(months))

    def marks(self, listing: Listing) -> tuple[list[str], list[str]]:
        """The months of the newest year and the years before it in which articles of the listing were saved."""
        plain = replace(listing.filters, sort="newest", density="")
        return self.kept(lambda: find_marks(listing), "marks", plain)

    def highlights(self, values: Iterable[dict[str, Any]]) -> dict[int, int]:
        """How many highlights each of these links has, where it has any."""
        ids = [link["id"] for link in values]
        return self.kept(lambda: count_highlights(ids), "highlights", ids)

    def searches(self, queries: Iterable[str], seconds: float, shown: str = "") -> dict[str, int | None]:
        """How many articles each query finds, as of a minute ago at most; what is `shown` beside it, as of now.

        When the `seconds` are over, the rest stay as they were, or None: a later page goes on with them.
        """
        cache, end = caches["local"], monotonic() + seconds
        numbers: dict[str, int | None] = {}
        for query in queries:
            key = f"search-{self.user.pk}-{hashlib.sha256(query.encode()).hexdigest()}"
            numbers[query], counted_at = cache.get(key, (None, -inf))
            now = monotonic()
            if query == shown or (now - counted_at > COUNT_LASTS and now < end):
                numbers[query] = count_found(self.user, query)
                cache.set(key, (numbers[query], now))
        return numbers


def read_tags(user: User) -> list[TagRow]:
    """In alphabetical order. All uses are counted in each tag's own stretch of an index."""
    uses = LinkTag.objects.filter(tag=OuterRef("pk")).order_by().values("tag").annotate(number=Count("tag"))
    tags = user.tags.order_by("name_key").annotate(uses=Subquery(uses.values("number")))
    return [TagRow(*values) for values in tags.values_list(*TagRow._fields)]


def count_tags(user: User, rows: Sequence[TagRow], families: dict[str, Family]) -> dict[str, tuple[int, str, int]]:
    """The few uses that are in the Bin are taken off."""
    in_bin = LinkTag.objects.filter(link__owner=user, link__deleted_at__isnull=False)
    binned = dict(in_bin.order_by().values_list("tag").annotate(Count("tag")))
    counts = {row.slug: (row.uses or 0) - binned.get(row.pk, 0) for row in rows} | count_families(user, families)
    return {row.slug: (row.pk, row.name, counts[row.slug]) for row in rows}


def count_states(listing: Listing) -> dict[str, int]:
    links = listing.links().order_by()
    found = dict(links.values_list("state").annotate(Count("id")))
    counts = {state: found.get(state, 0) for state in State.values}
    return {
        **counts,
        "": sum(counts.values()),
        "unread": counts[State.INBOX] + counts[State.READING],
        "favourites": links.favourites().count(),
    }


def count_types(links: LinkQuerySet) -> list[tuple[str, int]]:
    found = links.exclude(type="").order_by().values_list("type").annotate(number=Count("id"))
    return list(found.order_by("-number", "type"))


def count_months(listing: Listing, months: Sequence[str]) -> dict[str, int]:
    if not months:
        return {}
    spans = {month: within(listing.date_field, month) for month in months}
    all_months = within(listing.date_field, f"{min(months)}..{max(months)}")
    numbers = {f"in_{month.replace('-', '_')}": Count("id", filter=span) for month, span in spans.items()}
    found = listing.links(all_months).order_by().aggregate(**numbers)
    return {month: found[f"in_{month.replace('-', '_')}"] for month in months}


def find_marks(listing: Listing) -> tuple[list[str], list[str]]:
    field = listing.date_field
    first, last = (listing.links().order_by(way + field).values_list(field, flat=True).first() for way in ("", "-"))
    if not first or not last:
        return [], []
    zone = timezone.get_current_timezone()
    oldest, newest = (periods.month_of(moment, zone) for moment in (first, last))
    year = int(newest[:4])
    months = [f"{year:04}-{month:02}" for month in range(int(newest[5:]), 0, -1)]
    years = [f"{each:04}" for each in range(year - 1, max(int(oldest[:4]), year - YEARS_SHOWN) - 1, -1)]
    filled = spans_with_links(listing, [*months, *years])
    return [month for month in months if month in filled], [each for each in years if each in filled]


def spans_with_links(listing: Listing, spans: list[str]) -> set[str]:
    """Those of the spans in which something was saved: one statement, each part of it a short look into the index."""
    parts = [
        listing.links(within(listing.date_field, span))
        .order_by().values_list(Value(span)).annotate(number=Count("id"))
        for span in spans
    ]  # fmt: skip
    return {span for span, number in parts[0].union(*parts[1:], all=True) if number}
