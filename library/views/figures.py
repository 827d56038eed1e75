"""The figures of a reader's library in a year or in all years: a few statements, whatever the size of the library."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median_low
from typing import Any

from django.db.models import Aggregate, Count, Q, QuerySet, Sum
from django.utils import timezone

from library.content.text import fold
from library.models import Highlight, Link, LinkTag, User
from library.models.links import UNREAD, LinkQuerySet
from library.models.tags import above
from library.views.listing import within

MOST_YEARS = 24
MOST_LISTED = 8
MOST_FAMILIES = 24
# More spines than these are no picture, and the page would become heavy.
MOST_SPINES = 600
WAITING = timedelta(days=365)
Numbers = dict[str, int]
Ranking = list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A year in months, or all years: each part as it is written in a query, such as 2026-03."""

    whole: str
    parts: tuple[str, ...]
    year: int | None = None

    @classmethod
    def of_year(cls, year: int, today: date) -> Stretch:
        months = today.month if year == today.year else 12
        return cls(f"{year:04}", tuple(f"{year:04}-{month:02}" for month in range(1, months + 1)), year)

    @classmethod
    def of_all(cls, years: Sequence[int]) -> Stretch:
        """The years before those that are shown come together as one part."""
        shown = sorted(years)[-MOST_YEARS:]
        earlier = [f"..{shown[0] - 1:04}"] if len(years) > len(shown) else []
        return cls(f"..{shown[-1]:04}", (*earlier, *(f"{year:04}" for year in shown)))


@dataclass(frozen=True, slots=True)
class Spine:
    """One finished article."""

    id: int
    title: str
    type: str
    minutes: int
    saved_at: datetime
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """`by` is what the rankings and the median are of: "finished", or "saved" where nothing was finished."""

    stretch: Stretch
    saved: Numbers
    finished: Numbers
    minutes: Numbers
    noted: int
    by: str
    types: Ranking
    tags: Ranking
    sites: Ranking
    median: int
    longest: Link | None
    spines: list[Spine]
    unread: int
    unread_minutes: int
    waiting: int
    waiting_until: str
    marked: int
    marked_with_note: int
    reviewed: int


def years_of(user: User, today: date) -> list[int]:
    """From the year of the first saved article on, the newest first; none in an empty library."""
    by_date = user.links.kept().order_by("saved_at").values_list("saved_at", flat=True)
    first, last = by_date.first(), by_date.last()
    if not first or not last:
        return []
    newest = max(today.year, timezone.localtime(last).year)
    return list(range(newest, timezone.localtime(first).year - 1, -1))


def figures_of(user: User, stretch: Stretch, today: date) -> Figures:
    kept = user.links.kept()
    saved = kept.filter(within("saved_at", stretch.whole))
    finished = kept.filter(within("finished_at", stretch.whole), finished_at__isnull=False)
    per_saved = per_part(saved, "saved_at", stretch, Count, "id")
    per_finished = per_part(finished, "finished_at", stretch, Count, "id")
    minutes = per_part(finished, "finished_at", stretch, Sum, "minutes")
    by = "finished" if per_finished[stretch.whole] else "saved"
    basis = finished if by == "finished" else saved
    total = (per_finished if by == "finished" else per_saved)[stretch.whole]
    return Figures(
        stretch=stretch,
        saved=per_saved,
        finished=per_finished,
        minutes=minutes,
        by=by,
        types=rank_types(basis),
        tags=rank_tags(user, basis),
        sites=rank_sites(basis),
        median=median_minutes(basis, total),
        longest=basis.order_by("-minutes", "-id").only("title", "minutes").first(),
        spines=spines_of(finished) if stretch.year and total <= MOST_SPINES else [],
        **backlog(kept, stretch, today),
        **marks_of(user, stretch),
    )


def per_part(links: LinkQuerySet, field: str, stretch: Stretch, what: type[Aggregate], of: str) -> Numbers:
    """An aggregate of the links of the whole stretch, and of each part."""
    parts = {f"in_{place}": what(of, filter=within(field, part)) for place, part in enumerate(stretch.parts)}
    found = links.order_by().aggregate(whole=what(of), **parts)
    numbers = {part: found[f"in_{place}"] or 0 for place, part in enumerate(stretch.parts)}
    return {stretch.whole: found["whole"] or 0, **numbers}


def rank_types(links: LinkQuerySet) -> Ranking:
    """Spellings of one type that differ in case are one, as they are in a search."""
    spelt = links.exclude(type="").order_by().values_list("type").annotate(number=Count("id"))
    names: dict[str, str] = {}
    numbers: Counter[str] = Counter()
    for name, number in spelt.order_by("-number", "type"):
        names.setdefault(fold(name), name)
        numbers[fold(name)] += number
    return [(names[key], number) for key, number in numbers.most_common(MOST_LISTED)]


def rank_sites(links: LinkQuerySet) -> Ranking:
    found = links.exclude(site="").order_by().values_list("site").annotate(number=Count("id"))
    return list(found.order_by("-number", "site")[:MOST_LISTED])


def rank_tags(user: User, links: LinkQuerySet) -> Ranking:
    """An article counts once for a tag, whether it has the tag itself, one below it or several: as a search finds."""
    tagged = LinkTag.objects.filter(link__in=links.order_by()).order_by()
    used = list(tagged.values_list("tag__name_key", "tag__name", "tag").annotate(number=Count("tag")))
    higher = {key for name_key, *_ in used for key in above(name_key)}
    numbers = {name: number for key, name, _, number in used if key not in higher}
    numbers |= with_below(user, tagged, used, higher)
    return sorted(numbers.items(), key=lambda each: (-each[1], each[0]))[:MOST_LISTED]


def with_below(user: User, tagged: QuerySet[LinkTag], used: Sequence[tuple[Any, ...]], higher: set[str]) -> Numbers:
    """The numbers of the tags that stand above others, as far as they may be among the first."""
    below: dict[str, list[int]] = defaultdict(list)
    at_most: Counter[str] = Counter()
    for name_key, _, pk, number in used:
        for key in higher.intersection([name_key, *above(name_key)]):
            below[key].append(pk)
            at_most[key] += number
    likely = [key for key, _ in at_most.most_common(MOST_FAMILIES)]
    names = list(user.tags.filter(name_key__in=likely).values_list("name_key", "name"))
    counts = {f"of_{place}": Q(tag__in=below[key]) for place, (key, _) in enumerate(names)}
    found = tagged.aggregate(**{name: Count("link", filter=of, distinct=True) for name, of in counts.items()})
    return {name: found[f"of_{place}"] for place, (_, name) in enumerate(names)}


def median_minutes(links: LinkQuerySet, total: int) -> int:
    middle = links.order_by("minutes").values_list("minutes", flat=True)[total // 2 : total // 2 + 1]
    return next(iter(middle), 0)


def spines_of(finished: LinkQuerySet) -> list[Spine]:
    names = ("id", "title", "type", "minutes", "saved_at", "finished_at")
    found = finished.order_by("finished_at", "id").values_list(*names)
    local = timezone.localtime
    return [Spine(pk, title, kind, minutes, local(a), local(b)) for pk, title, kind, minutes, a, b in found if b]


def backlog(kept: LinkQuerySet, stretch: Stretch, today: date) -> dict[str, Any]:
    """What only a look at every article tells, in one go: what is unread, and how much has notes."""
    until = f"..{today - WAITING:%Y-%m-%d}"
    unread = Q(state__in=UNREAD)
    found = kept.order_by().aggregate(
        noted=Count("id", filter=Q(within("saved_at", stretch.whole), has_note=True)),
        unread=Count("id", filter=unread),
        unread_minutes=Sum("minutes", filter=unread),
        waiting=Count("id", filter=unread & within("saved_at", until)),
    )
    return {name: number or 0 for name, number in found.items()} | {"waiting_until": until}


def marks_of(user: User, stretch: Stretch) -> dict[str, Any]:
    """Passages, by when they were marked; of those reviewed, only when they were last seen is known."""
    marked = Highlight.objects.of(user).kept().filter(within("created_at", stretch.whole))
    seen = user.reviews.kept().filter(within("seen_at", stretch.whole), seen_at__isnull=False)
    return {
        **marked.order_by().aggregate(marked=Count("id"), marked_with_note=Count("id", filter=~Q(note=""))),
        "reviewed": seen.count(),
    }


# --- what the spines tell beside their picture


@dataclass(frozen=True, slots=True)
class Habits:
    """`weekday` is the day on which most was finished; `waited` how many days the one in the middle waited."""

    days: int
    weekday: str
    waited: int


def habits_of(spines: Sequence[Spine]) -> Habits | None:
    if not spines:
        return None
    weekdays = Counter(f"{spine.finished_at:%A}" for spine in spines)
    return Habits(
        days=len({spine.finished_at.date() for spine in spines}),
        weekday=weekdays.most_common(1)[0][0],
        waited=median_low(max(0, (spine.finished_at.date() - spine.saved_at.date()).days) for spine in spines),
    )
