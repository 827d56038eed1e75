"""What a search can be narrowed to, with counts that are true."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from library.models import Highlight
from library.search import search
from library.search.facets import facets
from tests.views.shelf import article

pytestmark = pytest.mark.django_db


@pytest.fixture
def ledgers(reader):
    article(reader, "A ledger", type="Tech Deep Dive", tags=("books", "old"), saved_at=datetime(2024, 5, 1, tzinfo=UTC))
    article(reader, "Two", article="a ledger", type="Talk", tags=("books",), state="finished", note="my ledger")
    marked = article(reader, "Three", overview="- ledgers", type="Talk", state="archived")
    Highlight.objects.create(link=marked, quote="the ledger")
    article(reader, "Vellum", type="Essay", tags=("skins",))
    return reader


def choices(reader, text: str) -> dict[str, dict[str, int]]:
    return {facet.name: {choice.words: choice.count for choice in facet.choices} for facet in facets(reader, text)}


def test_each_choice_has_its_count(ledgers):
    assert choices(ledgers, "ledger") == {
        "Found in": {
            "Anywhere": 3, "Title": 1, "Article text": 1, "Overview and summary": 1, "Your notes": 1,
            "Your highlights": 1,
        },
        "Type": {"Talk": 2, "Tech Deep Dive": 1},
        "Tags": {"books": 2, "old": 1},
        "Year": {"2026": 2, "2024": 1},
        "State": {"Inbox": 1, "Finished": 1, "Archived": 1},
    }  # fmt: skip


QUERIES = ["ledger", "tag:books", 'ledger type:"Tech Deep Dive"', "ledger is:finished", "ledger saved:2024",
           "ledger in:title", "-vellum", "(ledger OR vellum) is:inbox", '"the ledger', "ledger OR"]  # fmt: skip


@pytest.mark.parametrize("text", QUERIES)
def test_every_choice_leads_to_as_many_articles_as_it_says(ledgers, text):
    for facet in facets(ledgers, text):
        for choice in facet.choices:
            if choice.current and choice.words != "Anywhere":
                assert search(ledgers, text, "newest").total == choice.count or len(facet.choices) > 1
            else:
                assert search(ledgers, choice.query, "newest").total >= choice.count > 0, choice


def test_a_choice_adds_its_word_and_taken_again_takes_it_off(ledgers):
    [talk, deep] = next(facet for facet in facets(ledgers, "ledger") if facet.name == "Type").choices
    assert (talk.query, deep.query) == ("ledger type:Talk", 'ledger type:"Tech Deep Dive"')
    chosen = next(facet for facet in facets(ledgers, talk.query) if facet.name == "Type").choices
    assert [(choice.words, choice.current, choice.query) for choice in chosen] == [
        ("Talk", True, "ledger"), ("Tech Deep Dive", False, 'ledger type:"Tech Deep Dive"')
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "same"),
    [("is:starred", "is:fav"), ("is:read", "is:finished"), ("in:titles", "in:title"), ("type:talk", "type:Talk")],
)
def test_choices_are_the_same_whichever_word_was_typed_for_them(ledgers, typed, same):
    article(ledgers, "A ledger to keep", favourite=True, state="finished")

    def chosen(text: str) -> list[tuple[str, int, bool]]:
        found = [choice for facet in facets(ledgers, text) for choice in facet.choices]
        return [(choice.words, choice.count, choice.current) for choice in found]

    assert chosen(f"ledger {typed}") == chosen(f"ledger {same}")
    assert any(current for *_, current in chosen(f"ledger {typed}"))


def test_types_that_differ_in_case_are_one_choice(reader):
    for kind in ("essay", "Essay", "Essay", 'Say "hi"'):
        article(reader, "A ledger", type=kind)
    [types] = [facet for facet in facets(reader, "ledger") if facet.name == "Type"]
    assert {choice.words: choice.count for choice in types.choices} == {"Essay": 3, 'Say "hi"': 1}
    assert [search(reader, choice.query).total for choice in types.choices] == [3, 1]


@pytest.mark.parametrize("text", [" ".join(["ledger"] * 40), "ledger -" + "z" * 985])
def test_no_choice_is_offered_that_a_full_query_has_no_room_for(ledgers, text):
    offered = [choice for facet in facets(ledgers, text) for choice in facet.choices if facet.name != "Found in"]
    assert all(search(ledgers, choice.query, "newest").total == choice.count for choice in offered)


def test_another_readers_articles_are_never_counted(ledgers, other_reader):
    article(other_reader, "Ben's ledger", type="Secret", tags=("secret",))
    assert "Secret" not in str(choices(ledgers, "ledger"))
    assert choices(other_reader, "ledger")["Type"] == {"Secret": 1}


def test_nothing_asked_has_no_choices(ledgers):
    assert facets(ledgers, " ") == []


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text() | st.lists(st.sampled_from([*QUERIES, "OR", "(", ")", "-", 'tag:"', "in:notes"])).map(" ".join))
def test_any_text_has_choices_or_none(reader, text):
    for facet in facets(reader, text):
        assert facet.choices


def test_a_tag_counts_what_stands_below_it_each_article_once(reader):
    article(reader, "One", ("db", "db/sqlite"))
    article(reader, "Two", ("db/sqlite/wal",))
    article(reader, "Three", ("db/postgres",))
    article(reader, "Four", ("go",))
    tags = {choice.words: choice.count for facet in facets(reader, "is:inbox") if facet.name == "Tags"
            for choice in facet.choices}  # fmt: skip
    assert tags == {"db": 3, "db/sqlite": 2, "db/sqlite/wal": 1, "db/postgres": 1, "go": 1}
