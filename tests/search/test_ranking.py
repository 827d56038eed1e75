"""In which order what is found comes."""

from datetime import timedelta

import pytest
from django.db import connection

from library.search import indexing, search
from tests.search.test_search import find
from tests.views.shelf import NOON, article

pytestmark = pytest.mark.django_db


def test_a_title_weighs_most(reader):
    article(reader, "Elsewhere", article="vellum " * 9, saved_at=NOON)
    article(reader, "On vellum", article="skins " * 9, saved_at=NOON - timedelta(days=9))
    assert find(reader, "vellum") == ["On vellum", "Elsewhere"]


def test_the_words_of_a_title_find_it_though_most_articles_have_them(reader):
    for number in range(46):
        title, text = ("Archives", "archives " * 9) if number % 3 == 0 else ("Ledger", "")
        article(reader, title, article=f"of the state {text}", saved_at=NOON + timedelta(days=number))
    article(reader, "Archives of the state, and where to look for what they keep", article="archives")
    assert find(reader, "archives of the state")[0].startswith("Archives of the state")


def test_pages_go_on_where_titles_were_lifted(reader):
    for number in range(130):
        title = "A ledger of sums" if number % 13 == 0 else f"Ledger {number}"
        article(reader, title, article=f"ledger of sums {'ledger ' * (number % 9)}", saved_at=NOON - timedelta(number))

    while indexing.drain():
        pass

    def pages(limit: int) -> list[int]:
        starts = range(0, 130, limit)
        return [pk for start in starts for pk in search(reader, "ledger of sums", after=str(start), limit=limit).links]

    assert pages(20) == pages(60) == pages(130)
    assert len(set(pages(20))) == 130


def two_with_a_phrase(reader) -> None:
    rest = " and so on" * 20
    article(reader, "Its words", overview="- tablets, tablets of clay, clay", article=f"clay tablets{rest}")
    article(reader, "Itself", overview="- clay tablets", article=f"clay, tablets{rest}")


@pytest.mark.sqlite
def test_a_phrase_ranks_by_where_it_stands_and_not_its_words(reader):
    two_with_a_phrase(reader)
    assert find(reader, '"clay tablets"') == ["Itself", "Its words"]


@pytest.mark.sqlite
def test_a_phrase_of_too_frequent_words_ranks_by_them(reader, monkeypatch):
    two_with_a_phrase(reader)
    monkeypatch.setattr("library.search.sqlite.MOST_READ_TWICE", -1)
    assert find(reader, '"clay tablets"') == ["Its words", "Itself"]


def test_more_than_can_be_ranked_are_counted_and_cut(reader, monkeypatch):
    for number in range(6):
        title = "Old vellum" if number == 0 else f"Number {number}"
        article(reader, title, article="vellum", saved_at=NOON + timedelta(days=number))
    module = f"library.search.{'sqlite' if connection.vendor == 'sqlite' else 'postgres'}"
    for name in ("RANKED", "BEST"):
        monkeypatch.setattr(f"{module}.{name}", 3)
    results = search(reader, "vellum", limit=2)
    assert (results.total, results.cut) == (6, 3)
    if connection.vendor == "sqlite":
        assert find(reader, "vellum")[0] == "Old vellum"
    assert search(reader, "vellum", limit=2, after="2").next == ""


def test_words_that_nearly_every_article_has_rank_by_title_and_date(reader, monkeypatch):
    for name in ("sqlite", "postgres"):
        monkeypatch.setattr(f"library.search.{name}.SAMPLE", 4)
    for number in range(6):
        title = "A ledger" if number == 1 else f"Number {number}"
        text = "ledger" + " vellum" * (number in (2, 3))
        article(reader, title, article=text, saved_at=NOON + timedelta(days=number))
    assert find(reader, "ledger")[:3] == ["A ledger", "Number 5", "Number 4"]
    assert sorted(find(reader, "ledger vellum")) == ["Number 2", "Number 3"]


def test_words_that_nearly_every_article_has_are_counted_exactly(reader, monkeypatch):
    for name in ("sqlite", "postgres"):
        for bound, value in {"SAMPLE": 4, "RANKED": 3, "BEST": 2}.items():
            monkeypatch.setattr(f"library.search.{name}.{bound}", value)
    for number in range(6):
        article(reader, f"Number {number}", article="ledger", saved_at=NOON + timedelta(days=number))
    results = search(reader, "ledger")
    assert (results.total, results.cut, len(results.links)) == (6, 2, 2)


def test_words_with_or_rank_beside_a_word_that_nearly_every_article_has(reader, monkeypatch):
    for name in ("sqlite", "postgres"):
        monkeypatch.setattr(f"library.search.{name}.SAMPLE", 4)
    for number in range(6):
        text = "ledger " + "vellum " * (9 if number == 1 else number % 2) + "word " * 20
        article(reader, f"Number {number}", article=text, saved_at=NOON + timedelta(days=number))
    assert find(reader, "ledger (vellum OR parchment)") == ["Number 1", "Number 5", "Number 3"]


@pytest.mark.sqlite
def test_where_the_newest_few_mislead_no_more_than_a_bound_is_ranked(reader, monkeypatch):
    bounds = {"SAMPLE": 2, "FEW_OF_SAMPLE": 0, "MANY": 3, "RANKED": 2, "BEST": 2}
    for name, value in bounds.items():
        monkeypatch.setattr(f"library.search.sqlite.{name}", value)
    for number in range(8):
        text = "vellum" if number < 5 else "ink"
        article(reader, f"Number {number}", article=text, saved_at=NOON + timedelta(days=number))
    results = search(reader, "vellum")
    assert (results.total, len(results.links)) == (5, 2)


def test_of_what_begins_so_no_misspelling_comes_first_for_being_rare(reader):
    for number in range(12):
        title = "On accessibility" if number == 5 else f"Number {number}"
        article(reader, title, article="accessible to all", saved_at=NOON - timedelta(days=number))
    article(reader, "Misspelt", article="accessibilty", saved_at=NOON - timedelta(days=99))
    results = find(reader, "accessib*")
    assert (results[0], len(results)) == ("On accessibility", 13)
