"""The rail beside every page."""

import re

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from library.models import Link, Tag
from library.models.writing import bin_link, set_tags
from library.search import indexing
from library.views.counts import Counts
from tests.views.shelf import article

pytestmark = pytest.mark.django_db


def counts(client):
    rail = client.get("/settings/").context["rail"]
    return {name: getattr(rail, name) for name in ("library", "highlights", "tags", "bin", "review")}


def test_the_rail_counts_the_library_its_tags_and_the_bin(reading, reader, other_reader):
    links = [Link.objects.create(owner=reader, title=str(number)) for number in range(3)]
    Link.objects.create(owner=other_reader, title="Not yours")
    set_tags(links[0], ["go", "c"])
    assert counts(reading) == {"library": "3", "highlights": "0", "tags": "2", "bin": "0", "review": ""}


# The database itself notes a change, at its commit on PostgreSQL.
@pytest.mark.django_db(transaction=True)
def test_the_counts_follow_every_change(reading, reader):
    link = Link.objects.create(owner=reader, title="One")
    assert counts(reading)["library"] == "1"
    bin_link(link)
    assert counts(reading) == {"library": "0", "highlights": "0", "tags": "0", "bin": "1", "review": ""}
    Link.objects.all().delete()
    Tag.objects.create(owner=reader, name="go", name_key="go", slug="go")
    assert counts(reading) == {"library": "0", "highlights": "0", "tags": "1", "bin": "0", "review": ""}


def test_on_a_phone_every_place_of_the_rail_can_be_reached(reading):
    page = reading.get("/library/").content.decode()
    rail, bar = page.partition("<main")[0].partition('class="rail"')[2], page.partition('class="tabbar"')[2]
    places, reached = (set(re.findall(r'href="(/[^"?]*)"', part.partition("</aside>")[0])) for part in (rail, bar))
    assert places - reached == {"/shelves/new/"}


def test_large_counts_have_commas(reading, reader):
    Link.objects.bulk_create(Link(owner=reader, title="x") for _ in range(1001))
    assert counts(reading)["library"] == "1,001"


def test_a_page_counts_only_once_for_a_state_of_the_library(reading, django_assert_max_num_queries):
    reading.get("/settings/")
    with django_assert_max_num_queries(3):
        reading.get("/settings/")


# --- shelves -------------------------------------------------------------------------------------------------------


def page_at(client, address):
    return client.get(address).content.decode()


def beside(client, address="/settings/"):
    return [(shelf.name, number) for shelf, number in client.get(address).context["rail"].shelves.shown]


def test_the_rail_shows_the_shelves_in_order_and_what_they_hold(reading, reader, put_up):
    article(reader, "The ledger")
    indexing.drain()
    put_up("Ledgers", "ledger")
    put_up("Hidden", "ledger", in_rail=False)
    put_up("Read", "is:finished")
    assert beside(reading) == [("Ledgers", "1"), ("Read", "0")]
    shown = page_at(reading, "/settings/")
    assert 'href="/search/?q=ledger"><span class="name" dir="auto">Ledgers</span><span class="n">1</span></a>' in shown
    assert "All shelves" in shown


def test_the_rail_has_room_for_twelve(reading, put_up):
    for number in range(12):
        put_up(f"Shelf {number}")
    assert len(beside(reading)) == 12
    assert "All shelves" not in page_at(reading, "/settings/")
    put_up("One more")
    caches["local"].clear()
    assert len(beside(reading)) == 12
    assert "All shelves" in page_at(reading, "/settings/")


# The database itself notes a change, at its commit on PostgreSQL.
@pytest.mark.django_db(transaction=True)
def test_a_changed_shelf_is_seen_at_once(reading, reader):
    article(reader, "The ledger")
    indexing.drain()
    reading.post("/shelves/new/", {"name": "First", "query": "ledger", "in_rail": "on"})
    assert beside(reading) == [("First", "1")]
    reading.post("/shelves/first/edit/", {"name": "Nothing", "query": "vellum", "in_rail": "on"})
    assert beside(reading) == [("Nothing", "0")]
    reading.post("/shelves/new/", {"name": "Second", "query": "ledger", "in_rail": "on"})
    reading.post("/shelves/second/move/", {"direction": "up"})
    assert beside(reading) == [("Second", "1"), ("Nothing", "0")]
    reading.post("/shelves/second/delete/")
    assert beside(reading) == [("Nothing", "0")]


def test_a_count_is_a_minute_old_at_most(reading, reader, put_up, monkeypatch):
    put_up(query="is:unread")
    article(reader)
    assert beside(reading) == [("Slow reads", "1")]
    article(reader)
    assert beside(reading) == [("Slow reads", "1")]
    monkeypatch.setattr("library.views.counts.COUNT_LASTS", 0)
    assert beside(reading) == [("Slow reads", "2")]


def test_counts_stay_as_they_were_when_there_is_no_time(reader, monkeypatch):
    of_reader = Counts.of(reader)
    assert of_reader.searches(["is:unread"], seconds=1) == {"is:unread": 0}
    article(reader)
    monkeypatch.setattr("library.views.counts.COUNT_LASTS", 0)
    assert of_reader.searches(["is:unread", "is:fav"], seconds=0) == {"is:unread": 0, "is:fav": None}
    assert of_reader.searches(["is:unread", "is:fav"], seconds=1) == {"is:unread": 1, "is:fav": 0}


def test_on_its_own_page_a_shelf_is_marked_and_counted_as_the_page_counts(reading, reader, put_up):
    put_up(query="is:unread", sort="newest")
    assert beside(reading) == [("Slow reads", "0")]
    article(reader)
    assert beside(reading, "/search/?q=is:unread&sort=newest") == [("Slow reads", "1")]
    shown = page_at(reading, "/search/?q=is:unread&sort=newest")
    assert 'href="/search/?q=is%3Aunread&amp;sort=newest" aria-current="page"' in shown
    assert '<li><a href="/search/" aria-current="page">' not in shown
    assert reading.get("/search/?q=is:unread").context["rail"].shelves.current is None


def test_many_shelves_beside_a_page_take_no_more_queries(reading, put_up, monkeypatch):
    monkeypatch.setattr("library.views.rail.SECONDS", 60)

    def queries():
        reading.get("/settings/")
        with CaptureQueriesContext(connection) as captured:
            reading.get("/settings/")
        return len(captured)

    bare = queries()
    for number in range(30):
        put_up(f"Shelf {number}", f"is:unread word{number}")
    caches["local"].clear()
    assert queries() == bare <= 3


def test_the_tag_that_is_open_is_marked_among_the_pinned_ones(reading, reader):
    set_tags(article(reader), ["思源笔记", "sql"])
    reader.tags.update(pinned=True)
    for tag in reader.tags.all():
        shown = page_at(reading, f"/tags/{tag.slug}/")
        pinned = shown.partition('aria-label="Pinned tags"')[2].partition("</nav>")[0]
        assert pinned.count('aria-current="page"') == 1
        assert f'aria-current="page"><span class="name" dir="auto">{tag.name}<' in pinned
