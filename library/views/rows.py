"""Rows of articles, as `includes/rows.html` shows them: plain dicts, since 50 of them are on every list."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from django.utils import timezone

from library.models import LinkTag, State
from library.models.links import UNTITLED, title_slug

Row = dict[str, Any]

ROW_FIELDS = ("id", "title", "url", "site", "type", "saved_at", "state", "favourite", "progress", "minutes", "gist")
TAGS_SHOWN = 4
STATE_WORDS = {
    State.INBOX: "In your inbox",
    State.FINISHED: "Finished",
    State.ARCHIVED: "Archived",
}


def reader_path(link_id: int, title: str) -> str:
    """The address of the reader; `reverse()` takes ten times as long, and a list has fifty of them."""
    return f"/read/{link_id}-{quote(title_slug(title))}/"


def rows(values: Sequence[dict[str, Any]]) -> list[Row]:
    """Rows for `.values(*ROW_FIELDS)`, with their tags (one query)."""
    tags = tags_of([link["id"] for link in values])
    today = timezone.localdate()
    return [row(link, tags.get(link["id"], []), today) for link in values]


def row(link: dict[str, Any], tags: list[tuple[str, str]], today: date) -> Row:
    reading = link["state"] == State.READING
    saved = timezone.localtime(link["saved_at"])
    return {
        "id": link["id"],
        "href": reader_path(link["id"], link["title"]),
        "title": link["title"].strip() or link["url"] or UNTITLED,
        "gist": link["gist"],
        "type": link["type"],
        "tags": tags[:TAGS_SHOWN],
        "more": len(tags) - TAGS_SHOWN if len(tags) > TAGS_SHOWN else 0,
        "site": link["site"],
        "state": link["state"],
        "state_words": f"Reading, {link['progress']}% read" if reading else STATE_WORDS[link["state"]],
        "pie": link["progress"] if reading else None,
        "done": link["state"] in (State.FINISHED, State.ARCHIVED),
        "favourite": link["favourite"],
        "minutes": minutes_left(link) if reading else link["minutes"],
        "left": reading and link["progress"] > 0,
        "saved": saved,
        "iso": saved.isoformat(),
        "date": short_date(saved, today),
        "marked": None,
        "hits": None,
    }


def minutes_left(link: dict[str, Any]) -> int:
    minutes: int = link["minutes"]
    return max(1, round(minutes * (100 - link["progress"]) / 100)) if minutes else 0


def short_date(moment: datetime, today: date) -> str:
    """ "24 Oct" this year, "24 Oct 2025" before."""
    day = f"{moment.day} {moment:%b}"
    return day if moment.year == today.year else f"{day} {moment.year}"


def tags_of(link_ids: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """(name, address) of the tags of each link, in the order in which they were put on."""
    found: dict[int, list[tuple[str, str]]] = {}
    tagged = LinkTag.objects.filter(link_id__in=list(link_ids)).order_by("id")
    for link_id, name, slug in tagged.values_list("link_id", "tag__name", "tag__slug"):
        found.setdefault(link_id, []).append((name, f"/tags/{quote(slug)}/"))
    return found
