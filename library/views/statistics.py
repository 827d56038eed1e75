"""Statistics: a year of reading as spines on a shelf, in tables, and with a list behind each number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from library.content.text import fold
from library.models import User
from library.models.links import shown_title
from library.search.conditions import period as read_period
from library.search.query import quoted
from library.views import keys
from library.views.browse import MONTHS, month_words
from library.views.counts import Counts
from library.views.figures import Figures, Spine, Stretch, figures_of, habits_of, years_of
from library.views.requests import ReaderRequest
from library.views.rows import reader_path

YEARS_OFFERED = 6
ALL = "all"
# The picture: a spine is so wide, stands so far from the next, and is so high if it is the longest or the shortest.
WIDE, STEP, HIGH, LOW = 3, 4.2, 128, 12
COLOURS = 4
# Two bars for each part of a stretch.
BAR, PART, BAR_HIGH = 13, 36, 96


@require_safe
def index(request: ReaderRequest) -> HttpResponse:
    """A `?year=`, or `?year=all`; else the year that it is."""
    counts, today = Counts.of(request.user), timezone.localdate()
    years = counts.kept(lambda: years_of(request.user, today), "years")
    if not years:
        return render(request, "statistics/index.html", {"years": []})
    asked = request.GET.get("year", "")
    year = next((each for each in years if asked == str(each)), None if asked == ALL else years[0])
    content = counts.kept(lambda: context(request.user, years, year, today), "statistics", year)
    return render(request, "statistics/index.html", content)


def context(user: User, years: list[int], year: int | None, today: date) -> dict[str, Any]:
    stretch = Stretch.of_year(year, today) if year else Stretch.of_all(years)
    found = figures_of(user, stretch, today)
    types = [name for name, _ in found.types[:COLOURS]]
    return {
        "years": choices(years, year),
        "year": year,
        "found": found,
        "saved": (found.saved[stretch.whole], saved_path(stretch.whole if year else "")),
        "finished": (found.finished[stretch.whole], finished_path(stretch.whole)),
        "read": duration(found.minutes[stretch.whole]),
        "noted": (found.noted, search_path(f"has:note saved:{stretch.whole}")),
        "marked": (found.marked, marked_path(stretch, today)),
        "marked_with_note": (found.marked_with_note, marked_path(stretch, today, note="with")),
        "tag": tag_of(found),
        "legend": [*((f"t{place}", name) for place, name in enumerate(types)), (f"t{COLOURS}", "Everything else")],
        "shelf": shelf(found.spines, types, stretch) if found.spines else [],
        "bars": bars(found),
        "parts": parts(found),
        "lists": lists(found),
        "habits": habits(found, today),
    }


def choices(years: Sequence[int], year: int | None) -> list[tuple[str, str, bool]]:
    """(words, address, current): the newest years and the one shown, oldest first, then all."""
    offered = sorted({*years[:YEARS_OFFERED], *([year] if year else [])})
    return [(str(each), f"?year={each}", each == year) for each in offered] + [("All", f"?year={ALL}", year is None)]


# --- the lists behind the numbers


def search_path(query: str) -> str:
    return f"/search/?{urlencode({'q': query})}"


def saved_path(part: str) -> str:
    return f"/library/?{urlencode({'saved': part})}" if part else "/library/"


def finished_path(part: str, *more: str) -> str:
    return search_path(" ".join([f"finished:{part}", *more]))


def marked_path(stretch: Stretch, today: date, **more: str) -> str:
    """The highlights from the newest of the stretch on."""
    period = read_period(stretch.whole)
    over = stretch.year and stretch.year < today.year and period and period.end
    return f"/highlights/?{urlencode({'by': 'day', **more, **({'after': keys.written(over, 0)} if over else {})})}"


def tag_of(found: Figures) -> tuple[str, str] | None:
    """The tag that is on most, with the list of its articles."""
    if not found.tags:
        return None
    name = found.tags[0][0]
    return name, search_path(f"tag:{quoted(name)} {found.by}:{found.stretch.whole}")


# --- pictures, and the tables that say the same


def shelf(spines: Sequence[Spine], types: list[str], stretch: Stretch) -> list[dict[str, Any]]:
    """A month after the other: its spines, and how many there are of each type."""
    longest = max(spine.minutes for spine in spines) or 1
    return [
        month_of_spines(part, [spine for spine in spines if f"{spine.finished_at:%Y-%m}" == part], types, longest)
        for part in stretch.parts
    ]


def month_of_spines(part: str, spines: list[Spine], types: list[str], longest: int) -> dict[str, Any]:
    known = {fold(name): place for place, name in enumerate(types)}
    kinds = [known.get(fold(spine.type), COLOURS) for spine in spines]
    others = [f"-type:{quoted(name)}" for name in types]
    asked = [*([f"type:{quoted(name)}"] for name in types), others]
    places = [*range(len(types)), COLOURS]
    return {
        "words": month_words(part),
        "short": MONTHS[int(part[5:]) - 1][:3],
        "number": len(spines),
        "href": finished_path(part),
        "width": round(max(len(spines) * STEP, STEP), 1),
        "height": HIGH,
        "spines": [drawn(place, *pair, longest) for place, pair in enumerate(zip(spines, kinds, strict=True))],
        "types": [(kinds.count(kind), finished_path(part, *ask)) for kind, ask in zip(places, asked, strict=True)],
        "minutes": sum(spine.minutes for spine in spines),
    }


def drawn(place: int, spine: Spine, kind: int, longest: int) -> dict[str, Any]:
    height = round(LOW + (HIGH - LOW) * spine.minutes / longest, 1)
    title = shown_title(spine.title)
    return {
        "x": round(place * STEP, 1),
        "y": round(HIGH - height, 1),
        "wide": WIDE,
        "height": height,
        "kind": f"t{kind}",
        "href": reader_path(spine.id, spine.title),
        "title": f"{title}, {spine.minutes} min" if spine.minutes else title,
    }


def parts(found: Figures) -> list[dict[str, Any]]:
    """Each month or year in numbers."""
    return [
        {
            "words": part_words(part),
            "href": f"?year={part}" if found.stretch.year is None and part.isdecimal() else "",
            "saved": (found.saved[part], saved_path(part)),
            "finished": (found.finished[part], finished_path(part)),
            "minutes": found.minutes[part],
        }
        for part in found.stretch.parts
    ]


def part_words(part: str) -> str:
    if part.startswith(".."):
        return f"Until {part[2:]}"
    return month_words(part) if "-" in part else part


def bars(found: Figures) -> dict[str, Any]:
    """What was saved and what was finished, side by side."""
    most = max(numbers[part] for numbers in (found.saved, found.finished) for part in found.stretch.parts)
    drawn_bars = [
        {
            "x": place * PART + shift,
            "y": BAR_HIGH - bar_height(numbers[part], most),
            "height": bar_height(numbers[part], most),
            "kind": kind,
        }
        for place, part in enumerate(found.stretch.parts)
        for shift, kind, numbers in ((4, "saved", found.saved), (4 + BAR + 1, "finished", found.finished))
    ]
    labels = [(place * PART + PART // 2, label(part)) for place, part in enumerate(found.stretch.parts)]
    width = PART * len(found.stretch.parts)
    sizes = {"width": width, "wide": BAR, "high": BAR_HIGH, "height": BAR_HIGH + 18}
    return {**sizes, "bars": drawn_bars, "labels": labels}


def bar_height(number: int, most: int) -> float:
    """What is there at all can be seen."""
    return round(max(2, BAR_HIGH * number / most), 1) if number else 0


def label(part: str) -> str:
    return MONTHS[int(part[5:]) - 1][:1] if "-" in part else f"’{part[-2:]}"


# --- lists and habits


def lists(found: Figures) -> list[dict[str, Any]]:
    heads = (f"What you {found.by}", "Tags you came back to", "Where it came from")
    stretch = f"{found.by}:{found.stretch.whole}"
    rankings = zip(heads, ("type", "tag", "site"), (found.types, found.tags, found.sites), strict=True)
    return [
        {
            "head": head,
            "most": ranking[0][1],
            "rows": [(name, number, search_path(f"{field}:{quoted(name)} {stretch}")) for name, number in ranking],
        }
        for head, field, ranking in rankings
        if ranking
    ]


def habits(found: Figures, today: date) -> list[tuple[str, str, str]]:
    """(words, number, address of its list)."""
    basis = search_path(f"{found.by}:{found.stretch.whole}")
    told = [("Article in the middle", f"{found.median:,} min", basis)] if found.median else []
    if found.longest and found.longest.minutes:
        there = reader_path(found.longest.pk, found.longest.title)
        told.append((f"Longest {found.by}", f"{found.longest.minutes:,} min", there))
    if known := habits_of(found.spines):
        told += [
            ("Days with reading", f"{known.days:,} of {days_of(found.stretch, today):,}", basis),
            ("From saved to finished", f"{known.waited:,} day{'' if known.waited == 1 else 's'}", basis),
            ("Most finished on", f"{known.weekday}s", basis),
        ]
    # When a passage was seen before it was last seen isn't kept, so this can't be said of years that are over.
    if found.reviewed and found.stretch.year in (None, today.year):
        told.append(("Passages reviewed", f"{found.reviewed:,}", "/review/shown/"))
    unread = search_path("is:unread")
    return [
        *told,
        ("Unread now", f"{found.unread:,}", unread),
        ("Time to read them", duration(found.unread_minutes), unread),
        ("Waiting over a year", f"{found.waiting:,}", search_path(f"is:unread saved:{found.waiting_until}")),
    ]


def days_of(stretch: Stretch, today: date) -> int:
    year = stretch.year or today.year
    last = min(date(year, 12, 31), today) if year <= today.year else date(year, 12, 31)
    return (last - date(year, 1, 1)).days + 1


def duration(minutes: int) -> str:
    if minutes < 120:
        return f"{minutes:,} minute{'' if minutes == 1 else 's'}"
    return f"{round(minutes / 60):,} hours"
