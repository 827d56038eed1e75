"""`manage.py restore FILE`."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandParser
from django.core.management.base import BaseCommand, CommandError

from library.backups import BackupProblem, restore
from library.preparing import CantStart, migrate


class Command(BaseCommand):
    help = "Put a backup in the place of the library. What was there is kept as a backup of its own."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="What `manage.py backup` wrote.")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"].absolute()
        before = settings.DATA_DIR / f"before-restore-{datetime.now():%Y%m%d-%H%M%S-%f}.sqlite3"
        try:
            counts = restore(file, before)
            migrate()
        except (BackupProblem, CantStart) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"In place, with {counts['library_link']:,} articles. What was there before: {before}")
