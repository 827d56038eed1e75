"""Which module knows the index of this database."""

from types import ModuleType

from django.db import connection

from library.search import postgres, sqlite


def backend() -> ModuleType:
    return sqlite if connection.vendor == "sqlite" else postgres
