"""Readeck's zip: a folder for each bookmark."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.importers.formats import readeck
from library.importers.record import HoldsNone, NotARecord, Passage, Refusal
from tests.importers.readings import Files, file_of, read_all, records, refusals, texts

BOOKMARK: dict[str, Any] = {
    "UID": "T3c",
    "UserID": 1,
    "Created": "2024-10-29T16:30:11Z",
    "Updated": "2024-10-30T00:00:00Z",
    "State": 0,
    "URL": "https://slow.example/ledger",
    "InitialURL": "https://slow.example/ledger?utm_source=x",
    "Title": "The ledger",
    "SiteName": "Slow",
    "Authors": ["A. Merchant", "B. Clerk"],
    "Lang": "en",
    "Description": "Three books",
    "Text": "A merchant kept three books.",
    "Labels": ["money", "old books"],
    "ReadProgress": 40,
    "IsArchived": False,
    "IsMarked": True,
    "Annotations": [
        {"id": "a", "color": "yellow", "created": "2024-10-31T00:00:00Z", "text": "three books", "note": "Why?"},
        {"id": "b", "color": "none", "created": "", "text": "", "note": "lost"},
    ],
}
PAGE = "<html><head><title>x</title></head><body><h2>Books</h2><p>A merchant.</p><img src='_resources/a b.png'></body>"


def export(bookmark: dict[str, Any] | None = None, **beside: str | bytes) -> Files:
    files: dict[str, str | bytes] = {"bookmarks/T3c/info.json": file_of(bookmark or BOOKMARK).data}
    return Files(files | {f"bookmarks/T3c/container/{name}": data for name, data in beside.items()})


def test_a_bookmark_has_its_text_state_and_highlights():
    files = export(**{"index.html": PAGE, "_resources/a b.png": b"\x89PNG"})
    (record,) = records(readeck, files.file("bookmarks/T3c/info.json"))
    assert (record.title, record.url, record.key) == ("The ledger", "https://slow.example/ledger", "T3c")
    assert (record.tags, record.favourite, record.progress, record.state) == (("money", "old books"), True, 40, "")
    assert record.created == datetime(2024, 10, 29, 16, 30, 11, tzinfo=UTC)
    picture = "bookmarks/T3c/container/_resources/a b.png"
    assert record.attachments == (picture,)
    assert texts(record) == {
        "overview": "Three books",
        "article": f"## Books\n\nA merchant.\n\n![]({picture.replace(' ', '%20')})",
    }
    when = datetime(2024, 10, 31, tzinfo=UTC)
    assert record.highlights == (Passage("three books", "Why?", "ochre", when),)
    assert record.extra["Authors"] == "A. Merchant, B. Clerk"


def test_a_page_of_another_name_is_found():
    (record,) = records(readeck, export(**{"text.html": "<p>Found"}).file("bookmarks/T3c/info.json"))
    assert texts(record)["article"] == "Found"


def test_without_a_page_the_plain_text_is_the_article():
    (record,) = records(readeck, file_of(BOOKMARK))
    assert texts(record)["article"] == "A merchant kept three books."


def test_an_archived_bookmark_stays_archived():
    (record,) = records(readeck, file_of({**BOOKMARK, "IsArchived": True}))
    assert record.state == "archived"


def test_the_table_of_contents_holds_none():
    contents = {"Info": {"Version": "1", "ReadeckVersion": "0.22"}, "Users": [], "Bookmarks": [{"UID": "T3c"}]}
    with pytest.raises(HoldsNone, match="table of contents"):
        read_all(readeck, contents)


def test_a_bookmark_that_leads_nowhere_is_refused():
    assert refusals(readeck, {**BOOKMARK, "URL": "javascript:x"}) == [
        "A bookmarklet: it runs a program in the browser, and is no page that could be read."
    ]


def test_a_damaged_file_is_refused_with_its_place():
    with pytest.raises(NotARecord, match="damaged"):
        read_all(readeck, file_of(BOOKMARK).data[:-9])


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.lists(st.text(max_size=3))
ODD = VALUES | st.lists(st.dictionaries(st.sampled_from(["text", "note", "color", "created"]), VALUES), max_size=3)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(BOOKMARK)), ODD))
def test_any_values_give_a_record_or_a_refusal(changed):
    for each in readeck.read(file_of({**BOOKMARK, **changed})):
        assert each.why.endswith(".") if isinstance(each, Refusal) else each.title


@settings(deadline=None)
@given(st.binary(max_size=60), st.integers(0, 600))
def test_any_bytes_give_records_or_a_reason(noise, at):
    data = file_of(BOOKMARK).data
    try:
        list(readeck.read(file_of(data[:at] + noise + data[at + 3 :])))
    except (NotARecord, HoldsNone) as reason:
        assert str(reason).endswith(".")
