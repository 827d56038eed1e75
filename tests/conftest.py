"""The cast of the tests, and which of them run on a second database.

`make test` runs everything on SQLite, then what touches a database again on PostgreSQL (DATABASE_URL).
"""

import os
from collections.abc import Iterator

import hypothesis
import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandlerMixin
from django.core.cache import caches
from django.http import HttpResponseBase
from playwright.sync_api import Browser, Page, sync_playwright

from library.models import Shelf, User
from tests import chromium

# How long anything takes says more of the machine than of the program.
hypothesis.settings.register_profile(
    "patient", hypothesis.settings(), deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("same each time", hypothesis.settings.get_profile("patient"), derandomize=True)


def pytest_configure(config: pytest.Config) -> None:
    """`make test` tries the same examples each time, `make proofs` ever new ones."""
    hypothesis.settings.load_profile("patient" if config.getoption("markexpr") == "proofs" else "same each time")


DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "own_library"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leave out the tests that touch no database, those in a browser, and those about SQLite.

    Without `-m`, the proofs are left out: `make proofs` runs them.
    """
    postgres = "postgres" in settings.DATABASES["default"]["ENGINE"]
    left = [item for item in items if not belongs_here(item, postgres=postgres) or is_proof(item, config)]
    items[:] = [item for item in items if item not in left]
    config.hook.pytest_deselected(items=left)


def belongs_here(item: pytest.Item, *, postgres: bool) -> bool:
    return for_each_database(item) if postgres else not item.get_closest_marker("postgres")


def for_each_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("browser") or item.get_closest_marker("sqlite"):
        return False
    if item.get_closest_marker("postgres"):
        return True
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or DATABASE_FIXTURES & fixtures)


def is_proof(item: pytest.Item, config: pytest.Config) -> bool:
    return bool(item.get_closest_marker("proofs")) and not config.getoption("markexpr")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many inputs the fuzzing gave to each reader of foreign bytes, and what came of them."""
    told = [each for report in terminalreporter.getreports("passed") for each in report.user_properties]
    counts = [value for name, value in told if name == "fuzz"]
    if counts:
        terminalreporter.section(f"fuzzing: {sum(count for _, count, *_ in counts):,} inputs")
    for kind, count, came, slowest in sorted(counts):
        outcomes = ", ".join(f"{number:,} {outcome}" for outcome, number in sorted(came.items()))
        terminalreporter.line(f"{kind}: {count:,}, the slowest {slowest} s of CPU; {outcomes}")
    for alone in (value for name, value in told if name == "alone"):
        terminalreporter.line(f"alone: {alone['texts']} texts in {alone['fields']} fields, on {alone['pages']:,} pages")
    for bomb, seconds, megabytes, outcome in (value for name, value in told if name == "bomb"):
        terminalreporter.line(f"{bomb}: {seconds} s of CPU, {megabytes} MB; {outcome}")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory, django_db_modify_db_settings_parallel_suffix) -> None:
    """SQLite in a file, as readers have it: with one in memory, two connections lock whole tables."""
    database = settings.DATABASES["default"]
    if "sqlite3" in database["ENGINE"]:
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


def kept_by_browsers(file: HttpResponseBase) -> HttpResponseBase:
    """So that a page needs nothing but itself once its styles and scripts are there, as from the real server."""
    file.headers["Cache-Control"] = "max-age=3600"
    return file


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if problem := chromium.problem():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(problem)
    served = StaticFilesHandlerMixin.serve
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright keeps an event loop in this thread, in which Django would refuse to touch the database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        patch.setattr(StaticFilesHandlerMixin, "serve", lambda *asked: kept_by_browsers(served(*asked)))
        yield playwright.chromium.launch(executable_path=chromium.find(), args=["--no-sandbox"])


@pytest.fixture
def page(browser, live_server) -> Iterator[Page]:
    """A page of Chromium at the live server. Tests that take it are marked `pytest.mark.browser`."""
    context = browser.new_context(base_url=live_server.url)
    yield context.new_page()
    context.close()


@pytest.fixture
def reading_page(page, reading, live_server) -> Page:
    """The same, with the reader logged in."""
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": reading.cookies[name].value, "url": live_server.url}])
    return page


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
    settings.EXPORTS_ROOT = tmp_path / "exports"
    caches["local"].clear()
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


@pytest.fixture
def put_up(reader):
    """Makes a shelf; `owner` is the reader unless told."""

    def make(name="Slow reads", query="ledger", owner=reader, **fields):
        return Shelf.objects.append(owner, name, query=query, **fields)

    return make
