"""The table of Readwise Reader's library."""

from datetime import UTC, datetime

import pytest

from library.importers.formats import reader
from tests.importers.readings import records, refusals

HEAD = "Title,URL,ID,Document tags,Saved date,Reading progress,Location,Seen\n"


def row(tags: str = "[]", progress: str = "0", place: str = "new", url: str = "https://slow.example/ledger") -> str:
    return f'{HEAD}The ledger,{url},01abc,"{tags}",2025-01-20 22:13:02.447000+00:00,{progress},{place},True\n'


def test_a_row_has_all_that_the_table_has():
    (record,) = records(reader, row("['favorite', \"\"don't\"\", 'peanut, butter', '.h1']", "0.425", "later"))
    assert (record.title, record.url, record.key) == ("The ledger", "https://slow.example/ledger", "01abc")
    assert (record.tags, record.favourite) == (("don't", "peanut, butter"), True)
    assert (record.state, record.progress) == ("reading", 42)
    assert record.created == datetime(2025, 1, 20, 22, 13, 2, 447000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("place", "state"), [("new", "inbox"), ("later", "inbox"), ("shortlist", "inbox"), ("archive", "archived")]
)
def test_places_are_states(place, state):
    (record,) = records(reader, row(place=place))
    assert record.state == state


def test_what_came_by_a_feed_was_never_saved():
    assert refusals(reader, row(place="feed")) == ["It came by a feed and was not saved to the library."]


def test_a_forwarded_email_keeps_its_address_with_a_warning():
    (record,) = records(reader, row(url="mailto:reader-forwarded-email/1"))
    assert record.extra == {"source": "email"}
    assert record.warnings == ("The address is no web address. It is kept as it is written.",)


@pytest.mark.parametrize("tags", ["['one", "[" * 5000, "['one', " + "-" * 3000 + "1]", "{'a': 1}", "one"])
def test_tags_that_are_no_list_cost_nothing(tags):
    assert len(records(reader, row(tags))) == 1
