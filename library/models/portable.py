"""What leaves a library in a complete export and comes back: every model with the reader's data, field by field.

A model or a field that is new stands either here or in NOT_CARRIED, with the reason; a test compares both with
Django's registry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models

from library.models.attachments import Attachment
from library.models.changes import BulkAct, Change
from library.models.highlights import Highlight, HighlightTag
from library.models.imports import ImportedRecord, ImportRun
from library.models.links import FACT_FIELDS, FormerAddress, Link
from library.models.reviews import Review
from library.models.sections import Section, SectionVersion
from library.models.shelves import Shelf
from library.models.sources import FormerOriginal, Source
from library.models.tags import LinkTag, Tag, TagAlias
from library.models.users import User

VERSION = 1
"""Of the format. It grows when an older program could no longer read the file."""

DOCUMENT = "commonplace.json"
ORIGINALS = "originals"
"""Of an export into many files: the one that says what no link file can, and the folder of the original files."""

Model = type[models.Model]
FOLDED = "It is the folded name."


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The rows of a model as a list called `name`, inside the row to which the field `within` leads.

    `derived` are fields that are made again, each with the reason; `numbered` says that other rows refer to these by
    their ids; `refers` are JSON fields in which ids stand.
    """

    name: str
    model: Model
    within: str
    derived: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    numbered: bool = True
    refers: tuple[str, ...] = ()

    @property
    def fields(self) -> list[models.Field[Any, Any]]:
        """The fields that are carried, but for the id."""
        left_out = {*self.derived, self.within, "owner"}
        return [each for each in self.model._meta.concrete_fields if each.name not in left_out and not is_id(each)]


def is_id(column: models.Field[Any, Any]) -> bool:
    return isinstance(column, models.AutoField)


TAGS = Part(
    "tags",
    Tag,
    "owner",
    {"name_key": FOLDED},
    (Part("aliases", TagAlias, "tag", {"name_key": FOLDED}, numbered=False),),
)
SHELVES = Part("shelves", Shelf, "owner", {"name_key": FOLDED}, numbered=False)
ACTS = Part("acts", BulkAct, "owner")
ARTICLES = Part(
    "articles",
    Link,
    "owner",
    {
        "url_hash": "It is computed from the address.",
        "site": "It is computed from the address.",
        "title_key": "It is the folded title.",
        "marked_at": "A trigger keeps it.",
        **dict.fromkeys(FACT_FIELDS, "It is computed from the texts."),
    },
    (
        Part(
            "sources",
            Source,
            "link",
            parts=(Part("formers", FormerOriginal, "source", numbered=False),),
        ),
        Part("texts", Section, "link", parts=(Part("versions", SectionVersion, "section"),)),
        Part("tags", LinkTag, "link", {"saved_at": "A trigger keeps it."}, numbered=False),
        Part(
            "highlights",
            Highlight,
            "link",
            parts=(
                Part("tags", HighlightTag, "highlight", numbered=False),
                Part("reviews", Review, "highlight", numbered=False),
            ),
        ),
        Part("attachments", Attachment, "link"),
        Part("former_addresses", FormerAddress, "link", numbered=False),
        Part("changes", Change, "link", numbered=False, refers=("before", "after", "kept")),
    ),
)
IMPORTS = Part(
    "imports",
    ImportRun,
    "owner",
    {
        "lease_holder": "A process of the old server.",
        "lease_until": "A process of the old server.",
        "on_server": "A folder of the old server.",
        "uploaded": "Files of the old server.",
        "whole": "An undo believes of it only what this server wrote.",
    },
    (Part("entries", ImportedRecord, "run", numbered=False, refers=("changes",)),),
)
LISTS = (TAGS, SHELVES, ACTS, ARTICLES, IMPORTS)
"""In the order of the file: what others refer to comes first."""

PREFERENCES = tuple(
    each.name
    for each in User._meta.concrete_fields
    if each.name not in {own.name for own in AbstractUser._meta.get_fields()} and not is_id(each)
)
"""Of a User; the account itself belongs to the server."""

NOT_CARRIED = {
    "library.Original": "Its bytes go along as files, or as data in JSON.",
    "library.User": "Its preferences go along; the account belongs to the server.",
    "library.Rendering": "It is rendered again from the texts.",
    "library.Revision": "It counts the writes of this database.",
    "library.SearchDocument": "The index is made again from the texts.",
    "library.SearchPending": "The index is made again from the texts.",
    "library.SearchWord": "The index is made again from the texts.",
    "library.SearchLanguage": "The index is made again from the texts.",
    "library.Invitation": "Who may come in to this server.",
    "library.Departure": "Who left this server.",
    "library.Export": "It is made from the library, and swept away.",
    "library.ApiToken": "It opens this server, for programs.",
    "library.SecurityEvent": "What happened at the doors of this server.",
    "admin": "What the person who runs the server did there.",
    "auth": "Rights on this server.",
    "account": "How readers log in to this server.",
    "mfa": "Secrets with which one logs in to this server: an export may lie anywhere.",
    "socialaccount": "With which identity a reader logs in to this server.",
    "usersessions": "Who is logged in to this server.",
    "contenttypes": "Django's table of its models.",
    "sessions": "Who is logged in to this server.",
    "django_tasks_database": "What the worker of this server has to do.",
}
"""Models, or whole apps, that are no part of a complete export, and why."""


def parts_of(part: Part) -> Iterator[Part]:
    """A part and all inside it."""
    yield part
    for inner in part.parts:
        yield from parts_of(inner)


# --- ids inside JSON

REFERENCES: dict[str, Model] = {
    "section": Section,
    "section_id": Section,
    "version": SectionVersion,
    "source": Source,
    "highlights": Highlight,
    "attachments": Attachment,
    "on": Tag,
    "off": Tag,
}
"""Keys under which Changes and the ledger of imports keep an id, ids, or lists that begin with one."""

Number = Callable[[Model, int], int]


def renumbered(value: Any, number: Number, keys: Mapping[str, Model] = REFERENCES) -> Any:
    """The same with other ids."""
    if isinstance(value, list):
        return [renumbered(each, number, keys) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _each(inner, number, keys[key]) if key in keys else renumbered(inner, number, keys)
        for key, inner in value.items()
    }


def _each(value: Any, number: Number, model: Model) -> Any:
    if isinstance(value, list):
        return [[_each(item[0], number, model), *item[1:]] if isinstance(item, list) and item
                else _each(item, number, model) for item in value]  # fmt: skip
    return number(model, value) if isinstance(value, int) and not isinstance(value, bool) else value


def keys_of(what: str) -> Mapping[str, Model]:
    """By what ids are found in a Change of this kind: what it says of a highlight begins with that one's id."""
    return {**REFERENCES, "id": Highlight} if what == "highlight" else REFERENCES
