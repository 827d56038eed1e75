"""All highlights on one page: by article or by day, narrowed, and out into files."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from library.content.anchors import Anchor
from library.highlighting import change, mark
from library.models import Highlight, HighlightTag, Tag
from library.models.writing import bin_link
from library.views import marked
from tests.views.shelf import article

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 3, 14, 12, tzinfo=UTC)
TEXT = "The first book lay open. One debt half paid. Straße and peace. Three books on the counter."


@pytest.fixture
def link(reader):
    return article(reader, "The ledger", url="https://slow.example/x", article=TEXT)


def put(link, quote="The first book", days=0, **more) -> Highlight:
    start = TEXT.index(quote)
    passage = Anchor(quote, start=start, end=start + len(quote))
    made = mark(link.sections.get(kind="article"), passage, more.pop("colour", "ochre"), **more)[0]
    Highlight.objects.filter(pk=made.pk).update(created_at=DAY + timedelta(days=days))
    return made


def page_of(client, query: str = "") -> str:
    return client.get(f"/highlights/{query}").content.decode()


def shown(client, query: str = "") -> list[str]:
    found = re.findall(r'<mark class="hl \w+">([^<]*)</mark></blockquote>', page_of(client, query))
    assert f'data-count="{len(found)}"' in page_of(client, query)
    return found


def heads(client, query: str = "") -> list[str]:
    found = re.findall(r'<h2 class="runhead">(.*?)</h2>', page_of(client, query))
    return [re.sub("<[^>]*>", "", each) for each in found]


# --- the list


def test_before_anything_is_marked_the_page_says_how(reading):
    page = page_of(reading)
    assert "Nothing marked yet" in page
    assert "Select text while reading, or press H on a paragraph." in page


def test_the_article_that_was_marked_last_stands_first_and_its_passages_in_their_order(reading, reader, link):
    other = article(reader, "A mill", article=TEXT)
    put(link, "One debt", days=1)
    put(other, "Three books", days=2)
    put(link, "The first book", days=3)
    assert heads(reading) == ["The ledger", "A mill"]
    assert shown(reading) == ["The first book", "One debt", "Three books"]


def test_by_day_the_newest_stands_first(reading, reader, link):
    put(link, "One debt", days=1)
    put(article(reader, "A mill", article=TEXT), "Three books", days=2)
    put(link, "The first book", days=3)
    assert shown(reading, "?by=day") == ["The first book", "Three books", "One debt"]
    assert heads(reading, "?by=day") == ["Tuesday, 17 March", "Monday, 16 March", "Sunday, 15 March"]


def test_a_highlight_is_shown_with_its_note_its_tags_and_the_way_to_its_place(reading, link):
    made = put(link, "One debt", colour="woad", note="Ask *Mina*.", tags=["to quote"])
    page = page_of(reading)
    assert '<mark class="hl woad">One debt</mark>' in page
    assert "Ask <em>Mina</em>." in page
    assert '<a class="tg" href="/highlights/?tag=to-quote" dir="auto">to quote</a>' in page
    way = f"/read/{link.pk}-the-ledger/?back=%2Fhighlights%2F#hl-{made.pk}"
    assert f'href="{way}"' in page
    assert f'href="/highlights/{made.pk}/"' in page
    assert "Highlights</a>" in reading.get(way).content.decode()


def test_highlights_of_articles_in_the_bin_and_of_others_are_not_there(reading, reader, other_reader, link):
    put(article(other_reader, "Not yours", article=TEXT))
    put(link)
    bin_link(link)
    assert shown(reading) == []
    assert '<span class="n">0</span>' in page_of(reading)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?colour=woad", ["One debt"]),
        ("?colour=woad&colour=madder", ["One debt", "Straße and peace"]),
        ("?colour=beige", ["The first book", "One debt", "Straße and peace"]),
        ("?tag=to-quote", ["One debt", "Straße and peace"]),
        ("?tag=to-quote&tag=war", ["Straße and peace"]),
        ("?tag=cite", ["One debt", "Straße and peace"]),
        ("?tag=history", ["Straße and peace"]),
        ("?tag=nothing", []),
        ("?note=with", ["Straße and peace"]),
        ("?note=without", ["The first book", "One debt"]),
        ("?q=STRASSE", ["Straße and peace"]),
        ("?q=mina", ["Straße and peace"]),
        ("?q=first++book", ["The first book"]),
        ("?q=e%25", []),
        ("?item=0", ["The first book", "One debt", "Straße and peace"]),
        ("?item=99", []),
        ("?q=nothing&colour=woad", []),
    ],
)
def test_the_list_is_narrowed_by_its_address(reading, reader, link, query, found):
    put(link)
    put(link, "One debt", colour="woad", tags=["to quote"])
    put(link, "Straße and peace", colour="madder", note="Ask *Mina*.", tags=["to quote", "war", "history/war"])
    tag = reader.tags.get(name="to quote")
    tag.aliases.create(owner=reader, name="cite", name_key="cite", slug="cite")
    assert shown(reading, query) == found


def test_one_articles_highlights_are_reached_from_the_article(reading, reader, link):
    put(article(reader, "A mill", article=TEXT), "Three books")
    put(link)
    assert f'<a class="lk" href="/highlights/?item={link.pk}">1 highlight</a>' in reading.get(
        f"/read/{link.pk}-the-ledger/"
    ).content.decode()
    assert shown(reading, f"?item={link.pk}") == ["The first book"]


def test_where_nothing_matches_the_way_back_is_offered(reading, link):
    put(link)
    page = page_of(reading, "?colour=woad&q=nothing")
    assert "No highlight matches all of this" in page
    assert 'href="/highlights/">Clear all filters' in page


# The counts follow the commit of a change on PostgreSQL.
@pytest.mark.django_db(transaction=True)
def test_what_lost_its_place_has_a_tab_of_its_own(reading, link):
    put(link)
    assert "Lost its place" not in page_of(reading)
    lost = put(link, "One debt")
    Highlight.objects.filter(pk=lost.pk).update(start=None, end=None)
    assert shown(reading, "?lost=1") == ["One debt"]
    assert 'Lost its place <span class="n">1</span>' in page_of(reading)


@pytest.mark.parametrize("by", ["", "day"])
def test_pages_hold_every_highlight_once(reading, reader, monkeypatch, by):
    monkeypatch.setattr(marked, "PAGE", 3)
    for number in range(4):
        link = article(reader, f"Book {number}", article=TEXT)
        for quote in ("The first book", "One debt")[: number % 2 + 1]:
            put(link, quote)
    found, query = [], f"?by={by}"
    while query:
        page = page_of(reading, query)
        found += re.findall(r'<article class="kept \w+" id="hl-(\d+)"', page)
        following = re.search(r'href="/highlights/([^"]*)" rel="next"', page)
        query = following[1].replace("&amp;", "&") if following else ""
    assert sorted(map(int, found)) == sorted(Highlight.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("key", ["x", "1.2", "1.2.x", "9" * 40, "1.1.99999999999999999999999", "%00"])
@pytest.mark.parametrize("by", ["", "day"])
def test_a_key_that_is_none_is_answered(reading, link, key, by):
    put(link)
    assert reading.get(f"/highlights/?by={by}&after={key}").status_code == 200


def test_more_highlights_ask_no_more_of_the_database(reading, reader, link, queries_of):
    put(link, note="One.", tags=["a"])
    few = {query: queries_of(lambda query=query: page_of(reading, query)) for query in ("", "?by=day", "?tag=a&q=o")}
    for number in range(20):
        other = article(reader, f"Book {number}", article=TEXT)
        put(other, note="One.", tags=["a", f"t{number}"])
        put(other, "One debt", tags=["a"])
    assert {query: queries_of(lambda query=query: page_of(reading, query)) for query in few} == few
    assert max(few.values()) <= 24


# --- changes from the list


def test_an_edit_leads_back_to_the_list(reading, link):
    made = put(link, tags=["a"])
    here = "/highlights/?colour=ochre"
    page = reading.get(f"/highlights/{made.pk}/", headers={"referer": f"http://testserver{here}"}).content.decode()
    assert f'name="next" value="{here}"' in page
    values = {"colour": "ochre", "note": "", "tags": "a, B", "next": here}
    answer = reading.post(f"/highlights/{made.pk}/", values)
    assert answer.headers["Location"] == f"{here}#hl-{made.pk}"
    assert sorted(made.tags.values_list("name", flat=True)) == ["B", "a"]


# The counts follow the commit of a change on PostgreSQL.
@pytest.mark.django_db(transaction=True)
def test_a_deleted_highlight_comes_back_with_its_tags(reading, link):
    made = put(link, "One debt", tags=["a", "b"])
    page = reading.post(f"/highlights/{made.pk}/delete/", {"next": "/highlights/"}, follow=True).content.decode()
    assert "Nothing marked yet" in page
    undo = re.search(r'action="(/highlights/\d+/undo/)"', page)[1]
    reading.post(undo, {"next": "/highlights/"})
    assert shown(reading) == ["One debt"]
    assert list(Highlight.objects.get().tags.values_list("name", flat=True)) == ["a", "b"]


def test_a_tag_that_is_too_long_is_said_and_nothing_saved(reading, link):
    made = put(link)
    page = reading.post(f"/highlights/{made.pk}/", {"colour": "woad", "note": "", "tags": "x" * 101}).content.decode()
    assert "Nothing is saved yet" in page
    assert Highlight.objects.get().colour == "ochre"
    assert not Tag.objects.exists()


def test_the_tags_stand_beside_the_text_and_lead_to_their_highlights(reading, link):
    put(link, tags=["to quote"])
    page = reading.get(f"/read/{link.pk}-the-ledger/").content.decode()
    assert '<a class="tg" href="/highlights/?tag=to-quote" dir="auto">to quote</a>' in page.split("<aside")[1]


# --- files


def test_highlights_leave_as_markdown(reading, link):
    put(link, "One debt", note="Ask *Mina*.", tags=["to quote"], colour="woad")
    put(link)
    answer = reading.get("/highlights/export.md?colour=woad")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="highlights.md"'
    assert answer.getvalue().decode() == (
        "# Highlights\n\n## [The ledger](<https://slow.example/x>)\n\n"
        "> One debt\n\nAsk *Mina*.\n\nwoad, 2026-03-14, #to quote\n"
    )


def test_highlights_leave_as_a_table_in_which_no_cell_is_a_formula(reading, link):
    put(link, note='=HYPERLINK("x")', tags=["a", "b"])
    rows = list(csv.DictReader(io.StringIO(reading.get("/highlights/export.csv").getvalue().decode())))
    told = [(row["quote"], row["note"], row["tags"]) for row in rows]
    assert told == [("The first book", "'=HYPERLINK(\"x\")", "a, b")]
    assert {cell[0] for row in rows for cell in row.values() if cell}.isdisjoint("=+-@")


def test_highlights_leave_as_json(reading, reader, link):
    assert json.loads(reading.get("/highlights/export.json").getvalue()) == []
    put(link, tags=["a"])
    put(link, "Three books")
    told = json.loads(reading.get("/highlights/export.json").getvalue())
    assert [(each["article"], each["quote"], each["tags"]) for each in told] == [
        ("The ledger", "The first book", ["a"]),
        ("The ledger", "Three books", []),
    ]


def test_a_file_of_many_asks_no_more_of_the_database_for_each(reading, reader, queries_of):
    for number in range(3):
        put(article(reader, f"Book {number}", article=TEXT), tags=["a"])
    few = queries_of(lambda: reading.get("/highlights/export.json").getvalue())
    for number in range(30):
        put(article(reader, f"More {number}", article=TEXT), tags=["a", f"t{number}"])
    assert queries_of(lambda: reading.get("/highlights/export.json").getvalue()) == few


# --- where else they are told of


def test_the_rail_and_the_palette_lead_here(reading, link):
    put(link)
    assert 'Highlights<span class="n">1</span>' in page_of(reading)
    assert 'href="/highlights/"' in reading.get("/palette/?q=highl").content.decode()


def test_a_tag_that_only_highlights_have_is_not_unused(reading, reader, link):
    put(link, tags=["to quote"])
    Tag.objects.ensure(reader.pk, ["nobody"])
    page = reading.get("/tags/?show=unused").content.decode()
    assert "nobody" in page.split('id="index"')[1]
    assert "to quote" not in page.split('id="index"')[1]
    assert "On 1 highlight<" in reading.get("/tags/to-quote/").content.decode()


def test_before_a_tag_goes_or_is_merged_its_highlights_are_counted(reading, reader, link):
    put(link, tags=["a"])
    put(link, "One debt", tags=["a"])
    Tag.objects.ensure(reader.pk, ["b"])
    assert "<b>2</b> highlights will lose it, too." in reading.get("/tags/a/delete/").content.decode()
    assert "<b>2</b> highlights have it." in reading.get("/tags/a/edit/?into=b").content.decode()


def test_the_last_change_of_a_highlight_is_undone_from_the_activity(reading, link):
    made = put(link)
    change(made, "woad", "", ["a"])
    change(made, "madder", "", [])
    page = reading.get("/activity/").content.decode()
    assert page.count(f'action="/highlights/{made.pk}/undo/"') == 1
    assert page.count("Changed again since") == 2
    for colour, tags in (("woad", 1), ("madder", 0)):
        reading.post(f"/highlights/{made.pk}/undo/", {"next": "/activity/"})
        assert (Highlight.objects.get().colour, HighlightTag.objects.count()) == (colour, tags)


def test_a_mark_that_is_undone_from_the_activity_goes_and_can_come_back(reading, link):
    made = put(link)
    reading.post(f"/highlights/{made.pk}/undo/")
    assert not Highlight.objects.exists()
    reading.post(f"/highlights/{made.pk}/undo/")
    assert Highlight.objects.get().quote == "The first book"
    assert "brought back a highlight of" in reading.get("/activity/").content.decode()


def test_a_highlight_of_an_article_in_the_bin_is_not_undone(reading, link):
    put(link)
    bin_link(link)
    assert "/highlights/" not in reading.get("/activity/").content.decode().split('id="main"')[1].split("</main>")[0]


@pytest.mark.parametrize("ending", ["md", "json", "csv"])
def test_a_file_tells_the_day_in_the_readers_own_zone(reading, reader, link, ending):
    made = put(link)
    Highlight.objects.filter(pk=made.pk).update(created_at=datetime(2026, 3, 13, 20, tzinfo=UTC))
    reader.time_zone = "Asia/Tokyo"
    reader.save()
    assert "2026-03-14" in reading.get(f"/highlights/export.{ending}").getvalue().decode()
