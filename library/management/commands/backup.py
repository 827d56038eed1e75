"""`manage.py backup FILE`."""

from pathlib import Path
from typing import Any

from django.core.management import CommandParser
from django.core.management.base import BaseCommand, CommandError

from library.backups import BackupProblem, write_backup
from library.management.database import require_migrated


class Command(BaseCommand):
    help = "Copy the library into one file, also while it is in use, and read the copy back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="A file that is not there yet.")

    def handle(self, *args: Any, **options: Any) -> None:
        require_migrated()
        file: Path = options["file"].absolute()
        try:
            counts = write_backup(file)
        except BackupProblem as problem:
            raise CommandError(str(problem)) from problem
        articles, size = counts["library.Link"], file.stat().st_size / 1_000_000
        self.stdout.write(f"{file}: written, read back, sound. Articles: {articles:,}. Size: {size:,.1f} MB.")
