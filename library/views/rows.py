"""Rows of articles: plain dicts and no objects, since 50 of them are on every list."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import quote

from django.db import connection
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from library.models import State, User
from library.models.links import shown_title, title_slug
from library.search.snippets import Snippet

Row = dict[str, Any]
Mark = Callable[[str], SafeString | None]  # a text with its matches marked; None where it has none

ROW_FIELDS = ("id", "title", "url", "site", "type", "saved_at", "state", "favourite", "progress", "minutes", "gist")
TAGS_SHOWN = 4
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Asked by every list: to put them together anew from the models takes longer than to ask them.
TAGS = """
SELECT lt.link_id, tag.name, tag.slug FROM library_linktag AS lt JOIN library_tag AS tag ON tag.id = lt.tag_id
WHERE lt.link_id IN ({links}) ORDER BY lt.id
"""
KEPT = f"""
SELECT {', '.join(ROW_FIELDS)} FROM library_link WHERE id IN ({{links}}) AND owner_id = %s AND deleted_at IS NULL
"""  # noqa: S608 - words of ours
HIGHLIGHTS = "SELECT link_id, count(*) FROM library_highlight WHERE link_id IN ({links}) GROUP BY link_id"
STAR = '<svg class="i star" aria-hidden="true"><use href="#i-star"/></svg><span class="vh">Favourite</span>'
TAG_ICON = '<svg class="i" aria-hidden="true"><use href="#i-tag"/></svg>'


def reader_path(link_id: int, title: str) -> str:
    """The address of the reader; `reverse()` takes ten times as long, and a list has fifty of them."""
    return SafeString(f"/read/{link_id}-{quote(title_slug(title))}/")


@lru_cache(maxsize=2048)
def tag_path(slug: str) -> str:
    return SafeString(f"/tags/{quote(slug)}/")


def rows(values: Sequence[dict[str, Any]], marked: dict[int, int]) -> list[Row]:
    """Rows for `.values(*ROW_FIELDS)`, with their tags (one query) and how often they are `marked`."""
    tags = tags_of([link["id"] for link in values])
    now = timezone.localtime()
    return [row(link, tags.get(link["id"], []), now, marked.get(link["id"], 0)) for link in values]


def row(link: dict[str, Any], tags: list[tuple[str, str]], now: datetime, highlights: int) -> Row:
    reading = link["state"] == State.READING
    saved = link["saved_at"].astimezone(now.tzinfo)
    minutes = minutes_left(link) if reading else link["minutes"]
    return {
        "id": str(link["id"]),
        "href": reader_path(link["id"], link["title"]),
        "title": shown_title(link["title"], link["url"]),
        "gist": link["gist"],
        "type": link["type"],
        "tags": tag_links(link["id"], tags),
        "named": tags,
        "site": link["site"],
        "highlights": f"{highlights} highlight{'' if highlights == 1 else 's'}" if highlights else "",
        "glyph": glyph(link["state"], link["progress"] if reading else 0),
        "done": link["state"] in (State.FINISHED, State.ARCHIVED),
        "favourite": link["favourite"],
        "minutes": str(minutes or ""),
        "left": reading and link["progress"] > 0,
        "saved": saved,
        "iso": SafeString(saved.isoformat()),
        "date": SafeString(short_date(saved, now)),
        "marked": None,
        "hits": None,
    }


@lru_cache(maxsize=128)
def glyph(state: str, progress: int) -> str:
    """The sign of a reading state, which for one in reading is filled as far as the reader came."""
    return render_to_string("includes/glyph.html", {"state": state, "progress": progress})


def drawn(rows: Iterable[Row], box: str, named: bool) -> SafeString:
    """The rows as HTML. `box` is how the box to choose a row by is; only one that is seen is `named`.

    Written here and not in a template, like all that stands in a row: a page has fifty, and a template takes ten times
    as long.
    """
    return SafeString("".join(_drawn(row, box, named) for row in rows))


def _drawn(row: Row, box: str, named: bool) -> str:
    pk, title = row["id"], escape(row["title"])
    label = f'aria-label="Select {title}" ' if named else ""
    star = STAR if row["favourite"] else ""
    gist = f'<p class="gist" dir="auto">{escape(row["gist"])}</p>' if row["gist"] and row["hits"] is None else ""
    return (
        f'<article id="row-{pk}" class="row{" done" if row["done"] else ""}" data-link="{pk}">'
        f'<input type="checkbox" class="sel" name="ids" value="{pk}" form="bulk" {label}{box}>{row["glyph"]}\n'
        f'<div class="body"><h3><a href="{escape(row["href"])}" dir="auto">{row["marked"] or title}</a>{star}</h3>\n'
        f'{gist}<p class="meta">{_meta(row)}</p>{"".join(map(_hit, row["hits"] or ()))}</div>\n'
        f'<div class="when">{_time(row)}</div></article>\n'
    )


def _meta(row: Row) -> str:
    kind = f'<span class="type">{escape(row["type"])}</span>' if row["type"] else ""
    site = f'<span class="src">{escape(row["site"])}</span>' if row["site"] else ""
    marked = f'<span class="hls">{row["highlights"]}</span>' if row["highlights"] else ""
    return f"{kind}{row['tags']}{site}{marked}"


def _hit(hit: Snippet) -> str:
    dress = f"hit{' mine' if hit.mine else ''}{f' {escape(hit.colour)}' if hit.colour else ''}"
    return f'<p class="{dress}"><span class="where">{hit.where}</span>{hit.text}</p>'


def _time(row: Row) -> str:
    left = "<i> left</i>" if row["left"] else ""
    minutes = f"<b>{row['minutes']} min{left}</b>" if row["minutes"] else ""
    return f'{minutes}<time datetime="{row["iso"]}">{row["date"]}</time>'


def tag_links(link_id: int | str, tags: list[tuple[str, str]], mark: Mark | None = None) -> str:
    """The first of the tags. Those that a search marks come before the others."""
    marked = {name: match for name, _ in tags if mark and (match := mark(name))}
    shown = (sorted(tags, key=lambda tag: tag[0] not in marked) if marked else tags)[:TAGS_SHOWN]
    links = "".join(f'<a class="tg" href="{href}">{marked.get(name) or escape(name)}</a>' for name, href in shown)
    more = f'<span class="tg-more">and {len(tags) - TAGS_SHOWN} more</span>' if len(tags) > TAGS_SHOWN else ""
    edit = f'<a class="tg-edit" href="/read/{link_id}/edit/#id_tags" aria-label="Edit tags">{TAG_ICON}</a>'
    return edit + links + more


def minutes_left(link: dict[str, Any]) -> int:
    minutes: int = link["minutes"]
    return max(1, round(minutes * (100 - link["progress"]) / 100)) if minutes else 0


def short_date(moment: datetime, now: datetime) -> str:
    """ "24 Oct" this year, "24 Oct 2025" before."""
    day = f"{moment.day} {MONTHS[moment.month - 1]}"
    return day if moment.year == now.year else f"{day} {moment.year}"


def tags_of(link_ids: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """(name, address) of the tags of each link, in the order in which they were put on."""
    found: dict[int, list[tuple[str, str]]] = {}
    for link_id, name, slug in of_links(TAGS, link_ids):
        found.setdefault(link_id, []).append((name, tag_path(slug)))
    return found


def count_highlights(link_ids: Iterable[int]) -> dict[int, int]:
    """How many highlights each link has, where it has any."""
    return dict(of_links(HIGHLIGHTS, link_ids))


def kept(owner: User, link_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """ROW_FIELDS of those of these links that are the owner's and not in the Bin."""
    found = [dict(zip(ROW_FIELDS, values, strict=True)) for values in of_links(KEPT, link_ids, owner.pk)]
    for link in found:
        link["saved_at"] = link["saved_at"].replace(tzinfo=UTC)  # SQLite keeps it without saying so.
    return {link["id"]: link for link in found}


def of_links(sql: str, link_ids: Iterable[int], *more: Any) -> list[tuple[Any, ...]]:
    """What this statement says of these links; `more` are its other parameters."""
    ids = list(link_ids)
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql.format(links=", ".join(["%s"] * len(ids))), [*ids, *more])
        return list(cursor.fetchall())
