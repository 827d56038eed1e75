"""What happens once when the program starts, and after each migration."""

from typing import Any

from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate



def make_cache_table(using: str, **kwargs: Any) -> None:
    """The cache's table is no Django model: make it where it is missing."""
    call_command("createcachetable", database=using, verbosity=0)


class LibraryConfig(AppConfig):
    name = "library"
    verbose_name = "Library"

    def ready(self) -> None:
        from library.models import triggers  # noqa: PLC0415 - models can't be imported before this

        post_migrate.connect(triggers.after_migrate, sender=self)
        post_migrate.connect(make_cache_table, sender=self)
