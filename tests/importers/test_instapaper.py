"""Instapaper's table, the older one too."""

from datetime import UTC, datetime

import pytest

from library.importers.formats import instapaper
from library.importers.record import HoldsNone
from tests.importers.readings import records, texts

OLD, NEW = "URL,Title,Selection,Folder\n", "URL,Title,Selection,Folder,Timestamp,Tags\n"


def test_a_row_has_all_that_the_newer_table_has():
    row = (
        'https://slow.example/ledger,The ledger,"Three books,\nand a merchant",Unread,1616337559,"[""ml"",""a, b""]"\n'
    )
    (record,) = records(instapaper, NEW + row)
    assert (record.title, record.url, record.state) == ("The ledger", "https://slow.example/ledger", "inbox")
    assert record.tags == ("ml", "a, b")
    assert record.created == datetime(2021, 3, 21, 14, 39, 19, tzinfo=UTC)
    assert texts(record) == {"overview": "Three books,\nand a merchant"}


@pytest.mark.parametrize(
    ("folder", "state", "favourite", "tags"),
    [
        ("Unread", "inbox", False, ()),
        ("Archive", "archived", False, ()),
        ("Starred", "", True, ()),
        ("Long reads", "", False, ("Long reads",)),
    ],
)
def test_a_folder_is_a_state_a_favourite_or_a_tag(folder, state, favourite, tags):
    (record,) = records(instapaper, f"{OLD}https://a.example/,A,,{folder}\n")
    assert (record.state, record.favourite, record.tags) == (state, favourite, tags)


def test_a_row_without_an_address_is_a_text():
    (record,) = records(instapaper, f'{NEW},,"My own words, at length",Unread,1616337559,[]\n')
    assert (record.title, record.url) == ("My own words, at length", "")
    assert texts(record) == {"article": "My own words, at length"}


def test_tags_that_are_no_list_are_words_with_commas():
    (record,) = records(instapaper, f'{NEW}https://a.example/,A,,Unread,,"one, [two"\n')
    assert record.tags == ("one", "[two")


PAGE = """<!DOCTYPE html><html><head><title>Instapaper: Export</title></head><body>
<h1>Unread</h1><ol><li><a href="https://a.example/?x=1&amp;y=2">A &amp; B</a></ol>
<h1>Long reads</h1><ol><li><a href="https://b.example/">B</a></ol></body></html>
"""


def test_the_page_has_a_heading_for_each_folder():
    first, second = records(instapaper, PAGE)
    assert (first.title, first.url, first.state) == ("A & B", "https://a.example/?x=1&y=2", "inbox")
    assert (second.state, second.tags) == ("", ("Long reads",))
    with pytest.raises(HoldsNone, match="nothing saved"):
        records(instapaper, "<title>Instapaper: Export</title>")
