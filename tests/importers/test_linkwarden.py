"""Linkwarden's JSON with its collections."""

from datetime import UTC, datetime
from typing import Any

import pytest

from library.importers.formats import linkwarden
from library.importers.record import HoldsNone
from tests.importers.readings import read_all, records, refusals, texts
from tests.importers.samples import LINKWARDEN as LINK


def export(*links: object, name: str = "Books &amp; co", parent: int | None = 1) -> dict[str, Any]:
    collections = [
        {"id": 1, "name": "Work", "parentId": None, "links": []},
        {"id": 2, "name": name, "parentId": parent, "links": list(links)},
    ]
    return {"id": 1, "name": "me", "collections": collections, "pinnedLinks": [{"id": 12}]}


def test_a_link_has_its_collections_as_a_nested_tag_and_is_unescaped():
    (record,) = records(linkwarden, export(LINK))
    assert (record.title, record.url, record.key) == ("The ledger & more", "https://slow.example/ledger", "12")
    assert record.tags == ("money", "R&D", "Work/Books & co")
    assert record.created == datetime(2021, 3, 21, 14, 39, 19, tzinfo=UTC)
    assert texts(record) == {"overview": "Three books <1>"}
    assert record.favourite


def test_only_pinned_links_are_favourites_and_the_unsorted_have_no_tag():
    (record,) = records(linkwarden, export({**LINK, "id": 13, "tags": []}, name="Unorganized", parent=None))
    assert (record.favourite, record.tags) == (False, ())


def test_an_uploaded_file_was_never_exported():
    assert refusals(linkwarden, export({**LINK, "type": "pdf", "url": None}, {**LINK, "url": "javascript:x"})) == [
        "An uploaded file, which Linkwarden leaves out of its export.",
        "A bookmarklet: it runs a program in the browser, and is no page that could be read.",
    ]


def test_empty_collections_say_so():
    with pytest.raises(HoldsNone, match="hold no links"):
        read_all(linkwarden, export())
