"""`manage.py prepare`: what `serve` does before it serves, for those who serve in another way."""

from typing import Any

from django.core.management import CommandParser
from django.core.management.base import BaseCommand, CommandError

from library.preparing import CantStart, collect_static_files, prepare


class Command(BaseCommand):
    help = "Bring the database's tables and the collected static files up to date, where they are not."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--static", action="store_true", help="Only the static files: no database is touched.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            (collect_static_files if options["static"] else prepare)()
        except CantStart as error:
            raise CommandError(str(error)) from error
