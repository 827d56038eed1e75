"""`manage.py reset_log_in`."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from library.accounts.second_factors import forget_factors
from library.management.database import require_migrated
from library.management.readers import WRONG_USE
from library.models import User


class Command(BaseCommand):
    help = "Let a reader in again who lost the way: a new password, no second step, no passkeys, logged out everywhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="The reader.")

    def handle(self, *args: Any, **options: Any) -> None:
        require_migrated()
        reader = User.objects.filter(username__iexact=options["name"]).first()
        if reader is None:
            raise CommandError(f'There is no reader "{options["name"]}".', returncode=WRONG_USE)
        call_command("changepassword", reader.username)
        taken = forget_factors(reader)
        self.stdout.write(f"{reader.username} can log in with the new password alone ({taken} other ways taken away).")
