"""A list narrowed by length and by what an article has."""

import pytest

from library.models import Highlight
from tests.views.shelf import article, titles

pytestmark = pytest.mark.django_db


@pytest.fixture
def lengths(reader):
    return [article(reader, f"{minutes} min", words=230 * minutes, minutes=minutes) for minutes in (3, 14, 20, 200)]


@pytest.mark.parametrize(
    ("length", "expected"),
    [("<5", ["3 min"]), ("5..14", ["14 min"]), (">=60", ["200 min"]), ("..20", ["20 min", "14 min", "3 min"])],
)
def test_a_length_is_written_as_in_a_search(reading, lengths, length, expected):
    assert titles(reading, f"/library/?length={length}") == expected


@pytest.fixture
def parts(reader):
    noted = article(reader, "Noted", ("go",), note="Mine.", overview="- One.")
    marked = article(reader, "Marked", article="Some text.")
    Highlight.objects.create(link=marked, quote="Some")
    return [noted, marked, article(reader, "Bare")]


@pytest.mark.parametrize(
    ("query", "expected"),
    [("has=note", ["Noted"]), ("has=highlight", ["Marked"]), ("has=note&has=overview", ["Noted"]),
     ("has=note&has=highlight", []), ("has=note&tag=go", ["Noted"]), ("has=article&tag=go", [])],
)  # fmt: skip
def test_an_article_has_all_that_is_asked_for(reading, parts, query, expected):
    assert titles(reading, f"/library/?{query}") == expected


def test_the_tabs_and_types_count_what_is_left(reading, reader, parts, lengths):
    context = reading.get("/library/?has=note").context
    assert context["tabs"][0]["count"] == "1"
    assert reading.get("/library/?length=5..14").context["total"] == 1


def test_each_is_a_chip_that_can_be_taken_off(reading, parts):
    chips = reading.get("/library/?length=5..14&has=note&has=summary&length=<5&sort=title").context["chips"]
    assert [(chip["field"], chip["words"]) for chip in chips] == [
        ("length", "under 5 minutes"), ("has", "note"), ("has", "summary")
    ]  # fmt: skip
    assert chips[0]["href"] == "/library/?has=note&has=summary&sort=title"
    assert chips[1]["href"] == "/library/?has=summary&length=%3C5&sort=title"


def test_where_nothing_is_left_it_says_what_to_drop(reading, parts):
    page = reading.get("/library/?has=note&has=highlight").content.decode()
    assert "Without <b>has note</b> there is 1." in page


def test_the_menus_keep_what_is_chosen(reading, lengths):
    page = reading.get("/library/?length=7..9&has=note").content.decode()
    assert '<input type="radio" name="length" value="7..9" checked>7 to 9 minutes' in page
    assert '<input type="checkbox" name="has" value="note" checked>' in page


def test_what_is_narrowed_can_be_changed_as_a_whole(reading, parts):
    data = {"act": "finished", "all": "/library/?has=note", "count": "1", "next": "/library/?has=note"}
    reading.post("/library/bulk/", data)
    for link in parts:
        link.refresh_from_db()
    assert [link.state for link in parts] == ["finished", "inbox", "inbox"]


@pytest.mark.django_db(transaction=True)  # PostgreSQL counts a change when it is committed
def test_a_row_says_how_often_it_is_marked(reading, parts):
    page = reading.get("/library/").content.decode()
    assert page.count('<span class="hls">') == 1
    assert '<span class="hls">1 highlight</span>' in page
    Highlight.objects.create(link=parts[1], quote="text")
    assert '<span class="hls">2 highlights</span>' in reading.get("/library/").content.decode()
