from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.content import periods

TODAY = date(2026, 11, 23)


def days(text: str) -> tuple[str, str]:
    period = periods.parse(text, TODAY, UTC)
    assert period
    return tuple("" if end is None else end.date().isoformat() for end in (period.start, period.end))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2024-02-29", "2024-02-29", "2024-03-01"),
        ("2026-03..2026-10", "2026-03-01", "2026-11-01"),
        ("2026-03..", "2026-03-01", ""),
        ("..2025", "", "2026-01-01"),
        ("7d", "2026-11-17", ""),
        (" 1d ", "2026-11-23", ""),
    ],
)
def test_a_period_is_read(text, start, end):
    assert days(text) == (start, end)


@pytest.mark.parametrize(
    "text", ["", "..", "yesterdayish", "2026-13", "2026-02-30", "2026-10..2026-03", "26", "9999", "0d..", "0000"]
)
def test_what_is_no_period_is_none(text):
    assert periods.parse(text, TODAY, UTC) is None


def test_a_month_begins_at_midnight_where_the_reader_is():
    period = periods.parse("2026-07", TODAY, ZoneInfo("Europe/Berlin"))
    assert period and period.start == datetime(2026, 6, 30, 22, tzinfo=UTC)


def test_a_moment_belongs_to_the_month_of_the_readers_zone():
    assert periods.month_of(datetime(2026, 6, 30, 23, tzinfo=UTC), ZoneInfo("Europe/Berlin")) == "2026-07"


@given(st.text() | st.from_regex(r"\d{0,5}(-\d\d){0,3}(\.\.)?(\d{4})?d?", fullmatch=True))
def test_any_text_is_a_period_or_none(text):
    period = periods.parse(text, TODAY, ZoneInfo("Pacific/Apia"))
    assert period is None or period.start or period.end
