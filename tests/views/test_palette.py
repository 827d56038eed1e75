"""The command palette: which options there are."""

from urllib.parse import quote

import pytest

from library.views.palette import with_open_end
from tests.views.shelf import NOON, article

pytestmark = pytest.mark.django_db


def words(client, query: str = "") -> dict[str, list[str]]:
    """What the palette offers, by group."""
    groups = client.get(f"/palette/?{query}").context["groups"]
    return {group.name: [option.words for option in group.options] for group in groups}


def test_the_last_word_counts_as_a_beginning_while_it_is_typed(reading, reader):
    article(reader, "The durable ledger", type="Essay", url="https://slow.example/x")
    article(reader, "Something else")
    assert words(reading, "q=ledger+dura")["Articles"] == ["The durable ledger"]
    page = reading.get("/palette/?q=dur").content.decode()
    assert "Essay · slow.example" in page
    assert 'id="palette-article-' in page


def test_an_article_opens_at_what_was_typed_unless_that_is_its_title(reading, reader):
    link = article(reader, "The durable ledger", note="Ask about vellum")
    [group, *_] = reading.get("/palette/?q=ledger+vell").context["groups"]
    assert group.options[0].href == f"/read/{link.pk}-the-durable-ledger/?q=ledger+vell%2A#match-1"
    [group, *_] = reading.get("/palette/?q=ledger+dura").context["groups"]
    assert group.options[0].href == f"/read/{link.pk}-the-durable-ledger/"


def test_an_address_leads_to_the_article_that_was_saved_from_it(reading, reader):
    article(reader, "The ledger", url="https://slow.example/2012/a/")
    assert words(reading, "q=https://slow.example/2012/a")["Articles"] == ["The ledger"]


@pytest.mark.parametrize("typed", ["du", "tag:sql", "-tutor", "is:unread", '"exact words"', "begin*", "c++"])
def test_what_the_query_language_reads_stays_as_it_was_typed(typed):
    assert with_open_end(typed) == typed


@pytest.mark.parametrize("typed", ["sort:", '"', '"half a phra', "*", "(", "\0", "x" * 5000])
def test_whatever_is_typed_is_answered(reading, typed):
    assert reading.get(f"/palette/?q={quote(typed)}").status_code == 200


def test_a_tag_as_the_query_language_names_it_finds_its_articles(reading, reader):
    article(reader, "Tagged", ("sql",))
    article(reader, "Not tagged")
    assert words(reading, "q=tag:sql")["Articles"] == ["Tagged"]


def test_there_are_at_most_eight_in_a_group(reading, reader):
    for number in range(10):
        article(reader, f"Ledger {number}", (f"ledger {number}",))
    found = words(reading, "q=ledger")
    assert (len(found["Articles"]), len(found["Tags and shelves"])) == (8, 8)
    assert len(words(reading)["Do"]) == 8


def test_tags_that_begin_so_come_first_then_the_frequent_ones(reading, reader):
    article(reader, tags=("postgresql", "SQLite", "sql"))
    article(reader, tags=("postgresql", "sql"))
    article(reader, tags=("go",))
    assert words(reading, "q=SQL")["Tags and shelves"] == ["sql", "SQLite", "postgresql"]
    assert "2 articles" in reading.get("/palette/?q=sql").content.decode()


def test_actions_are_found_by_their_words_in_any_order(reading, reader):
    assert words(reading, "q=go+inb")["Do"] == ["Go to Inbox"]
    assert words(reading, "q=dark+theme")["Do"] == ["Theme: dark"]


def test_the_theme_that_is_on_is_not_offered(reading, reader):
    reader.theme = "dark"
    reader.save()
    assert words(reading, "q=theme")["Do"] == ["Theme: match the system", "Theme: light", "Theme: sepia"]


def test_the_article_at_hand_offers_what_can_be_done_with_it(reading, reader):
    link = article(reader, url="https://slow.example/x", state="archived", favourite=True)
    offered = words(reading, f"link={link.pk}")["Do"]
    assert offered[:5] == ["Finish", "Back to the inbox", "No longer a favourite", "Open original", "Edit"]
    page = reading.get(f"/palette/?link={link.pk}").content.decode()
    assert 'href="https://slow.example/x" rel="noopener noreferrer nofollow"' in page


def test_an_address_that_is_none_is_not_offered_to_open(reading, reader):
    link = article(reader, url="javascript:fire()")
    assert "Open original" not in words(reading, f"link={link.pk}")["Do"]


def test_with_nothing_typed_the_articles_opened_last_come_first(reading, reader):
    first, second, binned = article(reader, "First"), article(reader, "Second"), article(reader, deleted_at=NOON)
    found = words(reading, f"recent={second.pk}.{binned.pk}.{first.pk}")
    assert list(found.items())[0] == ("Opened last", ["Second", "First"])


def test_the_last_option_is_to_search_for_what_was_typed(reading, reader):
    page = reading.get("/palette/?q=a%26b").content.decode()
    assert page.count("Search for “a&amp;b”") == 1
    assert 'href="/search/?q=a%26b"' in page
    assert page.index("Search for") > page.rindex('role="option"')
    assert "Search for" not in reading.get("/palette/").content.decode()


def test_how_many_there_are_is_said(reading, reader):
    article(reader, "Zebra")
    assert 'data-said="1 result"' in reading.get("/palette/?q=zebra").content.decode()
    assert 'data-said="No results"' in reading.get("/palette/?q=zebroid").content.decode()


def test_what_another_reader_has_never_appears(reading, reader, other_reader):
    theirs = article(other_reader, "Secret ledger", ("secret",), url="https://secret.example/")
    for query in ("q=secret", f"recent={theirs.pk}", f"link={theirs.pk}"):
        answer = reading.get(f"/palette/?{query}")
        assert answer.content.decode().count("ecret") == ("q=" in query) * 2, query
        assert "Finish" not in words(reading, query).get("Do", [])


@pytest.mark.parametrize("query", ["recent=x.-1..²", "link=x", "recent=" + "9" * 30, "link=" + "9" * 18])
def test_an_odd_address_is_still_a_palette(reading, query):
    assert reading.get(f"/palette/?{query}").status_code == 200


def test_a_larger_library_asks_no_more_of_the_database(reading, reader, queries_of):
    link = article(reader, "Ledger", ("ledger",))
    typed, empty = (f"/palette/?{query}&link={link.pk}" for query in ("q=ledg", f"recent={link.pk}"))
    reading.get(typed)
    before = [queries_of(lambda address=address: reading.get(address)) for address in (typed, empty)]
    for number in range(12):
        article(reader, f"Ledger {number}", (f"ledger {number}",))
    reading.get(typed)
    assert [queries_of(lambda address=address: reading.get(address)) for address in (typed, empty)] == before
    assert max(before) <= 25


def test_the_palette_asks_for_a_login_and_is_read_only(client, reading):
    assert reading.post("/palette/").status_code == 405
    client.logout()
    assert client.get("/palette/?q=x").headers["Location"].startswith("/login/")
