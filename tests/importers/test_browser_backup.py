"""The files in which Chrome and Firefox keep bookmarks."""

from datetime import UTC, datetime
from typing import Any

import pytest

from library.importers.formats import browser_backup
from library.importers.record import HoldsNone
from tests.importers.readings import file_of, read_all, records, refusals, texts
from tests.importers.samples import FIREFOX as LEDGER

CHROME: dict[str, Any] = {
    "checksum": "f3",
    "roots": {
        "bookmark_bar": {
            "children": [
                {"date_added": "13260811159000000", "name": "The ledger", "type": "url", "url": "https://a.example/"},
                {
                    "name": "Work/life",
                    "type": "folder",
                    "children": [
                        {"name": "Books", "type": "folder", "children": [{"name": "B", "url": "https://b.example/"}]},
                        {"name": "Settings", "type": "url", "url": "chrome://settings/"},
                    ],
                },
            ],
            "name": "Bookmarks bar",
        },
        "other": {"children": [{"name": "C", "type": "url", "url": "https://c.example/"}], "name": "Other"},
    },
    "version": 1,
}


def firefox(*children: object) -> dict[str, Any]:
    folder = {"guid": "f", "title": "Work", "dateAdded": 1, "children": list(children)}
    toolbar = {"guid": "toolbar_____", "title": "toolbar", "root": "toolbarFolder", "children": [folder]}
    return {"guid": "root________", "title": "", "dateAdded": 1, "root": "placesRoot", "children": [toolbar]}


def test_chromes_file_has_folders_and_dates_since_1601():
    found = [each for each in read_all(browser_backup, CHROME) if hasattr(each, "tags")]
    assert [(record.title, record.tags) for record in found] == [
        ("The ledger", ()),
        ("B", ("Work-life/Books",)),
        ("C", ()),
    ]
    assert found[0].created == datetime(2021, 3, 21, 14, 39, 19, tzinfo=UTC)
    assert refusals(browser_backup, CHROME) == ["A page of the browser itself, not of the web."]


def test_firefoxs_backup_has_tags_and_descriptions():
    (record,) = records(browser_backup, firefox(LEDGER))
    assert (record.title, record.url, record.key) == ("The ledger", "https://slow.example/ledger", "tard77lzbC5H")
    assert (record.tags, record.extra) == (("money", "old books", "Work"), {"keyword": "led"})
    assert record.created == datetime(2021, 3, 21, 14, 39, 19, tzinfo=UTC)
    assert texts(record) == {"overview": "Three books"}


def test_folders_may_lie_as_deep_as_they_like():
    node: dict[str, Any] = LEDGER
    for _ in range(200):
        node = {"title": "x", "children": [node]}
    (record,) = records(browser_backup, firefox(node))
    assert len(record.tags[-1]) <= 100


def test_an_empty_backup_says_so():
    with pytest.raises(HoldsNone, match="none in them"):
        read_all(browser_backup, file_of(firefox()))
