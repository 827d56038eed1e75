"""Rename, merge, pin, describe and delete a tag, and what its addresses lead to then."""

import pytest

from library import tagging
from library.models import LinkTag, Tag
from library.search import indexing
from library.views import rail
from tests.views.shelf import NOON, article, titles

pytestmark = pytest.mark.django_db


def page(client, address):
    return " ".join(client.get(address).content.decode().split())


def tag(owner, name):
    return Tag.objects.get(owner=owner, name=name)


def save(client, slug, **fields):
    return client.post(f"/tags/{slug}/edit/", {"name": slug, "aliases": "", "description": "", **fields})


# --- rename, describe, other names ---------------------------------------------------------------------------------


def test_a_tag_gets_another_name_and_its_old_address_leads_to_the_new(reading, reader):
    article(reader, "One", ("db",))
    assert save(reading, "db", name="  Data  stores ")["Location"] == "/tags/data-stores/"
    assert titles(reading, "/tags/data-stores/") == ["One"]
    assert reading.get("/tags/db/?state=inbox")["Location"] == "/tags/data-stores/?state=inbox"
    assert reading.get("/library/?tag=db&sort=title")["Location"] == "/library/?tag=data-stores&sort=title"


def test_an_old_address_among_others_is_followed_too(reading, reader):
    article(reader, "One", ("db", "go", "web"))
    tagging.rename(tag(reader, "db"), "databases")
    assert reading.get("/tags/go/?tag=web&tag=db")["Location"] == "/tags/go/?tag=web&tag=databases"
    assert titles(reading, "/tags/go/?tag=web&tag=databases") == ["One"]


def test_a_tag_has_a_description_and_other_names(reading, reader):
    article(reader, "One", ("db",))
    save(reading, "db", aliases='DBs, "data, stored"', description="See also:\r\n\r\n<b>files</b>")
    assert "<p>See also:</p> <p>&lt;b&gt;files&lt;/b&gt;</p>" in page(reading, "/tags/db/")
    assert 'value="&quot;data, stored&quot;, DBs"' in page(reading, "/tags/db/edit/")
    assert reading.get("/tags/dbs/")["Location"] == "/tags/db/"


@pytest.mark.parametrize(
    "fields, sentence",
    [
        ({"name": " "}, "Give the tag a name."),
        ({"name": "x" * 101}, "A name has at most 100 characters."),
        ({"name": "None"}, "“tag:none” finds articles without a tag, so no tag can be called so."),
        ({"name": "GO"}, "You have a tag of this name already: go. The two can be merged."),
        ({"name": "golang"}, "You have a tag of this name already: go. The two can be merged."),
        ({"name": "y" * 95}, "With this name, a tag below it would have more than 100 characters"),
        ({"aliases": "fine, Golang"}, "“Golang” is a name of your tag go. Merge the two, or leave it out here."),
        ({"aliases": "none"}, "so no tag can be called so"),
        ({"description": "x" * 2001}, "A description has at most 2,000 characters."),
    ],
)
def test_what_can_not_be_is_said_in_a_sentence_and_nothing_is_lost(reading, reader, fields, sentence):
    article(reader, tags=("db", "db/sqlite", "go"))
    tagging.set_aliases(tag(reader, "go"), ["golang"])
    shown = save(reading, "db", **{"description": "Mine.", **fields}).content.decode()
    assert sentence in shown
    assert "Nothing is saved yet." in shown
    assert fields.get("description", "Mine.") in shown
    assert {each.name for each in reader.tags.all()} == {"db", "db/sqlite", "go"}


def test_a_name_that_is_there_already_offers_to_merge(reading, reader):
    article(reader, tags=("db", "go"))
    assert '<a class="lk" href="?into=go#merge">' in save(reading, "db", name="Go").content.decode()


# --- merge ---------------------------------------------------------------------------------------------------------


def test_before_a_merge_its_counts_are_shown_and_nothing_is_done(reading, reader, put_up):
    for tags in (("llm", "LLMs"), ("LLMs",), ("LLMs",)):
        article(reader, tags=tags)
    article(reader, tags=("LLMs",), deleted_at=NOON)
    put_up("Models", "tag:llms")
    shown = page(reading, "/tags/llms/edit/?into=LLM")
    assert '<b data-count="3">3</b> articles have <bdi>LLMs</bdi>, 1 of them has both.' in shown
    assert "<b>1</b> shelf names it and will name <bdi>llm</bdi>: <bdi>Models</bdi>." in shown
    assert LinkTag.objects.filter(tag__name="LLMs").count() == 4


def test_a_merge_leads_to_the_tag_that_stays_and_so_do_the_old_addresses(reading, reader):
    article(reader, "Both", ("llm", "LLMs"))
    article(reader, "One", ("LLMs",))
    assert reading.post("/tags/llms/merge/", {"into": "llm"})["Location"] == "/tags/llm/"
    assert titles(reading, "/tags/llm/") == ["One", "Both"]
    assert reading.get("/tags/llms/")["Location"] == "/tags/llm/"
    assert reading.get("/library/?tag=llms&tag=llm")["Location"] == "/library/?tag=llm&tag=llm"


@pytest.mark.parametrize(
    "into, sentence",
    [
        ("nope", "You have no tag “nope”."),
        ("theirs", "You have no tag “theirs”."),
        ("GO", "That is this very tag."),
        ("", "The tag that stays"),
    ],
)
def test_what_can_not_be_merged_into_is_said(reading, reader, other_reader, into, sentence):
    article(reader, tags=("go",))
    article(other_reader, tags=("theirs",))
    assert sentence in reading.post("/tags/go/merge/", {"into": into}, follow=True).content.decode()
    assert reader.tags.get().name == "go"


# --- delete, pin ---------------------------------------------------------------------------------------------------


def test_a_tag_is_deleted_after_its_count_was_shown_and_the_articles_stay(reading, reader, put_up):
    article(reader, "One", ("go", "go/tools"))
    put_up("Go", "tag:go")
    shown = page(reading, "/tags/go/delete/")
    assert '<b data-count="1">1</b> article will lose this tag.' in shown
    assert "The tag below it stays." in shown
    assert "<b>1</b> shelf names it" in shown
    assert reading.post("/tags/go/delete/")["Location"] == "/tags/"
    assert reader.links.get().tags.get().name == "go/tools"


@pytest.mark.django_db(transaction=True)  # PostgreSQL notes a change at its commit
def test_a_pinned_tag_stands_beside_every_page_and_first_in_the_index(reading, reader):
    article(reader, tags=("go", "ada"))
    assert "Pinned tags" not in page(reading, "/library/")
    assert reading.post("/tags/go/pin/", {"pinned": "1"})["Location"] == "/tags/go/"
    assert '<h2>Pinned tags</h2><ul> <li><a href="/tags/go/">' in page(reading, "/library/")
    index = page(reading, "/tags/").partition('id="index"')[2]
    assert index.index("<h2>Pinned</h2>") < index.index("/tags/go/") < index.index("/tags/ada/")
    reading.post("/tags/go/pin/", {"pinned": "0"})
    assert "Pinned tags" not in page(reading, "/library/")


# --- look alike ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)  # PostgreSQL notes a change at its commit
def test_tags_that_look_alike_stand_in_pairs_with_a_way_to_merge_them(reading, reader):
    article(reader, tags=("note-taking", "go"))
    article(reader, tags=("note taking", "note-taking"))
    shown = page(reading, "/tags/?show=alike")
    assert 'data-count="1">1 pair</span>' in shown
    assert 'href="/tags/note-taking-2/edit/?into=note-taking#merge"' in shown
    assert "No two tags look alike" not in shown
    reading.post("/tags/note-taking-2/merge/", {"into": "note-taking"})
    assert "No two tags look alike" in page(reading, "/tags/?show=alike")


# --- below ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def nested(reader):
    for title, tags in {"A": ["db", "web"], "B": ["db/SQLite"], "C": ["db", "db/sqlite/wal"], "D": ["db-x"]}.items():
        article(reader, title, tags)
    article(reader, "Gone", ("db", "db/sqlite"), deleted_at=NOON)


def test_a_tags_list_holds_what_stands_below_it_each_once(reading, nested):
    for address in ("/tags/db/", "/library/?tag=db"):
        assert titles(reading, address) == ["C", "B", "A"]
        assert 'data-count="3"' in page(reading, address)
    assert titles(reading, "/tags/db-sqlite/") == ["C", "B"]
    assert titles(reading, "/tags/db/?tag=web") == titles(reading, "/tags/web/?tag=db") == ["A"]
    assert titles(reading, "/tags/db/?sort=title") == ["A", "B", "C"]


@pytest.mark.parametrize("sort", ["newest", "oldest", "title", "longest", "shortest"])
def test_a_list_of_a_tag_with_others_below_it_goes_on_page_by_page(reading, reader, monkeypatch, sort):
    for number in range(5):
        article(reader, f"N{number}", ("db", "db/a") if number % 2 else ("db/b",))
    whole = titles(reading, f"/tags/db/?sort={sort}")
    monkeypatch.setitem(__import__("library.views.listing", fromlist=["x"]).PAGE_SIZES, "", 2)
    address, found = f"/tags/db/?sort={sort}", []
    while address:
        found += titles(reading, address)
        address = reading.get(address).context["next"]
    assert found == whole
    assert len(found) == 5


def test_the_index_shows_tags_below_the_one_they_stand_below(reading, nested):
    shown = page(reading, "/tags/")
    assert '<a href="/tags/db/">db</a><span class="dots"></span><span class="n">3</span>' in shown
    assert '<li class="under d1" data-word="db/sqlite"><a href="/tags/db-sqlite/">' in shown
    assert '<span class="vh">db/</span>SQLite</a><span class="dots"></span><span class="n">2</span>' in shown
    assert '<li class="under d2" data-word="db/sqlite/wal">' in shown
    places = [shown.index(f'href="/tags/{slug}/"') for slug in ("db", "db-sqlite", "db-sqlite-wal", "db-x")]
    assert places == sorted(places)


def test_a_tag_leads_to_what_it_stands_below_and_to_what_stands_below_it(reading, nested):
    shown = page(reading, "/tags/db-sqlite-wal/")
    assert '<a href="/tags/">Tags</a> / <a href="/tags/db/">db</a> / <a href="/tags/db-sqlite/">SQLite</a></p>' in shown
    assert [name for name, _ in reading.get("/tags/db/").context["below"]] == ["db/SQLite", "db/sqlite/wal"]


def test_a_name_that_is_no_tag_itself_has_a_page_with_what_stands_below_it(reading, reader):
    article(reader, "One", ("Work/reports",))
    article(reader, "Two", ("work/plans",))
    assert titles(reading, "/tags/work/") == titles(reading, "/library/?tag=work") == ["Two", "One"]
    assert "Rename, merge or delete" not in page(reading, "/tags/work/")
    assert reading.get("/tags/work/edit/").status_code == 404


def test_a_tag_merged_into_one_below_it_leads_there(reading, reader):
    article(reader, "One", ("db", "db/sql", "db/graphs"))
    tagging.merge(tag(reader, "db"), tag(reader, "db/sql"))
    assert reading.get("/tags/db/")["Location"] == "/tags/db-sql/"
    assert reading.get("/library/?tag=db")["Location"] == "/library/?tag=db-sql"


def test_search_and_index_count_alike(reading, nested):
    assert page(reading, "/search/?q=tag:db").count("<article") == 3
    shown = page(reading, "/search/narrow/?q=is:inbox")
    assert "tag%3Adb" in shown


# --- walls and measures --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["edit", "merge", "delete", "pin"])
@pytest.mark.parametrize("slug", ["nope", "secret", "%00", "x" * 2000])
def test_what_is_not_there_and_what_is_anothers_can_not_be_changed(reading, other_reader, act, slug):
    article(other_reader, tags=("secret",))
    assert reading.post(f"/tags/{slug}/{act}/", {"into": "secret", "pinned": "1", "name": "x"}).status_code == 404
    secret = Tag.objects.get()
    assert (secret.name, secret.pinned, secret.link_tags.count()) == ("secret", False, 1)


@pytest.mark.parametrize("text", ["\0", "a\0b", "𝕏" * 90, "’" * 300])
def test_strange_text_is_answered_in_a_page(reading, reader, text):
    article(reader, tags=("go",))
    assert reading.get("/tags/go/edit/", {"into": text}).status_code == 200
    assert save(reading, "go", name=text, aliases=text, description=text).status_code in (200, 302)


@pytest.mark.parametrize("address", ["/tags/", "/tags/t/", "/tags/t/edit/?into=go", "/tags/t/delete/", "/library/"])
def test_more_tags_below_ask_no_more_of_the_database(reading, reader, queries_of, put_up, address):
    article(reader, tags=("go", "t", "t/a"))
    for number in range(rail.MOST_SHELVES):
        put_up(f"Shown {number}", "tag:t")
    tagging.set_aliases(tag(reader, "t"), ["tt"])
    reader.tags.update(pinned=True)
    indexing.drain()
    few = queries_of(lambda: reading.get(address))
    for number in range(10):
        article(reader, tags=("go", "t", f"t/{number}", f"t/{number}/x", f"u{number}"))
        put_up(f"More {number}", f"tag:t -tag:u{number}")
    reader.tags.update(pinned=True)
    indexing.drain()
    assert queries_of(lambda: reading.get(address)) <= few


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_tag_is_merged_by_keyboard(reading_page, reader):
    article(reader, "One", ("llm",))
    article(reader, "Two", ("LLMs",))
    reading_page.goto("/tags/llms/")
    reading_page.get_by_role("link", name="Rename, merge or delete").focus()
    reading_page.keyboard.press("Enter")
    reading_page.get_by_label("The tag that stays").focus()
    reading_page.keyboard.type("llm")
    reading_page.keyboard.press("Enter")
    reading_page.get_by_role("heading", name="Merge LLMs into llm?").wait_for()
    reading_page.get_by_role("button", name="Merge into llm").focus()
    reading_page.keyboard.press("Enter")
    reading_page.wait_for_url("**/tags/llm/")
    assert reading_page.locator("[data-link]").count() == 2
