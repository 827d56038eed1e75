"""Raindrop's table with its highlights."""

from datetime import UTC, datetime

import pytest

from library.importers.formats import raindrop
from library.importers.record import Passage
from tests.importers.readings import records, texts

HEAD = "id,title,note,excerpt,url,folder,tags,created,cover,highlights,favorite\n"


def row(**cells: str) -> str:
    known = {
        "id": "7",
        "title": "The ledger",
        "note": "Mine, all mine",
        "excerpt": "Three books",
        "url": "https://slow.example/ledger",
        "folder": "Work / Reading",
        "tags": "money, old books",
        "created": "2021-03-21T14:39:19.000Z",
        "cover": "https://slow.example/c.png",
        "highlights": "",
        "favorite": "true",
    }
    written = ('"' + cell.replace('"', '""') + '"' for cell in (known | cells).values())
    return HEAD + ",".join(written) + "\n"


def test_a_row_has_all_that_the_table_has():
    (record,) = records(raindrop, row())
    assert (record.title, record.url, record.key) == ("The ledger", "https://slow.example/ledger", "7")
    assert record.tags == ("money", "old books", "Work/Reading")
    assert record.created == datetime(2021, 3, 21, 14, 39, 19, tzinfo=UTC)
    assert texts(record) == {"overview": "Three books", "note": "Mine, all mine"}
    assert record.favourite
    assert record.extra == {"cover": "https://slow.example/c.png"}


def test_the_folder_of_what_is_unsorted_is_no_tag():
    (record,) = records(raindrop, row(folder="Unsorted", tags="", favorite="false"))
    assert record.tags == ()
    assert not record.favourite


@pytest.mark.parametrize(
    ("cell", "passages"),
    [
        ("Intent first.\n\nThe table is a summary.", [Passage("Intent first."), Passage("The table is a summary.")]),
        ("Highlight:One\ntwo\nNote:Mine\n\nHighlight:Three", [Passage("One\ntwo", note="Mine"), Passage("Three")]),
    ],
)
def test_highlights_stand_in_one_cell(cell, passages):
    (record,) = records(raindrop, row(highlights=cell))
    assert record.highlights == tuple(passages)


def test_the_table_that_raindrop_itself_takes_is_read_too():
    (record,) = records(raindrop, "url,folder,title,note,tags,created\nhttps://a.example/,A/B,A,,one,1616337559\n")
    assert (record.title, record.tags) == ("A", ("one", "A/B"))
