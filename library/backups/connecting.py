"""More connections than the program's own: one that sees a single moment, and one to a SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper as SQLite
from psycopg import IsolationLevel

SNAPSHOT = "snapshot"
STAGED = "staged"
# What is staged can be staged again: it needs no log and no waiting for the disk.
FAST = "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA cache_size=-64000"


@contextmanager
def snapshot(folder: Path) -> Iterator[str]:
    """The alias of a connection that sees the library as it stands at one moment, while others go on writing.

    Without SQLite's write-ahead log a long look would keep writers waiting: there a copy in `folder` is looked at.
    """
    if connection.vendor == "sqlite" and not settings.SQLITE_WAL_SAFE:
        with TemporaryDirectory(prefix=".snapshot-", dir=folder) as place:
            copy = Path(place) / "copy.sqlite3"
            copy_sqlite(library_file(), copy)
            with connected(sqlite_connection(copy, SNAPSHOT)):
                yield SNAPSHOT
        return
    with connected(_reading_connection()), transaction.atomic(using=SNAPSHOT):
        yield SNAPSHOT


@contextmanager
def connected(wrapper: BaseDatabaseWrapper) -> Iterator[BaseDatabaseWrapper]:
    """Let models find this connection by its alias, in this thread."""
    connections[wrapper.alias] = wrapper
    try:
        yield wrapper
    finally:
        wrapper.close()
        del connections[wrapper.alias]


def sqlite_connection(file: Path, alias: str) -> BaseDatabaseWrapper:
    said: dict[str, Any] = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        "OPTIONS": {"init_command": FAST, "timeout": 30},
    }
    return SQLite(connections.configure_settings({"default": said})["default"], alias)


def library_file() -> Path:
    """The file of a library on SQLite."""
    return Path(connection.settings_dict["NAME"])


def copy_sqlite(source: Path, copy: Path) -> None:
    """Copy a library in use, in one read transaction. `copy` is one file, without a log beside it."""
    copy.touch(mode=0o600)
    with plainly(source, read_only=True) as there, plainly(copy) as here:
        there.backup(here)
        here.execute("PRAGMA journal_mode = DELETE")


@contextmanager
def plainly(file: Path, *, read_only: bool = False) -> Iterator[sqlite3.Connection]:
    """A connection without Django, to a file that is there already."""
    address = f"{file.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}"
    with closing(sqlite3.connect(address, uri=True, timeout=30, isolation_level=None)) as found:
        yield found


def _reading_connection() -> BaseDatabaseWrapper:
    wrapper = connection.copy(SNAPSHOT)
    options = wrapper.settings_dict["OPTIONS"]
    if wrapper.vendor == "sqlite":
        options["transaction_mode"] = "DEFERRED"
    else:
        options["isolation_level"] = IsolationLevel.REPEATABLE_READ
    return wrapper
