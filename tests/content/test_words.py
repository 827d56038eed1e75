"""The words of a text, as the index, the queries and the marks all see them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.content import text as content_text
from library.content.languages import STEMMERS, language_of, stem
from library.content.text import count_words
from library.content.words import Lexicon, fold, indexed, is_paired, signed, words


def terms(text: str, language: str = "en") -> list[str]:
    return indexed(text, language).terms.split()


def test_words_are_indexed_by_their_stems():
    assert terms("Running databases, run!") == ["run", "databas", "run"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("café", "CAFE"), ("naïve", "naive"), ("Straße", "strasse"), ("Ｐｙｔｈｏｎ", "python"), ("cafe\u0301", "café")],
)
def test_case_accents_ligatures_and_width_make_no_difference(one, other):
    assert terms(one) == terms(other)


def test_letters_that_only_look_accented_stay_what_they_are():
    assert fold("Мой") == "мой"
    assert fold("ガ") == "ガ"
    assert fold("ё") == "е"


def test_halfwidth_kana_are_kana():
    assert terms("ｶﾌｪ") == terms("カフェ")


def test_each_language_has_its_own_stems():
    assert terms("Häuser", "de") == terms("Haus", "de")
    assert terms("maisons", "fr") == terms("maison", "fr")
    assert terms("educaciones", "es") == terms("educación", "es")
    assert terms("книги", "ru") == terms("книга", "ru")


def test_every_stemmer_that_is_named_exists():
    for language in STEMMERS:
        assert stem("word", language)


@pytest.mark.parametrize("text", ["学习", "検索", "검색"])
def test_scripts_without_blanks_are_indexed_by_pairs_of_characters(text):
    assert terms(text) == [text, text[1]]
    assert text in terms(f"前{text}后")
    assert is_paired(text)


def test_marks_of_other_scripts_do_not_divide_words():
    assert [found.word for found in words("हिन्दी में")] == ["हिन्दी", "में"]


def test_identifiers_versions_addresses_are_words_in_a_row():
    assert terms("foo_bar 3.11 a@b.org") == ["foo", "bar", "3", "11", "a", "b", "org"]


def test_names_with_a_sign_are_indexed_beside_their_letters():
    assert terms("C++ and C# on .NET.") == ["c", "and", "c", "on", "net", ".net", "c++", "c#"]
    assert [signed(name) for name in ("C++", "c#", ".NET", "word", "a+b", "3.11")] == ["c++", "c#", ".net", "", "", ""]


def test_signs_of_our_own_in_the_index_are_never_words():
    assert terms("a\uf8ffb \ue000") == ["a", "b"]


def test_words_that_may_be_offered_to_somebody_are_whole_ones():
    assert indexed("Running 42 a1 学习 Straße", "en").words == {"running", "strasse"}


def test_words_are_found_where_they_stand():
    text = "Der Café-Besuch"
    assert [(text[found.start : found.end], found.word) for found in words(text)] == [
        ("Der", "der"), ("Café", "cafe"), ("Besuch", "besuch")
    ]  # fmt: skip


LONG = {
    "en": "The ledger is older than the machine, and the clerk who kept it knew every entry by heart. " * 2,
    "de": "Das Buch ist älter als die Maschine, und der Schreiber kannte jeden Eintrag auswendig. " * 2,
    "fr": "Le registre est plus ancien que la machine, et le commis en connaissait chaque ligne par cœur. " * 2,
    "es": "El libro es más antiguo que la máquina, y el escribiente conocía de memoria cada asiento. " * 2,
    "ru": "Книга старше машины, и писарь знал каждую запись в ней наизусть, как свои пять пальцев. " * 2,
}


@pytest.mark.parametrize("language", LONG)
def test_the_language_of_a_text_is_known(language):
    assert language_of(LONG[language]) == language


def test_what_is_too_short_or_has_no_stemmer_counts_as_english():
    assert language_of("Das Haus") == "en"
    assert language_of("账本比机器更古老，抄写员对每一条记录都了如指掌。" * 6) == "en"
    assert language_of("") == "en"


@given(st.text())
def test_any_text_has_terms_without_blanks_or_signs_of_the_index(text):
    for term in terms(text):
        assert term
        assert not set(term) & set("\"' :\\*()\uf8fd\uf8fe\uf8ff")


@given(st.text())
def test_a_query_for_each_word_of_a_text_asks_for_terms_that_it_has(text):
    found = set(terms(text))
    for one in words(text):
        assert is_paired(one.word) or stem(one.word[:64], "en") in found


@given(st.text(st.sampled_from("ab \n\tC++#.思源é"), max_size=80))
def test_a_long_text_is_counted_and_indexed_as_if_it_were_taken_at_once(text):
    whole = indexed(text, "en"), count_words(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(content_text, "STRETCH", 5)
        assert (indexed(text, "en"), count_words(text)) == whole


@given(st.lists(st.text(), max_size=4))
def test_a_lexicon_makes_the_same_terms_and_tells_each_word_once(texts):
    met: set[str] = set()
    lexicon = Lexicon(met)
    told: list[str] = []
    for text in texts:
        assert lexicon.indexed(text, "en").terms == indexed(text, "en").terms
        told += met
        met.clear()
    assert sorted(told) == sorted(set[str]().union(*(indexed(text, "en").words for text in texts)))
