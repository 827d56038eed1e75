"""What a disk or a server did wrong has a sentence; what the program did wrong has none."""

import errno
import sqlite3

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError

from library.models import outages


class OfSQLite(sqlite3.OperationalError):
    """As SQLite raises it: its code is an attribute."""

    def __init__(self, code: int) -> None:
        super().__init__("in its words")
        self.sqlite_errorcode = code


def raised(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (13, outages.FULL),
        (8, outages.READ_ONLY),
        (8 | 6 << 8, outages.READ_ONLY),
        (11, outages.DAMAGED),
        (10 | 3 << 8, outages.UNREADABLE),
        (5 | 2 << 8, outages.BUSY),
        (1, ""),
    ],
)
def test_the_codes_of_sqlite(code, sentence):
    assert outages.outage(raised(OperationalError("in its words"), OfSQLite(code))) == sentence


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("53100", outages.FULL),
        ("53300", outages.BUSY),
        ("25006", outages.READ_ONLY),
        ("XX001", outages.DAMAGED),
        ("XX000", ""),
        ("57P01", outages.SILENT),
        ("40P01", ""),
    ],
)
def test_the_codes_of_postgres(code, sentence):
    cause = psycopg.errors.lookup(code)("in its words")
    assert outages.outage(raised(DatabaseError("in its words"), cause)) == sentence


def test_a_connection_that_broke_has_no_code():
    gone = psycopg.OperationalError("the connection is closed")
    assert outages.outage(raised(InterfaceError("in its words"), gone)) == outages.SILENT
    assert outages.outage(raised(InterfaceError("in its words"), psycopg.ProgrammingError("a query of ours"))) == ""


def test_the_disk_itself():
    assert outages.outage(OSError(errno.ENOSPC, "No space left on device")) == outages.FULL
    assert outages.outage(OSError(errno.ENOENT, "No such file")) == ""


def test_what_the_program_did_wrong_is_none():
    assert outages.outage(IntegrityError("in its words")) == ""
    assert outages.outage(ValueError("in its words")) == ""
    assert outages.outage(None) == ""
