"""Karakeep's JSON with its lists."""

from datetime import UTC, datetime
from typing import Any

import pytest

from library.importers.formats import karakeep
from library.importers.record import HoldsNone, NotARecord
from tests.importers.readings import file_of, read_all, records, refusals, texts
from tests.importers.samples import KARAKEEP as BOOKMARK
from tests.importers.samples import LISTS


def export(*bookmarks: object) -> dict[str, Any]:
    return {"bookmarks": list(bookmarks), "lists": LISTS}


def test_a_bookmark_has_all_that_the_export_has():
    (record,) = records(karakeep, export(BOOKMARK))
    assert (record.title, record.url) == ("The ledger", "https://slow.example/ledger")
    assert (record.tags, record.state) == (("money", "Work/Books"), "archived")
    assert record.created == datetime(2021, 3, 21, 14, 39, 19, tzinfo=UTC)
    assert texts(record) == {"note": "Mine"}


def test_a_list_that_lies_in_itself_has_its_own_name_only():
    (record,) = records(karakeep, export({**BOOKMARK, "lists": ["round", "unknown"]}))
    assert record.tags == ("money", "Round")


def test_a_text_of_the_readers_own_is_an_article():
    text = {"type": "text", "text": "My own words"}
    (record,) = records(karakeep, export({**BOOKMARK, "title": None, "content": text}))
    assert (record.title, record.url) == ("My own words", "")
    assert texts(record) == {"article": "My own words", "note": "Mine"}


def test_a_picture_was_never_exported():
    assert refusals(karakeep, export(BOOKMARK, {**BOOKMARK, "content": None, "note": None})) == [
        "A picture or a PDF, which Karakeep leaves out of its export."
    ]


def test_odd_files_say_so():
    with pytest.raises(HoldsNone, match="list of bookmarks is empty"):
        list(karakeep.read(file_of({"bookmarks": []})))
    with pytest.raises(NotARecord, match="no list of bookmarks"):
        read_all(karakeep, {"bookmarks": {"createdAt": 1, "content": 2}})
