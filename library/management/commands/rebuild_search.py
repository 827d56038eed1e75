"""`manage.py rebuild_search`."""

from typing import Any

from django.core.management import CommandParser
from django.core.management.base import BaseCommand, CommandError

from library.management.database import require_migrated
from library.models import User
from library.search import indexing


class Command(BaseCommand):
    help = "Index every text anew. The library stays in use; a search finds what is done so far."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", metavar="NAME", help="Only this reader's articles.")

    def handle(self, *args: Any, **options: Any) -> None:
        require_migrated()
        reader = None
        if options["user"]:
            reader = User.objects.filter(username=options["user"]).first()
            if reader is None:
                raise CommandError(f'There is no reader "{options["user"]}".', returncode=2)
        done = indexing.rebuild(reader.pk if reader else None)
        self.stdout.write(f"Indexed anew: {done:,}.")
