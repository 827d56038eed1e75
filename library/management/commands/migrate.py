"""`manage.py migrate`: Django's, which here can be killed at any moment and begun again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from library.preparing import UNFINISHED


class WholeExecutor(MigrationExecutor):
    """A migration is recorded in its own transaction. Django records one that makes an index after its commit: who is
    killed between the two finds, at each later start, tables that are there already.
    """

    def apply_migration(
        self, state: ProjectState, migration: Migration, fake: bool = False, fake_initial: bool = False
    ) -> ProjectState:
        if not migration.atomic:
            return super().apply_migration(state, migration, fake, fake_initial)
        with whole(self.connection):
            return super().apply_migration(state, migration, fake, fake_initial)


@contextmanager
def whole(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """One transaction. SQLite looks at references or not for all of it."""
    connection.disable_constraint_checking()
    try:
        with transaction.atomic(using=connection.alias):
            yield
    finally:
        connection.enable_constraint_checking()


migrate.MigrationExecutor = WholeExecutor  # type: ignore[misc]


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Until all is done, triggers too, the database says that it is not."""
        if options["plan"] or options["check_unapplied"]:
            super().handle(*args, **options)
            return
        recorder = MigrationRecorder(connections[options["database"]])
        recorder.record_unapplied(*UNFINISHED)
        recorder.record_applied(*UNFINISHED)
        super().handle(*args, **options)
        recorder.record_unapplied(*UNFINISHED)
