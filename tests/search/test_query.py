"""What a reader types, and what is understood."""

from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from library.search.fields import FIELDS, WORDS
from library.search.query import All, Either, Filter, Node, Not, Words, parse, with_values


def parts(text: str) -> tuple[Node, ...]:
    return parse(text).tree.parts


def words(*tokens: str, prefix: bool = False, places: tuple[str, ...] = ()) -> Words:
    return Words(tokens, prefix, places)


def leaves(node: Node) -> Iterator[Words]:
    if isinstance(node, Words):
        yield node
    elif isinstance(node, Not):
        yield from leaves(node.part)
    elif isinstance(node, All | Either):
        for part in node.parts:
            yield from leaves(part)


def test_words_stand_for_themselves_without_case_and_accents():
    assert parts("Write LÉDGER straße") == (words("write"), words("ledger"), words("strasse"))


def test_quoted_words_are_a_phrase_in_any_kind_of_quotation_marks():
    for typed in ('"write ahead"', "“write ahead”", "«write ahead»"):
        assert parts(typed) == (words("write", "ahead"),)


def test_a_word_with_punctuation_is_a_phrase_of_its_parts():
    assert parts("foo_bar 3.11 e-mail me@example.org") == (
        words("foo", "bar"), words("3", "11"), words("e", "mail"), words("me", "example", "org")
    )  # fmt: skip


def test_names_with_a_sign_keep_it():
    assert parts("C++ c# .NET, (C++)") == (words("c++"), words("c#"), words(".net"), All((words("c++"),)))


def test_a_short_run_of_characters_is_a_word_and_a_long_one_its_pairs():
    assert parts("検索 全文検索") == (words("検索"), words("全文検索"))
    assert parts("学习编程语") == (All((words("学习"), words("习编"), words("编程"), words("程语"))),)
    assert parts('"学习编程语"') == (words("学习编程语"),)


def test_the_index_is_asked_for_the_pairs_of_a_word():
    assert words("全文検索").spellings() == [("全文", "文検", "検索")]
    assert words("検").spellings() == [("検",)]
    assert words("検").open_ended
    assert words("検索", "engine").spellings() == [("検索", "索", "engin")]


def test_the_index_is_asked_for_the_stems_of_every_language_of_the_library():
    assert words("running").spellings(("en", "de")) == [("run",), ("running",)]
    assert words("hauser").spellings(("de",)) == words("haus").spellings(("de",))


def test_a_hyphen_in_front_leaves_articles_out():
    assert parts("-tutorial -tag:linux -(a b)") == (
        Not(words("tutorial")), Not(Filter("tag", "linux")), Not(All((words("a"), words("b"))))
    )  # fmt: skip


def test_or_binds_its_neighbours_only():
    assert parts("a b OR c OR tag:d e") == (
        words("a"), Either((words("b"), words("c"), Filter("tag", "d"))), words("e")
    )  # fmt: skip


def test_or_with_nothing_beside_it_is_passed_over():
    assert parts("OR a OR") == (words("a"),)
    assert parts("a OR (OR)") == (words("a"),)


def test_parentheses_group_and_nest():
    assert parts("(a OR (b c)) d") == (All((Either((words("a"), All((words("b"), words("c"))))),)), words("d"))


def test_a_missing_parenthesis_is_set_and_one_too_many_passed_over():
    query = parse("(a OR b")
    assert query.tree == parse("(a OR b)").tree
    assert query.text == "(a OR b)"
    assert query.sentences == ["A closing parenthesis is missing; it was set at the end."]
    assert parts(") a )") == (words("a"),)


def test_parentheses_inside_a_word_are_part_of_it():
    assert parts("print(x) foo()") == (words("print", "x"), words("foo"))


def test_a_star_leaves_the_end_open():
    assert parts("ledg* le*") == (words("ledg", prefix=True), words("le", prefix=True))


def test_too_short_a_beginning_is_searched_as_a_word_and_said_so():
    query = parse("l*")
    assert query.tree.parts == (words("l"),)
    assert query.sentences == ["“l*” was searched as a whole word: before * stand at least 2 letters."]


def test_filters_take_quoted_values_and_other_names():
    assert parts('type:"Tech Deep Dive" site:example.org tag:none is:starred color:WOAD has:notes import:#42') == (
        Filter("type", "Tech Deep Dive"), Filter("site", "example.org"), Filter("tag", "none"), Filter("is", "fav"),
        Filter("colour", "woad"), Filter("has", "note"), Filter("import", "42"),
    )  # fmt: skip


def test_in_says_where_the_words_of_its_level_stand():
    assert parts("in:notes a (b in:title) -c") == (
        words("a", places=("notes",)),
        All((words("b", places=("title",)),)),
        Not(words("c", places=("notes",))),
    )
    assert parts("a in:title in:content") == (words("a", places=("title", "article")),)


def test_in_can_be_turned_round():
    assert parts("a -in:article") == (words("a", places=("title", "overview", "summary", "notes", "highlights")),)


@pytest.mark.parametrize("value", ["<10", "<=10", ">10", ">=10", "10", "5..10", "5..", "..10"])
def test_lengths_and_progress_are_numbers_with_bounds(value):
    assert parts(f"length:{value} progress:{value}") == (Filter("length", value), Filter("progress", value))


@pytest.mark.parametrize("value", ["2026", "2026-03", "2026-03-14", "2026-03..2026-10", "2025..", "7d"])
def test_dates_are_years_months_days_and_ranges(value):
    assert parts(f"saved:{value} finished:{value}") == (Filter("saved", value), Filter("finished", value))


@pytest.mark.parametrize(
    "typed", ["is:lost", "saved:yesterdayish", "length:long", "has:cover", "in:footer", "colour:red", "import:x"]
)
def test_a_value_that_means_nothing_is_left_out_and_what_to_try_is_said(typed):
    query = parse(f"ledger {typed}")
    assert query.tree.parts == (words("ledger"),)
    assert query.sentences[0].startswith(f"“{typed}” ")
    assert "Try " in query.sentences[0] or "such as" in query.sentences[0]


def test_an_unknown_field_is_searched_as_text_and_said_so():
    query = parse("shade:red")
    assert query.tree.parts == (words("shade", "red"),)
    assert query.sentences == ["“shade:” is no search word, so “shade:red” was searched as text."]


def test_times_addresses_and_names_with_colons_are_plain_text():
    assert parse("10:30 std::vector https://example.org/a").sentences == []


def test_a_filter_without_a_value_is_named():
    assert parse("tag: ledger").sentences == ["“tag:” needs a word after the colon, such as tag:databases."]


def test_a_missing_quotation_mark_is_added_and_said_so():
    query = parse('ledger "write ahead')
    assert query.tree.parts == (words("ledger"), words("write", "ahead"))
    assert query.sentences == ["A quotation mark is missing after “write ahead”."]


def test_a_quotation_mark_with_nothing_behind_it_does_not_come_back_in_the_box():
    for text in ('ledger "', 'ledger ""', 'ledger -""', '"" ledger -'):
        assert parse(text).text == "ledger"
    assert parse('(ledger "")').text == "(ledger)"


def test_nothing_in_quotation_marks_takes_no_part_in_or():
    assert parse('ledger OR "" book').tree == parse("ledger book").tree


@pytest.mark.parametrize("text, mended", [
    ('tag:sql "open data', 'tag:sql "open data"'), ("mobile OR", "mobile"), ("(a OR", "(a)"),
    ("a sort:title", "a sort:title"),
])  # fmt: skip
def test_more_can_be_put_behind_what_is_not_closed(text, mended):
    assert parse(text).mended == mended
    assert len(parse(f"{parse(text).mended} tag:x").tree.parts) == len(parse(text).tree.parts) + 1


@pytest.mark.parametrize("word", ["NOT", "AND"])
def test_the_words_of_other_search_boxes_are_named(word):
    assert parse(f"mobile {word} web").sentences[0].startswith(f"“{word}” was searched as a word")
    assert parse(f"mobile {word.lower()} web").sentences == []


def test_a_place_without_a_word_is_named():
    assert parse("in:notes").sentences == ["“in:” says where words must stand: type a word beside it."]
    assert parse("in:notes ledger").sentences == []


def test_a_soft_hyphen_is_no_part_of_a_word():
    assert parse("mo\u00adbile").tree == parse("mobile").tree


def test_signs_alone_are_named_and_left_out():
    query = parse("ledger ++")
    assert query.tree.parts == (words("ledger"),)
    assert query.sentences == ["“++” has no letter or digit to search for."]


def test_the_order_can_be_typed():
    assert parse("ledger sort:longest").sort == "longest"
    assert "is no order" in parse("ledger sort:random").sentences[0]


def test_a_chip_stands_for_each_filter_and_each_word_left_out():
    query = parse('"write ahead" tag:databases -tutorial is:fav log in:title')
    assert [(chip.field, chip.value, chip.negative) for chip in query.chips] == [
        ("tag", "databases", False), ("", "tutorial", True), ("is", "fav", False), ("in", "title", False)
    ]  # fmt: skip
    assert query.chips[1].without == '"write ahead" tag:databases is:fav log in:title'
    assert query.text == '"write ahead" log'
    assert query.kept == "tag:databases -tutorial is:fav in:title"


def test_what_stands_beside_or_is_no_chip():
    query = parse("tag:a OR tag:b tag:c")
    assert [chip.value for chip in query.chips] == ["c"]
    assert query.text == "tag:a OR tag:b"


def test_words_that_are_left_out_are_not_what_an_article_was_found_by():
    assert parse("a (b OR c) -d -(e f) a").positive == [words("a"), words("b"), words("c")]


def test_very_long_queries_are_cut_and_said_so():
    assert len(parts("a " * 60)) == 40
    assert parse("a " * 60).sentences == ["Only the first 40 words were searched."]
    assert "characters" in parse("a" * 2000).sentences[0]


def test_every_line_of_the_help_can_be_run():
    assert {line.form for line in WORDS} >= {example for one in FIELDS.values() for example in one.examples}
    for line in WORDS:
        query = parse(line.example)
        assert query.sentences == [], line.example
        assert query


SIGNS = ['"', "-", "*", "(", ")", " ", "\0", "\ud800", "\uf8fd1", "OR", "|"]
PIECES = ["tag:", "is:", "sort:", "type:", "in:title", "saved:2026", "a", "ledger", "é", "学", "C++", *SIGNS]
typed = st.text() | st.lists(st.sampled_from(PIECES)).map("".join) | st.lists(st.sampled_from(PIECES)).map(" ".join)


@given(typed)
@example('-"')
@example('tag:"')
@example("(" * 300)
def test_any_text_is_a_query(text):
    for one in leaves(parse(text).tree):
        assert one.tokens
        assert all(one.spellings(("en", "fr"))[0])


@given(typed)
def test_taking_off_a_chip_leaves_everything_else(text):
    query = parse(text)
    for place, chip in enumerate(query.chips):
        rest = parse(chip.without)
        assert [(each.field, each.value, each.negative) for each in rest.chips] == [
            (each.field, each.value, each.negative)
            for each in (*query.chips[:place], *query.chips[place + 1 :])
        ]  # fmt: skip
        assert rest.text == query.text
        assert rest.sort == query.sort


@given(typed)
def test_chips_and_text_together_ask_for_the_same(text):
    query = parse(text)
    again = parse(f"{query.kept} {query.text}")
    assert sorted(again.tree.parts, key=repr) == sorted(query.tree.parts, key=repr)


@pytest.mark.parametrize(
    "before, after",
    [
        ("tag:old", "tag:new"),
        ("-tag:old word  old", "-tag:new word  old"),
        ('tags:"old" (a OR tag:old)', "tags:new (a OR tag:new)"),
        ('"tag:old" type:old in:title', '"tag:old" type:old in:title'),
        ('tag:"old', "tag:new"),
        ("tag: old", "tag: old"),
        ("tag:older tag:old*", "tag:older tag:old*"),
    ],
)
def test_other_values_stand_where_the_filters_stood(before, after):
    assert with_values(before, "tag", {"old": "new"}) == after


def test_a_value_of_several_words_is_quoted():
    assert with_values("tag:old", "tag", {"old": "brand new"}) == 'tag:"brand new"'


@given(st.text(alphabet='tag:old"()- ORx“”*\n', max_size=40))
def test_without_another_value_the_text_stays_and_filters_stand_where_they_say(text):
    query = parse(text)
    assert with_values(text, "tag", {}) == query.typed
    assert all(one.value in query.typed[one.start : one.end] for one in query.mentions)
    changed = parse(with_values(text, "tag", {"old": "new"}))
    assert [one.value for one in changed.mentions] == [
        "new" if (one.field, one.value) == ("tag", "old") else one.value for one in query.mentions
    ]
