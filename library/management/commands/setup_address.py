"""`manage.py setup_address`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from library import accounts
from library.management.database import require_migrated


class Command(BaseCommand):
    help = "Print the one-time address at which the first reader makes an account."

    def handle(self, *args: Any, **options: Any) -> None:
        require_migrated()
        token = accounts.setup_token()
        self.stdout.write(f"{settings.BASE_URL}/setup/?token={token}" if token else "The library is set up already.")
