"""A list of articles: what its address asks for, the links that answer, and the pages they come in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict

from library.content import periods
from library.models import Highlight, Link, LinkTag, State, User
from library.models.links import LinkQuerySet
from library.search.conditions import period
from library.search.fields import HAD, bounds
from library.views import keys
from library.views.rows import ROW_FIELDS

PAGE_SIZES = {"": 50, "compact": 100}
STATES = ("unread", *State.values, "favourites")
MOST_TAGS = 10

# What a tag's own index copies of a link.
OWN_FIELDS = {"link_tags__saved_at": "saved_at", "link_tags__link_id": "id"}


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of a list. An index of this order exists for each."""

    words: str
    field: str
    descending: bool

    @property
    def by_date(self) -> bool:
        return self.field == "saved_at"


SORTS = {
    "newest": Sort("Newest first", "saved_at", descending=True),
    "oldest": Sort("Oldest first", "saved_at", descending=False),
    "title": Sort("Title", "title_key", descending=False),
    "type": Sort("Type", "type", descending=False),
    "longest": Sort("Longest first", "words", descending=True),
    "shortest": Sort("Shortest first", "words", descending=False),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to. `tags` are slugs, and an article carries all of them; of `types`, any.

    `length` (in minutes) and `has` are written as in a search, and an article has all of `has`.

    `page_tag` is the tag whose own page this is: it narrows too, and stands in the path of the address.
    """

    state: str = ""
    types: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    saved: str = ""
    length: str = ""
    has: tuple[str, ...] = ()
    sort: str = "newest"
    density: str = ""
    page_tag: str = ""

    @classmethod
    def read(cls, query: QueryDict, page_tag: str = "") -> Filters:
        """What an address says; what it can't mean is left out."""
        state, saved = query.get("state", ""), query.get("saved", "").strip()
        sort, density, length = query.get("sort", ""), query.get("density", ""), query.get("length", "")
        return cls(
            state=state if state in STATES else "",
            types=_each(query.getlist("type")),
            tags=tuple(slug for slug in _each(query.getlist("tag"))[:MOST_TAGS] if slug != page_tag),
            saved=saved if period(saved) else "",
            length=length if bounds(length) else "",
            has=tuple(each for each in _each(query.getlist("has")) if each in HAD),
            sort=sort if sort in SORTS else "newest",
            density=density if density in PAGE_SIZES else "",
            page_tag=page_tag,
        )

    @property
    def all_tags(self) -> tuple[str, ...]:
        return (self.page_tag, *self.tags) if self.page_tag else self.tags

    @property
    def path(self) -> str:
        return f"/tags/{quote(self.page_tag)}/" if self.page_tag else "/library/"

    @property
    def narrowed(self) -> bool:
        return self != self.cleared

    @property
    def cleared(self) -> Filters:
        """The same tab and order with all filters dropped."""
        return replace(self, types=(), tags=(), saved="", length="", has=())

    def without(self, name: str, value: str) -> Filters:
        """The same with one filter dropped."""
        now = getattr(self, name)
        left: Any = tuple(each for each in now if each != value) if isinstance(now, tuple) else ""
        return replace(self, **{name: left})

    def pairs(self) -> list[tuple[str, str]]:
        """The filters as they stand in an address; defaults are left out."""
        single = {"state": self.state, "saved": self.saved, "length": self.length, "density": self.density}
        if self.sort != "newest":
            single["sort"] = self.sort
        return [
            *(("tag", slug) for slug in self.tags),
            *(("type", each) for each in self.types),
            *(("has", each) for each in self.has),
            *((name, value) for name, value in single.items() if value),
        ]

    def address(self, **more: str) -> str:
        query = urlencode([*self.pairs(), *more.items()])
        return f"{self.path}?{query}" if query else self.path


def _each(values: Sequence[str]) -> tuple[str, ...]:
    """Each value once, as a database can take it."""
    cleaned = (value.replace("\0", "").strip()[:300] for value in values)
    return tuple(dict.fromkeys(filter(None, cleaned)))


@dataclass(frozen=True, slots=True)
class Listing:
    """The links of one reader that a list's filters leave. `tags` come rarest first: the first one leads the query.

    Of each tag they hold the ids that count as it: its own and those of the tags below it.
    """

    user: User
    filters: Filters
    tags: tuple[tuple[int, ...], ...] = ()

    @property
    def sort(self) -> Sort:
        return SORTS[self.filters.sort]

    @property
    def lead(self) -> int | None:
        """The tag whose own index holds the list in its order: of one with others below it, there is no such index."""
        return self.tags[0][0] if self.tags and len(self.tags[0]) == 1 else None

    @property
    def date_field(self) -> str:
        """The saved time where the query reads it in order: a tag's own index holds a copy of it."""
        return "link_tags__saved_at" if self.lead else "saved_at"

    @property
    def order(self) -> tuple[str, ...]:
        """The fields of the list's order, each with a minus where it descends. Their values are the key of a page."""
        sign = "-" if self.sort.descending else ""
        if self.sort.field == "type":
            return "type", "-saved_at", "-id"
        if self.lead and self.sort.by_date:
            return f"{sign}link_tags__saved_at", f"{sign}link_tags__link_id"
        return f"{sign}{self.sort.field}", f"{sign}id"

    def links(self, *more: Q) -> LinkQuerySet:
        """In no order. An unknown tag leaves nothing.

        `more` conditions go into the same filter() as the tag's: a filter() of its own would join its table again.
        """
        if len(self.tags) < len(self.filters.all_tags):
            return self.user.links.none()
        links = in_state(self.user.links.kept(), self.filters.state)
        if self.filters.types:
            links = links.filter(type__in=self.filters.types)
        for ids in self.tags[1:] if self.lead else self.tags:
            links = links.filter(tagged(ids))
        lead = [Q(link_tags__tag=self.lead)] if self.lead else []
        narrowed = [within(self.date_field, self.filters.saved), lasting(self.filters.length)]
        return links.filter(*lead, *narrowed, *map(having, self.filters.has), *more)

    def page(self, query: QueryDict) -> Page:
        """The page after `?after=KEY`, before `?before=KEY` or from the month `?from=2026-03`; else the first."""
        after, before = self._key(query.get("after", "")), self._key(query.get("before", ""))
        start = self._start(query.get("from", ""))
        backwards = bool(before and not after)
        order = tuple(map(turned, self.order)) if backwards else self.order
        key = after or before
        found = self.links(start, past(order, key) if key else Q()).order_by(*order)
        size = PAGE_SIZES[self.filters.density]
        values: list[dict[str, Any]] = list(found.values(*ROW_FIELDS, self.sort.field)[: size + 1])
        more, values = len(values) > size, values[:size]
        if backwards:
            return Page(self, values[::-1], previous=more, next=True)
        return Page(self, values, previous=bool(after or start), next=more)

    def beside(self, link: Link, *, backwards: bool) -> dict[str, Any] | None:
        """The link before or after this one. It itself need not be in the list any more."""
        order = tuple(map(turned, self.order)) if backwards else self.order
        key = [getattr(link, OWN_FIELDS.get(field.lstrip("-"), field.lstrip("-"))) for field in order]
        found: list[dict[str, Any]] = list(
            self.links(past(order, key)).order_by(*order).values(*ROW_FIELDS, self.sort.field)[:1]
        )
        return found[0] if found else None

    def _start(self, mark: str) -> Q:
        """From a month, a year or a letter on, in the order of the list."""
        if self.sort.field == "title_key" and len(mark) == 1 and mark.isalpha():
            return Q(title_key__gte=mark.lower())
        marked = period(mark) if self.sort.by_date else None
        if marked is None:
            return Q()
        onwards = {"start": None} if self.sort.descending else {"end": None}
        return between(self.date_field, replace(marked, **onwards))

    def key_of(self, link: dict[str, Any]) -> str:
        value, when = link[self.sort.field], keys.written(link["saved_at"], link["id"])
        if self.sort.field == "type":
            return f"{value}.{when}"
        return when if self.sort.by_date else f"{value}.{link['id']}"

    def _key(self, text: str) -> tuple[Any, ...] | None:
        """What `key_of` wrote; None for anything else."""
        if self.sort.by_date:
            return keys.read(text)
        value, _, pk = text.rpartition(".")
        try:
            if self.sort.field == "type":
                value, _, micros = value.rpartition(".")
                when = keys.read(f"{micros}.{pk}")
                return (value.replace("\0", ""), *when) if when else None
            return (_number(value) if self.sort.field == "words" else value.replace("\0", "")), _number(pk)
        except (ValueError, OverflowError):
            return None


def turned(field: str) -> str:
    return field.removeprefix("-") if field.startswith("-") else f"-{field}"


def past(order: Sequence[str], key: Sequence[Any]) -> Q:
    """Beyond `key` in this order. How far its first field must be is said alone: there an index begins."""
    name, value = order[0].removeprefix("-"), key[0]
    way = "lt" if order[0].startswith("-") else "gt"
    beyond = Q(**{f"{name}__{way}": value})
    return Q(**{f"{name}__{way}e": value}) & (beyond | past(order[1:], key[1:])) if order[1:] else beyond


def in_state(links: LinkQuerySet, state: str) -> LinkQuerySet:
    if state == "favourites":
        return links.favourites()
    if state == "unread":
        return links.unread()
    return links.in_state(state) if state else links


def tagged(ids: tuple[int, ...]) -> Q | Exists:
    """With one of these tags. Several are read once; one is looked up for each link."""
    if len(ids) > 1:
        return Q(pk__in=LinkTag.objects.filter(tag__in=ids).values("link"))
    return Exists(LinkTag.objects.filter(link=OuterRef("pk"), tag=ids[0]))


def within(field: str, text: str) -> Q:
    """In the day, month, year or range that `text` names; everything where it names none."""
    return between(field, period(text))


def between(field: str, period: periods.Period | None) -> Q:
    condition = Q()
    if period and period.start:
        condition &= Q(**{f"{field}__gte": period.start})
    if period and period.end:
        condition &= Q(**{f"{field}__lt": period.end})
    return condition


def lasting(length: str) -> Q:
    """So many minutes, as `length:` in a search has it."""
    minutes, condition = bounds(length), Q()
    if minutes and minutes.least is not None:
        condition &= Q(minutes__gte=minutes.least)
    if minutes and minutes.most is not None:
        condition &= Q(minutes__lte=minutes.most)
    return condition


def having(part: str) -> Q | Exists:
    if part == "highlight":
        return Exists(Highlight.objects.filter(link=OuterRef("pk")))
    return Q(**{f"has_{part}": True})


def _number(text: str) -> int:
    """A whole number that fits a database's integer."""
    number = int(text)
    if not -(2**31) <= number < 2**63:
        raise ValueError(text)
    return number


@dataclass(frozen=True, slots=True)
class Page:
    """Some links of a listing, in its order, and whether there are others on either side."""

    listing: Listing
    links: list[dict[str, Any]]
    previous: bool
    next: bool

    def previous_address(self) -> str:
        if not self.previous:
            return ""
        if not self.links:
            return self.listing.filters.address()
        return self.listing.filters.address(before=self.listing.key_of(self.links[0]))

    def next_address(self) -> str:
        if not self.next or not self.links:
            return ""
        return self.listing.filters.address(after=self.listing.key_of(self.links[-1]))
