"""Annotations of Hypothesis, gathered by their page."""

from datetime import UTC, datetime
from typing import Any

from library.importers.formats import hypothesis
from tests.importers.readings import records, refusals, texts


def annotation(exact: str = "", **more: Any) -> dict[str, Any]:
    quote = {"type": "TextQuoteSelector", "exact": exact, "prefix": "before ", "suffix": " after"}
    place = {"type": "TextPositionSelector", "start": 1, "end": 2}
    return {
        "id": "x",
        "user": "acct:me@hypothes.is",
        "uri": "https://slow.example/ledger",
        "created": "2021-03-21T14:39:19.000000+00:00",
        "text": "My note",
        "tags": ["money"],
        "document": {"title": ["The ledger"]},
        "target": [{"source": "https://slow.example/ledger", "selector": [place, quote] if exact else []}],
        **more,
    }


def test_annotations_of_a_page_are_its_highlights():
    rows = [annotation("Intent first."), annotation("One", uri="https://b.example/"), annotation("Then", text="")]
    first, second = records(hypothesis, {"total": 3, "rows": rows})
    at = datetime(2021, 3, 21, 14, 39, 19, tzinfo=UTC)
    assert (first.title, first.url, first.created, first.tags) == ("The ledger", "https://slow.example/ledger", at, ())
    assert [(passage.quote, passage.note) for passage in first.highlights] == [
        ("Intent first.", "My note"),
        ("Then", ""),
    ]
    assert (first.highlights[0].created, first.highlights[0].tags) == (at, ("money",))
    assert (first.highlights[0].prefix, first.highlights[0].suffix) == ("before ", " after")
    assert second.url == "https://b.example/"


def test_a_note_on_the_whole_page_is_the_articles_note():
    (record,) = records(hypothesis, [annotation("Intent first."), annotation(text="On the whole", tags=["essay"])])
    assert texts(record) == {"note": "On the whole"}
    assert record.tags == ("essay",)


def test_replies_are_told():
    assert refusals(hypothesis, [annotation("One"), annotation(references=["x"])]) == [
        "A reply to an annotation, which marks no passage."
    ]
