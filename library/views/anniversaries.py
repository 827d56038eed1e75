"""On this day: what was saved, finished and marked on the same day of earlier years."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from library.content.text import excerpt
from library.models import Highlight, Link, User
from library.views.listing import within
from library.views.rows import reader_path

MOST_YEARS = 24
MOST_OF_A_KIND = 3
LONGEST_QUOTE = 160
Found = list[dict[str, Any]]


def on_this_day(user: User, today: date) -> Found:
    """The newest first of each kind: articles that were saved, those that were finished, and passages."""
    days = earlier_days(today)
    return [*articles(user, "saved_at", "saved", days), *articles(user, "finished_at", "finished", days),
            *passages(user, days)]  # fmt: skip


def earlier_days(today: date) -> list[str]:
    """This day of earlier years, as a query names it. A year without a 29 February has that day on the 28th."""
    days = []
    for year in range(today.year - 1, max(today.year - MOST_YEARS, 1) - 1, -1):
        if (today.month, today.day) == (2, 28) and isleap(year) and not isleap(today.year):
            days.append(f"{year:04}-02-28..{year:04}-02-29")
        elif (today.month, today.day) != (2, 29) or isleap(year):
            days.append(f"{year:04}-{today:%m-%d}")
    return days


def articles(user: User, field: str, done: str, days: Sequence[str]) -> Found:
    """One statement, of which each part is a short look into the index of that date."""
    kept = user.links.kept().filter(**{f"{field}__isnull": False}).order_by()
    parts = [kept.filter(within(field, day)).values_list(field, "pk") for day in days]
    newest = {pk: at for at, pk in parts[0].union(*parts[1:], all=True).order_by(f"-{field}")[:MOST_OF_A_KIND]}
    known = user.links.only("title", "url").in_bulk(list(newest))
    return [entry(known[pk], done, timezone.localtime(at).year) for pk, at in newest.items()]


def entry(link: Link, done: str, year: int) -> dict[str, Any]:
    return {"words": link.display_title, "href": reader_path(link.pk, link.title), "done": done, "year": year}


def passages(user: User, days: Sequence[str]) -> Found:
    of_user = Highlight.objects.of(user).kept().order_by()
    parts = [of_user.filter(within("created_at", day)).values_list("created_at", "pk") for day in days]
    newest = [pk for _, pk in parts[0].union(*parts[1:], all=True).order_by("-created_at")[:MOST_OF_A_KIND]]
    known = Highlight.objects.select_related("link").in_bulk(newest)
    return [passage(known[pk]) for pk in newest]


def passage(highlight: Highlight) -> dict[str, Any]:
    year = timezone.localtime(highlight.created_at).year
    told = entry(highlight.link, "marked", year)
    quote = excerpt(highlight.quote, LONGEST_QUOTE)
    return told | {"words": quote, "href": f"{told['href']}#hl-{highlight.pk}", "source": highlight.link.display_title,
                   "colour": highlight.colour}  # fmt: skip
