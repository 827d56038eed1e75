import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from library.models import Link, User
from library.views.listing import PAGE_SIZES
from tests.views.shelf import NOON, article, titles

pytestmark = pytest.mark.django_db


def test_every_article_is_a_row_whose_title_opens_it(reading, reader):
    link = article(reader, "The ledger before the ledger")
    page = reading.get("/library/").content.decode()
    row = re.search(rf'<article[^>]* data-link="{link.pk}">.*?</article>', page, re.DOTALL)
    assert row
    opens = f'<a href="/read/{link.pk}-the-ledger-before-the-ledger/" dir="auto">The ledger before the ledger</a>'
    assert opens in row[0]


def test_a_row_shows_gist_type_tags_site_date_and_time(reading, reader):
    url, text = "https://slow.example/ledger", "word " * 2300
    article(reader, tags=("durability",), type="Essay", url=url, overview="- Write it down first.", article=text)
    page = reading.get("/library/").content.decode()
    for part in ("Write it down first.", "Essay", ">durability</a>", "slow.example", "10 min", "14 Mar"):
        assert part in page


def test_a_blank_title_is_shown_as_its_address(reading, reader):
    article(reader, "  ", url="https://slow.example/x")
    assert titles(reading, "/library/") == ["https://slow.example/x"]


def test_an_article_with_neither_title_nor_address_is_untitled(reading, reader):
    article(reader, "")
    assert titles(reading, "/library/") == ["Untitled"]


def test_the_bin_and_other_readers_stay_out(reading, reader, other_reader):
    article(reader, "Binned", deleted_at=NOON)
    article(other_reader, "Ben's")
    assert titles(reading, "/library/") == []
    assert "Your library is empty" in reading.get("/library/").content.decode()


def test_tabs_count_the_states(reading, reader):
    for state in ("inbox", "inbox", "reading", "finished"):
        article(reader, state=state)
    article(reader, favourite=True, state="archived")
    counts = {tab["words"]: tab["count"] for tab in reading.get("/library/").context["tabs"]}
    assert counts == {
        "Everything": "5", "Inbox": "2", "Reading": "1", "Finished": "1", "Archived": "1", "Favourites": "1"
    }  # fmt: skip


def test_a_tab_shows_its_state_and_says_how_many(reading, reader):
    article(reader, "Waiting")
    article(reader, "Done", state="finished")
    assert titles(reading, "/library/?state=inbox") == ["Waiting"]
    assert 'data-count="1"' in reading.get("/library/?state=inbox").content.decode()


def test_unread_is_inbox_and_reading(reading, reader):
    for state in ("inbox", "reading", "finished", "archived"):
        article(reader, state, state=state)
    assert sorted(titles(reading, "/library/?state=unread")) == ["inbox", "reading"]


@pytest.mark.django_db(transaction=True)  # PostgreSQL counts a change when it is committed
def test_a_changed_state_shows_at_once(reading, reader):
    link = article(reader)
    reading.get("/library/")
    reading.post(f"/read/{link.pk}/state/", {"state": "finished"})
    assert reading.get("/library/").context["tabs"][3]["count"] == "1"


def test_several_tags_are_all_asked_for(reading, reader):
    article(reader, "Both", ("go", "sql"))
    article(reader, "One", ("go",))
    assert titles(reading, "/library/?tag=go&tag=sql") == ["Both"]
    assert sorted(titles(reading, "/library/?tag=go")) == ["Both", "One"]


def test_several_types_are_any_of_them(reading, reader):
    for kind in ("Essay", "Guide", "Talk"):
        article(reader, kind, type=kind)
    assert sorted(titles(reading, "/library/?type=Essay&type=Talk")) == ["Essay", "Talk"]


def test_tag_type_state_and_time_narrow_together(reading, reader):
    article(reader, "Wanted", ("go", "sql"), type="Essay", state="reading")
    article(reader, "Older", ("go", "sql"), type="Essay", state="reading", saved_at=NOON - timedelta(days=400))
    article(reader, "Finished", ("go", "sql"), type="Essay", state="finished")
    assert titles(reading, "/library/?tag=go&tag=sql&type=Essay&state=reading&saved=2026") == ["Wanted"]


def test_an_unknown_tag_leaves_nothing(reading, reader):
    article(reader, tags=("go",))
    assert titles(reading, "/library/?tag=nope") == []


@pytest.mark.parametrize(
    ("saved", "expected"), [("2025", ["Old"]), ("2026-03", ["New"]), ("2025-01..2026-12", ["New", "Old"])]
)
def test_saved_narrows_to_a_time(reading, reader, saved, expected):
    article(reader, "New")
    article(reader, "Old", saved_at=datetime(2025, 5, 1, tzinfo=UTC))
    assert titles(reading, f"/library/?saved={saved}") == expected


def test_each_filter_is_a_chip_that_can_be_taken_off(reading, reader):
    article(reader, tags=("go", "sql"), type="Essay")
    chips = reading.get("/library/?tag=go&tag=sql&type=Essay&saved=2026&state=inbox").context["chips"]
    assert [(chip["field"], chip["words"]) for chip in chips] == [
        ("tag", "go"), ("tag", "sql"), ("type", "Essay"), ("saved", "2026")
    ]  # fmt: skip
    left = parse_qs(urlsplit(chips[0]["href"]).query)
    assert left == {"tag": ["sql"], "type": ["Essay"], "saved": ["2026"], "state": ["inbox"]}


def test_where_nothing_matches_it_says_which_filter_to_drop(reading, reader):
    article(reader, tags=("go",), type="Essay")
    page = reading.get("/library/?tag=go&type=Guide").content.decode()
    assert "No article matches all of this" in page
    assert "Without <b>type Guide</b> there is 1." in page
    assert "Without <b>tag go</b> there are none." in page


def test_an_empty_inbox_says_so(reading, reader):
    article(reader, state="finished")
    assert "Your inbox is empty" in reading.get("/library/?state=inbox").content.decode()


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("newest", ["b", "A", "c"]),
        ("oldest", ["c", "A", "b"]),
        ("title", ["A", "b", "c"]),
        ("longest", ["c", "b", "A"]),
        ("shortest", ["A", "b", "c"]),
        ("type", ["A", "b", "c"]),
    ],
)
def test_a_list_can_be_sorted(reading, reader, sort, expected):
    for title, day, words in (("A", 2, 10), ("b", 3, 20), ("c", 1, 30)):
        kind = {"A": "", "b": "Essay", "c": "Talk"}[title]
        article(reader, title, saved_at=NOON + timedelta(days=day), words=words, type=kind)
    assert titles(reading, f"/library/?sort={sort}") == expected


def many(reader: User, number: int) -> None:
    """Articles of which many share their time, title and length; every third has a tag."""
    for place in range(number):
        saved = NOON - timedelta(hours=place // 7 * 300)
        tags = ("go",) if place % 3 else ()
        kind = ("", "Essay", "A. 1.5 talk")[place // 2 % 3]
        state = ("inbox", "reading")[place % 2]
        article(reader, f"t{place // 5}", tags, saved_at=saved, words=place // 6, state=state, type=kind)


@pytest.mark.parametrize("address", ["/library/?sort=newest", "/library/?sort=oldest", "/library/?sort=title",
                                     "/library/?sort=longest", "/library/?sort=shortest", "/library/?tag=go",
                                     "/library/?tag=go&sort=title", "/library/?sort=type", "/library/?tag=go&sort=type",
                                     "/library/?length=<5", "/library/?state=inbox&sort=shortest"])  # fmt: skip
def test_turning_pages_shows_every_article_once_and_leads_back(reading, reader, address, monkeypatch):
    monkeypatch.setitem(PAGE_SIZES, "", 8)
    many(reader, 40)
    forwards, pages, there = [], [], address
    while there:
        page = reading.get(there).context
        pages.append([row["id"] for group in page["groups"] for row in group["rows"]])
        forwards += pages[-1]
        back, there = page["previous"], page["next"]
    total = reading.get(address).context["total"]
    assert len(forwards) == len(set(forwards)) == total
    assert len(pages) > 2
    previous = reading.get(back).context
    assert [row["id"] for group in previous["groups"] for row in group["rows"]] == pages[-2]


def test_the_list_opens_at_a_month(reading, reader):
    article(reader, "May", saved_at=datetime(2026, 5, 1, tzinfo=UTC))
    article(reader, "March")
    article(reader, "2024", saved_at=datetime(2024, 5, 1, tzinfo=UTC))
    assert titles(reading, "/library/?from=2026-04") == ["March", "2024"]
    assert titles(reading, "/library/?from=2026-03&sort=oldest") == ["March", "May"]
    assert reading.get("/library/?from=2026-04").context["previous"]


def test_months_head_the_rows_and_count_what_was_saved(reading, reader):
    reader.time_zone = "Europe/Berlin"
    reader.save()
    article(reader, saved_at=datetime(2026, 2, 28, 23, 30, tzinfo=UTC))
    article(reader, saved_at=datetime(2026, 3, 31, 22, 30, tzinfo=UTC))
    article(reader)
    heads = [(group["head"], group["saved"]) for group in reading.get("/library/").context["groups"]]
    assert heads == [("April 2026", "1"), ("March 2026", "2")]


def test_a_list_by_title_is_headed_by_letters(reading, reader):
    for title in ("apples", "Artichoke", "7 pears", "Éclair"):
        article(reader, title)
    heads = [group["head"] for group in reading.get("/library/?sort=title").context["groups"]]
    assert heads == ["0–9 and signs", "A", "É"]
    assert titles(reading, "/library/?sort=title&from=b") == ["Éclair"]


def test_a_list_by_type_is_headed_by_types_with_the_newest_first(reading, reader):
    for title, day, kind in (("Old", 1, "Essay"), ("New", 2, "Essay"), ("Talk", 3, "Talk"), ("Bare", 4, "")):
        article(reader, title, saved_at=NOON + timedelta(days=day), type=kind)
    groups = reading.get("/library/?sort=type").context["groups"]
    assert [(group["head"], [row["title"] for row in group["rows"]]) for group in groups] == [
        ("No type", ["Bare"]), ("Essay", ["New", "Old"]), ("Talk", ["Talk"])
    ]  # fmt: skip


def test_a_list_by_length_is_headed_by_bands(reading, reader):
    for minutes in (3, 5, 14, 15, 45, 60, 200):
        article(reader, str(minutes), words=230 * minutes, minutes=minutes)
    groups = reading.get("/library/?sort=shortest").context["groups"]
    assert [(group["head"], [row["title"] for row in group["rows"]]) for group in groups] == [
        ("Under 5 minutes", ["3"]), ("5 to 15 minutes", ["5", "14"]), ("15 to 30 minutes", ["15"]),
        ("30 to 60 minutes", ["45"]), ("An hour and more", ["60", "200"])
    ]  # fmt: skip


def test_the_thumb_index_of_titles_marks_the_letter_of_the_page(reading, reader):
    for title in ("Apples", "Bread"):
        article(reader, title)
    marks = reading.get("/library/?sort=title&from=b").context["thumb"][0]["marks"]
    assert [mark["words"] for mark in marks if mark["current"]] == ["B"]


def test_the_thumb_index_holds_the_newest_years_months_and_the_years_before(reading, reader):
    for year, month in ((2026, 3), (2026, 1), (2024, 5), (2019, 12)):
        article(reader, saved_at=datetime(year, month, 2, tzinfo=UTC))
    parts = reading.get("/library/").context["thumb"]
    assert [(part["words"], [mark["words"] for mark in part["marks"]]) for part in parts] == [
        ("2026", ["Mar", "Jan"]),
        ("Earlier", ["2024", "2019"]),
    ]
    assert [mark["words"] for mark in parts[0]["marks"] if mark["current"]] == ["Mar"]


@pytest.mark.parametrize(
    "query",
    ["after=x", "after=.5", "after=9e9.1", "before=-1.-1", f"after={10**30}.1", f"after=1.{10**30}", "from=9999-99",
     "tag=%00", "type=%00", "sort=title&after=%00.1", "sort=nope&density=nope&state=nope", "saved=soon",
     "sort=words&after=a.b", "sort=type&after=1.2", "sort=type&after=%00.1.2", "length=soon&has=nothing", "length=<",
     "has=%00&has=note&has=note", f"length={10**9}","sort=type&before=Essay.x.1",
     "tag=" + "&tag=".join(map(str, range(99))), "after=1.1&before=2.2&from=2026"],
)  # fmt: skip
def test_an_odd_address_is_still_a_list(reading, reader, query):
    article(reader)
    assert reading.get(f"/library/?{query}").status_code == 200


@pytest.mark.parametrize(
    "address", ["/library/", "/library/?tag=go&state=inbox&sort=title", "/library/?density=compact"]
)
def test_a_longer_list_asks_no_more_of_the_database(reading, reader, address, queries_of):
    article(reader, tags=("go",))
    few = queries_of(lambda: reading.get(address))
    many(reader, 30)
    assert queries_of(lambda: reading.get(address)) <= few


def test_an_unchanged_library_is_not_counted_again(reading, reader, django_assert_max_num_queries):
    many(reader, 12)
    reading.get("/library/")
    with django_assert_max_num_queries(6):
        reading.get("/library/")


def test_the_library_asks_for_a_login(client):
    assert client.get("/library/").url == "/login/?next=/library/"


def test_a_list_is_read_only(reading):
    assert reading.post("/library/").status_code == 405


def test_another_readers_tag_narrows_nothing_of_mine(reading, reader, other_reader):
    article(other_reader, "Ben's", ("secret",))
    article(reader, "Mine")
    assert titles(reading, "/library/?tag=secret") == []
    assert "secret" not in reading.get("/library/").content.decode()
    assert Link.objects.count() == 2
