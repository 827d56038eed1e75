"""What the tests of pages share."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Page

SEEN = 'INSERT INTO "usersessions_usersession"'


@pytest.fixture
def queries_of() -> Callable[[Callable[[], object]], int]:
    """How many queries a call takes while nothing is cached, but for the note every ten minutes of who was seen."""

    def count(call: Callable[[], object]) -> int:
        caches["local"].clear()
        with CaptureQueriesContext(connection) as captured:
            call()
        return sum(SEEN not in each["sql"] for each in captured.captured_queries)

    return count


@pytest.fixture
def quiet(reading_page: Page) -> Iterator[Page]:
    """The page, of which the browser may have nothing to complain (the policy on scripts and styles, for one)."""
    complaints: list[str] = []
    reading_page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    reading_page.on("pageerror", lambda error: complaints.append(str(error)))
    yield reading_page
    assert complaints == []
