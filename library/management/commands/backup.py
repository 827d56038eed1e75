"""`manage.py backup FILE`."""

from pathlib import Path
from typing import Any

from django.core.management import CommandParser
from django.core.management.base import BaseCommand, CommandError

from library.backups import BackupProblem, write_backup


class Command(BaseCommand):
    help = "Copy the library into one file, also while it is in use, and read the copy back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="A file that is not there yet.")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"].absolute()
        try:
            counts = write_backup(file)
        except BackupProblem as problem:
            raise CommandError(str(problem)) from problem
        size = file.stat().st_size / 1_000_000
        self.stdout.write(f"{file}: {counts['library_link']:,} articles, {size:,.1f} MB, read back and sound.")
