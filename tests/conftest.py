"""The cast of the tests, and which of them run on a second database.

`make test` runs everything on SQLite, then what touches a database again on PostgreSQL (DATABASE_URL).
"""

from collections.abc import Iterator

import pytest
from django.conf import settings

from library.models import User

DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leave out the tests that touch no database: they ran already."""
    if "postgres" not in settings.DATABASES["default"]["ENGINE"]:
        return
    chosen, left = [], []
    for item in items:
        touches = item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ()))
        (chosen if touches else left).append(item)
    items[:] = chosen
    config.hook.pytest_deselected(items=left)


@pytest.fixture(autouse=True)
def quick_and_apart(settings, tmp_path) -> Iterator[None]:
    """Cheap password hashes, files from the source folder, and a data folder of each test's own."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "uploads"
    yield


@pytest.fixture
def reader(db) -> User:
    return User.objects.create_user("ada", password="correct horse battery")


@pytest.fixture
def other_reader(db) -> User:
    return User.objects.create_user("ben", password="another long passphrase")


@pytest.fixture
def reading(client, reader):
    """The reader's browser, logged in."""
    client.force_login(reader, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client
