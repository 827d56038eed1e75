"""Did you mean: words of the reader's own library, with what they would find."""

import pytest

from library.models import Link
from library.search import Suggestion, search
from tests.views.shelf import article

pytestmark = pytest.mark.django_db


def suggested(reader, text: str) -> list[Suggestion]:
    return search(reader, text).suggestions


def test_a_misspelt_word_is_mended_from_the_librarys_own_words(reader):
    article(reader, "Databases", article="about a database")
    for typed in ("databse", "datbaase", "databasse", "datavase"):
        assert suggested(reader, typed)[0].words.startswith("database")
        assert suggested(reader, typed)[0].count == 1


def test_a_wrong_first_letter_is_mended_too(reader):
    article(reader, "Parchment")
    assert suggested(reader, "barchment") == [Suggestion("parchment", "parchment", 1)]


def test_the_rest_of_the_query_stays_as_it_was_typed(reader):
    article(reader, "Vellum", tags=("skins",), article="parchment")
    [one] = suggested(reader, 'tag:skins "vellum" parchmant')
    assert one == Suggestion('tag:skins "vellum" parchment', "parchment", 1)


def test_the_word_with_most_articles_comes_first(reader):
    article(reader, "cart")
    for _ in range(2):
        article(reader, "card")
    assert [one.words for one in suggested(reader, "carx")] == ["card", "cart"]


def test_nothing_is_suggested_that_finds_nothing(reader):
    article(reader, "Vellum", tags=("skins",))
    article(reader, "Parchment")
    assert suggested(reader, "tag:skins parchmant") == []
    Link.objects.all().delete()
    assert suggested(reader, "parchmant") == []


def test_words_of_another_reader_are_never_suggested(reader, other_reader):
    article(other_reader, "Parchment")
    search(other_reader, "parchment")
    assert suggested(reader, "parchmant") == []


def test_the_nearest_word_comes_before_one_of_more_articles(reader):
    article(reader, "geyser")
    for _ in range(2):
        article(reader, "gems")
    assert [one.words for one in suggested(reader, "geyse")] == ["geyser", "gems"]


def test_one_form_of_a_word_is_suggested(reader):
    article(reader, "environments", article="the environment")
    assert len(suggested(reader, "enviroment")) == 1


def test_a_word_that_few_misspelt_is_mended_too(reader):
    article(reader, "goverment")
    for _ in range(9):
        article(reader, "government", article="and its transparency")
    assert suggested(reader, "goverment") == []
    article(reader, "government")
    assert suggested(reader, "goverment") == [Suggestion("government", "government", 10)]
    assert suggested(reader, "goverment transparency") == [
        Suggestion("government transparency", "government", 9),
    ]


@pytest.mark.parametrize("typed, meant", [
    ('"plain langauge', '"plain language"'), ("langauge*", "language*"), ("plain-langauge sort:newest",
     "plain-language sort:newest"), ("plain langauge sort:title", "plain language sort:title"),
])  # fmt: skip
def test_a_word_is_mended_wherever_it_stands_and_in_every_order(reader, typed, meant):
    article(reader, "Plain language")
    assert [one.query for one in suggested(reader, typed)] == [meant]


def test_words_that_were_written_as_one_or_apart_are_suggested_the_other_way(reader):
    article(reader, "email")
    article(reader, "user-centered design")
    assert suggested(reader, "e-mail") == [Suggestion("email", "email", 1)]
    assert suggested(reader, "usercentered") == [Suggestion("user-centered", "user-centered", 1)]


def test_words_that_no_article_has_are_named(reader):
    article(reader, "Paper prototype")
    assert search(reader, "paper zebra prototype").unknown == ["zebra"]
    assert search(reader, "paper").unknown == []


def test_where_something_is_found_nothing_is_suggested(reader):
    article(reader, "card")
    article(reader, "cart")
    assert suggested(reader, "card") == []


def test_a_tag_or_a_type_that_is_misspelt_is_named(reader):
    article(reader, "Ledger", tags=("Accessibility",), type="Tech Deep Dive")
    assert search(reader, "tag:accesibility").sentences == ["You have no tag “accesibility”, but “Accessibility”."]
    assert search(reader, 'type:"tech deepdive"').sentences == [
        "No article has the type “tech deepdive”, but “Tech Deep Dive”."
    ]
    assert search(reader, "tag:vellum").sentences == ["You have no tag “vellum”."]
