"""A copy of a library in use, and back. One SQLite file holds all of it: texts, kept originals, index, readers.

The secret key is left out on purpose: a copy on another disk should not let its finder forge a session. With
a new key everybody logs in again, and nothing else changes.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from django.db import connection
from django.db.models import F, Max

from library import migrations
from library.models import Revision

TABLE = "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'library\\_%' ESCAPE '\\' ORDER BY name"
USE_POSTGRES_TOOLS = (
    "This library is kept by PostgreSQL, whose own tools copy it: "
    "pg_dump --format=custom --file=FILE DATABASE_URL, and back with pg_restore --clean --dbname=DATABASE_URL FILE."
)

Counts = dict[str, int]


class BackupProblem(Exception):
    """Why there is no backup, or why it was not restored, in a sentence."""


def write_backup(file: Path) -> Counts:
    """Copy the library as it stands at this moment into a new `file`. Returns the rows of each table.

    The copy is read back before it gets its name: whole, sound, and with the rows of the moment it was taken.
    """
    _only_sqlite()
    if file.exists():
        raise BackupProblem(f"{file} is there already. Nothing was written; choose another name.")
    draft = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        _copy(Path(connection.settings_dict["NAME"]), draft)
        counts = verify(draft)
        _sync(draft)
        draft.rename(file)
        _sync(file.parent)
    except (OSError, sqlite3.Error) as error:
        raise BackupProblem(f"The backup was not written: {error}. The library is as it was.") from error
    finally:
        draft.unlink(missing_ok=True)
    return counts


def restore(file: Path, before: Path) -> Counts:
    """Put the library in `file` into the place of the present one, which is kept as the backup `before`.

    One transaction: whoever reads meanwhile sees the one or the other. A damaged file changes nothing.
    """
    _only_sqlite()
    if not file.is_file():
        raise BackupProblem(f"There is no file {file}.")
    counts = verify(file)
    write_backup(before)
    newest = Revision.objects.aggregate(newest=Max("number"))["newest"] or 0
    connection.close()
    try:
        with _opened(file) as source, _opened(Path(connection.settings_dict["NAME"])) as target:
            source.backup(target)
    except sqlite3.Error as error:
        raise BackupProblem(f"The backup was not restored: {error}. The library is as it was.") from error
    # Processes keep counts by revision: those of the restored library must be ones they have never seen.
    Revision.objects.update(number=F("number") + newest)
    return counts


def verify(file: Path) -> Counts:
    """The rows of each table of a backup. Raises BackupProblem where it is damaged, or no library at all."""
    try:
        with _opened(file, read_only=True) as copy:
            faults = [row[0] for row in copy.execute("PRAGMA integrity_check(3)") if row[0] != "ok"]
            faults += [f"a row of {row[0]} refers to nothing" for row in copy.execute("PRAGMA foreign_key_check")][:3]
            counts, newer = _counts(copy), _newer_migrations(copy)
    except sqlite3.Error as error:
        raise BackupProblem(f"{file} can't be read as a backup: {error}.") from error
    if faults:
        raise BackupProblem(f"{file} is damaged: {'; '.join(faults)}.")
    if newer:
        raise BackupProblem(f"{file} was written by a newer Commonplace, with {newer[-1]}.")
    return counts


def _only_sqlite() -> None:
    if connection.vendor != "sqlite":
        raise BackupProblem(USE_POSTGRES_TOOLS)


def _copy(library: Path, draft: Path) -> None:
    """One read transaction spans the copy and the count, so that both tell of the same moment."""
    draft.touch(mode=0o600)
    with _opened(library) as source, _opened(draft) as copy:
        source.execute("BEGIN")
        expected = _counts(source)
        source.backup(copy)
        # The journal mode is part of the file: without its own -wal beside it, the copy is one file.
        copy.execute("PRAGMA journal_mode = DELETE")
        if _counts(copy) != expected:
            raise BackupProblem("The copy holds something else than the library. Nothing was kept of it.")


@contextmanager
def _opened(file: Path, *, read_only: bool = False) -> Iterator[sqlite3.Connection]:
    mode = "ro" if read_only else "rw"
    address = f"{file.absolute().as_uri()}?mode={mode}"
    with closing(sqlite3.connect(address, uri=True, timeout=30, isolation_level=None)) as opened:
        yield opened


def _counts(opened: sqlite3.Connection) -> Counts:
    tables = [row[0] for row in opened.execute(TABLE)]
    return {table: opened.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}  # noqa: S608


def _newer_migrations(opened: sqlite3.Connection) -> list[str]:
    """Raises sqlite3.Error where the file is no library at all."""
    known = {file.stem for file in Path(migrations.__file__).parent.glob("[0-9]*.py")}
    there = opened.execute("SELECT name FROM django_migrations WHERE app = 'library' ORDER BY name")
    return [name for (name,) in there if name not in known]


def _sync(path: Path) -> None:
    """Have the disk itself hold what was written. Not every file system can do that to a folder."""
    number = os.open(path, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(number)
    finally:
        os.close(number)
