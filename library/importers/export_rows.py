"""The rows of a complete export, which may come from anybody, as what the columns of a model take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from django.db import models

from library.content import link_file
from library.content.facts import facts
from library.content.text import clean_text, fold
from library.content.urls import site
from library.models import ImportRun, Link, LinkTag, RunState, Shelf, Tag, TagAlias, portable
from library.models.links import FACT_FIELDS, address_hash, title_key
from library.models.portable import Model, Part

Row = dict[str, Any]
DEEPEST = 100
NOT_OURS = "The file says {value!r} where {name} belongs. Nothing was restored."
NO_OBJECT = "The file has a list entry that is no object. Nothing was restored."
NO_NUMBER = "The file has one of its {name} without an id of its own. Nothing was restored. Export the library again."
NO_TEXT = "The file says that a text of “{title}” stands in a file, but not in which. Nothing was restored."
ENDED = {RunState.STOPPED, RunState.DONE, RunState.FAILED, RunState.UNDONE}


class CantRestore(Exception):
    """Why nothing was restored, in a sentence."""


def row(value: Any) -> Row:
    if not isinstance(value, dict):
        raise CantRestore(NO_OBJECT)
    return value


def rows(above: Row, part: Part) -> list[Row]:
    found = above.get(part.name)
    return [row(each) for each in found] if isinstance(found, list) else []


def number(part: Part, said: Row) -> int:
    """The id that a row has in the file."""
    found = said.get("id")
    if type(found) is not int:
        raise CantRestore(NO_NUMBER.format(name=part.name))
    return found


def value(column: models.Field[Any, Any], written: Any) -> Any:
    """What the column takes; in doubt a sentence that says which."""
    if isinstance(column, models.JSONField):
        return cleaned(written)
    try:
        return _value(column, written)
    except (ValueError, TypeError, OverflowError) as error:
        raise CantRestore(NOT_OURS.format(value=str(written)[:60], name=column.verbose_name)) from error


def _value(column: models.Field[Any, Any], written: Any) -> Any:
    if written is None and column.null:
        return None
    if isinstance(column, models.DateTimeField):
        moment = datetime.fromisoformat(written)
        if moment.tzinfo is None:
            raise ValueError(written)
        return moment.astimezone(UTC)  # which fails on what is before all years or after them
    if isinstance(column, models.BooleanField):
        return _of_type(written, bool)
    if isinstance(column, models.IntegerField):
        number = _of_type(written, int)
        if not 0 <= number < 2**31:
            raise ValueError(written)
        return number
    text = clean_text(_of_type(written, str))
    known = column.flatchoices
    if len(text) > (column.max_length or len(text)) or (known and text not in dict(known)):
        raise ValueError(written)
    return text


def _of_type(written: Any, kind: type[Any]) -> Any:
    if type(written) is not kind:
        raise TypeError(written)
    return written


def cleaned(written: Any, depth: int = 0) -> Any:
    """JSON that every database takes."""
    if depth > DEEPEST:
        raise CantRestore(NOT_OURS.format(value="…", name="a value"))
    if isinstance(written, str):
        return clean_text(written)
    if isinstance(written, float) and not isfinite(written):
        raise CantRestore(NOT_OURS.format(value=written, name="a number"))
    if isinstance(written, list):
        return [cleaned(each, depth + 1) for each in written]
    if isinstance(written, dict):
        return {clean_text(str(key)): cleaned(each, depth + 1) for key, each in written.items()}
    return written


def keys_of(change: Row) -> Mapping[str, Model]:
    return portable.keys_of(str(change.get("what", "")))


# --- what is computed again


def derived(model: Model, made: Row, said: Row, above: Row) -> Row:
    """Columns made from those that the row has, from what it said, and from the row that it stands in."""
    make = DERIVED.get(model)
    return make(made, said, above) if make else {}


def _of_link(made: Row, said: Row, above: Row) -> Row:
    found = facts((str(text.get("kind")), str(text.get("text") or "")) for text in rows(said, TEXTS))
    return {
        "url_hash": address_hash(made["url"]),
        "site": site(made["url"]),
        "title_key": title_key(made["title"]),
        "marked_at": None,
        **{name: getattr(found, name) for name in FACT_FIELDS},
    }


def _of_run(made: Row, said: Row, above: Row) -> Row:
    """What was under way on the old server is not under way here, and its files are none of this one."""
    state = made["state"] if made["state"] in ENDED else RunState.STOPPED.value
    ours = {"on_server": False, "uploaded": False, "whole": {}}
    return {"state": state, "lease_holder": "", "lease_until": None, **ours}


def _folded(made: Row, said: Row, above: Row) -> Row:
    return {"name_key": fold(made["name"])}


def _of_link_tag(made: Row, said: Row, above: Row) -> Row:
    return {"saved_at": above["saved_at"]}


INSIDE = {part.name: part for part in portable.ARTICLES.parts}
TEXTS, SOURCES, ATTACHMENTS = INSIDE["texts"], INSIDE["sources"], INSIDE["attachments"]
FORMERS = SOURCES.parts[0]
DERIVED: dict[Model, Callable[[Row, Row, Row], Row]] = {
    Tag: _folded,
    TagAlias: _folded,
    Shelf: _folded,
    Link: _of_link,
    LinkTag: _of_link_tag,
    ImportRun: _of_run,
}


# --- what stands in files beside the document


def put_in_texts(article: Row, number: int, said: Mapping[tuple[str, str], str]) -> None:
    """Texts that are taken from the link file of this number, as it is now: somebody may have changed it since."""
    for text in rows(article, TEXTS):
        if "text" not in text and text.get("file") == number:
            text["text"] = link_file.told(said, str(text.get("kind")), str(text.get("heading", "")))


def check_texts(article: Row) -> None:
    if any("text" not in text and text.get("file") is not None for text in rows(article, TEXTS)):
        raise CantRestore(NO_TEXT.format(title=str(article.get("title"))[:60]))


def hashes_of(article: Row) -> set[str]:
    """The SHA-256 of all files that it comes from, came from or came with."""
    found = (each.get("original") for each in (*referring(article), *former(article)))
    return {sha256 for sha256 in found if isinstance(sha256, str)}


def referring(article: Row) -> list[Row]:
    return [*rows(article, SOURCES), *rows(article, ATTACHMENTS)]


def former(article: Row) -> list[Row]:
    return [each for source in rows(article, SOURCES) for each in rows(source, FORMERS)]


def put_in_original(article: Row, number: int, sha256: str, is_along: Callable[[str], bool]) -> None:
    """The link file of this number stands for an original that is nowhere else; what else refers to that has none."""
    for source in rows(article, SOURCES):
        lost = source.get("original")
        if source.get("file") != number or lost == sha256 or (isinstance(lost, str) and is_along(lost)):
            continue
        for each in (*referring(article), *former(article)):
            if each.get("original") == lost:
                each["original"] = None
        source["original"] = sha256
