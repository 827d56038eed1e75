"""Where a page of a list by time begins: a moment and an id, as they stand in an address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db.models import Q

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LONGEST_ID = 18
Key = tuple[datetime, int]


def microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def moment_of(text: str) -> datetime | None:
    """What `microseconds` wrote; None for anything else."""
    try:
        return EPOCH + int(text) * MICROSECOND
    except (ValueError, OverflowError):
        return None


def number(text: str) -> int:
    """An id as an address has it; 0 for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID else 0


def written(moment: datetime, pk: int) -> str:
    return f"{microseconds(moment)}.{pk}"


def read(text: str) -> Key | None:
    """What `written` wrote; None for anything else."""
    moment, pk = moment_of(text.partition(".")[0]), text.partition(".")[2]
    if moment is None or not pk.isdecimal() or len(pk) > LONGEST_ID:
        return None
    return moment, int(pk)


def beyond(field: str, key: Key | None) -> Q:
    """Past `key` in a list whose newest come first. The first condition alone lets an index begin there."""
    if key is None:
        return Q()
    moment, pk = key
    return Q(**{f"{field}__lte": moment}) & (Q(**{f"{field}__lt": moment}) | Q(pk__lt=pk))
