"""What filters ask of a link, as SQL on library_link called l."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.utils import timezone

from library.content import periods
from library.content.text import fold
from library.content.urls import site
from library.models.links import UNREAD
from library.search.fields import bounds
from library.search.query import Filter

Clause = tuple[str, list[Any]]
EVERYTHING: Clause = ("1 = 1", [])
NOTED = " AND h.note <> ''"
HAS_HIGHLIGHT = "EXISTS (SELECT 1 FROM library_highlight AS h WHERE h.link_id = l.id{more})"
# What an import added or changed. Its own record names the link, and a link's records are its owner's.
FROM_IMPORT = (
    "EXISTS (SELECT 1 FROM library_importedrecord AS r WHERE r.link_id = l.id AND r.run_id = %s "
    "AND r.outcome IN ('new', 'updated', 'merged'))"
)
# The types that a reader uses, found by stepping from one to the next in the index on them.
TYPES_IN_USE = """
WITH RECURSIVE step(type) AS (
    SELECT min(type) FROM library_link WHERE owner_id = %s AND deleted_at IS NULL
    UNION ALL
    SELECT (SELECT min(type) FROM library_link WHERE owner_id = %s AND deleted_at IS NULL AND type > step.type)
    FROM step WHERE step.type IS NOT NULL
) SELECT type FROM step WHERE type IS NOT NULL
"""


def types_in_use(owner_id: int) -> dict[str, list[str]]:
    """The types as they are spelt, by their folded form."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(TYPES_IN_USE, [owner_id, owner_id])
        for (name,) in cursor.fetchall():
            found.setdefault(fold(name), []).append(name)
    return found


def clause(one: Filter) -> Clause:
    """The condition of any filter but `tag:` and `type:`, which name what a reader has."""
    return CLAUSES[one.field](one.value)


def _is(value: str) -> Clause:
    if value == "fav":
        return "l.favourite", []
    states = [state.value for state in UNREAD] if value == "unread" else [value]
    return f"l.state IN ({', '.join(['%s'] * len(states))})", states


def _has(value: str) -> Clause:
    if value == "highlight":
        return HAS_HIGHLIGHT.format(more=""), []
    # A note in the margin is a note.
    return (f"(l.has_note OR {HAS_HIGHLIGHT.format(more=NOTED)})" if value == "note" else f"l.has_{value}", [])


def _site(value: str) -> Clause:
    """The site of an address or of a host, as links keep it."""
    return "l.site = %s", [site(value if "://" in value else f"https://{value}") or value.lower()]


def period(text: str) -> periods.Period | None:
    """A day, a month, a year, a range or `7d`, as the reader's own clock has them now."""
    return periods.parse(text, timezone.localdate(), timezone.get_current_timezone())


def _within(column: str) -> Callable[[str], Clause]:
    def read(value: str) -> Clause:
        meant = period(value)
        return between(column, meant.start if meant else None, meant.end if meant else None)

    return read


def between(column: str, start: Any, end: Any) -> Clause:
    """From `start` up to and without `end`, moments of which None is open."""
    asked = [(f"{column} >= %s", start), (f"{column} < %s", end)]
    kept = [(sql, connection.ops.adapt_datetimefield_value(value)) for sql, value in asked if value is not None]
    sql = " AND ".join([f"{column} IS NOT NULL", *(sql for sql, _ in kept)])
    return sql, [value for _, value in kept]


def _number(column: str) -> Callable[[str], Clause]:
    def read(value: str) -> Clause:
        found = bounds(value)
        if found is None:
            return EVERYTHING
        asked = [(f"{column} >= %s", found.least), (f"{column} <= %s", found.most)]
        kept = [(sql, number) for sql, number in asked if number is not None]
        return " AND ".join(sql for sql, _ in kept), [number for _, number in kept]

    return read


def _colour(value: str) -> Clause:
    return HAS_HIGHLIGHT.format(more=" AND h.colour = %s"), [value]


def _import(value: str) -> Clause:
    return FROM_IMPORT, [int(value)]


CLAUSES: dict[str, Callable[[str], Clause]] = {
    "is": _is,
    "has": _has,
    "site": _site,
    "saved": _within("l.saved_at"),
    "finished": _within("l.finished_at"),
    "length": _number("l.minutes"),
    "progress": _number("l.progress"),
    "colour": _colour,
    "import": _import,
}
