"""How many files go into one transaction."""

import pytest

from library.importers import pace


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test moves."""

    class Clock:
        now = 0.0

    clock = Clock()
    monkeypatch.setattr(pace.time, "perf_counter", lambda: clock.now)
    return clock


def after(clock, files: int, seconds: float) -> pace.Pace:
    measured = pace.Pace(files)
    with measured.measured(files):
        clock.now += seconds
    return measured


def test_slow_work_is_done_in_smaller_batches(clock):
    assert after(clock, 100, 2 * pace.SECONDS).files == 50


def test_quick_work_is_done_in_larger_batches_but_not_all_at_once(clock):
    assert after(clock, 100, pace.SECONDS / 10).files == 200


def test_a_batch_is_never_too_small_to_be_worth_it(clock):
    assert after(clock, 100, 60).files == pace.FEWEST
