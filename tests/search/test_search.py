"""What a reader finds, and what is said about it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from library.models import ImportedRecord, ImportRun, Kind, Link, LinkTag, Tag
from library.search import Results, count, search
from library.search.backends import backend
from library.search.documents import number_at
from library.search.fts5 import NEVER, expression
from library.search.plan import Plan, Tagged
from library.search.query import Words
from tests.views.shelf import NOON, article

pytestmark = pytest.mark.django_db


def titles(results: Results) -> list[str]:
    by_id = dict(Link.objects.values_list("pk", "title"))
    return [by_id[pk] for pk in results.links]


def find(reader, text: str, **options) -> list[str]:
    return titles(search(reader, text, **options))


def test_every_word_has_to_be_somewhere_in_the_article(reader):
    article(reader, "Both", overview="- a ledger", note="kept by hand")
    article(reader, "One", article="a ledger")
    results = search(reader, "ledger hand")
    assert (results.total, titles(results), results.some_from) == (1, ["Both", "One"], 1)


def test_words_are_found_in_every_layer_and_in_tags(reader):
    for kind in ("overview", "summary", "article", "note"):
        article(reader, kind, **{kind: "parchment"})
    article(reader, "parchment")
    article(reader, "tagged", tags=("parchment",))
    assert sorted(find(reader, "parchment")) == ["article", "note", "overview", "parchment", "summary", "tagged"]


def test_forms_of_a_word_and_accents_are_one(reader):
    article(reader, "Running in the café")
    assert find(reader, "runs cafe") == find(reader, "RUN Café") == ["Running in the café"]


def test_a_phrase_keeps_its_order(reader):
    article(reader, "Right", article="the write-ahead log")
    article(reader, "Wrong", article="ahead of the write, a log")
    assert find(reader, '"write ahead"') == ["Right"]
    assert find(reader, "write-ahead") == ["Right"]


def test_identifiers_and_versions_are_found(reader):
    article(reader, "Names", article="call foo_bar in Python 3.11 or C++")
    article(reader, "Parts", article="bar foo 11.3")
    for name in ("foo_bar", "3.11", '"python 3.11"', "C++"):
        assert find(reader, name) == ["Names"]


def test_a_word_can_be_left_out(reader):
    article(reader, "Ledger")
    article(reader, "Ledger tutorial")
    assert find(reader, "ledger -tutorial") == ["Ledger"]
    assert find(reader, "-tutorial") == ["Ledger"]


def test_the_beginning_of_a_word_is_enough(reader):
    article(reader, "Databases")
    article(reader, "Dates")
    assert find(reader, "data*") == find(reader, "databases*") == ["Databases"]


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "text", ["dok*", "do*", "-dok*", "in:title dok*", "ink OR dok*", "dok* paper", '"ink dok*"', "学"]
)
def test_a_few_letters_find_the_same_whether_their_words_are_few_or_many(reader, monkeypatch, text):
    words = ["dok", "Döker", "dok3", "dokumentations", "DOK" + "o" * 40, "dok_up", "do.k", "undok", "doktor's", "学习"]
    for number, word in enumerate(words):
        article(reader, f"{word} {number}" if number % 2 else f"Number {number}", article=f"ink {word} paper")
    found = find(reader, text)
    monkeypatch.setattr("library.search.sqlite.FEW_TERMS", 0)
    assert find(reader, text) == found != []


def test_a_long_passage_that_many_articles_have_is_found(reader):
    passage = " ".join(f"word{number}" for number in range(90))
    for number in range(25):
        article(reader, f"Number {number}", article=f"{passage} {'ink ' * number}")
    article(reader, "Other", article=passage.replace("word45", "vellum"))
    assert search(reader, f'"{passage}"').total == 25


def test_a_beginning_may_reach_beyond_the_stem_of_a_word(reader):
    article(reader, "Optimization", article="plain accessibility")
    article(reader, "Running")
    assert find(reader, "accessib*") == find(reader, "plain-accessi*") == find(reader, "optimi*") == ["Optimization"]
    assert find(reader, "runn*") == ["Running"]


def test_tags_are_told_apart_exactly(reader):
    for tag in ("C", "C++", "Go", "Go lang"):
        article(reader, f"About {tag}", tags=(tag,))
    article(reader, "About none")
    assert find(reader, "tag:c++") == ["About C++"]
    assert find(reader, "tag:go") == ["About Go"]
    assert find(reader, 'about tag:"go lang"') == ["About Go lang"]
    assert find(reader, "tag:none") == ["About none"]
    assert len(find(reader, "about -tag:c -tag:none")) == 3


def test_a_tag_is_known_by_the_form_of_its_address_too(reader):
    article(reader, tags=("Distributed Systems",))
    assert find(reader, "tag:distributed-systems") == ["The ledger"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [("Reader’s digest", "reader's digest"), ("Café", "cafe"), ('The "big" idea', "the big idea"), ("A - B", "a b")],
)
def test_tags_and_types_are_known_however_their_signs_and_accents_are_typed(reader, name, typed):
    article(reader, tags=(name,), type=name)
    article(reader, "Another", tags=("C++",), type="C")
    assert find(reader, f'tag:"{typed}"') == find(reader, f'type:"{typed}"') == ["The ledger"]
    assert find(reader, "tag:c") == find(reader, "type:c++") == []


def test_several_tags_are_all_wanted(reader):
    article(reader, "Both", tags=("a", "b"))
    article(reader, "One", tags=("a",))
    assert find(reader, "tag:a tag:b") == ["Both"]


def test_an_unknown_tag_finds_nothing_and_is_named(reader):
    article(reader)
    results = search(reader, "ledger tag:lost")
    assert results.total == 0
    assert results.sentences == ["You have no tag “lost”."]


def test_filters_by_type_site_and_state(reader):
    article(reader, "Essay", type="Tech Deep Dive", url="https://www.slow.example/x", state="finished")
    article(reader, "Talk", type="Talk", url="https://quick.example/x", favourite=True)
    assert find(reader, 'type:"tech deep dive"') == ["Essay"]
    assert find(reader, "site:www.slow.example") == find(reader, "site:https://slow.example/y") == ["Essay"]
    assert find(reader, "is:finished") == find(reader, "-is:unread") == ["Essay"]
    assert find(reader, "is:unread") == find(reader, "is:fav") == find(reader, "-type:essay is:inbox") == ["Talk"]
    assert sorted(find(reader, 'type:talk type:"tech deep dive"')) == ["Essay", "Talk"]


@pytest.mark.parametrize("sort", ["best", "newest", "oldest"])
def test_only_what_was_saved_in_time_is_looked_at_in_the_index(reader, sort):
    for year in (2019, 2020, 2021):
        article(reader, f"Ledger {year}", saved_at=datetime(year, 5, 1, tzinfo=UTC))
    find(reader, "ledger")
    begins, key = number_at(reader.pk, datetime(2020, 1, 1, tzinfo=UTC)), backend().KEY
    with CaptureQueriesContext(connection) as captured:
        assert find(reader, "ledger saved:2020", sort=sort, doubt=False) == ["Ledger 2020"]
    first_bounds = [bound[1] for query in captured if (bound := re.search(rf"{key} >= (\d+)", query["sql"]))]
    assert set(first_bounds) == {str(begins)}


def test_filters_narrow_words(reader):
    for state in ("inbox", "reading", "archived"):
        article(reader, f"Ledger {state}", state=state)
    assert sorted(find(reader, "ledger is:unread")) == ["Ledger inbox", "Ledger reading"]
    assert find(reader, "ledger is:unread -is:inbox") == ["Ledger reading"]
    assert search(reader, "ledger is:unread").total == 2


def test_an_unknown_type_finds_nothing_and_is_named(reader):
    article(reader)
    results = search(reader, "ledger type:poem")
    assert (results.total, results.sentences) == (0, ["No article has the type “poem”."])


def test_what_was_not_understood_is_said_and_the_rest_is_found(reader):
    article(reader)
    results = search(reader, "ledger is:lost")
    assert titles(results) == ["The ledger"]
    assert "is:lost" in results.sentences[0]


def test_newest_and_oldest_first_on_request(reader):
    for year in (2021, 1969, 2024):
        article(reader, f"Ledger {year}", saved_at=datetime(year, 1, 1, tzinfo=UTC))
    assert find(reader, "ledger", sort="newest") == ["Ledger 2024", "Ledger 2021", "Ledger 1969"]
    assert find(reader, "ledger sort:oldest") == ["Ledger 1969", "Ledger 2021", "Ledger 2024"]


def test_without_words_the_newest_come_first(reader):
    article(reader, "Old", tags=("a",), saved_at=NOON - timedelta(days=1))
    article(reader, "New", tags=("a",))
    results = search(reader, "tag:a")
    assert (results.sort, titles(results)) == ("newest", ["New", "Old"])


@pytest.mark.parametrize("sort", ["best", "newest", "oldest"])
def test_pages_follow_each_other_both_ways(reader, sort):
    for number in range(7):
        article(reader, f"Ledger {number}", saved_at=NOON + timedelta(days=number))
    pages, key = [], {}
    while key is not None:
        results = search(reader, "ledger", sort=sort, limit=3, **key)
        pages.append(results)
        key = dict([results.next.split("=")]) if results.next else None
    assert [len(page.links) for page in pages] == [3, 3, 1]
    assert len({pk for page in pages for pk in page.links}) == 7
    assert {page.total for page in pages} == {7}
    assert pages[0].previous == ""
    back = search(reader, "ledger", sort=sort, limit=3, **dict([pages[2].previous.split("=")]))
    assert back.links == pages[1].links
    first = search(reader, "ledger", sort=sort, limit=3, **dict([back.previous.split("=")]))
    assert first.links == pages[0].links


def test_a_key_that_is_none_shows_the_first_page(reader):
    article(reader)
    for key in ("x", "-1", "9" * 40, "²"):
        for sort in ("best", "newest"):
            assert find(reader, "ledger", sort=sort, after=key) in (["The ledger"], [])


def test_another_readers_articles_are_never_found(reader, other_reader):
    article(other_reader, "Ben's ledger", tags=("secret",))
    article(reader, "Ada's ledger")
    assert find(reader, "ledger") == ["Ada's ledger"]
    assert search(reader, "ledger").total == search(reader, "is:inbox").total == 1
    assert find(reader, "tag:secret") == []


def test_the_bin_is_not_searched_until_it_gives_back(reader):
    link = article(reader)
    Link.objects.filter(pk=link.pk).update(deleted_at=NOON)
    assert find(reader, "ledger") == find(reader, "is:inbox") == []
    Link.objects.filter(pk=link.pk).update(deleted_at=None)
    assert find(reader, "ledger") == ["The ledger"]


def test_a_write_by_anybody_is_found_in_the_next_search(reader):
    link = article(reader, article="parchment")
    assert search(reader, "vellum").total == 0
    with connection.cursor() as cursor:
        cursor.execute("UPDATE library_section SET text = 'vellum' WHERE link_id = %s", [link.pk])
    assert search(reader, "vellum").total == 1
    assert search(reader, "parchment").total == 0


def test_a_remembered_count_follows_every_change(reader):
    links = [article(reader, f"Ledger {number}") for number in range(3)]
    for left in (3, 2, 1):
        assert search(reader, "ledger is:inbox", limit=1).total == count(reader, "ledger is:inbox") == left
        Link.objects.filter(pk=links[left - 1].pk).update(state="archived")
    assert search(reader, "ledger", limit=1).total == 3
    links[0].sections.create(kind=Kind.NOTE, text="more")
    Link.objects.filter(pk=links[0].pk).update(title="Daybook")
    assert search(reader, "ledger", limit=1).total == 2


def test_on_sqlite_a_count_is_taken_once_for_many_pages(reader):
    for number in range(4):
        article(reader, f"Ledger {number}")

    def counts(after: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            search(reader, "ledger", "newest", after=after, limit=2)
        return sum(query["sql"].startswith("SELECT count(*)") for query in captured)

    assert (counts(""), counts(str(2**60))) == ((1, 0) if connection.vendor == "sqlite" else (1, 1))


def test_a_count_by_what_changes_without_a_revision_is_never_a_remembered_one(reader):
    link = article(reader)
    assert (count(reader, "progress:>50"), count(reader, "import:7"), find(reader, "-progress:>50")) == (
        0, 0, ["The ledger"]
    )  # fmt: skip
    Link.objects.filter(pk=link.pk).update(progress=80)
    run = ImportRun.objects.create(owner=reader, pk=7)
    ImportedRecord.objects.create(run=run, link=link, file="ledger.md", outcome="new")
    assert find(reader, "progress:>50") == find(reader, "import:7") == ["The ledger"]
    assert count(reader, "-progress:>50") == 0


WITH_OR = ["is:fav OR ledger in:overview", "saved:2026 (is:fav OR ledger) in:notes", "(in:summary ledger) OR is:inbox"]


@pytest.mark.parametrize("text", WITH_OR)
@pytest.mark.parametrize("sort", ["best", "newest", "title"])
def test_words_of_one_layer_may_stand_beside_a_filter(reader, text, sort):
    layers = {"overview": "- a ledger", "summary": "ledger", "note": "ledger"}
    article(reader, "Here", **layers)
    article(reader, "Not here", article="ledger", state="archived")
    assert find(reader, text, sort=sort) == ["Here"]
    assert count(reader, text) == 1


def test_many_articles_are_asked_for_their_state_at_once(reader, monkeypatch):
    for number in range(4):
        article(reader, f"Ledger {number}", state="reading" if number else "inbox")
    monkeypatch.setattr("library.search.matches.FEW", 0)
    assert len(find(reader, "ledger is:reading")) == len(find(reader, "is:reading", sort="oldest")) == 3


def test_a_tag_taken_off_is_not_found(reader):
    link = article(reader, tags=("a",))
    assert find(reader, "tag:a") == ["The ledger"]
    LinkTag.objects.filter(link=link).delete()
    assert find(reader, "tag:a") == []
    Tag.objects.all().delete()
    assert search(reader, "tag:a").sentences == ["You have no tag “a”."]


def test_nothing_asked_is_nothing_found(reader):
    article(reader)
    assert search(reader, " ").links == []
    assert count(reader, "") == 0


def test_of_the_index_the_rarest_is_asked_first(reader):
    """FTS5 goes through what stands first, and looks only there for what comes after it."""
    rare, frequent, tag = Words(("vellum",)), Words(("the",)), Tagged(7)
    plan = Plan(reader.pk, index=(rare, frequent, tag))
    order = [re.sub(r"\W", "", one) for one in re.findall(r'"[^"]+"', expression(plan)) if re.search(r"\w", one)]
    assert order == ["vellum", "7", "the"]
    in_titles = [one.strip('"')[1:] for one in re.findall(r'"[^"]+"', expression(plan.in_titles)) if one != NEVER]
    assert in_titles == ["vellum", "the", "7"]
