"""Readwise's highlights, gathered by what they are from."""

from datetime import UTC, datetime

from library.importers.formats import readwise
from library.importers.record import Passage
from tests.importers.readings import read_all, records, refusals

HEAD = (
    "Highlight,Book Title,Book Author,Amazon Book ID,Note,Color,Tags,Location Type,Location,Highlighted at,"
    "Document tags\n"
)
AT = "2021-03-21 14:39:19+00:00"


def row(highlight: str, book: str = "The ledger,A. Merchant,", note: str = "", color: str = "", tags: str = "") -> str:
    return f'"{highlight}",{book},"{note}",{color},"{tags}",location,12,{AT},"money,old"\n'


def test_highlights_are_gathered_by_title_and_author():
    rows = [row("One,\ntwo", color="yellow"), row("Other", "The ledger,B. Merchant,B00X"), row("Three")]
    first, second = records(readwise, HEAD + "".join(rows))
    at = datetime(2021, 3, 21, 14, 39, 19, tzinfo=UTC)
    assert first.highlights == (Passage("One,\ntwo", colour="ochre", created=at), Passage("Three", created=at))
    assert (first.title, first.url, first.tags, first.created) == ("The ledger", "", ("money", "old"), at)
    assert (first.key, first.extra) == ("The ledger — A. Merchant", {"author": "A. Merchant"})
    assert (second.key, second.extra) == ("B00X", {"author": "B. Merchant", "amazon_book_id": "B00X"})


def test_readwises_own_orders_are_neither_tags_nor_notes():
    (record,) = records(readwise, HEAD + row("One", note=".h2 My note .favorite", tags=".favorite, ideas"))
    assert record.highlights[0].note == "My note"
    assert record.highlights[0].tags == ("ideas",)


def test_a_note_may_begin_with_a_point():
    (record,) = records(readwise, HEAD + row("One", note=".net is a name"))
    assert record.highlights[0].note == ".net is a name"


def test_what_was_discarded_stays_out_and_is_told():
    rows = HEAD + row("Gone", tags=".discard") + row("Kept") + row("  ")
    assert refusals(readwise, rows) == ['You discarded this highlight: "Gone"', "A row without a highlight."]
    assert len(read_all(readwise, rows)) == 3
