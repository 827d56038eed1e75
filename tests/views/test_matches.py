"""A search result opens at the first match in its text."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from library.content.anchors import Anchor
from library.highlighting import mark
from library.models import SearchDocument, Section
from library.search import indexing
from library.search.documents import MOST_BYTES
from library.views.matches import MOST
from tests.views.shelf import article

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(reader):
    return article(
        reader, "The ledger", ("sql",), type="Essay",
        overview="- A ledger is a book.", summary="On *ledgers* and books.",
        article="No word here.\n\nOne [ledger book](https://x.example/), two.\n\n| a | ledgers |\n|---|---|\n| b | c |",
        note="My ledger.",
    )  # fmt: skip


def read(client, link, q: str, **more: str) -> str:
    return client.get(f"/read/{link.pk}-{link.slug}/", {"q": q, **more}).content.decode()


def marked(page: str) -> list[str]:
    """What is marked in the texts, in order; each match once."""
    found = re.findall(r'<mark class="match" id="match-(\d+)" data-mark="match-\1">([^<]*)</mark>', page)
    assert [int(number) for number, _ in found] == list(range(1, len(found) + 1))
    return [words for _, words in found]


def bar(page: str) -> str:
    parts = page.split('id="matches"')
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", "<" + parts[1].split("</p>")[0])).strip() if parts[1:] else ""


def test_every_form_of_a_word_is_marked_in_the_order_of_the_page(reading, link):
    page = read(reading, link, "ledger")
    assert marked(page) == ["ledger", "ledgers", "ledger", "ledgers", "ledger"]
    assert bar(page) == "“ledger” 5 matches"
    assert '<h1 dir="auto">The <mark class="match">ledger</mark></h1>' in page


def test_a_phrase_may_cross_elements(reading, reader):
    page = read(reading, article(reader, "x", article="Write *ahead* logging"), '"write ahead"')
    assert page.count('data-mark="match-1"') == 2
    assert page.count('id="match-1"') == 1


def test_words_that_are_left_out_and_filters_are_not_marked(reading, link):
    page = read(reading, link, "book -word tag:sql type:Essay sort:newest")
    assert marked(page) == ["book", "books", "book"]
    assert bar(page) == "“book” 3 matches"


def test_words_are_marked_where_they_were_to_stand(reading, link):
    assert marked(read(reading, link, "ledger in:notes")) == ["ledger"]
    assert bar(read(reading, link, "ledger in:title")).startswith("“ledger” is in the title, and not in the text.")


def test_words_of_a_note_in_the_margin_are_marked_there(reading, link):
    mark(link.sections.get(kind="article"), Anchor("No word here"), "woad", "As *cardamom* was, in the ledger.")
    assert marked(read(reading, link, "cardamom")) == ["cardamom"]
    assert bar(read(reading, link, "cardamom")).startswith("“cardamom” 1 match")
    assert marked(read(reading, link, "ledger in:notes")) == ["ledger", "ledger"]
    assert marked(read(reading, link, "ledger in:highlights")) == []


@pytest.mark.parametrize("small", [1, 1_000])
def test_words_that_most_articles_have_are_not_marked_beside_others(reading, reader, monkeypatch, small):
    monkeypatch.setattr("library.search.ranking.SMALL", small)
    for name in ("sqlite", "postgres"):
        monkeypatch.setattr(f"library.search.{name}.SAMPLE", 20)
    link = article(reader, "On books", article="The book.\n\nThe ledger of the book.")
    for _ in range(20):
        article(reader, "the")
    indexing.drain()
    assert marked(read(reading, link, "the ledger")) == ["ledger"]
    assert marked(read(reading, link, "the")) == ["The", "The", "the"]


@pytest.mark.parametrize("q", ["", "tag:sql", "is:unread sort:newest", "-ledger", "!!!"])
def test_without_words_there_is_no_bar(reading, link, q):
    page = read(reading, link, q)
    assert 'id="matches"' not in page and "<mark" not in page and "matches.js" not in page


def test_words_that_are_not_in_the_text_are_said_so(reading, link):
    page = read(reading, link, "vellum")
    assert bar(page) == "“vellum” isn’t in the text here. It may be in a tag or a highlight."
    assert "matches.js" not in page


def test_the_search_can_be_cleared_and_stays_through_what_is_done(reading, link):
    page = read(reading, link, "ledger", back="/search/?q=ledger")
    assert f'href="/read/{link.pk}-the-ledger/?back=%2Fsearch%2F%3Fq%3Dledger"' in page
    assert f'value="/read/{link.pk}-the-ledger/?q=ledger&amp;back=%2Fsearch%2F%3Fq%3Dledger"' in page


def test_a_result_leads_to_its_first_match_and_back(reading, link):
    page = reading.get("/search/?q=ledger+tag:sql&sort=newest").content.decode()
    href = re.search(r'<h3><a href="([^"]*)"', page)[1].replace("&amp;", "&")
    there = urlsplit(href)
    assert there.path == f"/read/{link.pk}-the-ledger/"
    assert there.fragment == "match-1"
    assert parse_qs(there.query) == {"q": ["ledger tag:sql"], "back": ["/search/?q=ledger+tag%3Asql&sort=newest"]}
    page = reading.get(href).content.decode()
    assert f'href="/search/?q=ledger+tag%3Asql&amp;sort=newest#row-{link.pk}" data-key="b"' in page


def test_a_result_of_filters_leads_to_the_article_alone(reading, link):
    assert f'<h3><a href="/read/{link.pk}-the-ledger/"' in reading.get("/search/?q=tag:sql").content.decode()


def test_a_long_search_still_has_addresses_that_servers_take(reading, reader):
    article(reader, "長い", article="長い " * 3)
    page = reading.get("/search/", {"q": "長い " * 100}).content.decode()
    href = re.search(r'<h3><a href="([^"]*)"', page)[1]
    assert "back=" not in href and len(href) < 4_000


def test_only_so_many_matches_are_marked(reading, reader):
    page = read(reading, article(reader, "x", overview="word " * 20, article="word " * MOST), "word")
    assert len(marked(page)) == MOST
    assert bar(page) == "“word” 500+ matches"


@pytest.mark.parametrize(
    "q",
    ["<script>fire()</script>", '"><img src=x onerror=fire()>', "a" * 10_000, "ledger \x00\x01\x1b\u202e\ud7ff", "(((("]
    + ["ledger" + ' "' * 300, "* ** a*", "İ ß ﬁ"],
)
def test_a_hostile_search_harms_nothing(reading, reader, q):
    link = article(reader, "fire ledger İ", article="script fire() ledger İ ß ﬁ <script>fire()</script>")
    answer = reading.get(f"/read/{link.pk}-{link.slug}/", {"q": q})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<script>fire" not in page and "<img" not in page


def test_foreign_marks_and_ids_do_not_count_as_matches(reading, reader):
    page = read(reading, article(reader, "x", article='<mark id="match-1" class="match">foreign</mark> own'), "own")
    assert marked(page) == ["own"]


def test_a_search_asks_little_more_of_the_database(reading, link, queries_of):
    read(reading, link, "")
    plain, few = (queries_of(lambda q=q: read(reading, link, q)) for q in ("", "ledger book in:notes OR x"))
    for number in range(5):
        Section.objects.create(link=link, kind="other", heading=str(number), text="ledger " * 50, position=9)
    read(reading, link, "ledger")
    assert queries_of(lambda: read(reading, link, "ledger vellum book")) <= few <= plain + 4


def test_an_article_that_is_not_indexed_whole_says_so(reading, link):
    says = "a search finds words only in its first part"
    reading.get("/search/?q=ledger")
    assert says not in read(reading, link, "")
    SearchDocument.objects.update(cut=True)
    assert says in read(reading, link, "")
    assert f"{MOST_BYTES:,} bytes" in reading.get("/search-words/").content.decode()
