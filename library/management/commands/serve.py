"""`manage.py serve`: everything that a library needs while it is open."""

import sys
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.management import CommandParser, call_command
from django.core.management.base import BaseCommand, CommandError

from library import accounts, worker
from library.preparing import CantStart, database_in_words, prepare
from library.serving import CantListen, Web, listen, supervise


class Command(BaseCommand):
    help = "Serve the library: web and background worker, until Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--notes", metavar="FOLDER", help="Import this folder, file or zip first.")
        parser.add_argument("--user", help="Whose library that goes into. May be left out when there is one reader.")
        parser.add_argument("--without-worker", action="store_true", help="Leave the worker to `manage.py work`.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            listener = listen()
            prepare()
        except (CantListen, CantStart) as error:
            raise CommandError(str(error)) from error
        if options["notes"]:
            call_command("import_library", options["notes"], user=options["user"], first_user=True)
        self.say_what_is_served()
        jobs = {"web": Web(listener).run}
        if not options["without_worker"]:
            jobs["worker"] = worker.run
        sys.exit(supervise(jobs))

    def say_what_is_served(self) -> None:
        self.stdout.write(f"Library: {database_in_words()}")
        self.stdout.write(f"Address: {settings.BASE_URL}")
        token = accounts.setup_token()
        if token:
            self.stdout.write(f"Nobody can log in yet. Set it up: {settings.BASE_URL}/setup/?token={quote(token)}")
        self.stdout.write("Ctrl-C stops it.")
        self.stdout.flush()
