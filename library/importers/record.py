"""What every format yields: one saved address with its texts, before anything knows the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from library.content.packing import packs_quickly
from library.content.text import NO_TAG, fold


class NotARecord(Exception):
    """The file can't be read as its format says; the message is a plain sentence for the reader."""


class HoldsNone(Exception):
    """The file is of the format and holds no record of its own, as a table of contents; the message says why."""


class Package(Protocol):
    """All files that came together with one, in its zip or its folder, by their names inside it, parts split at "/".

    It does not change while it is read, so what is known of it can be kept by it.
    """

    def __hash__(self) -> int:
        """Equal for what holds the same files."""

    def names(self) -> Sequence[str]:
        """Sorted."""

    def read(self, name: str) -> bytes:
        """Raises KeyError where there is no such file, or it can't be read."""


class NoPackage:
    """A file that came alone."""

    def names(self) -> Sequence[str]:
        return ()

    def read(self, name: str) -> bytes:
        raise KeyError(name)


@packs_quickly
@dataclass(frozen=True, slots=True)
class ImportFile:
    """One file as it was found. `problem` says in a sentence why it has no `data`; `holds_none` that it is no record
    at all (a picture, a folder's hidden file) rather than one that can't be read. `inner` is its name in its package.
    """

    name: str
    data: bytes = b""
    sha256: str = ""
    size: int = 0
    problem: str = ""
    holds_none: bool = False
    package: Package = NoPackage()
    inner: str = ""


@packs_quickly
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
class Passage:
    """A highlight: found again by its `quote` in the record's texts, first in that of `kind`.

    `colour` is a `library.models.Colour`, or blank where the tool has none that is like one of ours.
    """

    quote: str
    note: str = ""
    colour: str = ""
    created: datetime | None = None
    tags: tuple[str, ...] = ()
    prefix: str = ""
    suffix: str = ""
    kind: str = "article"


@packs_quickly
@dataclass(frozen=True, slots=True)
class Record:
    """Dates are aware UTC. `url` is as written and may be blank. `extra` holds what has no field.

    `key` is the id by which the tool knows the record, where it has one: then it is known again by it, whatever its
    file is called. `state` is a `library.models.State`, or blank where the tool has none; `progress` is in percent.
    `attachments` are names of files of the package that its texts show or link to.
    A tag called “none” is none: so says the query language, and so mean the programs that write it.
    """

    title: str
    url: str = ""
    type: str = ""
    tags: tuple[str, ...] = ()
    created: datetime | None = None
    texts: tuple[Text, ...] = ()
    state: str = ""
    favourite: bool = False
    progress: int = 0
    finished: datetime | None = None
    highlights: tuple[Passage, ...] = ()
    attachments: tuple[str, ...] = ()
    key: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "tags", tuple(name for name in self.tags if fold(name) != NO_TAG))


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record of a file with many that can't be taken; `why` is a plain sentence. The other records go on."""

    title: str
    why: str
