"""Shelves: searches that a reader gave names."""

import re
import threading

import pytest
from django.core.cache import caches
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from library.models import Shelf
from library.models.shelves import MOST_SHELVES
from library.search import indexing
from library.views import rail
from tests.views.shelf import article

pytestmark = pytest.mark.django_db


def names(reader):
    return list(reader.shelves.in_order().values_list("name", flat=True))


def page(client, address):
    return client.get(address).content.decode()


def save(client, address="/shelves/new/", **fields):
    return client.post(address, {"name": "Slow reads", "query": "ledger", "in_rail": "on", **fields})


# --- making, changing, deleting ------------------------------------------------------------------------------------


def test_a_search_becomes_a_shelf_and_is_shown(reading, reader):
    answer = save(reading, query="  tag:sql   is:unread ", sort="oldest")
    assert answer["Location"] == "/search/?q=tag%3Asql+is%3Aunread&sort=oldest"
    shelf = reader.shelves.get()
    assert (shelf.name, shelf.slug, shelf.in_rail) == ("Slow reads", "slow-reads", True)
    assert (shelf.query, shelf.sort) == ("tag:sql is:unread", "oldest")


def test_the_address_of_a_shelf_leads_to_its_search(reading, put_up):
    put_up(query='"write ahead" -tag:sql', sort="newest")
    put_up("Plain", "ledger")
    assert reading.get("/shelves/slow-reads/")["Location"] == "/search/?q=%22write+ahead%22+-tag%3Asql&sort=newest"
    assert reading.get("/shelves/plain/")["Location"] == "/search/?q=ledger"


def test_the_form_is_filled_by_the_search_it_comes_from(reading):
    shown = page(reading, "/shelves/new/?q=tag%3Asql+ledger&sort=newest")
    assert 'value="tag:sql ledger"' in shown
    assert '<option value="newest" selected>' in shown


@pytest.mark.parametrize(
    "fields, sentence",
    [
        ({"name": " "}, "Give the shelf a name."),
        ({"name": "x" * 101}, "A name has at most 100 characters."),
        ({"name": "ﷺ" * 50}, "A name has at most 100 characters."),
        ({"name": "SLOW  reads"}, "You have a shelf of this name already. Choose another."),
        ({"query": ""}, "Write what the shelf is to find."),
        ({"query": "-"}, "This finds nothing by itself. Write a word, or something such as is:unread."),
        ({"query": "sort:newest"}, "This finds nothing by itself."),
        ({"query": "tag:"}, "“tag:” needs a word after the colon, such as tag:databases."),
        ({"query": "is:old"}, "“is:old” says nothing about an article."),
        ({"query": "x" * 1001}, "A search has at most 1,000 characters."),
        ({"sort": "backwards"}, "There is no such order. Choose one of the list."),
    ],
)
def test_what_can_not_be_a_shelf_is_said_in_a_sentence_and_nothing_is_lost(reading, reader, put_up, fields, sentence):
    put_up()
    shown = save(reading, **{"name": "New", "query": "vellum", **fields}).content.decode()
    assert sentence in shown
    assert "Nothing is saved yet." in shown
    assert fields.get("query", "vellum") in shown
    assert names(reader) == ["Slow reads"]


def test_two_readers_may_use_one_name(reading, reader, other_reader, put_up):
    put_up(owner=other_reader)
    save(reading)
    assert names(reader) == names(other_reader) == ["Slow reads"]


def test_there_can_be_so_many_shelves_and_no_more(reading, reader, put_up):
    for number in range(MOST_SHELVES):
        put_up(f"Shelf {number}")
    assert "You have 100 shelves, and that is the most there can be." in save(reading).content.decode()
    assert reader.shelves.count() == MOST_SHELVES
    assert save(reading, "/shelves/shelf-3/edit/", name="Renamed").status_code == 302


def test_names_that_look_alike_in_addresses_have_addresses_of_their_own(reading, reader, put_up):
    for name in ("C", "C+", "New", "Starters", "c -", "新"):
        put_up(name, query=f"is:unread {name}x")
    slugs = list(reader.shelves.in_order().values_list("slug", flat=True))
    assert slugs == ["c", "c-plus", "new-2", "starters-2", "c-2", "新"]
    assert [reading.get(f"/shelves/{slug}/")["Location"][:11] for slug in slugs] == ["/search/?q="] * 6


def test_a_shelf_is_renamed_and_keeps_its_address(reading, reader, put_up):
    put_up()
    assert 'value="Slow reads"' in page(reading, "/shelves/slow-reads/edit/")
    assert reading.post("/shelves/slow-reads/edit/", {"name": "Long reads", "query": "is:fav"}).url == "/shelves/"
    shelf = reader.shelves.get()
    assert (shelf.name, shelf.name_key, shelf.slug) == ("Long reads", "long reads", "slow-reads")
    assert (shelf.query, shelf.in_rail) == ("is:fav", False)


def test_a_shelf_may_be_spelt_otherwise_but_not_as_another(reading, reader, put_up):
    put_up()
    put_up("Other")
    assert save(reading, "/shelves/slow-reads/edit/", name="SLOW READS").status_code == 302
    assert "name already" in save(reading, "/shelves/other/edit/", name="Slow reads").content.decode()
    assert names(reader) == ["SLOW READS", "Other"]


def test_deleting_asks_first_and_leaves_the_articles(reading, reader, put_up):
    put_up()
    article(reader, "The ledger")
    assert "Delete the shelf “<bdi>Slow reads</bdi>”?" in page(reading, "/shelves/slow-reads/delete/")
    assert names(reader) == ["Slow reads"]
    answer = reading.post("/shelves/slow-reads/delete/", follow=True).content.decode()
    assert "Deleted the shelf “Slow reads”." in answer
    assert (reader.shelves.count(), reader.links.count()) == (0, 1)


@pytest.mark.parametrize("where", ["", "edit/", "delete/", "move/"])
def test_anothers_shelf_is_not_there(reading, other_reader, put_up, where):
    put_up(owner=other_reader)
    assert reading.get(f"/shelves/slow-reads/{where}").status_code == (405 if where == "move/" else 404)
    assert reading.post(f"/shelves/slow-reads/{where}", {"direction": "up"}).status_code == (404 if where else 405)
    assert names(other_reader) == ["Slow reads"]


def test_the_database_keeps_names_and_slugs_apart(reader, put_up):
    put_up()
    for fields in ({"name_key": "slow reads", "slug": "x"}, {"name_key": "x", "slug": "slow-reads"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Shelf.objects.create(owner=reader, name="x", query="x", position=2, **fields)


# --- their order ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "slug, direction, order", [("b", "up", "BAC"), ("b", "down", "ACB"), ("a", "up", "ABC"), ("c", "down", "ABC")]
)
def test_a_shelf_is_moved_by_buttons_which_keep_the_focus(reading, reader, put_up, slug, direction, order):
    for name in "ABC":
        put_up(name)
    answer = reading.post(f"/shelves/{slug}/move/", {"direction": direction}, follow=True)
    assert names(reader) == list(order)
    place = order.index(slug.upper()) + 1
    button = re.search(r"<button[^>]+ autofocus>", answer.content.decode())[0]
    assert f'aria-label="Move {slug.upper()} {direction}, now {place} of 3"' in button


@pytest.mark.parametrize("place, order", [("1", "CAB"), ("2", "ACB"), ("3", "ABC"), ("0", "CAB"), ("999", "ABC")])
def test_a_shelf_goes_to_the_place_it_is_dragged_to(reading, reader, put_up, place, order):
    for name in "ABC":
        put_up(name)
    assert reading.post("/shelves/c/move/", {"place": place}).status_code == 302
    assert names(reader) == list(order)


@pytest.mark.parametrize("fields", [{}, {"direction": "over"}, {"place": "x"}, {"place": "-1"}, {"place": "9" * 99}])
def test_a_way_that_is_none_is_refused(reading, reader, put_up, fields):
    put_up()
    assert reading.post("/shelves/slow-reads/move/", fields).status_code == 400


def test_a_new_shelf_comes_last_also_after_others_went(reading, reader, put_up):
    for name in "ABC":
        put_up(name)
    reading.post("/shelves/b/delete/")
    save(reading, name="D")
    assert names(reader) == list("ACD")


@pytest.mark.django_db(transaction=True)
def test_two_who_move_at_once_both_move(reader, client, put_up):
    for name in "ABCDEF":
        put_up(name)

    def down():
        client_of_its_own = type(client)()
        client_of_its_own.force_login(reader)
        client_of_its_own.post("/shelves/a/move/", {"direction": "down"})
        connection.close()

    threads = [threading.Thread(target=down) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(reader) == list("BCDAEF")


# --- the page of all shelves ---------------------------------------------------------------------------------------


def test_shelves_are_shown_with_their_searches_as_chips_and_what_they_hold(reading, reader, put_up):
    article(reader, "The ledger", ("sql",))
    article(reader, "Another ledger", ("sql",), state="finished")
    indexing.drain()
    put_up("Unread", "tag:sql -is:finished ledger", sort="oldest")
    put_up("All", "ledger", in_rail=False)
    shown = page(reading, "/shelves/")
    assert '<span class="count" data-count="2">2 shelves</span>' in shown
    assert '<span class="chip"><b>tag</b><span dir="auto">sql</span></span>' in shown
    assert '<span class="chip not"><b>not is</b><span dir="auto">finished</span></span>' in shown
    assert '<span dir="auto">ledger</span><span class="muted">Oldest first</span>' in shown
    assert re.findall(r'<p class="meta">([^<]+)', shown) == ["1 article", "2 articles"]
    assert shown.count("Only on this page") == 1


def test_a_reader_without_shelves_is_offered_some(reading, reader, other_reader):
    shown = page(reading, "/shelves/")
    assert "No shelves yet" in shown
    assert "Add these 4 shelves" in shown
    answer = reading.post("/shelves/starters/", follow=True).content.decode()
    assert "4 shelves added." in answer
    assert names(reader) == ["Under ten minutes", "Unread longest", "No tags yet", "Worth rereading"]
    assert "Add these" not in answer
    assert other_reader.shelves.count() == 0


def test_the_offer_taken_twice_gives_them_once(reading, reader, put_up):
    put_up("no tags yet")
    assert "3 shelves added." in reading.post("/shelves/starters/", follow=True).content.decode()
    assert "You have these shelves already." in reading.post("/shelves/starters/", follow=True).content.decode()
    assert reader.shelves.count() == 4


def test_the_shelf_of_short_articles_holds_those_that_wait_and_take_less_than_ten_minutes(reading, reader):
    for title, minutes, state in (("Short", 9, "inbox"), ("Ten", 10, "inbox"), ("Short and read", 3, "finished")):
        article(reader, title, minutes=minutes, state=state)
    reading.post("/shelves/starters/")
    shown = reading.get("/shelves/under-ten-minutes/", follow=True).content.decode()
    assert re.findall(r'href="/read/\d+-([^/]+)/" dir="auto"', shown) == ["short"]
    assert "not-understood" not in shown
    assert re.search(r'Under ten minutes</span><span class="n">(\d)', shown)[1] == "1"


def test_a_shelf_that_asks_for_a_tag_that_is_gone_says_so_in_the_list_and_on_its_page(reading, reader, put_up):
    article(reader, "The ledger", ("Go lang", "sql"))
    put_up("Kept", 'tag:SQL tag:go-lang tag:"go lang" tag:None')
    put_up("Lost", "ledger (tag:old OR -tag:<b>) tag:Go-Lang tag:old")
    shown = page(reading, "/shelves/")
    assert re.findall("You have no tag “<bdi>(.+?)</bdi>”. If it has another name now, edit the shelf.", shown) == [
        "old", "&lt;b&gt;", "Go-Lang"
    ]  # fmt: skip
    assert "You have no tag “old”." in reading.get("/shelves/lost/", follow=True).content.decode()


def test_more_shelves_take_no_more_queries_but_for_their_counts(reading, put_up):
    def queries():
        reading.get("/shelves/")
        with CaptureQueriesContext(connection) as captured:
            reading.get("/shelves/")
        return len(captured)

    put_up("One", "is:unread")
    few = queries()
    for number in range(20):
        put_up(f"Shelf {number}", f"is:unread word{number}")
    caches["local"].clear()
    assert queries() == few <= 6


def test_a_page_counts_no_longer_than_its_time_and_says_what_it_did_not_count(reading, put_up, monkeypatch):
    monkeypatch.setattr("library.views.shelves.SECONDS", 0)
    monkeypatch.setattr(rail, "SECONDS", 0)
    put_up()
    assert "Not counted yet" in page(reading, "/shelves/")


# --- on the page of a search ---------------------------------------------------------------------------------------


def test_a_search_can_be_saved_where_it_stands(reading, reader, put_up):
    article(reader, "The ledger")
    shown = page(reading, "/search/?q=ledger+is:unread&sort=newest")
    assert 'href="/shelves/new/?q=ledger+is%3Aunread&amp;sort=newest"' in shown
    assert "Save as shelf" in shown


def test_a_search_that_is_a_shelf_leads_to_its_form(reading, reader, put_up):
    article(reader, "The ledger")
    put_up()
    shown = page(reading, "/search/?q=ledger")
    assert 'href="/shelves/slow-reads/edit/"' in shown
    assert "Save as shelf" not in shown


def test_the_page_of_a_shelf_has_its_name(reading, reader, put_up):
    article(reader, "The ledger")
    put_up()
    shown = page(reading, "/search/?q=ledger")
    assert "<bdi>Slow reads</bdi></h1>" in shown
    assert "<title>Slow reads, 1 article" in " ".join(shown.split())
    assert ">Search</h1>" in page(reading, "/search/?q=ledger+-sql")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_who_types_on_leaves_the_shelf(reading_page, reader):
    article(reader, "The ledger")
    Shelf.objects.append(reader, "Ledgers", query="ledger")
    reading_page.goto("/search/?q=ledger")
    assert reading_page.inner_text("h1") == "Ledgers"
    reading_page.fill("main input[type=search]", "ledger the")
    reading_page.wait_for_url(re.compile("ledger.the"))
    assert reading_page.locator("h1").all_inner_texts() == ["Search"]
    assert reading_page.title().startswith("ledger the, 1 article")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_shelf_is_made_and_moved_by_keyboard(reading_page, reader):
    article(reader, "The ledger")
    Shelf.objects.append(reader, "First", query="is:fav")
    reading_page.goto("/search/?q=ledger")
    reading_page.click("text=Save as shelf")
    reading_page.wait_for_selector("#id_name:focus")
    reading_page.keyboard.type("Ledgers")
    reading_page.keyboard.press("Enter")
    reading_page.wait_for_url(re.compile(r"/search/\?q=ledger$"))
    assert reading_page.inner_text(".rail [aria-current]").split() == ["Ledgers", "1"]
    reading_page.keyboard.press("g")
    reading_page.keyboard.press("v")
    reading_page.wait_for_url(re.compile(r"/shelves/$"))
    reading_page.focus("[aria-label='Move Ledgers up, now 2 of 2']")
    reading_page.keyboard.press("Enter")
    reading_page.wait_for_url(re.compile(r"/shelves/\?moved=ledgers&way=up$"))
    reading_page.wait_for_selector("[aria-label='Move Ledgers up, now 1 of 2']:focus")
    assert names(reader) == ["Ledgers", "First"]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_shelf_is_dragged_to_another_place(reading_page, reader):
    for name in "ABC":
        Shelf.objects.append(reader, name, query="is:fav")
    reading_page.goto("/shelves/")
    rows = reading_page.locator("ol.shelves > li")
    low = {"x": 300, "y": rows.nth(2).bounding_box()["height"] - 8}
    rows.nth(0).drag_to(rows.nth(2), source_position={"x": 300, "y": 20}, target_position=low)
    reading_page.wait_for_url(re.compile("moved=a"))
    assert reading_page.locator(".rail .name").all_inner_texts() == ["B", "C", "A"]
    assert names(reader) == list("BCA")


def test_an_address_with_a_nul_is_no_shelf(reading):
    assert reading.get("/shelves/%00/edit/").status_code == 404
