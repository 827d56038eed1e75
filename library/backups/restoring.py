"""A staged library takes the place of the present one, which is kept as a backup: in one transaction."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Max, Model

from library.backups.connecting import STAGED, connected, copy_sqlite, library_file, plainly, sqlite_connection
from library.backups.making import remove_leftovers, rows_of, write_backup
from library.backups.manifest import BackupProblem, carried, stored
from library.backups.staging import stage
from library.models import Revision, User
from library.search import indexing

# More changes than can happen between the last look at the revisions and the moment when they are replaced.
LEAP = 1_000
STAGING = ".restoring-"
# Fewer than any library has: the copy of the old one is made while the first of the new ones are written.
FIRST_PAGES = 20
SQLITE_OK = 0


def restore(file: Path) -> Path:
    """Put the library in `file` into the place of the present one. Returns the backup of what was there before.

    Whoever reads meanwhile sees the one or the other. A file that is no sound backup changes nothing.
    """
    if not file.is_file():
        raise BackupProblem(f"There is no file {file}.")
    remove_leftovers(settings.DATA_DIR, f"{STAGING}*")
    with TemporaryDirectory(prefix=STAGING, dir=settings.DATA_DIR) as place:
        draft = Path(place) / "staged.sqlite3"
        with connected(sqlite_connection(draft, STAGED)):
            stage(file, draft)
            try:
                return _into_sqlite(draft) if connection.vendor == "sqlite" else _into_postgres()
            except (OSError, DatabaseError, sqlite3.Error) as error:
                raise BackupProblem(f"The backup was not restored: {error}. The library is as it was.") from error


def _name_before(ending: str) -> Path:
    return Path(settings.DATA_DIR) / f"before-restore-{datetime.now():%Y%m%d-%H%M%S-%f}.{ending}"


def _grow_revisions(alias: str, newest: int) -> None:
    """Processes keep counts by revision: those of the restored library must be ones they have never seen."""
    Revision.objects.using(alias).all().delete()
    readers = User.objects.using(alias).values_list("pk", flat=True)
    Revision.objects.using(alias).bulk_create(Revision(owner_id=pk, number=newest + LEAP) for pk in readers)


def _newest_revision() -> int:
    return Revision.objects.aggregate(newest=Max("number"))["newest"] or 0


# --- SQLite: its own backup interface writes over the whole file in one transaction


def _into_sqlite(draft: Path) -> Path:
    library, before = library_file(), _name_before("sqlite3")
    _grow_revisions(STAGED, _newest_revision())
    connections[STAGED].close()
    connection.close()

    def keep_before(status: int, remaining: int, total: int) -> None:
        """The first pages are written, in a transaction that nobody sees yet and that keeps writers out until the last:
        nothing can be written that neither file has."""
        if status == SQLITE_OK and not before.exists():
            copy_sqlite(library, before)

    with plainly(draft) as source, plainly(library) as target:
        if target.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            copy_sqlite(library, before)  # afterwards not even readers would be let in
        source.backup(target, pages=FIRST_PAGES, progress=keep_before)
    return before


# --- PostgreSQL: all tables are emptied and filled again


def _into_postgres() -> Path:
    before = _name_before("zip")
    models = stored(apps.get_models(include_auto_created=True))
    with transaction.atomic(), connection.cursor() as cursor:
        tables = ", ".join(_table(model) for model in models)
        cursor.execute(f"LOCK TABLE {tables} IN EXCLUSIVE MODE")
        write_backup(before)
        newest = _newest_revision()
        cursor.execute(f"TRUNCATE {tables}")
        _fill(cursor, models)
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
        indexing.note_missing(DEFAULT_DB_ALIAS)
        _grow_revisions(DEFAULT_DB_ALIAS, newest)
    return before


def _fill(cursor: CursorWrapper, models: list[type[Model]]) -> None:
    """Without our triggers: what they would write is in the backup, or is made anew."""
    for model in models:
        cursor.execute(f"ALTER TABLE {_table(model)} DISABLE TRIGGER USER")
    for model in carried(models):
        _copy_rows(cursor, model)
    # Every reference is looked at now; with some unsaid, no table could be altered.
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for model in models:
        cursor.execute(f"ALTER TABLE {_table(model)} ENABLE TRIGGER USER")


def _copy_rows(cursor: CursorWrapper, model: type[Model]) -> None:
    fields = model._meta.local_concrete_fields
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    with cursor.copy(f"COPY {_table(model)} ({columns}) FROM STDIN") as copy:
        for row in rows_of(model, STAGED):
            values = zip(fields, row, strict=True)
            copy.write_row([field.get_db_prep_save(value, connection) for field, value in values])


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
