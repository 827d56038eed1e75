"""The list of a reader's highlights: what its address asks for, the highlights that answer, and their pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q
from django.http import QueryDict

from library.content.text import fold, single_line
from library.models import Colour, Highlight, HighlightTag, Tag, User
from library.models.highlights import HighlightQuerySet
from library.views import keys
from library.views.counts import Counts

PAGE = 50
PATH = "/highlights/"
NOTES = {"with": "With a note", "without": "Without a note"}
MOST_TAGS = 10
LONGEST_TEXT = 200
# Of more that have a text, the newest are listed: their ids go into one query.
MOST_WITH_TEXT = 10_000
FIELDS = (
    *("quote", "note", "colour", "created_at", "start", "link__title", "link__url", "link__url_hash"),
    *("link__marked_at", "section__position"),
)
Marks = list[Highlight]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to: any of the `colours`, all of the `tags` (slugs)."""

    by: str = ""
    colours: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    note: str = ""
    item: int = 0
    q: str = ""
    lost: bool = False

    @classmethod
    def read(cls, query: QueryDict) -> Filters:
        """What an address says; what it can't mean is left out."""
        item, note = query.get("item", ""), query.get("note", "")
        tags = (slug.replace("\0", "").strip()[:300] for slug in query.getlist("tag"))
        return cls(
            by="day" if query.get("by") == "day" else "",
            colours=tuple(colour for colour in Colour.values if colour in query.getlist("colour")),
            tags=tuple(dict.fromkeys(filter(None, tags)))[:MOST_TAGS],
            note=note if note in NOTES else "",
            item=keys.number(item),
            q=single_line(query.get("q", ""))[:LONGEST_TEXT],
            lost=query.get("lost") == "1",
        )

    @property
    def narrowed(self) -> bool:
        return bool(self.colours or self.tags or self.note or self.item or self.q)

    def without(self, name: str, value: str = "") -> Filters:
        """The same with one filter dropped."""
        several = name in ("colours", "tags")
        left: Any = tuple(each for each in getattr(self, name) if each != value) if several else None
        return replace(self, **{name: left if several else getattr(Filters(), name)})

    def cleared(self) -> Filters:
        return Filters(by=self.by, lost=self.lost)

    def pairs(self) -> list[tuple[str, str]]:
        """The filters as they stand in an address; defaults are left out."""
        item, lost = str(self.item or ""), "1" if self.lost else ""
        single = {"by": self.by, "note": self.note, "item": item, "q": self.q, "lost": lost}
        return [
            *(("colour", colour) for colour in self.colours),
            *(("tag", slug) for slug in self.tags),
            *((name, value) for name, value in single.items() if value),
        ]

    def address(self, path: str = PATH, **more: str) -> str:
        query = urlencode([*self.pairs(), *((name, value) for name, value in more.items() if value)])
        return f"{path}?{query}" if query else path


@dataclass(frozen=True, slots=True)
class Marked:
    """The highlights of one reader that the filters leave; of articles in the Bin there are none."""

    counts: Counts
    filters: Filters

    @classmethod
    def of(cls, user: User, filters: Filters) -> Marked:
        return cls(Counts.of(user), filters)

    def highlights(self) -> HighlightQuerySet:
        """In no order. An unknown tag leaves nothing."""
        found, filters = Highlight.objects.of(self.counts.user).kept().order_by(), self.filters
        for slug in filters.tags:
            on = HighlightTag.objects.filter(tag__in=self.tag_ids(slug))
            found = among(found, on.values("highlight"))
        if filters.colours:
            found = found.filter(colour__in=filters.colours)
        if filters.note:
            found = found.exclude(note="") if filters.note == "with" else found.filter(note="")
        if filters.item:
            found = found.filter(link=filters.item)
        if filters.lost:
            found = found.lost()
        return among(found, self._with_text()) if filters.q else found

    def tag_ids(self, slug: str) -> tuple[int, ...]:
        """The ids that count as the tag: its own and those of the tags below it; also where it has moved since."""
        known, families = self.counts.tags(), self.counts.families()
        if slug not in known and slug not in families:
            moved = Tag.objects.moved(self.counts.user.pk, [slug]).get(slug)
            slug = moved.slug if moved else slug
        if slug in families:
            return families[slug].ids
        return (known[slug][0],) if slug in known else ()

    def _with_text(self) -> list[int]:
        """The ids of those with the text in their quote or note. Folded here, since each database folds otherwise."""
        wanted, others = fold(self.filters.q), replace(self.filters, q="", by="")

        def find() -> list[int]:
            texts = replace(self, filters=others).highlights().order_by("-created_at", "-id")
            rows = texts.values_list("pk", "quote", "note").iterator()
            return [pk for pk, *both in rows if any(wanted in fold(single_line(text)) for text in both)]

        return self.counts.kept(find, "highlights with a text", others, wanted)[:MOST_WITH_TEXT]

    def count(self) -> int:
        what = replace(self.filters, by="")
        return self.counts.kept(lambda: self.highlights().count(), "highlights", what)

    def by_colour(self) -> dict[str, int]:
        """How many the other filters leave of each colour."""
        others = replace(self.filters, colours=(), by="")
        found = replace(self, filters=others).highlights
        return self.counts.kept(lambda: dict(found().values_list("colour").annotate(Count("id"))), "colours", others)

    def by_tag(self) -> dict[str, tuple[str, int]]:
        """Slug → (name, how many of those that the filters leave have it), most first."""
        what = replace(self.filters, by="")

        def find() -> dict[str, tuple[str, int]]:
            rows = self.highlights().exclude(tags=None).values_list("tags__slug", "tags__name")
            counted = rows.annotate(n=Count("id", distinct=True)).order_by("-n", "tags__name_key")
            return {slug: (name, number) for slug, name, number in counted}

        return self.counts.kept(find, "tags of highlights", what)

    # --- in pages, newest first

    def page(self, after: str) -> tuple[Marks, str]:
        """The highlights past the key, with their articles and tags, and the key of the next page."""
        found = list(self.ordered().filter(self._past(after))[: PAGE + 1])
        return found[:PAGE], self._key_of(found[PAGE - 1]) if len(found) > PAGE else ""

    def ordered(self) -> HighlightQuerySet:
        """By day; or by article, the one first that was marked last, and in it as they were made."""
        found = self.highlights().select_related("link", "section").only(*FIELDS)
        if self.filters.by:
            return found.order_by("-created_at", "-id")
        return found.filter(link__marked_at__isnull=False).order_by("-link__marked_at", "-link_id", "id")

    def _key_of(self, last: Highlight) -> str:
        if self.filters.by:
            return keys.written(last.created_at, last.pk)
        return f"{keys.written(last.link.marked_at or last.created_at, last.link_id)}.{last.pk}"

    def _past(self, key: str) -> Q:
        start, _, pk = key.rpartition(".") if not self.filters.by else (key, "", "")
        known = keys.read(start)
        if self.filters.by or known is None:
            return keys.beyond("created_at", known)
        moment, link = known
        within = Q(link=link, pk__gt=int(pk)) if keys.number(pk) else Q()
        same = Q(link__marked_at=moment) & (Q(link__lt=link) | within)
        return Q(link__marked_at__lte=moment) & (Q(link__marked_at__lt=moment) | same)


def among(found: HighlightQuerySet, ids: Any) -> HighlightQuerySet:
    """Those with these ids."""
    # A computed id is compared with them. By the index of ids, SQLite would look all of them up for each article.
    numbered: Any = found.annotate(number=F("pk") + 0)
    within: HighlightQuerySet = numbered.filter(number__in=ids)
    return within


def by_article(found: Iterable[Highlight]) -> Iterator[tuple[int, Marks]]:
    """Each article's, in the order of its texts; those that lost their place come last."""
    for link_id, part in groupby(found, key=lambda each: each.link_id):
        yield link_id, sorted(part, key=_place)


def _place(highlight: Highlight) -> tuple[bool, int, int, int, int]:
    section, start = highlight.section, highlight.start
    if section is None or start is None:
        return True, 0, 0, 0, highlight.pk
    return False, section.position, section.pk, start, highlight.pk


def tags_on(highlights: Sequence[Highlight]) -> dict[int, list[tuple[str, str]]]:
    """(name, slug) of the tags of each highlight, in alphabetical order."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    if not highlights:
        return found
    rows = HighlightTag.objects.filter(highlight__in=highlights).order_by("tag__name_key")
    for pk, name, slug in rows.values_list("highlight_id", "tag__name", "tag__slug"):
        found[pk].append((name, slug))
    return found
