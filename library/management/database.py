"""What commands ask of the database before they begin."""

from django.core.management.base import CommandError

from library.preparing import migrations_here, migrations_there


def require_migrated() -> None:
    """Raise CommandError, with what to do, where the database lacks a migration."""
    if migrations_here() - migrations_there():
        raise CommandError("The database is not up to date. `manage.py prepare` makes it so.", returncode=2)
