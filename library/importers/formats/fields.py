"""Which field of an article a column, a property or a key means, by the names that tools and readers give them.

A mapping leads from such a name to a field; a name that leads to none is kept with the article as it is. Readers may
say for themselves what a name means.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from library.content import urls
from library.content.text import fold
from library.importers.formats import shaping
from library.importers.record import Record, Text

# The first name that says something counts; of tags, all do.
NAMES = {
    "title": "title, name, page, headline",
    "url": "url, link, address, userdefined url, source url, page url, web address, permalink, href, original url, "
    "canonical url, bookmark, bookmark of, like of, external url, uri, source, website, web site, site, homepage",
    "tags": "tags, tag, labels, label, keywords, categories, category, topics, topic, multi select",
    "type": "notion type, type, kind, content type, media type",
    "created": "created, created time, created at, date created, creation date, saved, saved at, date saved, added, "
    "added at, date added, clipped, date clipped, timestamp, date, published, date published, published at, "
    "updated, last edited, last edited time, modified, lastmod",
    "summary": "ai summary, summary",
    "overview": "overview, description, abstract, excerpt",
    "note": "my notes, notes, note, comments, comment",
    "article": "content, full text, article, body, text",
    "state": "state, status, reading status, read status",
    "read": "read, finished, is read",
    "archived": "archived, is archived",
    "favourite": "favourite, favorite, starred, is marked, is starred, star",
    "progress": "progress, reading progress, read progress",
}
TEXTS = ("overview", "summary", "article", "note")
STATES = {
    "inbox": "inbox, new, unread, to read, want to read, not started, todo, to do, later, backlog, queue, queued",
    "reading": "reading, in progress, started, doing, current, currently reading",
    "finished": "finished, read, done, complete, completed, already read",
    "archived": "archived, archive",
}

_FIELD = {name: field for field, names in NAMES.items() for name in names.split(", ")}
_RANK = {name: place for names in NAMES.values() for place, name in enumerate(names.split(", "))}
_STATE = {name: state for state, names in STATES.items() for name in names.split(", ")}
_APART = re.compile(r"[\W_]+")
_HASHTAGS = re.compile(r"#[^\s#,]++(?:\s++#[^\s#,]++)++")
_WIKILINK = re.compile(r"!?\[\[(?:[^\[\]|]*+\|)?([^\[\]|]++)\]\]")


def plain_name(name: str) -> str:
    """A name as NAMES has it: `Date-Added` and `date_added` are one."""
    return " ".join(_APART.split(fold(name))).strip()


def mapping_of(names: Iterable[str]) -> dict[str, str]:
    """The field that each name most likely means, those that say most first; names that mean none are left out."""
    known = [name for name in names if plain_name(name) in _FIELD]
    return {name: _FIELD[plain_name(name)] for name in sorted(known, key=lambda name: _RANK[plain_name(name)])}


def mapping_with(names: Collection[str], told: Mapping[str, str] | None) -> dict[str, str]:
    """What the reader says of a name goes before what it seems to mean; a name told to be "" means nothing."""
    told = {name: field for name, field in (told or {}).items() if name in names}
    seeming = mapping_of(name for name in names if name not in told)
    return {name: field for name, field in {**told, **seeming}.items() if field in NAMES}


def record_of(
    values: Mapping[str, Any], mapping: Mapping[str, str] | None = None, warnings: Iterable[str] = ()
) -> Record:
    """The record that these values tell of, by `mapping` from their names to fields. Its title may be blank."""
    reading = _Reading(values, mapping_of(values) if mapping is None else mapping, [*warnings])
    record = Record(
        title=shaping.line(reading.first("title"))[: shaping.MAX_TITLE],
        url=reading.address(),
        type=words(reading.first("type"))[: shaping.MAX_TAG],
        tags=shaping.tag_names(reading.tags(), reading.warnings),
        created=reading.moment(),
        texts=tuple(reading.texts()),
        state=reading.state(),
        favourite=shaping.true(reading.first("favourite")),
        progress=shaping.percent(shaping.line(reading.first("progress")).rstrip("% ")),
        extra=reading.rest(),
        warnings=tuple(reading.warnings),
    )
    return record


def words(value: object) -> str:
    """A value on one line, however it is shaped; of a wikilink, what it shows."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(words, value)))
    return _WIKILINK.sub(r"\1", shaping.line(value))


def is_said(value: object) -> bool:
    return bool(value) and (not isinstance(value, str) or value.strip().lower() not in ("", "null", "~", "none"))


class _Reading:
    """Takes values by their field; `rest` is what nobody took."""

    def __init__(self, values: Mapping[str, Any], mapping: Mapping[str, str], warnings: list[str]) -> None:
        self.warnings = warnings
        self._left = {name: value for name, value in values.items() if is_said(value)}
        self._names: dict[str, list[str]] = {}
        for name, field in mapping.items():
            if name in self._left:
                self._names.setdefault(field, []).append(name)

    def names(self, field: str) -> list[str]:
        return self._names.get(field, [])

    def first(self, field: str) -> Any:
        for name in self.names(field):
            return self._left.pop(name, "")
        return ""

    def address(self) -> str:
        """The first that is an address of the web; where none is, what stands in a field that can only be one."""
        for name in self.names("url"):
            if urls.is_web_address(words(self._left[name])):
                return words(self._left.pop(name))
        for name in self.names("url"):
            if plain_name(name) in ("url", "link", "address"):
                self.warnings.append("The address is no web address. It is kept as it is written.")
                return words(self._left.pop(name))[: shaping.MAX_ADDRESS]
        return ""

    def tags(self) -> list[str]:
        return [tag for name in self.names("tags") for tag in tag_list(self._left.pop(name))]

    def moment(self) -> datetime | None:
        for name in self.names("created"):
            if found := shaping.date(words(self._left[name])):
                del self._left[name]
                return found
        for name in self.names("created")[:1]:
            shaping.moment(words(self._left[name]), self.warnings)
        return None

    def texts(self) -> list[Text]:
        written = {field: shaping.block(self.first(field)) for field in TEXTS}
        return [Text(kind, text) for kind, text in written.items() if text]

    def state(self) -> str:
        for name in self.names("state"):
            if state := _STATE.get(plain_name(words(self._left[name])), ""):
                del self._left[name]
                return state
        for field, state in (("archived", "archived"), ("read", "finished")):
            for name in self.names(field):
                if shaping.true(words(self._left[name])):
                    del self._left[name]
                    return state
        return ""

    def rest(self) -> dict[str, Any]:
        return self._left


def tag_list(value: object) -> list[str]:
    """Tags as a list, as one text with commas, or as `#a #b`."""
    if isinstance(value, list):
        return [tag for item in value for tag in ([words(item)] if not isinstance(item, list) else tag_list(item))]
    text = words(value).strip("[] ")
    if _HASHTAGS.fullmatch(text):
        return text.split()
    return [tag.strip(" '\"") for tag in text.split(",")]
