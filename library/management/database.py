"""What commands ask of the database before they begin."""

from django.core.management.base import CommandError
from django.db import Error

from library.models.outages import outage
from library.models.upgrades import UNFINISHED
from library.preparing import migrations_here, migrations_there


def require_migrated() -> None:
    """Raise CommandError, with what to do, where the database lacks a migration or can't be used."""
    try:
        there = migrations_there()
    except Error as error:
        raise CommandError(f"{outage(error) or 'The database can’t be used.'} ({str(error).strip()})") from error
    if migrations_here() - there or UNFINISHED in there:
        raise CommandError("The database is not up to date. `manage.py prepare` makes it so.", returncode=2)
