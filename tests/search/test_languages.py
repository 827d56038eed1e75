"""Words are found in whatever language and script they were written."""

import pytest

from library.models import Highlight, SearchLanguage, SearchWord
from library.search import indexing, search
from tests.content.test_words import LONG
from tests.search.test_search import find, titles
from tests.views.shelf import article

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("我们每天学习新的东西", "学习"), ("全文検索の仕組み", "検索"), ("빠른 검색은 중요하다", "검색"),
        ("全文検索の仕組み", "全文検索の仕組み"), ("我们每天学习新的东西", "学"), ("テキスト", "ト"),
        ("a long café visit", "cafe"), ("a long cafe visit", "café"), ("naïve of them", "naive"),
        ("die Straße hinab", "strasse"), ("die strasse hinab", "Straße"), ("running fast", "runs"),
        ("call foo_bar here", "foo_bar"), ("written in C++ then", "C++"), ("runs on .NET now", ".net"),
        ("since Python 3.11 or so", "3.11"), ("see https://example.org/deep/page for it", "example.org/deep"),
        ("write to ada@example.org soon", "ada@example.org"), ("हिन्दी में लिखा", "हिन्दी"),
    ],
)  # fmt: skip
def test_found_in_any_script_and_spelling(reader, text, asked):
    article(reader, "This one", article=text)
    article(reader, "Another", article="something else, in C, of Python 11.3, at example.com")
    assert find(reader, asked) == ["This one"]


def test_a_word_is_found_by_its_forms_in_the_language_of_its_text(reader):
    article(reader, "Deutsch", article=LONG["de"] + "Die Häuser.")
    article(reader, "English", article=LONG["en"] + "The houses.")
    assert find(reader, "haus") == ["Deutsch"]
    assert find(reader, "house") == ["English"]
    assert set(SearchLanguage.objects.values_list("language", flat=True)) == {"de", "en"}


def test_a_beginning_that_reaches_beyond_a_stem_finds_words_of_this_library(reader):
    article(reader, "Deutsch", article=LONG["de"] + "Die Verantwortlichkeiten.")
    assert find(reader, "verantwortlichkeit*") == ["Deutsch"]


def test_a_beginning_that_is_a_whole_word_finds_its_other_forms(reader):
    article(reader, "Zebra")
    assert find(reader, "zebras*") == ["Zebra"]


def test_highlights_and_their_notes_are_found(reader):
    link = article(reader, "Marked", article="the vellum page")
    article(reader, "Unmarked", article="the vellum page")
    Highlight.objects.create(link=link, quote="vellum page", note="compare parchment", colour="woad")
    assert find(reader, "vellum in:highlights") == find(reader, "parchment") == ["Marked"]
    assert find(reader, "parchment in:notes") == find(reader, "has:note") == ["Marked"]
    assert find(reader, "parchment in:highlights") == []
    assert find(reader, "has:highlight") == find(reader, "colour:woad") == ["Marked"]
    assert find(reader, "colour:ochre") == []
    Highlight.objects.all().delete()
    assert find(reader, "parchment") == []


@pytest.mark.parametrize("place", ["title", "overview", "summary", "article", "notes"])
def test_words_can_be_looked_for_in_one_place(reader, place):
    for kind in ("overview", "summary", "article", "note"):
        article(reader, f"In {kind}", **{kind: "parchment"})
    article(reader, "Parchment in title")
    wanted = "Parchment in title" if place == "title" else f"In {place.removesuffix('s')}"
    assert find(reader, f"parchment in:{place}") == [wanted]
    assert len(find(reader, f"parchment -in:{place}")) == 4
    assert find(reader, f'"parchment" in:{place} -nothing') == [wanted]


def test_a_phrase_does_not_reach_from_one_place_into_the_next(reader):
    article(reader, "write", overview="ahead", summary="log")
    assert find(reader, '"write ahead"') == find(reader, '"ahead log"') == []


def test_a_text_longer_than_is_indexed_is_found_by_its_beginning_and_said_to_be_cut(reader, monkeypatch):
    monkeypatch.setattr("library.search.documents.MOST_BYTES", 60)
    link = article(reader, "Long", article="vellum " * 20 + "parchment", note="mine")
    assert find(reader, "vellum mine") == ["Long"]
    assert search(reader, "parchment").total == 0
    assert list(indexing.cut_links([link.pk])) == [link.pk]


def test_the_words_of_deleted_readers_and_rebuilt_indexes_are_the_librarys(reader):
    article(reader, "Vellum")
    indexing.drain()
    SearchWord.objects.all().delete()
    indexing.rebuild()
    assert list(SearchWord.objects.values_list("word", flat=True)) == ["vellum"]


def test_all_of_some_words_come_first_then_the_best_with_some(reader):
    article(reader, "Both", article="vellum and parchment")
    article(reader, "Only vellum", article="vellum")
    article(reader, "Neither")
    results = search(reader, "vellum parchment")
    assert (titles(results), results.total, results.some_from) == (["Both", "Only vellum"], 1, 1)
    assert search(reader, "vellum parchment is:finished").links == []


def test_a_long_question_finds_the_article_that_answers_most_of_it(reader):
    article(reader, "Vellum", article="how monks prepared calf skin for writing")
    article(reader, "Paper", article="how rags became paper")
    assert find(reader, "in which way did medieval monks prepare calf skin")[0] == "Vellum"
