"""Pinboard's JSON."""

from datetime import UTC, datetime

import pytest

from library.importers.formats import pinboard
from library.importers.record import NotARecord
from tests.importers.readings import read_all, records, refusals, texts
from tests.importers.samples import PINBOARD as BOOKMARK


def test_a_bookmark_has_all_that_the_export_has():
    (record,) = records(pinboard, [BOOKMARK])
    assert (record.title, record.url, record.key) == ("The ledger", "https://slow.example/ledger", "e69b")
    assert (record.tags, record.state, record.extra) == (("money", "old_books"), "inbox", {"private": True})
    assert record.created == datetime(2021, 3, 21, 14, 39, 19, tzinfo=UTC)
    assert texts(record) == {"overview": "Three books"}


def test_what_is_not_to_be_read_is_archived_and_public():
    (record,) = records(pinboard, [{**BOOKMARK, "toread": "no", "shared": "yes"}])
    assert (record.state, record.extra) == ("archived", {})


def test_what_can_not_be_read_is_told():
    assert refusals(pinboard, [BOOKMARK, 7, {**BOOKMARK, "href": "", "extended": ""}]) == [
        "Number 2 of the bookmarks can't be read: it has no fields.",
        "It has no address and no text.",
    ]
    with pytest.raises(NotARecord, match="from line 1, column"):
        read_all(pinboard, '[{"href": "x", "description": "y", "extended": "", "toread": "no"},')
