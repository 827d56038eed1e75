"""A backup becomes a library in a SQLite file of its own first, with the tables of its time, then brought up to date.

Whatever is wrong with it shows here, before anything is replaced.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models import Field, Model
from django_tasks_db.models import DBTaskResult

from library.backups.archive import Row, opened, read_rows
from library.backups.connecting import STAGED, plainly
from library.backups.manifest import BackupProblem, Manifest, Part, field_names, of_file, rows_at_once, stored
from library.search import indexing

SQLITE_BEGINS = b"SQLite format 3\0"

Migration = tuple[str, str]


def stage(file: Path, draft: Path) -> None:
    """Make `draft`, to which the connection STAGED leads, the library in `file`. Raises BackupProblem."""
    try:
        if _is_sqlite(file):
            with of_file(file):
                _take_copy(file, draft)
        else:
            with opened(file) as (archive, manifest):
                _load(archive, manifest)
        call_command("migrate", database=STAGED, interactive=False, verbosity=0)
        _check()
    except OSError as error:
        raise BackupProblem(f"{file} can't be read: {error.strerror or error}.") from error
    except (DatabaseError, sqlite3.Error) as error:
        raise BackupProblem(f"{file} is damaged: {error}.") from error
    Session.objects.using(STAGED).all().delete()
    UserSession.objects.using(STAGED).all().delete()
    DBTaskResult.objects.using(STAGED).all().delete()
    indexing.note_missing(STAGED)


def _is_sqlite(file: Path) -> bool:
    with file.open("rb") as opened_file:
        return opened_file.read(len(SQLITE_BEGINS)) == SQLITE_BEGINS


# --- a backup of former versions: the SQLite file itself


def _take_copy(file: Path, draft: Path) -> None:
    with plainly(file, read_only=True) as copy:
        faults = [row[0] for row in copy.execute("PRAGMA integrity_check(3)") if row[0] != "ok"]
        faults += [f"a row of {row[0]} refers to nothing" for row in copy.execute("PRAGMA foreign_key_check")][:3]
        there = copy.execute("SELECT app, name FROM django_migrations").fetchall()
    if faults:
        raise BackupProblem(f"it is damaged: {'; '.join(faults)}")
    _refuse_newer([migration for migration in there if migration[0] == "library"], MigrationLoader(None))
    shutil.copyfile(file, draft)


# --- a backup as it is now: rows of the models of its time


def _load(archive: ZipFile, manifest: Manifest) -> None:
    connection = connections[STAGED]
    executor = MigrationExecutor(connection)
    there = [(app, name) for app, names in manifest.migrations.items() for name in names]
    _refuse_newer(there, executor.loader)
    last = _last_of_each_app(there, executor.loader)
    make_tables(executor, last)
    models = {model._meta.label: model for model in stored(_models_at(last, executor.loader))}
    _refuse_other_models(manifest, models)
    connection.disable_constraint_checking()
    with transaction.atomic(using=STAGED):
        for label, part in manifest.models.items():
            _insert(models[label], part, read_rows(archive, label, part))


def make_tables(executor: MigrationExecutor, last: list[Migration]) -> None:
    """Those of the backup's time, by the migrations of its time; no signal has their triggers made yet."""
    executor.migrate(last)


def _refuse_newer(there: Iterable[Migration], loader: MigrationLoader) -> None:
    unknown = sorted(name for app, name in there if (app, name) not in loader.graph.nodes)
    if unknown:
        raise BackupProblem(f"it was written by a newer Commonplace, with {unknown[-1]}")
    if not there:
        raise BackupProblem("it holds no library")


def _last_of_each_app(there: list[Migration], loader: MigrationLoader) -> list[Migration]:
    nodes, known = loader.graph.node_map, set(there)
    followed = {key for key in known for child in nodes[key].children if child.key[0] == key[0] and child.key in known}
    return sorted(known - followed)


def _models_at(last: list[Migration], loader: MigrationLoader) -> list[type[Model]]:
    return list(loader.project_state(last).apps.get_models(include_auto_created=True))


def _refuse_other_models(manifest: Manifest, models: dict[str, type[Model]]) -> None:
    if models.keys() != manifest.models.keys() | manifest.derived.keys():
        raise BackupProblem("it does not hold the tables of its version")
    for label, part in manifest.models.items():
        if set(part.fields) != set(field_names(models[label])):
            raise BackupProblem(f"{label} does not have the fields of its version")


def _insert(model: type[Model], part: Part, rows: Iterator[Row]) -> None:
    connection = connections[STAGED]
    fields = {field.attname: field for field in model._meta.local_concrete_fields}
    ordered = [fields[name] for name in part.fields]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in ordered)
    places = ", ".join(["%s"] * len(ordered))
    insert = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608 - names of models
    with connection.cursor() as cursor:
        while batch := list(islice(rows, rows_at_once(model))):
            cursor.executemany(insert, [_values(ordered, row) for row in batch])


def _values(fields: list[Field[Any, Any]], row: Row) -> list[Any]:
    connection = connections[STAGED]
    return [
        field.get_db_prep_save(field.to_python(value), connection) for field, value in zip(fields, row, strict=True)
    ]


def _check() -> None:
    """References, and the rest that SQLite can tell of a file. Raises DatabaseError."""
    connection = connections[STAGED]
    connection.check_constraints()
    with connection.cursor() as cursor:
        for (line,) in cursor.execute("PRAGMA integrity_check(3)"):
            if line != "ok":
                raise DatabaseError(line)
