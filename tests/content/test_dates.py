from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.content.dates import parse

DAY = datetime(2024, 12, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2024-12-04", DAY),
        ("2024/12/04", DAY),
        ("2024-12-4", DAY),
        ("20241204", DAY),
        ("4 Dec 2024", DAY),
        ("Dec 4, 2024", DAY),
        ("@December 4, 2024", DAY),
        ("4th December 2024", DAY),
        ("4-Dec-2024", DAY),
        (date(2024, 12, 4), DAY),
        (datetime(2024, 12, 4), DAY),
        (datetime(2024, 12, 4, 2, tzinfo=timezone(timedelta(hours=2))), DAY),
        ("2024-12-04T00:00:00.000Z", DAY),
        ("2024-12-04T02:00:00+0200", DAY),
        ("2024-12-04 00:00:00+00:00", DAY),
        ("2024/12/04 2:00 +02:00", DAY),
        ("December 4, 2024 12:00 AM", DAY),
        ("December 4, 2024 8:45 PM", DAY.replace(hour=20, minute=45)),
        ("December 4, 2024 8:45 AM → December 6, 2024", DAY.replace(hour=8, minute=45)),
        ("04/Dec/2024:09:45:10 +0100", DAY.replace(hour=8, minute=45, second=10)),
        ("Wed, 04 Dec 2024 08:45:10 GMT", DAY.replace(hour=8, minute=45, second=10)),
        ("1733270400", DAY),
        ("1733270400000", DAY),
        ("1733270400000000", DAY),
        ("1733270400.5", DAY.replace(microsecond=500_000)),
    ],
)
def test_a_date_is_understood_in_every_form(written: str | date, moment: datetime) -> None:
    assert parse(written) == moment
    assert parse(written).tzinfo is UTC


@pytest.mark.parametrize(
    "written",
    [
        "",
        "0",
        "never",
        "@Today",
        "2024",
        "2024-02-30",
        "31/12/2024",
        "Foo 4, 2024",
        "9" * 5000,
        "9999-12-31T23:59:59-12:00",
        "December 4, 2024 25:00",
        "2024-12-04 10:00 +99:99",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
    ],
)
def test_what_is_no_date_is_none(written: str) -> None:
    assert parse(written) is None


@given(st.text() | st.datetimes(timezones=st.none() | st.timezones()) | st.dates())
def test_anything_is_taken(value: str | date) -> None:
    parse(value)


@given(st.datetimes(datetime(1000, 1, 1), datetime(9998, 12, 31), timezones=st.just(UTC)))
def test_what_was_written_in_iso_form_comes_back(moment: datetime) -> None:
    assert parse(moment.isoformat()) == moment
