"""wallabag's JSON of both versions, and its table."""

from datetime import UTC, datetime

import pytest

from library.importers.formats import wallabag
from library.importers.record import HoldsNone, NotARecord, Passage
from tests.importers.readings import file_of, read_all, records, texts
from tests.importers.samples import WALLABAG as ENTRY


def test_an_entry_has_its_text_state_and_annotations():
    (record,) = records(wallabag, [ENTRY])
    assert (record.title, record.url, record.key) == ("The ledger & more", "https://slow.example/ledger", "23")
    assert (record.tags, record.state, record.favourite) == (("money", "old books"), "archived", True)
    assert record.created == datetime(2021, 3, 21, 14, 39, 19, tzinfo=UTC)
    assert record.finished == datetime(2021, 3, 31, 22, 0, tzinfo=UTC)
    assert texts(record) == {"article": "## Books\n\nA [merchant](https://slow.example/merchant)"}
    assert record.highlights == (Passage("Intent first.", note="My note", created=datetime(2021, 3, 22, tzinfo=UTC)),)
    assert record.extra == {"author": "A. Merchant, B. Merchant", "language": "en"}


@pytest.mark.parametrize(("written", "state"), [(0, "inbox"), (False, "inbox"), ("1", "archived"), (True, "archived")])
def test_flags_come_in_every_type(written, state):
    (record,) = records(wallabag, [{**ENTRY, "is_archived": written}])
    assert record.state == state


def test_the_sentence_about_a_failed_fetch_is_no_text():
    failed = "<p>wallabag can't retrieve contents for this article. Please <a href='#'>troubleshoot</a></p>"
    (record,) = records(wallabag, [{**ENTRY, "content": failed}])
    assert record.texts == ()


def test_the_first_version_is_read_too():
    fields = {"id": "3", "title": "The ledger", "url": "https://slow.example/ledger", "is_read": "0", "is_fav": "1"}
    numbered = dict(zip("012345", ["3", "The ledger", "https://slow.example/ledger", "0", "1", "<p>A"], strict=True))
    (record,) = records(wallabag, [{**numbered, **fields, "content": "<p>A merchant</p>", "tags": "money,old books"}])
    assert (record.title, record.tags, record.key) == ("The ledger", ("money", "old books"), "3")
    assert (record.state, record.favourite) == ("inbox", True)
    assert texts(record) == {"article": "A merchant"}


def test_the_table_has_texts_and_tags():
    head = "Title;URL;Content;Tags;MIME Type;Language;Creation date\n"
    row = '"The ""ledger""";https://a.example/;"<p>A; B</p>\n<p>C</p>";"one, two";text/html;en;24/12/2020 05:30:00\n'
    (record,) = records(wallabag, head + row)
    assert (record.title, record.tags) == ('The "ledger"', ("one", "two"))
    assert texts(record) == {"article": "A; B\n\nC"}
    assert record.created == datetime(2020, 12, 24, 5, 30, tzinfo=UTC)


def test_an_entry_with_odd_values_is_still_read():
    odd = {
        "title": 5,
        "url": "https://a.example/",
        "is_archived": None,
        "tags": {"a": 1},
        "annotations": "x",
        "content": [],
    }
    (record,) = records(wallabag, [odd])
    assert (record.title, record.state, record.tags) == ("5", "inbox", ())


def test_damaged_files_say_what_to_do():
    with pytest.raises(NotARecord, match="no valid JSON. Export it again."):
        read_all(wallabag, '[{"title": "A", "url": "https://a.example/", "is_archived": 1')
    with pytest.raises(HoldsNone, match="empty"):
        list(wallabag.read(file_of("[]")))
