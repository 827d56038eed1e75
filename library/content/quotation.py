"""Passages as quotations in Markdown, with where they come from, and many of them as one file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from library.content.cells import line

_SPECIAL = re.compile(r"([\\`*_\[\]<>])")
COLUMNS = ("article", "address", "quote", "note", "tags", "colour", "marked", "lost")


@dataclass(frozen=True, slots=True)
class Passage:
    """A highlight as it leaves the library: `marked` is a moment in ISO 8601."""

    article: str
    address: str
    quote: str
    note: str
    tags: tuple[str, ...]
    colour: str
    marked: str
    lost: bool


def quotation(quote: str, title: str, url: str = "", note: str = "") -> str:
    """The quotation, a line with its source, and the reader's own note below."""
    return "\n".join([*_quoted(quote), ">", f"> {_source(title, url)}", *(["", note] if note else [])])


def as_markdown(passages: Iterable[Passage]) -> Iterator[str]:
    """Each article as a chapter; those of one article stand beside each other."""
    yield "# Highlights\n"
    last = None
    for each in passages:
        if (source := (each.article, each.address)) != last:
            yield f"\n## {_source(*source)}\n"
            last = source
        names = " ".join(f"#{_escaped(name)}" for name in each.tags)
        about = ", ".join(filter(None, (each.colour, each.marked[:10], names)))
        yield "\n" + "\n\n".join(filter(None, ("\n".join(_quoted(each.quote)), each.note, about))) + "\n"


def as_csv(passages: Iterable[Passage]) -> Iterator[str]:
    yield line(COLUMNS)
    for each in passages:
        told = {**asdict(each), "tags": ", ".join(each.tags), "lost": "yes" if each.lost else ""}
        yield line(told[name] for name in COLUMNS)


def as_json(passages: Iterable[Passage]) -> Iterator[str]:
    comma = "["
    for each in passages:
        yield f"{comma}\n{json.dumps(asdict(each), ensure_ascii=False)}"
        comma = ","
    yield "[]\n" if comma == "[" else "\n]\n"


def _quoted(quote: str) -> list[str]:
    return [f"> {line}".rstrip() for line in quote.split("\n")]


def _source(title: str, url: str) -> str:
    name = _escaped(title)
    return f"[{name}](<{url}>)" if url else name


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
