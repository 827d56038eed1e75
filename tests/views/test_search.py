import re
from dataclasses import replace
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils.html import escape

from library.models import Link
from library.search import Suggestion
from library.search import search as find
from library.search.fields import SORTS, WORDS
from library.search.suggestions import RARE
from library.views import search
from tests.views.shelf import NOON, article

pytestmark = pytest.mark.django_db
TYPING = {"HX-Request": "true", "HX-Request-Type": "partial"}


def page_of(reading, q: str, **more: str) -> str:
    return reading.get("/search/", {"q": q, **more}).content.decode()


def found(page: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'<article[^>]* data-link="(\d+)"', page)]


def test_a_result_is_a_row_whose_title_opens_the_article(reading, reader):
    link = article(reader, "The ledger")
    page = page_of(reading, "ledger")
    assert found(page) == [link.pk]
    href = f"/read/{link.pk}-the-ledger/?q=ledger&amp;back=%2Fsearch%2F%3Fq%3Dledger#match-1"
    assert f'<a href="{href}" dir="auto">The <mark class="match">ledger</mark></a>' in page


def test_results_are_counted(reading, reader):
    for number in range(3):
        article(reader, f"Ledger {number}")
    assert 'data-count="3">3 articles</b>' in page_of(reading, "ledger")
    assert 'data-count="1">1 article</b>' in page_of(reading, '"ledger 1"')


def test_a_snippet_shows_the_layer_and_the_match(reading, reader):
    article(reader, "Bookkeeping", overview="- The ledger came first.", note="My own ledger", summary="Nothing")
    page = page_of(reading, "ledgers")
    assert (
        '<p class="hit mine"><span class="where">Your note</span>My own <mark class="match">ledger</mark></p>' in page
    )
    assert '<span class="where">Overview</span>The <mark class="match">ledger</mark> came first.' in page


def test_a_match_in_nothing_but_the_title_leaves_the_gist(reading, reader):
    article(reader, "The ledger", overview="- Kept by hand.")
    assert '<p class="gist" dir="auto">Kept by hand.</p>' in page_of(reading, "ledger")


def test_hostile_text_is_shown_as_text(reading, reader):
    hostile = "ledger <script>alert(1)</script> <img src=x onerror=alert(1)>"
    article(reader, hostile, note=hostile)
    page = page_of(reading, 'ledger "<script>"')
    assert "<script>alert" not in page
    assert "<img" not in page


def test_an_address_finds_what_was_saved_from_it(reading, reader, other_reader):
    article(other_reader, "Ben's", url="https://slow.example/b/")
    link = article(reader, "The ledger", url="https://slow.example/2012/a/")
    page = page_of(reading, "https://slow.example/2012/a?utm_source=x")
    assert f'<a class="lk" dir="auto" href="/read/{link.pk}-the-ledger/">The ledger</a>' in page
    assert "No article matches" not in page
    assert "You saved this address" not in page_of(reading, "https://slow.example/b/")


def test_a_tag_that_matches_is_marked_and_comes_first(reading, reader):
    article(reader, "Bookkeeping", tags=("a", "b", "c", "d", "old ledgers"))
    page = page_of(reading, "ledger")
    assert '<a class="tg" href="/tags/old-ledgers/">old <mark class="match">ledgers</mark></a>' in page
    assert page.index("/tags/old-ledgers/") < page.index("/tags/a/")


def test_what_was_meant_is_asked_above_the_few_that_have_the_misspelling(reading, reader):
    article(reader, "goverment")
    for _ in range(10):
        article(reader, "government")
    page = page_of(reading, "goverment")
    assert len(found(page)) == 1
    assert 'Did you mean <a class="lk" href="/search/?q=government"><b dir="auto">government</b></a>?' in page


def test_the_word_that_no_article_has_is_named(reading, reader):
    article(reader, "Paper prototype")
    assert '<p>No article has <b dir="auto">zebra</b>.</p>' in page_of(reading, "paper zebra")
    assert "No article has" not in page_of(reading, "zebra")


def test_filters_become_chips_that_can_be_taken_off(reading, reader):
    article(reader, "Ledger", tags=("databases",))
    page = page_of(reading, "ledger tag:databases -tutorial")
    assert (
        '<span class="chip "><b>tag</b><span dir="auto">databases</span><a href="/search/?q=ledger+-tutorial"' in page
    )
    assert '<span class="chip not"><b>not</b><span dir="auto">tutorial</span>' in page
    assert 'aria-label="Remove filter tag databases"' in page
    assert 'value="ledger" autocomplete' in page


def test_the_box_keeps_its_chips_without_javascript(reading, reader):
    response = reading.get("/search/", {"q": "vellum", "with": "tag:databases -tutorial", "sort": "newest"})
    assert response.status_code == 302
    assert response["Location"] == "/search/?q=tag%3Adatabases+-tutorial+vellum&sort=newest"


def test_the_order_is_chosen_by_links_and_kept_on_the_way(reading, reader):
    for number in range(21):
        article(reader, f"Ledger {number}")
    page = page_of(reading, "ledger sort:best", sort="newest")
    assert 'href="/search/?q=ledger&amp;sort=oldest"' in page
    context = reading.get("/search/", {"q": "ledger", "sort": "newest"}).context
    assert context["next"].startswith("/search/?q=ledger&sort=newest&after=")
    assert len(found(reading.get(context["next"]).content.decode())) == 1


def test_pages_of_the_best_say_where_they_are(reading, reader):
    for number in range(21):
        article(reader, f"Ledger {number}")
    assert "1–20 of 21" in page_of(reading, "ledger")
    assert "21–21 of 21" in page_of(reading, "ledger", after="20")


def test_a_wrong_word_gets_the_rest_and_a_sentence(reading, reader):
    link = article(reader, "Ledger")
    page = page_of(reading, "ledger is:lost")
    assert found(page) == [link.pk]
    assert "“is:lost” says nothing about an article." in page


def test_no_result_says_which_filter_to_drop(reading, reader):
    article(reader, "Ledger", tags=("paper",))
    article(reader, "Vellum", tags=("skins",))
    page = page_of(reading, "ledger tag:skins")
    assert 'data-count="0"' in page
    assert "No article matches all of this" in page
    assert 'Without <b dir="auto">tag skins</b> there is 1.' in page
    assert 'href="/search/?q=ledger">Drop “tag skins”</a>' in page


def test_one_word_that_is_nowhere_gets_advice(reading, reader):
    article(reader)
    assert "No article matches this" in page_of(reading, "nowhere")


def test_an_empty_box_offers_examples_and_all_search_words(reading, reader):
    page = page_of(reading, "")
    assert 'href="?q=is%3Aunread"' in page
    assert 'href="/search-words/"' in page


def test_search_words_come_with_examples_that_run(reading, reader):
    page = reading.get("/search-words/").content.decode()
    for word in WORDS:
        assert escape(word.form) in page
        assert f'href="/search/?q={quote(word.example, safe="")}"' in page


def test_while_typing_only_what_lies_below_the_box_is_sent(reading, reader):
    article(reader, "Ledger", tags=("paper",))
    response = reading.get("/search/", {"q": "led*", "with": "tag:paper"}, headers=TYPING)
    page = response.content.decode()
    assert found(page) and '<form class="q"' not in page
    assert "<title>tag:paper led*, 1 article · Commonplace</title>" in page
    assert response["HX-Replace-Url"] == "/search/?q=tag%3Apaper+led%2A"
    assert "HX-Request-Type" in response["Vary"]


def test_an_emptied_box_shows_the_start_again(reading, reader):
    assert 'id="examples"' in reading.get("/search/", {"q": ""}, headers=TYPING).content.decode()


def test_lists_narrow_what_was_found_by_links(reading, reader):
    for number in range(3):
        article(reader, f"Ledger {number}", type="Essay" if number else "Talk notes")
    page = reading.get("/search/narrow/", {"q": "ledger"}).content.decode()
    assert 'href="/search/?q=ledger+type%3AEssay"><span dir="auto">Essay</span><span class="n">2</span>' in page
    page = reading.get("/search/narrow/", {"q": "ledger type:Essay", "sort": "newest"}).content.decode()
    assert 'href="/search/?q=ledger&amp;sort=newest" aria-current="true"' in page


def test_without_javascript_the_lists_are_a_link_away(reading, reader):
    for number in range(2):
        article(reader, f"Ledger {number}", type="Essay")
    assert 'href="/search/?q=ledger&amp;narrow=1">Narrow by type, tag or year</a>' in page_of(reading, "ledger")
    assert "<h2>Type</h2>" in page_of(reading, "ledger", narrow="1")


def test_one_article_is_not_narrowed(reading, reader):
    article(reader, "Ledger", type="Essay")
    assert "/search/narrow/" not in page_of(reading, "ledger")
    assert reading.get("/search/narrow/", {"q": "ledger"}).content.strip() == b""


def given(monkeypatch, **changes) -> None:
    monkeypatch.setattr(search, "find", lambda *args, **more: replace(find(*args, **more), **changes))


def test_the_summary_says_how_many_are_in_the_readers_own_words(reading, reader, monkeypatch):
    for number in range(3):
        article(reader, f"Ledger {number}")
    given(monkeypatch, own=2)
    assert "mention this, 2 of them in your own notes and highlights" in page_of(reading, "ledger")


def test_articles_with_some_of_the_words_stand_apart(reading, reader, monkeypatch):
    for number in range(3):
        article(reader, f"Ledger {number}")
    given(monkeypatch, some_from=2)
    page = page_of(reading, "ledger")
    assert "With all the words there are 2 articles. These have some of them." in page
    assert len(found(page[: page.index("With all the words")])) == 2
    given(monkeypatch, some_from=0)
    assert "No article has all the words. These have some of them." in page_of(reading, "ledger")


def test_pages_of_articles_with_some_of_the_words_are_not_counted_as_those_with_all(reading, reader, monkeypatch):
    for number in range(3):
        article(reader, f"Ledger {number}")
    given(monkeypatch, some_from=1, total=1, next="after=3")
    assert "<span>1–3</span>" in page_of(reading, "ledger")
    given(monkeypatch, total=7, next="after=3")
    assert "<span>1–3 of 7</span>" in page_of(reading, "ledger")


def test_a_misspelt_word_is_suggested_otherwise(reading, reader, monkeypatch):
    given(monkeypatch, suggestions=[Suggestion("database", "database", 12)])
    page = page_of(reading, "databse")
    assert 'Did you mean <a class="lk" href="/search/?q=database"><b dir="auto">database</b></a>? 12 articles' in page


def test_neither_the_bin_nor_other_readers_are_shown(reading, reader, other_reader):
    article(reader, "Binned ledger", deleted_at=NOON)
    article(other_reader, "Ben's ledger")
    assert found(page_of(reading, "ledger")) == []


def test_an_article_that_leaves_while_it_is_searched_is_not_shown(reading, reader, monkeypatch):
    link = article(reader, "Ledger")
    assert found(page_of(reading, "ledger")) == [link.pk]
    monkeypatch.setattr("library.search.indexing.drain", lambda **kwargs: 0)
    Link.objects.filter(pk=link.pk).update(deleted_at=NOON)
    assert found(page_of(reading, "ledger")) == []


def test_the_number_of_queries_does_not_grow_with_the_results(reading, reader, queries_of):
    for number in range(RARE + 1):
        article(reader, f"Ledger {number}", tags=("a",), article="ledger")
    page_of(reading, "ledger tag:a")
    one = queries_of(lambda: page_of(reading, "ledger tag:a"))
    for number in range(12):
        article(reader, f"Ledger {number}", tags=("a", f"b{number}"), article="ledger")
    page_of(reading, "ledger tag:a")
    assert queries_of(lambda: page_of(reading, "ledger tag:a")) == one <= (25 if connection.vendor == "sqlite" else 33)


def test_a_word_that_is_begun_behind_known_ones_finds_while_it_is_typed(reading, reader):
    article(reader, "The old vellum")
    article(reader, "The old paper")
    for typed in ("old vell", "old vellum", "old pap"):
        typing = reading.get("/search/", {"q": typed}, headers=TYPING).content.decode()
        assert 'data-count="1"' in typing
    assert "No article matches all of this" in page_of(reading, "old vell")


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("key", [{"after": "9" * 18}, {"before": "9" * 18}, {"after": "1"}, {"before": "1"}])
def test_beyond_the_last_page_is_the_first(reading, reader, sort, key):
    article(reader, "Ledger")
    page = reading.get("/search/", {"q": "ledger", "sort": sort, **key}, follow=True)
    assert 'data-count="1"' in page.content.decode()
    assert [row["title"] for row in page.context["rows"]] == ["Ledger"]


@pytest.mark.parametrize("typed", ['tag:"double entry', 'type:"Tech Deep Dive', '"old vellum', "“old vellum"])
def test_a_quotation_that_is_still_open_finds_while_it_is_typed(reading, reader, typed):
    article(reader, "The old vellum", tags=("double entry",), type="Tech Deep Dive")
    assert 'data-count="1"' in reading.get("/search/", {"q": typed}, headers=TYPING).content.decode()


def test_the_number_of_queries_does_not_grow_with_what_is_narrowed(reading, reader, queries_of):
    for number in range(2):
        article(reader, f"Ledger {number}", type="Essay")
    reading.get("/search/narrow/?q=ledger")
    two = queries_of(lambda: reading.get("/search/narrow/?q=ledger"))
    for number in range(12):
        article(reader, f"Ledger {number}", type=f"Type {number}")
    reading.get("/search/narrow/?q=ledger")
    assert queries_of(lambda: reading.get("/search/narrow/?q=ledger")) == two


def test_search_words_take_few_queries(reading, reader, queries_of):
    assert queries_of(lambda: reading.get("/search-words/")) <= 15


@pytest.fixture
def uncounted(reader, monkeypatch):
    """Five ledgers, of which a search ranks three."""
    module = f"library.search.{'sqlite' if connection.vendor == 'sqlite' else 'postgres'}"
    for bound in ("RANKED", "BEST", "MANY"):
        monkeypatch.setattr(f"{module}.{bound}", 3, raising=False)
    for number in range(5):
        article(reader, f"Ledger {number}")


def test_more_matches_than_are_ranked_are_counted_after_they_are_shown(reading, uncounted):
    page = page_of(reading, "ledger")
    assert 'data-count="3">At least 3 articles</b>' in page
    assert "<title>ledger, 3+ articles" in page
    counted = reading.get("/search/narrow/?q=ledger").content.decode()
    assert '<b id="found" data-count="5" hx-swap-oob="true">5 articles</b>' in counted
    if connection.vendor == "sqlite":  # which keeps counts
        assert 'data-count="5">5 articles</b>' in page_of(reading, "ledger")


def test_who_chooses_among_them_is_told_how_many_they_are(reading, uncounted):
    assert "All 5 articles" in page_of(reading, "ledger", select="all")
