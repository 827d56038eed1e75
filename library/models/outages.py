"""Why the database or the disk could not do what it was asked, in a sentence: for what is no fault of the program."""

from __future__ import annotations

import errno
import sqlite3

import psycopg
from django.db import Error

FULL = "The disk is full."
READ_ONLY = "The library can’t be written to."
DAMAGED = "The library’s file is damaged."
UNREADABLE = "The disk of the library can’t be read or written."
SILENT = "The database doesn’t answer."
BUSY = "The database was busy for too long."

# By the first byte of SQLite's result codes: https://www.sqlite.org/rescode.html
SQLITE = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_IOERR: UNREADABLE,
    sqlite3.SQLITE_CANTOPEN: UNREADABLE,
    sqlite3.SQLITE_PERM: UNREADABLE,
    sqlite3.SQLITE_BUSY: BUSY,
}
# By their beginning: https://www.postgresql.org/docs/current/errcodes-appendix.html
POSTGRES = {
    "53100": FULL,
    "53": BUSY,
    "25006": READ_ONLY,
    "XX001": DAMAGED,
    "XX002": DAMAGED,
    "58": UNREADABLE,
    "57P": SILENT,
    "08": SILENT,
    "55P03": BUSY,
}

SYSTEM = {errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EROFS: READ_ONLY}


def outage(error: BaseException | None) -> str:
    """What happened, where it is no fault of the program; else nothing."""
    if isinstance(error, OSError):
        return SYSTEM.get(error.errno or 0, "")
    cause = error.__cause__ if isinstance(error, Error) else None
    if isinstance(cause, sqlite3.Error):
        return SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF, "")
    if isinstance(cause, psycopg.Error):
        return _of_postgres(cause)
    return ""


def _of_postgres(cause: psycopg.Error) -> str:
    """A connection that broke, or was never there, has no code."""
    if not cause.sqlstate:
        return SILENT if isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError) else ""
    return next((sentence for begins, sentence in POSTGRES.items() if cause.sqlstate.startswith(begins)), "")
