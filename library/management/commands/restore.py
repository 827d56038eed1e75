"""`manage.py restore FILE`."""

from pathlib import Path
from typing import Any

from django.core.management import CommandParser
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from library.backups import BackupProblem, restore
from library.models import ApiToken, Event, Invitation, Link
from library.preparing import CantStart, migrate
from library.search import indexing
from library.security_log import note

MOVE_IT_AWAY = "Nothing was changed. Move its database away, and restore again: a new one is made."
WORKS_AGAIN = (
    "As at the time of the backup: API tokens: {tokens:,}, open invitations: {invitations:,}. Those that were revoked, "
    "withdrawn or used since work again, and so do the passwords of that time. Look through them."
)


class Command(BaseCommand):
    help = "Put a backup in the place of the library. What was there is kept as a backup of its own."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="What `manage.py backup` wrote.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            migrate()
            before = restore(options["file"].absolute())
        except (BackupProblem, CantStart) as problem:
            raise CommandError(str(problem)) from problem
        except DatabaseError as error:
            raise CommandError(f"The present library can't be opened: {error}. {MOVE_IT_AWAY}") from error
        note(Event.BACKUP_RESTORED, None)
        self.stdout.write(f"In place, with {Link.objects.count():,} articles. What was there before: {before}")
        tokens, invitations = ApiToken.objects.standing().count(), Invitation.objects.open().count()
        if tokens or invitations:
            self.stdout.write(WORKS_AGAIN.format(tokens=tokens, invitations=invitations))
        self.stdout.write(f"To be indexed for the search: {indexing.pending_count():,}. The library can be used.")
        self.stdout.flush()
        while indexing.drain():
            pass
        self.stdout.write("Indexed. Everybody logs in again.")
