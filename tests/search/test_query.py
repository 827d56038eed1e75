"""What a reader types, and what is understood."""

from hypothesis import example, given
from hypothesis import strategies as st

from library.search.query import Filter, Words, parse


def words(*tokens: str, prefix: bool = False, negative: bool = False) -> Words:
    return Words(tokens, prefix, negative)


def test_words_stand_for_themselves():
    assert parse("Write ledger").words == [words("Write"), words("ledger")]


def test_quoted_words_are_a_phrase_in_any_kind_of_quotation_marks():
    for typed in ('"write ahead"', "“write ahead”", "«write ahead»"):
        assert parse(typed).words == [words("write", "ahead")]


def test_a_word_with_punctuation_is_a_phrase_of_its_parts():
    assert parse("foo_bar 3.11 e-mail C++").words == [
        words("foo", "bar"), words("3", "11"), words("e", "mail"), words("C")
    ]  # fmt: skip


def test_a_hyphen_in_front_leaves_articles_out():
    assert parse("-tutorial -tag:linux").words == [words("tutorial", negative=True)]
    assert parse("-tag:linux").filters == [Filter("tag", "linux", negative=True)]


def test_a_star_leaves_the_end_open():
    assert parse("ledg*").words == [words("ledg", prefix=True)]


def test_too_short_a_beginning_is_searched_as_a_word_and_said_so():
    query = parse("le*")
    assert query.words == [words("le")]
    assert query.sentences == ["“le*” was searched as a whole word: before * stand at least 3 letters."]


def test_filters_take_quoted_values():
    query = parse('type:"Tech Deep Dive" site:example.org tag:none is:unread')
    assert [(one.field, one.value) for one in query.filters] == [
        ("type", "Tech Deep Dive"), ("site", "example.org"), ("tag", "none"), ("is", "unread")
    ]  # fmt: skip


def test_an_unknown_field_is_searched_as_text_and_said_so():
    query = parse("colour:red")
    assert query.words == [words("colour", "red")]
    assert query.sentences == ["“colour:” is no search word, so “colour:red” was searched as text."]


def test_times_addresses_and_names_with_colons_are_plain_text():
    assert parse("10:30 std::vector https://example.org/a").sentences == []


def test_a_state_that_is_none_is_left_out_and_said_so():
    query = parse("ledger is:lost")
    assert query.words == [words("ledger")]
    assert query.filters == []
    assert query.sentences[0].startswith("“is:lost” says nothing about an article. Try is:inbox")


def test_a_filter_without_a_value_is_named():
    assert parse("tag: ledger").sentences == ["“tag:” needs a word after the colon, such as tag:databases."]


def test_a_missing_quotation_mark_is_added_and_said_so():
    query = parse('ledger "write ahead')
    assert query.words == [words("ledger"), words("write", "ahead")]
    assert query.sentences == ["A quotation mark is missing after “write ahead”."]


def test_signs_alone_are_named_and_left_out():
    query = parse("ledger ++")
    assert query.words == [words("ledger")]
    assert query.sentences == ["“++” has no letter or digit to search for."]


def test_the_order_can_be_typed():
    assert parse("ledger sort:newest").sort == "newest"
    assert "is no order" in parse("ledger sort:random").sentences[0]


def test_a_chip_stands_for_each_filter_and_each_word_left_out():
    query = parse('"write ahead" tag:databases -tutorial is:fav log')
    assert [(chip.field, chip.value, chip.negative) for chip in query.chips] == [
        ("tag", "databases", False), ("", "tutorial", True), ("is", "fav", False)
    ]  # fmt: skip
    assert query.chips[1].without == '"write ahead" tag:databases is:fav log'
    assert query.text == '"write ahead" log'
    assert query.kept == "tag:databases -tutorial is:fav"


def test_very_long_queries_are_cut_and_said_so():
    assert len(parse("a " * 60).words) == 40
    assert parse("a " * 60).sentences == ["Only the first 40 words were searched."]
    assert "characters" in parse("a" * 2000).sentences[0]


SIGNS = ['"', "-", "*", "(", ")", " ", "\0", "\ud800", "\uf8fd1"]
PIECES = ["tag:", "is:", "sort:", "type:", "a", "ledger", "é", "学", *SIGNS]
typed = st.text() | st.lists(st.sampled_from(PIECES)).map("".join)


@given(typed)
@example('-"')
@example('tag:"')
def test_any_text_is_a_query(text):
    query = parse(text)
    for one in query.words:
        assert one.tokens
        assert all(token.isalnum() for token in one.tokens)


@given(typed)
def test_taking_off_a_chip_leaves_everything_else(text):
    query = parse(text)
    for place, chip in enumerate(query.chips):
        rest = parse(chip.without)
        assert rest.chips == [
            type(chip)(each.field, each.value, each.negative, rest.chips[number].without)
            for number, each in enumerate((*query.chips[:place], *query.chips[place + 1 :]))
        ]
        assert rest.text == query.text
        assert rest.sort == query.sort


@given(typed)
def test_chips_and_text_together_ask_for_the_same(text):
    query = parse(text)
    again = parse(f"{query.kept} {query.text}")
    assert sorted(again.words, key=repr) == sorted(query.words, key=repr)
    assert again.filters == query.filters
