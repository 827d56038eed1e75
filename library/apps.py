"""What happens once when the program starts, and after each migration."""

import sqlite3
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Warning, register
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate


def make_cache_table(using: str, **kwargs: Any) -> None:
    """The cache's table is no Django model: make it where it is missing."""
    call_command("createcachetable", database=using, verbosity=0)


@register
def write_ahead_log_is_safe(**kwargs: Any) -> list[CheckMessage]:
    if connection.vendor != "sqlite" or settings.SQLITE_WAL_SAFE:
        return []
    return [
        Warning(
            f"SQLite {sqlite3.sqlite_version} is used without its write-ahead log, and readers wait for writers.",
            hint="Before 3.51.3 the log could lose a committed write. The package pysqlite3 brings a newer SQLite.",
            id="library.W001",
        )
    ]


class LibraryConfig(AppConfig):
    name = "library"
    verbose_name = "Library"

    def ready(self) -> None:
        from library import security_log  # noqa: PLC0415 - models can't be imported before this
        from library.accounts import sessions  # noqa: PLC0415
        from library.models import triggers, upgrades, waiting  # noqa: PLC0415

        security_log.listen()
        sessions.listen()
        migrate.MigrationExecutor = upgrades.WholeExecutor  # type: ignore[attr-defined]
        connection_created.connect(waiting.wait_patiently)
        pre_migrate.connect(upgrades.begin, sender=self)
        pre_migrate.connect(triggers.before_migrate, sender=self)
        post_migrate.connect(triggers.after_migrate, sender=self)
        post_migrate.connect(make_cache_table, sender=self)
        post_migrate.connect(upgrades.end)
