"""What a backup says of itself, and what is in one: every model of Django's registry but those that are derived."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db.models import BinaryField, Model

FORMAT = "commonplace-backup"
VERSION = 1
INDEX = "The search index is made anew from the texts."
DERIVED = {
    "library.SearchDocument": INDEX,
    "library.SearchPending": INDEX,
    "library.SearchWord": INDEX,
    "library.SearchLanguage": INDEX,
    "library.Rendering": "Texts are rendered again when they are read.",
    "library.Export": "Its file lies beside the database, and is made again when it is asked for.",
    "library.Revision": "It counts the changes of a running library, and grows with a restore.",
    "sessions.Session": "Everybody logs in again.",
    "usersessions.UserSession": "Everybody logs in again.",
    "socialaccount.SocialApp": "The provider stands in the settings.",
    "socialaccount.SocialToken": "No token of a provider is kept.",
    "django_tasks_database.DBTaskResult": "The work of a running program, which begins again what was not done.",
}

ROWS_AT_ONCE = 200
FILES_AT_ONCE = 4

Counts = dict[str, int]


class BackupProblem(Exception):
    """Why there is no backup, or why it was not restored, in a sentence."""


@contextmanager
def of_file(file: Path) -> Iterator[None]:
    """A problem that begins with "it" begins with the name of this file after it."""
    try:
        yield
    except BackupProblem as problem:
        raise BackupProblem(f"{file} can't be used: {problem}.") from problem
    except OSError as error:
        raise BackupProblem(f"{file} can't be read: {error.strerror or error}.") from error


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one model: how many, which fields each has, and the SHA-256 of their lines."""

    fields: list[str]
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    made_at: str
    database: str
    django: str
    migrations: dict[str, list[str]]
    models: dict[str, Part]
    derived: dict[str, str]

    def counts(self) -> Counts:
        return {label: part.rows for label, part in self.models.items()}

    def as_json(self) -> dict[str, Any]:
        return {"format": FORMAT, "version": VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Manifest:
        """Raises BackupProblem for what another program or a newer version wrote."""
        if said.get("format") != FORMAT:
            raise BackupProblem("it is no backup of Commonplace")
        if said["version"] > VERSION:
            raise BackupProblem("it was written by a newer Commonplace. Restore it with that one")
        known = {name: said[name] for name in cls.__slots__ if name != "models"}
        return cls(**known, models={label: Part(**part) for label, part in said["models"].items()})


def stored(models: Iterable[type[Model]]) -> list[type[Model]]:
    """Those that have a table of their own."""
    return [model for model in models if model._meta.managed and not model._meta.proxy]


def carried(models: Iterable[type[Model]]) -> list[type[Model]]:
    """Those whose rows are in a backup, in the order of their names."""
    here = (model for model in stored(models) if model._meta.label not in DERIVED)
    return sorted(here, key=lambda model: model._meta.label)


def field_names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.local_concrete_fields]


def rows_at_once(model: type[Model]) -> int:
    """How many rows of it may be in memory: few where a row may hold a whole file."""
    files = any(isinstance(field, BinaryField) for field in model._meta.local_concrete_fields)
    return FILES_AT_ONCE if files else ROWS_AT_ONCE
