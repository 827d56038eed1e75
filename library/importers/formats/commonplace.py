"""Our own complete export, read article by article into a library that is not empty (docs/export.md).

Into an empty library it is restored as a whole, by `restoring`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from library.content import dates
from library.importers.formats import document
from library.importers.formats.shaping import block, line, listed, objects, percent, shaped, true
from library.importers.record import HoldsNone, ImportFile, Passage, Record, Refusal, Text

LABEL = "Commonplace (complete export)"
BESIDE = "It says what the link files beside it can't. They are read by themselves."
SIGN = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"commonplace"\s*:\s*\d')
LOOKED_AT = 200
STATES = ("inbox", "reading", "finished", "archived")
KINDS = ("overview", "summary", "article", "note", "other")


def is_complete(data: bytes) -> bool:
    """Whether a file begins as a complete export does."""
    return SIGN.match(data[:LOOKED_AT]) is not None


def recognise(file: ImportFile) -> bool:
    return is_complete(file.data)


def read(file: ImportFile) -> Iterator[Record | Refusal]:
    """What is not in the Bin."""
    found = document.load(file)
    if found.get("beside"):
        raise HoldsNone(BESIDE)
    names = {line(tag.get("id")): line(tag.get("name")) for tag in objects(found.get("tags"))}
    for article in objects(found.get("articles")):
        if not article.get("deleted_at"):
            yield _record(article, names)


def _record(article: dict[str, Any], names: dict[str, str]) -> Record | Refusal:
    texts = objects(article.get("texts"))
    return shaped(
        article.get("title"),
        article.get("url"),
        tags=_names(article, names),
        created=article.get("saved_at"),
        texts={line(text.get("kind")): text.get("text") for text in texts if text.get("kind") in KINDS[:-1]},
        others=_others(texts),
        may_be_bare=True,
        type=line(article.get("type"))[:100],
        state=article.get("state") if article.get("state") in STATES else "",
        favourite=true(article.get("favourite")),
        progress=percent(article.get("progress")),
        finished=dates.parse(line(article.get("finished_at"))),
        highlights=tuple(_highlights(article, texts, names)),
    )


def _others(texts: list[dict[str, Any]]) -> Iterator[Text]:
    """A heading that comes twice is one section."""
    found: dict[str, list[str]] = {}
    for text in texts:
        if text.get("kind") == "other" and (written := block(text.get("text"))):
            found.setdefault(line(text.get("heading"))[:255], []).append(written)
    for heading, written_below in found.items():
        yield Text("other", "\n\n".join(written_below), heading)


def _names(row: dict[str, Any], names: dict[str, str]) -> list[object]:
    return [names.get(line(tag.get("tag")), "") for tag in objects(listed(row.get("tags")))]


def _highlights(
    article: dict[str, Any], texts: list[dict[str, Any]], names: dict[str, str]
) -> Iterator[Passage]:
    kinds = {line(text.get("id")): line(text.get("kind")) for text in texts}
    for each in objects(article.get("highlights")):
        if quote := block(each.get("quote")):
            yield Passage(
                quote=quote,
                note=block(each.get("note")),
                colour=line(each.get("colour")),
                created=dates.parse(line(each.get("created_at"))),
                tags=tuple(filter(None, map(str, _names(each, names)))),
                prefix=block(each.get("prefix")),
                suffix=block(each.get("suffix")),
                kind=kinds.get(line(each.get("section")), "article"),
            )
