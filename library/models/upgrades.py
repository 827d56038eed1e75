"""An upgrade can be killed at any moment and begun again: each migration is a whole, and so is what follows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import AppConfig, apps
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

# Stands among the migrations of a database from before the first of an upgrade until its last trigger is made.
UNFINISHED = ("upgrade", "unfinished")


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


def begin(using: str, plan: list[Any], **kwargs: Any) -> None:
    """Receiver of `pre_migrate`."""
    recorder = MigrationRecorder(connections[using])
    if plan and UNFINISHED not in recorder.applied_migrations():
        recorder.record_applied(*UNFINISHED)


def end(sender: AppConfig, using: str, plan: list[Any] | None = None, **kwargs: Any) -> None:
    """Receiver of `post_migrate`, sent for one app after the other. Who empties a database sends it without a plan."""
    if plan is not None and sender == list(apps.get_app_configs())[-1]:
        MigrationRecorder(connections[using]).record_unapplied(*UNFINISHED)
