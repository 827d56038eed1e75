"""Which piece of an article is shown, and what is marked in it."""

from hypothesis import given
from hypothesis import strategies as st

from library.search.query import parse
from library.search.snippets import LENGTH, Layer, Marker, Snippet


def marker(query: str) -> Marker:
    return Marker(parse(query).positive)


def pieces(query: str, **texts: str) -> list[Snippet]:
    return marker(query).snippets(Layer(kind, text) for kind, text in texts.items())


def marked(query: str, text: str) -> str | None:
    found = marker(query).mark(text)
    return found and found.replace('<mark class="match">', "[").replace("</mark>", "]")


def test_every_form_of_a_word_is_marked():
    assert marked("running", "He runs, she ran; running on.") == "He [runs], she ran; [running] on."


def test_a_word_within_another_is_not_marked():
    assert marked("log", "A blog about logs, not dialogue.") == "A blog about [logs], not dialogue."


def test_a_phrase_is_marked_as_one():
    assert marked('"write ahead"', "The write-ahead rule; write it ahead.") == "The [write-ahead] rule; write it ahead."


def test_a_beginning_marks_the_whole_word():
    assert marked("data*", "Databases hold data.") == "[Databases] hold [data]."


def test_accents_do_not_hide_a_match():
    assert marked("cafe naive", "Naïve in the CAFÉ") == "[Naïve] in the [CAFÉ]"


def test_words_that_are_to_be_left_out_are_not_marked():
    assert marked("ledger -book", "A ledger is a book") == "A [ledger] is a book"


def test_a_text_without_a_match_is_not_marked():
    assert marked("ledger", "Nothing of it") is None


def test_the_text_around_a_match_is_escaped():
    assert marker("tag").mark("a <b> & tag") == 'a &lt;b&gt; &amp; <mark class="match">tag</mark>'


def test_a_snippet_says_in_which_layer_it_was_found():
    found = pieces("ledger", overview="- A ledger.", note="My ledger", article="No match")
    assert [(piece.where, piece.mine) for piece in found] == [("Your note", True), ("Overview", False)]


def test_two_pieces_of_one_text_show_words_that_stand_far_apart():
    far = f"Memory is managed by hand. {'Nothing else matters here. ' * 20}Safety comes last."
    for text in (far, far.replace("Safety", "\nSafety")):
        first, second = pieces("memory safety", article=text)
        assert '<mark class="match">Memory</mark>' in first.text
        assert '<mark class="match">Safety</mark>' in second.text


def test_one_text_with_one_word_has_one_piece():
    assert len(pieces("ledger", article="A ledger.\n\nAnother ledger here.")) == 1


def test_the_readers_own_words_come_first_then_the_piece_with_most_of_the_words():
    texts = {"overview": "A ledger.", "note": "A ledger of mine.", "article": "First.\n\nThe ledger and the log."}
    found = pieces("ledger log", **texts)
    assert [piece.where for piece in found] == ["Your note", "Article"]


def test_there_are_at_most_two():
    layers = ("note", "overview", "summary", "article")
    assert len(pieces("ledger", **{layer: f"{layer} ledger" for layer in layers})) == 2


def test_two_layers_that_say_the_same_are_shown_once():
    found = pieces("ledger", overview="- The ledger.", article="The ledger.", summary="A ledger.")
    assert [piece.where for piece in found] == ["Overview", "AI summary"]


def test_marks_of_markdown_and_addresses_of_links_are_not_shown():
    found = pieces("ledger", article="See **the** [big ledger](https://example.org/ledger) of `1494`.")
    assert found[0].text == 'See the big <mark class="match">ledger</mark> of 1494.'


def test_a_match_in_nothing_but_an_address_is_not_shown():
    assert pieces("hidden", article="See [the page](https://example.org/hidden).") == []


def test_a_long_paragraph_is_cut_between_words_around_the_match():
    found = pieces("ledger", article="before, " * 100 + "the ledger, " + "after, " * 100)
    assert found[0].text.startswith("…before")
    assert found[0].text.endswith("after…")
    assert len(found[0].text) < LENGTH + 40


@given(st.text(), st.text())
def test_any_query_and_any_text_give_whole_and_safe_pieces(query, text):
    for piece in (*pieces(query, article=text), *pieces("a", article=text)):
        assert piece.text.count("<") == 2 * piece.text.count('<mark class="match">')


@given(st.text(min_size=1))
def test_marking_leaves_the_text_as_it_is(text):
    spans = marker("a 1 the").spans(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(one.end <= after.start for one, after in zip(spans, spans[1:], strict=False))


def test_ss_and_sharp_s_are_one_in_the_middle_and_at_the_start():
    assert marked("strasse", "Die Straße, die Strasse, Hauptstraße.") == "Die [Straße], die [Strasse], Hauptstraße."


def test_a_name_with_a_sign_begins_where_a_word_does():
    assert marked("c++", "In C++ and abc++.") == "In [C++] and abc++."
