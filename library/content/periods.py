"""Stretches of time as readers write them: `7d`, `2026`, `2026-03`, `2026-03-14`, `2026-03..2026-10`."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_DAYS = re.compile(r"(\d{1,4})d")
_POINT = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to and without `end`, both in UTC; None is open."""

    start: datetime | None
    end: datetime | None


def parse(text: str, today: date, zone: tzinfo) -> Period | None:
    """The period that `text` means in `zone`; None where it means none. Never raises."""
    try:
        return _parse(text.strip(), today, zone)
    except (ValueError, OverflowError):
        return None


def month_of(moment: datetime, zone: tzinfo) -> str:
    """The month of `moment` in `zone`, as `2026-03`."""
    local = moment.astimezone(zone)
    return f"{local.year:04}-{local.month:02}"


def _parse(text: str, today: date, zone: tzinfo) -> Period | None:
    if days := _DAYS.fullmatch(text):
        return Period(_midnight(today - timedelta(days=int(days[1]) - 1), zone), None)
    first, dots, last = text.partition("..")
    if not first and not last:
        return None
    return _span(first.strip(), last.strip() if dots else text, zone)


def _span(first: str, last: str, zone: tzinfo) -> Period | None:
    begin, end = _days(first), _days(last)
    if (first and not begin) or (last and not end) or (begin and end and begin[0] >= end[1]):
        return None
    return Period(_midnight(begin[0], zone) if begin else None, _midnight(end[1], zone) if end else None)


def _days(text: str) -> tuple[date, date] | None:
    """The first day of a year, month or day, and the first day after it."""
    found = _POINT.fullmatch(text)
    if not found:
        return None
    year, month, day = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    if day:
        return date(year, month, day), date(year, month, day) + timedelta(days=1)
    if month:
        return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
    return date(year, 1, 1), date(year + 1, 1, 1)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)
