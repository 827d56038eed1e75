"""Omnivore's zip: lists of articles with what lies beside them."""

from datetime import UTC, datetime

import pytest

from library.importers.formats import format_of, omnivore
from library.importers.record import HoldsNone, NotARecord, Passage
from tests.importers.readings import Files, file_of, read_all, records, refusals, texts
from tests.importers.samples import OMNIVORE as ITEM

HIGHLIGHTS = """A word on the whole.

> Intent first.
>
> Then the table.

#money #double entry

My note,

in two parts.

> The second.
"""


def export(root: str = "", **beside: str) -> Files:
    return Files(
        {f"{root}metadata_0_to_20.json": file_of([ITEM]).data, **{root + name: beside[name] for name in beside}}
    )


def test_an_article_has_its_text_state_and_highlights():
    files = export(
        "omnivore/", **{"content/the-ledger.html": "<h1>Books</h1><p>A <b>merchant</b>", "highlights/x.md": ""}
    )
    files.files["omnivore/highlights/the-ledger.md"] = HIGHLIGHTS
    (record,) = records(omnivore, files.file("omnivore/metadata_0_to_20.json"))
    assert (record.title, record.url, record.key) == ("The ledger", "https://slow.example/ledger", "20db074a")
    assert (record.tags, record.state, record.progress) == (("money", "old books"), "reading", 40)
    assert record.created == datetime(2024, 10, 29, 16, 30, 11, tzinfo=UTC)
    assert texts(record) == {
        "overview": "Three books",
        "article": "# Books\n\nA **merchant**",
        "note": "A word on the whole.",
    }
    assert record.highlights == (
        Passage("Intent first.\n\nThen the table.", note="My note,\n\nin two parts.", tags=("money", "double entry")),
        Passage("The second."),
    )
    assert record.extra == {"author": "A. Merchant", "published": "2024-10-28T00:00:00.000Z"}


def test_files_beside_are_found_among_others():
    others = [f"{name}{n}/a.html" for name in ("content ", "content-", "a", "meta", "z") for n in range(20)]
    files = export("my export/", **dict.fromkeys(["content/the-ledger.html", *others], "<p>A merchant"))
    (record,) = records(omnivore, files.file("my export/metadata_0_to_20.json"))
    assert texts(record)["article"] == "A merchant"
    with pytest.raises(HoldsNone):
        read_all(omnivore, files.file("my export/content/the-ledger.html"))


def test_a_pdf_is_attached():
    files = export(**{"content/the-ledger.pdf": "%PDF"})
    (record,) = records(omnivore, files.file("metadata_0_to_20.json"))
    assert record.attachments == ("content/the-ledger.pdf",)
    assert texts(record)["article"] == "[content/the-ledger.pdf](<content/the-ledger.pdf>)"


@pytest.mark.parametrize(
    ("written", "progress", "state"),
    [("Active", 0, "inbox"), ("Active", 100, "inbox"), ("ARCHIVED", 50, "archived"), ("Unknown", 0, "")],
)
def test_states(written, progress, state):
    (record,) = records(omnivore, [{**ITEM, "state": written, "readingProgress": progress}])
    assert record.state == state


@pytest.mark.parametrize("name", ["content/the-ledger.html", "highlights/the-ledger.md", "content/the-ledger.pdf"])
@pytest.mark.parametrize("root", ["", "export/omnivore/"])
def test_what_lies_beside_a_list_is_no_record_of_its_own(root, name):
    with pytest.raises(HoldsNone, match="read together with the list"):
        read_all(omnivore, export(root, **{name: "<p>text"}).file(root + name))


def test_a_folder_of_that_name_without_a_list_is_another_format():
    assert format_of(Files({"content/a.html": "<p>text"}).file("content/a.html")) is None


def test_a_text_that_is_missing_costs_nothing():
    (record,) = records(omnivore, Files({"metadata_0_to_20.json": file_of([ITEM]).data}).file("metadata_0_to_20.json"))
    assert texts(record) == {"overview": "Three books"}


def test_odd_lists_say_so():
    assert refusals(omnivore, [ITEM, None]) == ["Number 2 of the articles can't be read: it has no fields."]
    with pytest.raises(NotARecord, match="no valid JSON"):
        read_all(omnivore, file_of([ITEM]).data[:-1])
