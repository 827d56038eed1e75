"""`manage.py delete_reader`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from library import leaving
from library.management.database import require_migrated
from library.management.readers import WRONG_USE
from library.models import Event
from library.models.departures import staying
from library.security_log import note

KEPT = "Nothing was deleted."


class Command(BaseCommand):
    help = "Delete a reader's account with everything in it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME", help="Whose account.")
        parser.add_argument("--yes", action="store_true", help="Don't ask for the name once more.")

    def handle(self, *args: Any, **options: Any) -> None:
        require_migrated()
        name = options["name"]
        reader = staying().filter(username=name).first()
        if reader is None:
            raise CommandError(f'There is no reader "{name}".', returncode=WRONG_USE)
        goes = leaving.contents(reader)
        self.stdout.write(
            f"{goes.articles:,} articles, {goes.highlights:,} highlights, notes on {goes.notes:,} articles, "
            f"{goes.imports:,} imports and {goes.exports:,} exports go for good. Backups keep what they hold."
        )
        if not options["yes"] and input("Type the name to delete the account: ") != name:
            raise CommandError(KEPT, returncode=1)
        try:
            leaving.close(reader)
        except leaving.Refused as problem:
            raise CommandError(str(problem), returncode=WRONG_USE) from problem
        note(Event.ACCOUNT_DELETED, None, None, f"reader {reader.pk}")
        leaving.delete(reader.pk)
        self.stdout.write(f"The account of {name} is deleted.")
