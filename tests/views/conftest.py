"""What the tests of pages share."""

from collections.abc import Callable

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext


@pytest.fixture
def queries_of() -> Callable[[Callable[[], object]], int]:
    """How many queries a call takes while nothing is cached."""

    def count(call: Callable[[], object]) -> int:
        caches["local"].clear()
        with CaptureQueriesContext(connection) as captured:
            call()
        return len(captured)

    return count
