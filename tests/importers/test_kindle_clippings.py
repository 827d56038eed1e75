"""Kindle's clippings, in the languages of its devices."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.importers.formats import kindle_clippings
from library.importers.record import HoldsNone, ImportFile, Passage, Record
from tests.importers.readings import file_of, read_all, records, refusals, texts

WHEN = datetime(2024, 1, 1, 22, 0, 5, tzinfo=UTC)
HIGHLIGHT = "Your Highlight on page 12 | location 170-172 | Added on Monday, January 1, 2024 10:00:05 PM"
NOTE = "Your Note on page 12 | location 172 | Added on Monday, January 1, 2024 10:01:00 PM"


def clipping(where: str, words: str, title: str = "The Ledger (Merchant, A.)") -> str:
    return f"{title}\r\n- {where}\r\n\r\n{words}\r\n==========\r\n"


def test_highlights_come_with_their_notes_by_book():
    data = "\ufeff" + clipping(HIGHLIGHT, "A merchant kept three books.") + clipping(NOTE, "Why three?")
    data += "\ufeff" + clipping(HIGHLIGHT, "Another.", "A second book")
    first, second = records(kindle_clippings, data)
    assert (first.title, first.url, first.type, first.extra) == ("The Ledger", "", "Book", {"author": "Merchant, A."})
    assert first.highlights == (Passage("A merchant kept three books.", "Why three?", created=WHEN),)
    assert first.created == WHEN
    assert (second.title, second.extra, second.highlights[0].quote) == ("A second book", {}, "Another.")


@pytest.mark.parametrize(
    "where",
    [
        HIGHLIGHT,
        "Your Highlight at location 170-72 | Added on Monday, 1 January 2024 22:00:05",
        "Ihre Markierung auf Seite 12 | bei Position 170-172 | Hinzugefügt am Montag, 1. Januar 2024 22:00:05",
        "La subrayado en la página 12 | posición 170-172 | Añadido el lunes, 1 de enero de 2024 22:00:05",
        "Votre surlignement sur la page 12 | emplacement 170-172 | Ajouté le lundi 1 janvier 2024 22:00:05",
        "La tua evidenziazione a pagina 12 | posizione 170-172 | Aggiunto in data lunedì 1 gennaio 2024 22:00:05",
        "Seu destaque ou posição 170-172 | Adicionado: segunda-feira, 1 de janeiro de 2024 22:00:05",
        "Uw markering op pagina 12 | locatie 170-172 | Toegevoegd op maandag 1 januari 2024 22:00:05",
        "Ваш выделенный отрывок в месте 170–172 | Добавлено: понедельник, 1 января 2024 г. в 22:00:05",
        "您在位置 #170-172的标注 | 添加于 2024年1月1日星期一 下午10:00:05",
        "12ページ|位置No. 170-172のハイライト |作成日: 2024年1月1日月曜日 22:00:05",
    ],
)
def test_a_highlight_is_understood_in_many_languages(where):
    note = where.replace("170-172", "172").replace("170–172", "172").replace("170-72", "172").partition("|")[0]
    assert note
    (record,) = records(kindle_clippings, clipping(where, "Words.") + clipping("Your Note at location 172", "Mine."))
    assert record.highlights == (Passage("Words.", "Mine.", created=WHEN),)


@pytest.mark.parametrize(
    "word", ["Ihre Notiz", "Tu nota", "Votre note", "La tua nota", "Uw notitie", "您的笔记", "メモ"]
)
def test_a_note_is_understood_in_many_languages(word):
    data = clipping(HIGHLIGHT, "Words.") + clipping(f"{word} 12 | 172 | 2024", "Mine.")
    (record,) = records(kindle_clippings, data)
    assert [(mark.quote, mark.note) for mark in record.highlights] == [("Words.", "Mine.")]


def test_a_note_to_no_highlight_is_the_readers_note():
    (record,) = records(kindle_clippings, clipping(NOTE, "Mine.") + clipping(NOTE.replace("172", "9"), "Too."))
    assert (texts(record), record.highlights) == ({"note": "Mine.\n\nToo."}, ())


def test_a_highlight_that_was_made_larger_is_one():
    larger = HIGHLIGHT.replace("170-172", "170-175")
    data = clipping(HIGHLIGHT, "three books") + clipping(NOTE, "Why?") + clipping(larger, "kept three books. Two")
    (record,) = records(kindle_clippings, data)
    assert [(mark.quote, mark.note) for mark in record.highlights] == [("kept three books. Two", "Why?")]


def test_bookmarks_are_left_out():
    mark = clipping("Your Bookmark on page 5 | location 60 | Added on Monday, January 1, 2024 10:00:05 PM", "")
    assert len(records(kindle_clippings, mark + clipping(HIGHLIGHT, "Words."))) == 1
    with pytest.raises(HoldsNone, match="only bookmarks"):
        read_all(kindle_clippings, mark)


def test_what_the_publisher_holds_back_is_refused_and_the_rest_goes_on():
    data = clipping(HIGHLIGHT, "<You have reached the clipping limit for this item>") + clipping(HIGHLIGHT, "Words.")
    assert refusals(kindle_clippings, data) == [kindle_clippings.NO_TEXT]
    assert isinstance(read_all(kindle_clippings, data)[-1], Record)


def test_a_clipping_without_its_second_line_is_refused():
    assert refusals(kindle_clippings, clipping(HIGHLIGHT, "Words.") + "torn\n==========\n") == [
        kindle_clippings.NO_SHAPE
    ]


def test_other_text_is_not_recognised():
    assert not kindle_clippings.recognise(file_of("Title\n- item 1\n\ntext"))
    assert not kindle_clippings.recognise(file_of(b"\x89PNG" + bytes(40)))


@pytest.mark.parametrize("piece", ["a\n", "- 1\n", "=", "==========\n", "(", "a (b", "1-", "- 1 |", "月", "\ufeff"])
def test_no_file_takes_long(piece):
    data = clipping(HIGHLIGHT, "Words.") + piece * (1_500_000 // len(piece))
    started = time.process_time()
    list(kindle_clippings.read(file_of(data)))
    assert time.process_time() - started < 10


def test_a_book_of_thousands_of_marks_takes_no_time():
    marks = (clipping(f"Your Highlight at location {n}-{n + 5} | x", f"Words {n}.") for n in range(0, 40_000, 10))
    notes = (clipping(f"Your Note at location {n} | x", "Mine.") for n in range(3, 40_000, 10))
    started = time.process_time()
    records(kindle_clippings, "".join((*marks, *notes)))
    assert time.process_time() - started < 10


PIECES = st.sampled_from(
    ["==========\n", "- ", "\n", "Your Note", "location ", "|", "1-2", "172", "Added on ", "January 1, 2024", "31",
     "10:61:99 PM",
     "(", ")", "2024年13月40日", "99:99", "\0", "\ufeff", "<", ">", HIGHLIGHT]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(PIECES | st.text(max_size=6), max_size=40))
def test_any_text_gives_records_or_a_reason(parts):
    try:
        for each in kindle_clippings.read(ImportFile("x", "".join(parts).encode("utf-8", "surrogatepass"))):
            assert each.title if isinstance(each, Record) else each.why.endswith(".")
    except HoldsNone as reason:
        assert str(reason).endswith(".")
