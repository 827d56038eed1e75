"""Dates in every form that exports write them."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_TIME = (
    r"(?:[\sT,:]+(?:at\s+)?(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)?"
)
_MONTH = rf"(?P<month>{_MONTHS.replace(' ', '|')})[a-z]{{0,6}}\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_FORMS = tuple(
    re.compile(rf"@?(?:[a-z]{{3,9}},?\s+)??{form}{_TIME}", re.ASCII | re.IGNORECASE)
    for form in (
        rf"{_MONTH}\s+{_DAY},?\s+(?P<year>\d{{4}})",
        rf"{_DAY}\.?[\s/-]+{_MONTH},?[\s/-]+(?P<year>\d{{4}})",
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
    )
)
_NUMBER = re.compile(r"\d{8,19}(?:\.\d{1,9})?", re.ASCII)
_DAY_IN_DIGITS = re.compile(r"(?:19|20)\d{6}", re.ASCII)
_LONGEST = 80
FIRST_YEAR, LAST_YEAR = 1000, 9998


def parse(value: str | date | datetime) -> datetime | None:
    """The moment in UTC, or None where there is none; what names no time zone is taken as UTC.

    ISO 8601; a day alone (midnight); "December 4, 2024 8:45 AM"; "4 Dec 2024"; 2024/12/04; mail dates; those in
    logs of web servers; Unix time in seconds, milli-, micro- or nanoseconds, told apart by size. Of a range, its start.
    """
    try:
        found = _read(value)
        # Away from the ends of the calendar, so that every time zone has a date for it.
        return found.astimezone(UTC) if found and FIRST_YEAR <= found.year <= LAST_YEAR else None
    except (ValueError, OverflowError):
        return None


def _read(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    text = str(value).partition("→")[0].strip()
    if not text or len(text) > _LONGEST:
        return None
    if _NUMBER.fullmatch(text):
        return _from_number(text)
    return _from_iso(text) or _from_words(text)


def _from_number(text: str) -> datetime | None:
    if _DAY_IN_DIGITS.fullmatch(text):
        return datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC)
    seconds = float(text)
    while seconds >= 1e11:  # seconds reach this in the year 5138, milliseconds did in 1973
        seconds /= 1000
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _from_iso(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _from_words(text: str) -> datetime | None:
    for form in _FORMS:
        if match := form.fullmatch(text):
            return _from_match(match)
    return None


def _from_match(match: re.Match[str]) -> datetime:
    month = match["month"].lower()
    return datetime(
        int(match["year"]),
        int(month) if month.isdigit() else _MONTHS.index(month) // 4 + 1,
        int(match["day"]),
        _hour(int(match["hour"] or 0), (match["half"] or "").lower()),
        int(match["minute"] or 0),
        int(match["second"] or 0),
        tzinfo=_zone(match["zone"]),
    )


def _hour(hour: int, half: str) -> int:
    if not half:
        return hour
    return hour % 12 + (12 if half.startswith("p") else 0)


def _zone(text: str | None) -> timezone:
    if not text or text[0] not in "+-":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset)
