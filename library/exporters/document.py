"""The complete export as one JSON object, piece by piece (docs/export.md): the rows of `models.portable`."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from library.exporters.chosen import CHUNK, IDS, Chosen
from library.models import Attachment, HighlightTag, Link, LinkTag, Source
from library.models.portable import ACTS, ARTICLES, IMPORTS, PREFERENCES, SHELVES, TAGS, VERSION, Part

Row = dict[str, Any]
RECORDS = 1_000
WITHIN = "within"


def head(chosen: Chosen, *, beside: bool = False) -> Iterator[str]:
    """All that comes before the articles; `beside` says that link files have their texts."""
    about = {
        "commonplace": VERSION,
        "exported": timezone.now().isoformat(),
        "whole": chosen.whole,
        "of": chosen.title,
        "beside": beside,
        "reader": {name: plain(getattr(chosen.owner, name)) for name in PREFERENCES},
    }
    yield json.dumps(about, ensure_ascii=False)[:-1]
    yield from listed(TAGS.name, tags(chosen))
    yield from listed(SHELVES.name, rows(SHELVES, _all(SHELVES, chosen)))
    yield from listed(ACTS.name, rows(ACTS, _all(ACTS, chosen)))


def tail(chosen: Chosen) -> Iterator[str]:
    """All that comes after them."""
    yield from listed(IMPORTS.name, imports(chosen))
    yield "}\n"


def listed(name: str, items: Iterable[Row | str]) -> Iterator[str]:
    """`,"name": [items]`; items that are text already are pieces of the list as they stand."""
    yield f',\n"{name}": ['
    for number, item in enumerate(items):
        if isinstance(item, str):
            yield item
        else:
            yield (",\n" if number else "\n") + json.dumps(item, ensure_ascii=False)
    yield "\n]"


def articles(links: Sequence[Link]) -> list[Row]:
    """The rows of these articles with all inside them: a query for each kind of rows."""
    found = {row["id"]: row for row in rows(ARTICLES, Link.objects.filter(pk__in=[link.pk for link in links]))}
    return [found[link.pk] for link in links if link.pk in found]


def originals_of(links: Sequence[Link]) -> set[str]:
    """The SHA-256 of each file from which these articles come, or came before, and of those that came with them."""
    ids = [link.pk for link in links]
    rows = Source.objects.filter(link__in=ids).values_list("original_id", "formers__original_id")
    attached = Attachment.objects.filter(link__in=ids).values_list("original_id", flat=True)
    return {*attached, *(sha256 for row in rows for sha256 in row if sha256)}


def tags(chosen: Chosen) -> Iterator[Row]:
    """All of a whole library, else those that its articles and their highlights have."""
    if chosen.ids is None:
        yield from rows(TAGS, chosen.owner.tags.all())
        return
    used: set[int] = set()
    for start in range(0, len(chosen.ids), CHUNK):
        ids = chosen.ids[start : start + CHUNK]
        used |= set(LinkTag.objects.filter(link__in=ids).values_list("tag_id", flat=True))
        used |= set(HighlightTag.objects.filter(highlight__link__in=ids).values_list("tag_id", flat=True))
    ordered = sorted(used)
    for start in range(0, len(ordered), IDS):
        yield from rows(TAGS, chosen.owner.tags.filter(pk__in=ordered[start : start + IDS]))


def _all(part: Part, chosen: Chosen) -> models.QuerySet[models.Model]:
    """Of a whole library all, else none: they are about the library and not about its articles."""
    found = part.model._default_manager.filter(owner=chosen.owner).order_by("pk")
    return found if chosen.whole else found.none()


def imports(chosen: Chosen) -> Iterator[str]:
    """One with many records is written in pieces."""
    (records,) = IMPORTS.parts
    for number, run in enumerate(_rows(IMPORTS, _all(IMPORTS, chosen))):
        yield (",\n" if number else "\n") + json.dumps(run, ensure_ascii=False)[:-1] + f', "{records.name}": ['
        of_run = records.model._default_manager.filter(run=run["id"])
        for place, record in enumerate(_rows(records, of_run)):
            yield (",\n" if place else "\n") + json.dumps(record, ensure_ascii=False)
        yield "]}"


# --- rows


def rows(part: Part, found: models.QuerySet[Any]) -> list[Row]:
    """The rows with all parts inside them."""
    top = list(_rows(part, found))
    _nest(part, top)
    return top


def _nest(part: Part, above: Sequence[Row]) -> None:
    for inner in part.parts:
        below: list[Row] = []
        for start in range(0, len(above), IDS):
            ids = [row["id"] for row in above[start : start + IDS]]
            below += _rows(inner, inner.model._default_manager.filter(**{f"{inner.within}__in": ids}), within=True)
        _nest(inner, below)
        by_parent: dict[int, list[Row]] = defaultdict(list)
        for row in below:
            by_parent[row.pop(WITHIN)].append(row)
        for row in above:
            row[inner.name] = by_parent[row["id"]]


def _rows(part: Part, found: models.QuerySet[Any], *, within: bool = False) -> Iterator[Row]:
    columns = [("id", "pk")] if part.numbered else []
    columns += [(each.name, each.attname) for each in part.fields]
    columns += [(WITHIN, f"{part.within}_id")] if within else []
    values = found.order_by("pk").values_list(*(column for _, column in columns)).iterator(chunk_size=RECORDS)
    for row in values:
        yield {name: plain(value) for (name, _), value in zip(columns, row, strict=True)}


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
