"""`manage.py check_library`."""

from typing import Any

from django.core.management import CommandParser
from django.core.management.base import BaseCommand, CommandError

from library import soundness
from library.management.database import require_migrated
from library.models import User


class Command(BaseCommand):
    help = "Look through the whole library for anything that is not as it should be. Exit status 1 if there is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", metavar="NAME", help="Only this reader's articles.")

    def handle(self, *args: Any, **options: Any) -> None:
        require_migrated()
        number = 0
        for fault in soundness.faults(reader(options["user"])):
            self.stdout.write(fault)
            number += 1
        if number:
            raise CommandError(f"{number:,} {'thing is' if number == 1 else 'things are'} wrong.")
        self.stdout.write("Everything is in order.")

def reader(name: str | None) -> User | None:
    found = User.objects.filter(username=name).first() if name else None
    if name and found is None:
        raise CommandError(f'There is no reader "{name}".', returncode=2)
    return found
