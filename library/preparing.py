"""What a start brings up to date: the database's tables and the collected static files. Nothing when all is so."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from library.content.mounts import file_system, is_network
from library.models.upgrades import UNFINISHED

STAMP = "made-from"
MOUNTS = Path("/proc/self/mountinfo")
NETWORK = (
    "{folder} is on a network disk ({kind}), where SQLite can lose what it saved. Nothing was changed. Put DATA_DIR on "
    "a disk of this machine, or use PostgreSQL (DATABASE_URL). NETWORK_DISK=on starts it all the same."
)
# Any number will do: the one that processes on PostgreSQL agree on while one of them migrates.
MIGRATING = 7_215_340_811


class CantStart(Exception):
    """Why the library can't be served, in a sentence."""


def prepare() -> None:
    """Make the database and the static files fit this version of the program."""
    refuse_network_disk()
    try:
        migrate()
    except DatabaseError as error:
        raise CantStart(f"The database can't be used: {str(error).strip()}") from error
    collect_static_files()


def refuse_network_disk() -> None:
    """SQLite on another machine's disk can lose what it acknowledged, and no check would tell in time."""
    if connection.vendor != "sqlite" or settings.NETWORK_DISK or not MOUNTS.exists():
        return
    folder = Path(connection.settings_dict["NAME"]).resolve().parent
    kind = file_system(MOUNTS.read_text(errors="replace"), str(folder))
    if is_network(kind):
        raise CantStart(NETWORK.format(folder=folder, kind=kind))


def migrate() -> None:
    with one_at_a_time():
        here, there = migrations_here(), migrations_there()
        newer = sorted(name for app, name in there - here if app == "library")
        if newer:
            raise CantStart(
                f"This library was last opened by a newer Commonplace, with {newer[-1]}. Serve it with that one."
            )
        if here - there or UNFINISHED in there:
            call_command("migrate", interactive=False, verbosity=0)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """On PostgreSQL, where several servers may start together. SQLite waits by its own locks."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])


def migrations_here() -> set[tuple[str, str]]:
    """(app, name) of each migration file, without loading them: that would take longer than all the rest."""
    return {
        (app.label, file.stem)
        for app in apps.get_app_configs()
        if (spec := find_spec(f"{app.name}.migrations")) and spec.origin
        for file in Path(spec.origin).parent.glob("[0-9]*.py")
    }


def migrations_there() -> set[tuple[str, str]]:
    return set(MigrationRecorder(connection).applied_migrations())


def collect_static_files() -> None:
    stamp = settings.STATIC_ROOT / STAMP
    wanted = static_fingerprint()
    if stamp.exists() and (stamp.read_text() == wanted or not os.access(settings.STATIC_ROOT, os.W_OK)):
        return  # also in an image, whose own static files can't be written to
    try:
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(wanted)
    except OSError as error:
        raise CantStart(f"The static files can't be put into {settings.STATIC_ROOT}: {error}.") from error


def static_fingerprint() -> str:
    """A hash over the names, sizes and times of our static files, and the version of Django, which has the admin's."""
    found = hashlib.sha256(django.__version__.encode())
    for folder in settings.STATICFILES_DIRS:
        for file in sorted(path for path in Path(folder).rglob("*") if path.is_file()):
            status = file.stat()
            found.update(f"{file.relative_to(folder)} {status.st_size} {int(status.st_mtime)}\n".encode())
    return found.hexdigest()


def database_in_words() -> str:
    """Which database is used, plainly, and what SQLite does without."""
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
        return f"{connection.settings_dict['NAME']} on PostgreSQL {version}"
    manner = (
        "write-ahead log"
        if settings.SQLITE_WAL_SAFE
        else "without write-ahead log, which is not safe before SQLite 3.51.3: readers wait for writers"
    )
    return f"{connection.settings_dict['NAME']} (SQLite {sqlite3.sqlite_version}, {manner})"
