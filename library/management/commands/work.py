"""`manage.py work`: the background worker alone. `manage.py serve` starts one beside the web server."""

from typing import Any

from django.core.management import CommandParser
from django.core.management.base import BaseCommand

from library import worker
from library.management.database import require_migrated


class Command(BaseCommand):
    help = "Do background work: imports made in the browser, the search index, the Bin."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", action="store_true", help="Stop when nothing is left to do.")

    def handle(self, *args: Any, **options: Any) -> None:
        require_migrated()
        worker.run(batch=options["batch"], ready=self.say_so)

    def say_so(self) -> None:
        self.stdout.write("Working. Ctrl-C stops it.")
        self.stdout.flush()
