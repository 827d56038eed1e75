"""Statistics: what was saved and finished, in pictures and tables, with the list behind each number."""

import re
from datetime import UTC, date, datetime
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from library.models import Highlight, Review
from library.search import count
from library.views import figures, keys
from library.views.figures import Stretch, years_of
from tests.views.shelf import NOON, article

pytestmark = pytest.mark.django_db
MARCH = datetime(2025, 3, 9, 12, tzinfo=UTC)


@pytest.fixture
def year(reader):
    """Six articles of 2025: four finished, three of them in March; one waits; one is in the Bin."""
    some = {"saved_at": datetime(2025, 2, 1, tzinfo=UTC), "state": "finished", "minutes": 10, "words": 1}
    article(reader, "A ledger", ("sql", "C++"), **{**some, "type": "Essay", "url": "https://a.example/1"},
            finished_at=MARCH)  # fmt: skip
    article(reader, "A daybook", ("sql",), **{**some, "type": "essay", "minutes": 40}, finished_at=MARCH)
    article(reader, "A journal", **{**some, "type": "Tech Deep Dive"}, finished_at=MARCH.replace(day=11))
    article(reader, "Put away", **{**some, "state": "archived"}, finished_at=datetime(2025, 12, 31, 23, tzinfo=UTC))
    article(reader, "Waits", **{**some, "state": "inbox"}, note="Mine.")
    article(reader, "Binned", **some, finished_at=MARCH, deleted_at=NOON)


def page(client, query="year=2025"):
    return client.get(f"/statistics/?{query}").content.decode()


def words(html):
    return re.sub(r" ([.,])", r"\1", " ".join(re.sub(r"<[^>]+>", " ", html).split()))


def numbers(html):
    """(number, address) of everything on the page that counts articles and leads to a list."""
    links = re.findall(r'<a (?:class="lk" )?href="([^"]+)"[^>]*>(.*?)</a>', html[html.index('id="main"') :], re.S)
    number = re.compile(r"(?<!of)(?:^|\s)([\d,]+)(?: articles?| finished.*)?$")
    found = [(number.search(words(text)), href) for href, text in links]
    return [(int(match[1].replace(",", "")), unescape(href)) for match, href in found if match and href[0] == "/"]


def listed(client, reader, href):
    """How many articles the list at this address has."""
    if href.startswith("/library/"):
        return client.get(href).context["total"]
    return count(reader, parse_qs(urlsplit(href).query)["q"][0])


def test_an_empty_library_says_so(reading):
    assert "Your library is empty" in page(reading, "")


def test_the_year_is_told_in_a_sentence(reading, year):
    told = words(page(reading))
    assert "In 2025 you saved 5 articles and finished 4, about 70 minutes of reading." in told
    assert "1 of what you saved has notes of yours." in told
    assert "You came back most to sql." in told


def test_the_sentence_tells_what_was_marked_and_leads_to_the_passages_of_the_year(reading, reader, year):
    link = reader.links.get(title="A ledger")
    for quote, note, made in (("One", "", 2025), ("Two", "Mine.", 2025), ("Three", "", 2024)):
        Highlight.objects.create(link=link, quote=quote, note=note, created_at=MARCH.replace(year=made))
    binned = reader.links.get(title="Binned")
    Highlight.objects.create(link=binned, quote="Binned", created_at=MARCH)
    assert "You marked 2 passages, 1 with a note." in words(page(reading))
    end_of_year = keys.written(datetime(2026, 1, 1, tzinfo=UTC), 0)
    assert f'href="/highlights/?by=day&amp;after={end_of_year}"' in page(reading)
    assert "You marked 3 passages, 1 with a note." in words(page(reading, "year=all"))


def test_passages_reviewed_are_counted_where_that_is_known(reading, reader, year):
    Highlight.objects.create(link=reader.links.get(title="A ledger"), quote="One")
    Highlight.objects.create(link=reader.links.get(title="Binned"), quote="Binned")
    Review.objects.update(turns=1, since=timezone.now(), seen_at=timezone.now())
    told = [words(page(reading, f"year={asked}")) for asked in (timezone.localdate().year, "all", 2025)]
    assert ["Passages reviewed 1" in each for each in told] == [True, True, False]


@pytest.mark.parametrize("query", ["year=2025", "year=all"])
def test_every_number_has_its_list_and_the_list_has_as_many(reading, reader, year, query):
    article(reader, "Of this year", type="Essay", saved_at=timezone.now())
    html = re.sub(r"<td>(?:(?!</td>).)*</td></tr>", "", page(reading, query))  # the minutes, whose list has them
    found = numbers(html)
    assert len(found) > 10
    wrong = [(number, href) for number, href in found if listed(reading, reader, href) != int(number)]
    assert wrong == []


def test_a_tag_counts_with_those_below_it_each_article_once(reading, reader):
    for tags in ("nest", "nest nest/egg", "nest/egg nest/egg/shell", "nest/twig", "wood/oak", "sky"):
        article(reader, tags, tuple(tags.split()), saved_at=MARCH, state="finished", finished_at=MARCH)
    reader.tags.ensure(reader.pk, ["wood"])
    (tags,) = [part["rows"] for part in reading.get("/statistics/?year=2025").context["lists"] if "Tag" in part["head"]]
    assert {name: number for name, number, _ in tags} == {
        "nest": 4, "nest/egg": 2, "nest/egg/shell": 1, "nest/twig": 1, "sky": 1, "wood": 1, "wood/oak": 1,
    }  # fmt: skip
    assert [(number, href) for _, number, href in tags if listed(reading, reader, href) != number] == []


def test_each_finished_article_is_a_spine_of_its_month_as_high_as_it_is_long(reading, year):
    march = reading.get("/statistics/?year=2025").context["shelf"][2]
    assert (march["words"], march["number"], march["minutes"]) == ("March 2025", 3, 60)
    titles = [spine["title"] for spine in march["spines"]]
    assert titles == ["A ledger, 10 min", "A daybook, 40 min", "A journal, 10 min"]
    heights = [spine["height"] for spine in march["spines"]]
    assert heights[0] == heights[2] < heights[1]
    assert [number for number, _ in march["types"]] == [2, 1, 0]
    assert march["spines"][0]["kind"] == march["spines"][1]["kind"] != march["spines"][2]["kind"]


def test_the_tables_say_what_the_pictures_show(reading, year):
    told = words(page(reading))
    assert "March 2025 3 2 1 0 60" in told
    assert "March 2025 0 3 60" in told
    assert "February 2025 5 0 0" in told


def test_the_pictures_are_left_out_where_they_cannot_be_seen(reading, year):
    main = page(reading).partition('id="main"')[2].partition("</main>")[0]
    assert main.count("Show as a table") == 2
    drawn = re.findall(r"<svg ([^>]*)>(.*?)</svg>", main, re.S)
    heard = [inside for attributes, inside in drawn if "aria-hidden" not in attributes]
    assert all(re.fullmatch(r"<rect [^>]*/>", inside) for inside in heard)  # in a legend that is left out as a whole
    assert all('tabindex="-1"' in link for _, inside in drawn for link in re.findall(r"<a [^>]*>", inside))


def test_habits_are_told_from_what_was_finished(reading, year):
    told = {words: number for words, number, _ in reading.get("/statistics/?year=2025").context["habits"]}
    assert told == {
        "Article in the middle": "10 min",
        "Longest finished": "40 min",
        "Days with reading": "3 of 365",
        "From saved to finished": "36 days",
        "Most finished on": "Sundays",
        "Unread now": "1",
        "Time to read them": "1 minute",
        "Waiting over a year": "1",
    }


def test_where_nothing_was_finished_the_lists_are_of_what_was_saved(reading, reader):
    article(reader, "One", ("sql",), type="Essay", url="https://a.example/1")
    told = words(page(reading, "year=2026"))
    assert "Nothing finished in 2026." in told
    assert "What you saved Essay 1" in told
    assert 'href="/search/?q=type%3AEssay+saved%3A2026"' in page(reading, "year=2026")


def test_a_year_without_anything_says_so(reading, reader):
    article(reader, saved_at=datetime(2020, 5, 1, tzinfo=UTC))
    assert "Nothing saved or finished in 2022." in words(page(reading, "year=2022"))


def test_all_years_are_shown_as_bars_and_lead_to_each(reading, year):
    html = page(reading, "year=all")
    assert "spine" not in words(html)
    assert 'href="?year=2025"' in html
    assert words(html).count("Show as a table") == 1


def test_more_spines_than_can_be_seen_are_not_drawn(reading, year, monkeypatch):
    monkeypatch.setattr(figures, "MOST_SPINES", 3)
    html = page(reading)
    assert "Each spine" not in html
    assert "March 2025 0 3 60" in words(html)


@pytest.mark.parametrize("asked", ["", "1999", "x", "9" * 50, "%00", "-1"])
def test_a_year_that_is_not_in_the_library_is_answered_with_the_newest(reading, year, asked):
    assert reading.get(f"/statistics/?year={asked}").context["year"] == timezone.localdate().year


def test_many_years_come_together_as_one(reader):
    article(reader, saved_at=datetime(1950, 1, 1, tzinfo=UTC))
    article(reader, saved_at=datetime(2020, 1, 1, tzinfo=UTC))
    stretch = Stretch.of_all(years_of(reader, date(2026, 3, 1)))
    assert (stretch.whole, stretch.parts[0], len(stretch.parts)) == ("..2026", "..2002", figures.MOST_YEARS + 1)
    assert figures.figures_of(reader, stretch, date(2026, 3, 1)).saved["..2002"] == 1


def test_another_readers_articles_do_not_count(reading, reader, other_reader, year):
    article(other_reader, "Not yours", ("sql",), type="Essay", state="finished", saved_at=MARCH, finished_at=MARCH)
    assert "you saved 5 articles and finished 4," in words(page(reading))


def test_a_day_is_one_of_the_readers_own_time_zone(reading, reader, year):
    reader.time_zone = "Asia/Tokyo"
    reader.save()
    assert "finished 3, about 60 minutes" in words(page(reading))


def test_a_large_library_takes_no_more_queries(reading, reader, year, queries_of):
    few = {query: queries_of(lambda query=query: page(reading, query)) for query in ("year=2025", "year=all")}
    for number in range(60):
        article(reader, f"More {number}", (f"tag {number}",), type=f"Type {number}", saved_at=MARCH, state="finished",
                finished_at=MARCH, url=f"https://site{number}.example/")  # fmt: skip
    assert {query: queries_of(lambda query=query: page(reading, query)) for query in few} == few
    assert max(few.values()) <= 28
    assert len(re.findall(r"<progress", page(reading))) == 3 * figures.MOST_LISTED
