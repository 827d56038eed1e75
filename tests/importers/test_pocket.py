"""Pocket's table in both its forms, its annotations and its older page."""

import json
from datetime import UTC, datetime

import pytest

from library.importers.formats import pocket
from library.importers.record import HoldsNone, NotARecord, Passage
from tests.importers.readings import Files, read_all, records, refusals

ROW = "The ledger,https://slow.example/ledger,1616337559,{}money|old books,archive\n"
SAVED = datetime(2021, 3, 21, 14, 39, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    "table",
    [
        "title,url,time_added,tags,status\n" + ROW.format(""),
        "title,url,time_added,cursor,tags,status\n" + ROW.format("7,"),
        "\ufeffTitle,URL,time_added,tags,status\r\n" + ROW.format(""),
        ("title,url,time_added,tags,status\n" + ROW.format("")).replace(",", "\t"),
    ],
    ids=["plain", "with a cursor", "byte-order mark", "tabs"],
)
def test_a_table_is_read_by_the_names_of_its_columns(table):
    (record,) = records(pocket, table)
    assert (record.title, record.url) == ("The ledger", "https://slow.example/ledger")
    assert (record.tags, record.state, record.created) == (("money", "old books"), "archived", SAVED)


def test_titles_may_have_line_ends_and_commas_and_some_are_none():
    rows = '"One,\n\ntwo",https://a.example/,1616337559,,unread\nProblem loading page,https://b.example/,,,unread\n'
    first, second = records(pocket, "title,url,time_added,tags,status\n" + rows)
    assert (first.title, first.state) == ("One, two", "inbox")
    assert (second.title, second.created) == ("https://b.example/", None)


def test_a_comma_without_quotation_marks_costs_its_row_only():
    rows = "One, two,https://a.example/,1616337559,,unread\n" + ROW.format("")
    found = read_all(pocket, "title,url,time_added,tags,status\n" + rows)
    assert refusals(pocket, "title,url,time_added,tags,status\n" + rows) == [
        "The row that ends in line 2 has 6 cells, but there are 5 columns. "
        "A text in it needs quotation marks around it."
    ]
    assert len(found) == 2


def test_annotations_are_highlights_of_their_page():
    page = {"url": "https://slow.example/ledger", "title": "The ledger"}
    quotes = [{"quote": "Intent\nfirst.", "created_at": 1616337600}, {"quote": "Three", "created_at": 1616337559}]
    (record,) = records(pocket, [{**page, "highlights": quotes}])
    assert record.highlights == (
        Passage("Intent\nfirst.", created=datetime(2021, 3, 21, 14, 40, tzinfo=UTC)),
        Passage("Three", created=SAVED),
    )
    assert (record.title, record.url, record.created) == ("The ledger", "https://slow.example/ledger", SAVED)


def test_annotations_say_of_their_page_what_the_tables_beside_them_say():
    page = {"url": "https://slow.example/ledger", "title": "ledger", "highlights": [{"quote": "Intent first."}]}
    other = {"url": "https://other.example/", "title": "Other", "highlights": [{"quote": "More"}]}
    files = Files(
        {
            "my pocket/annotations/part_000000.json": json.dumps([page, other]),
            "my pocket/part_000000.csv": "title,url,time_added,tags,status\n",
            "my pocket/part_000001.csv": "title,url,time_added,tags,status\n" + ROW.format(""),
            "my pocket/other.csv": "a,b\n1,2\n",
        }
    )
    first, second = records(pocket, files.file("my pocket/annotations/part_000000.json"))
    assert (first.title, first.state, first.created) == ("The ledger", "archived", SAVED)
    assert (first.tags, first.highlights) == (("money", "old books"), (Passage("Intent first."),))
    assert (second.title, second.state, second.highlights) == ("Other", "", (Passage("More"),))


PAGE = """<!DOCTYPE html>
<html><head><title>Pocket Export</title></head><body>
<h1>Unread</h1>
<ul>
<li><a href="https://a.example/?x=1&amp;y=2" time_added="1616337559" tags="one,two words">A &amp; B</a></li>
</ul>
<h1>Read Archive</h1>
<ul>
<li><a href="https://b.example/" time_added="1616337559" tags="">https://b.example/</a></li>
</ul></body></html>
"""


def test_the_older_page_tells_what_was_read():
    unread, read = records(pocket, PAGE)
    assert (unread.title, unread.url, unread.tags) == ("A & B", "https://a.example/?x=1&y=2", ("one", "two words"))
    assert (unread.state, read.state, unread.created) == ("inbox", "archived", SAVED)


def test_empty_and_broken_exports_say_so():
    with pytest.raises(HoldsNone, match="no rows"):
        read_all(pocket, "title,url,time_added,tags,status\n")
    with pytest.raises(HoldsNone, match="nothing saved"):
        read_all(pocket, "<title>Pocket Export</title><h1>Unread</h1>")
    with pytest.raises(NotARecord, match="from line 1, column 68 on it is no valid JSON"):
        read_all(pocket, '[{"url": "https://a.example/", "highlights": [{"quote": "x", "c": 1')
