"""What lies beside the library as it opens: what is being read, and one highlight of the day."""

from __future__ import annotations

from typing import Any

from django.db.models import Max, Min
from django.template.loader import render_to_string
from django.utils import timezone

from library.models import Highlight, State, User
from library.models.links import shown_title
from library.models.reviews import midnight
from library.views.counts import Counts
from library.views.rows import minutes_left, reader_path

READING_SHOWN = 3
READING_FIELDS = ("id", "title", "url", "progress", "minutes")
STEP = 48_271  # a prime: from one day to the next it leads somewhere else


def desk(counts: Counts) -> str:
    """The desk as it is shown; blank where there is nothing on it. To read on is no new revision, so that is asked."""
    reading = in_progress(counts.user)
    return counts.kept(lambda: lay_out(counts.user, reading), "desk", reading)


def lay_out(user: User, reading: list[dict[str, Any]]) -> str:
    marked = highlight_of_the_day(user)
    return render_to_string("library/desk.html", {"reading": reading, "marked": marked}) if reading or marked else ""


def in_progress(user: User) -> list[dict[str, Any]]:
    """The articles in progress that were saved last."""
    reading = user.links.kept().in_state(State.READING).order_by("-saved_at", "-id")
    return [
        {
            "href": reader_path(link["id"], link["title"]),
            "title": shown_title(link["title"], link["url"]),
            "progress": link["progress"],
            "minutes": minutes_left(link),
        }
        for link in reading.values(*READING_FIELDS)[:READING_SHOWN]
    ]


def highlight_of_the_day(user: User) -> Highlight | None:
    """The same all day but for an import or a deletion: only what was marked before today takes part."""
    marked = Highlight.objects.of(user).kept().filter(created_at__lt=midnight())
    ends = marked.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return None
    place = timezone.localdate().toordinal() * STEP % (ends["last"] - ends["first"] + 1)
    return marked.filter(pk__gte=ends["first"] + place).select_related("link").order_by("pk").first()
