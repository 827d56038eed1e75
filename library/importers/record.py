"""What every format yields: one saved address with its texts, before anything knows the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from library.content.text import NO_TAG, fold


class NotARecord(Exception):
    """The file can't be read as its format says; the message is a plain sentence for the reader."""


@dataclass(frozen=True, slots=True)
class ImportFile:
    """One file as it was found. `problem` says in a sentence why it has no `data`; `holds_none` that it is no record
    at all (a picture, a folder's hidden file) rather than one that can't be read."""

    name: str
    data: bytes = b""
    sha256: str = ""
    size: int = 0
    problem: str = ""
    holds_none: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """One layer of text: `kind` is a `library.models.Kind`, `heading` names an `other` one.

    A text that is `beside` is kept as a version of the section of its kind, which the same record has.
    """

    kind: str
    text: str
    heading: str = ""
    beside: bool = False

    @property
    def section_key(self) -> str:
        return f"{self.kind}:{self.heading}" if self.heading else self.kind

    @property
    def key(self) -> str:
        return f"{self.section_key}+" if self.beside else self.section_key


@dataclass(frozen=True, slots=True)
class Record:
    """`created` is aware UTC. `url` is as written and may be blank. `extra` holds front matter without a field.

    A tag called “none” is none: so says the query language, and so mean the programs that write it.
    """

    title: str
    url: str = ""
    type: str = ""
    tags: tuple[str, ...] = ()
    created: datetime | None = None
    texts: tuple[Text, ...] = ()
    archived: bool = False
    extra: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "tags", tuple(name for name in self.tags if fold(name) != NO_TAG))
