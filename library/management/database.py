"""What commands ask of the database before they begin."""

from django.core.management.base import CommandError

from library.preparing import UNFINISHED, migrations_here, migrations_there


def require_migrated() -> None:
    """Raise CommandError, with what to do, where the database lacks a migration."""
    there = migrations_there()
    if migrations_here() - there or UNFINISHED in there:
        raise CommandError("The database is not up to date. `manage.py prepare` makes it so.", returncode=2)
