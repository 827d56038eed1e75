"""The words of the query language: the table that the parser, the search page's help and its messages all read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date

from library.content import periods
from library.models import Colour, State
from library.search.documents import LAYERS

SORTS = ("best", "newest", "oldest", "title", "longest", "shortest")
IS_WORDS = (*State.values, "unread", "fav")
IS_SYNONYMS = {
    "favourite": "fav", "favorite": "fav", "favourites": "fav", "favorites": "fav", "starred": "fav",
    "read": "finished",
}  # fmt: skip
PLACES = ("title", *LAYERS)
PLACE_SYNONYMS = {
    "titles": "title", "overviews": "overview", "summaries": "summary", "articles": "article", "content": "article",
    "text": "article", "note": "notes", "highlight": "highlights",
}  # fmt: skip
HAD = ("note", "highlight", "overview", "summary", "article")
HAD_SYNONYMS = {"notes": "note", "highlights": "highlight", "overviews": "overview", "summaries": "summary",
                "articles": "article", "content": "article", "contents": "article", "text": "article"}  # fmt: skip
COLOURS = tuple(Colour.values)
_LIMIT = re.compile(r"(<=?|>=?)?(\d{1,6})")
_BETWEEN = re.compile(r"(\d{1,6})?\.\.(\d{1,6})?")
_RUN = re.compile(r"#?(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Whole numbers from `least` to `most`, both included; None is open."""

    least: int | None
    most: int | None


@dataclass(frozen=True, slots=True)
class Field:
    """One `name:value`. `read` gives the value in its one form, None for nonsense; `mend` then says what to try.

    `examples` are whole queries.
    """

    means: str
    examples: tuple[str, ...]
    read: Callable[[str], str | None]
    mend: str = ""


@dataclass(frozen=True, slots=True)
class WordHelp:
    """A line of the help: `example` is a whole query that can be run."""

    group: str
    form: str
    means: str
    example: str


def period(value: str) -> str | None:
    """Dates are understood in UTC here: whether they can be is the same everywhere."""
    return value.lower() if periods.parse(value.lower(), date.today(), UTC) else None  # noqa: DTZ011 - any day will do


def bounds(value: str) -> Bounds | None:
    """`<10`, `<=10`, `>50`, `5..15`, `10`; None for anything else."""
    if between := _BETWEEN.fullmatch(value):
        least, most = (int(each) if each else None for each in between.groups())
        return Bounds(least, most) if least is not None or most is not None else None
    limit = _LIMIT.fullmatch(value)
    if limit is None:
        return None
    sign, number = limit[1] or "", int(limit[2])
    if sign.startswith("<"):
        return Bounds(None, number if sign == "<=" else number - 1)
    if sign.startswith(">"):
        return Bounds(number if sign == ">=" else number + 1, None)
    return Bounds(number, number)


def _bounded(value: str) -> str | None:
    return value if bounds(value) else None


def _one_of(words: tuple[str, ...], synonyms: Mapping[str, str] | None = None) -> Callable[[str], str | None]:
    def read(value: str) -> str | None:
        word = (synonyms or {}).get(value.lower(), value.lower())
        return word if word in words else None

    return read


def _any(value: str) -> str:
    return value


def _run(value: str) -> str | None:
    found = _RUN.fullmatch(value)
    return found[1] if found else None


def _list(name: str, words: tuple[str, ...]) -> str:
    return f"Try {', '.join(f'{name}:{word}' for word in words[:-1])} or {name}:{words[-1]}."


_DATES = "isn’t a date. Try {name}:2026-03, {name}:2026-03..2026-10 or {name}:7d."
FIELDS: dict[str, Field] = {
    "tag": Field(
        "articles with a tag, or one below it such as databases/sqlite; tag:none are those without any",
        ("tag:databases", "tag:none"), _any,
    ),
    "type": Field("a type", ('type:"Tech Deep Dive"',), _any),
    "is": Field(
        "a reading state; unread is inbox or reading, fav a favourite", ("is:unread", "is:fav", "is:finished"),
        _one_of(IS_WORDS, IS_SYNONYMS), f"says nothing about an article. {_list('is', IS_WORDS)}",
    ),
    "in": Field(
        "where the words must stand", ("ledger in:title", "ledger in:notes"),
        _one_of(PLACES, PLACE_SYNONYMS), f"is no part of an article. {_list('in', PLACES)}",
    ),
    "has": Field(
        "what an article has", ("has:note", "has:highlight", "-has:summary"),
        _one_of(HAD, HAD_SYNONYMS), f"is nothing that an article has. {_list('has', HAD)}",
    ),
    "site": Field("where it came from", ("site:example.org",), _any),
    "saved": Field("when it was saved", ("saved:2026", "saved:2026-03..2026-10", "saved:7d"), period, _DATES),
    "finished": Field("when you finished it", ("finished:2026", "finished:30d"), period, _DATES),
    "length": Field(
        "minutes to read", ("length:<10", "length:10..30", "length:>60"), _bounded,
        "isn’t a number of minutes. Try length:<10, length:10..30 or length:>60.",
    ),
    "progress": Field(
        "how far you are, in percent", ("progress:>50", "progress:0"), _bounded,
        "isn’t a percentage. Try progress:>50 or progress:10..90.",
    ),
    "colour": Field(
        "articles with a highlight of this colour", ("colour:madder",), _one_of(COLOURS),
        f"is none of the four colours. {_list('colour', COLOURS)}",
    ),
    "import": Field(
        "what an import brought, by its number", ("import:42",), _run,
        "isn’t the number of an import. The page of an import has it in its address, such as import:42.",
    ),
    "sort": Field(
        "the order", ("ledger sort:newest", "is:unread sort:shortest"), _one_of(SORTS),
        f"is no order. {_list('sort', SORTS)}",
    ),
}  # fmt: skip
FIELD_SYNONYMS = {"color": "colour", "tags": "tag", "types": "type", "state": "is", "host": "site"}
SIGNS = (
    WordHelp("Words", "ledger daybook", "articles with both words, in any form", "ledger daybook"),
    WordHelp("Words", '"double entry"', "words in this order", '"double entry"'),
    WordHelp("Words", "-tutorial", "articles without it; works before everything here", "ledger -tutorial"),
    WordHelp("Words", "ledger OR daybook", "one of the two; binds its neighbours only", "ledger OR daybook"),
    WordHelp("Words", "( )", "what belongs together", "ledger (paper OR -tag:tutorial)"),
    WordHelp("Words", "book*", "words that begin so, from two letters on", "book*"),
)
WORDS: tuple[WordHelp, ...] = (
    *SIGNS,
    *(
        WordHelp("Filters", form, field.means if form == field.examples[0] else "", form)
        for field in FIELDS.values()
        for form in field.examples
    ),
)


def complaint(name: str, value: str) -> str:
    """What is said of a value that a field can't mean."""
    field = FIELDS[name]
    if not value:
        return f"“{name}:” needs a word after the colon, such as {field.examples[0]}."
    return f"“{name}:{value}” {field.mend.format(name=name)}"
