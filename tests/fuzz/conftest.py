"""The counter of inputs, for a test that has the argument `size`."""

import pytest

from tests.fuzz.counting import Fuzz


@pytest.fixture
def fuzz(record_property):
    """Makes the counter of one kind of input."""
    return lambda kind, size: Fuzz(kind, size, record_property)
