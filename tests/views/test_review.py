"""Daily review: five passages a day, the same all day, and what the reader says to them."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from library.models import Highlight, Review
from library.models.reviews import left_today
from library.models.writing import bin_link
from library.views import review
from library.views.anniversaries import on_this_day
from tests.views.shelf import article

pytestmark = pytest.mark.django_db
LAST_YEAR = timezone.now() - timedelta(days=400)


@pytest.fixture
def link(reader):
    return article(reader, "The ledger", ("sql",), type="Essay", url="https://slow.example/x", article="Text.")


def put(link, number: int, seen_days_ago: int = 0, turns: int = 0, **more) -> Highlight:
    """A passage of last year; seen already where that is said."""
    made = LAST_YEAR + timedelta(days=number)
    highlight = Highlight.objects.create(link=link, quote=f"Passage {number}.", **{"created_at": made, **more})
    if seen_days_ago:
        seen = timezone.now() - timedelta(days=seen_days_ago)
        Review.objects.filter(pk=highlight.pk).update(turns=turns or 1, since=seen, seen_at=seen)
    return highlight


def today(client) -> list[str]:
    """The passages of the day, as the cards show them."""
    total = client.get("/review/1/").context["total"]
    return [client.get(f"/review/{number}/").context["highlight"].quote for number in range(1, total + 1)]


def passages(*numbers: int) -> list[str]:
    return [f"Passage {number}." for number in numbers]


def go_on(client, number: int, act: str = ""):
    pk = client.get(f"/review/{number}/").context["highlight"].pk
    return client.post(f"/review/{number}/", {"passage": pk, "act": act}, follow=True)


def words(answer) -> str:
    main = answer.content.decode().partition('id="main"')[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def flash(answer) -> tuple[str, str]:
    """What the last message says, and where its Undo leads."""
    (message,) = answer.context["messages"]
    return str(message), message.extra_tags


# --- which five


def test_those_never_seen_come_first_then_those_seen_least_then_those_seen_longest_ago(reading, link):
    put(link, 1, seen_days_ago=9, turns=2)
    put(link, 2, seen_days_ago=3)
    put(link, 3, seen_days_ago=5)
    put(link, 5)
    put(link, 4)
    put(link, 6, seen_days_ago=30, turns=3)
    assert today(reading) == passages(4, 5, 3, 2, 1)


def test_the_five_are_the_same_all_day(reading, link):
    for number in range(8):
        put(link, number)
    assert today(reading) == passages(0, 1, 2, 3, 4)
    go_on(reading, 1)
    go_on(reading, 2)
    assert today(reading) == passages(0, 1, 2, 3, 4)
    assert reading.get("/review/").context["number"] == 3


def test_what_is_marked_today_takes_no_place_from_what_was_there(reading, link):
    put(link, 1, seen_days_ago=3)
    put(link, 2, created_at=timezone.now())
    put(link, 3, seen_days_ago=2)
    assert today(reading) == passages(1, 3, 2)


def test_the_next_day_goes_on_with_the_next_ones(reading, reader, link):
    for number in range(7):
        put(link, number)
    for number in range(1, 6):
        go_on(reading, number)
    yesterday = timezone.now() - timedelta(days=1)
    Review.objects.of(reader).seen().update(since=yesterday, seen_at=yesterday)
    assert today(reading) == passages(5, 6, 0, 1, 2)


def test_a_day_is_one_of_the_readers_own_time_zone(reading, reader, link):
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):  # 25 hours apart: their days never end at once
        reader.time_zone = zone
        reader.save()
        highlight = put(link, 1)
        with timezone.override(zone):
            began = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        Review.objects.filter(pk=highlight.pk).update(turns=1, since=began, seen_at=began)
        assert "That’s all for today." in words(reading.get("/review/"))
        before = began - timedelta(seconds=1)
        Review.objects.filter(pk=highlight.pk).update(since=before, seen_at=before)
        assert "1 of 1" in words(reading.get("/review/"))
        highlight.delete()


def test_passages_of_articles_in_the_bin_do_not_come_up_and_those_that_lost_their_place_do(reading, reader, link):
    binned = article(reader, "Binned")
    put(binned, 1)
    put(link, 2, section=None, start=None)
    bin_link(binned)
    assert today(reading) == passages(2)


def test_nobody_reviews_anothers_passages(reading, other_reader):
    theirs = put(article(other_reader), 1)
    assert "Nothing to review yet" in words(reading.get("/review/"))
    assert reading.post("/review/1/", {"passage": theirs.pk, "act": "stop"}).status_code == 404
    assert reading.post(f"/review/{theirs.pk}/undo/").status_code == 404
    assert Review.objects.get(pk=theirs.pk).seen_at is None


# --- a card


def test_a_card_shows_the_passage_its_note_and_where_it_is_from(reading, link):
    made = put(link, 1, note="Why *so*?", colour="woad")
    page = reading.get("/review/").content.decode()
    assert '<mark class="hl woad"><span class="vh">Woad: </span>Passage 1.</mark>' in page
    assert "Why <em>so</em>?" in page
    assert re.search(r"The ledger</a><span>Essay</span><span>slow.example</span><time [^>]*>14 March 2026</time>", page)
    assert 'class="tag" href="/tags/sql/">sql</a>' in page
    assert f'href="/read/{link.pk}-the-ledger/?back=/review/1/#hl-{made.pk}"' in page


def test_the_reader_leads_back_to_the_card(reading, link):
    put(link, 1)
    page = reading.get(f"/read/{link.pk}-the-ledger/?back=/review/1/").content.decode()
    assert re.search(r'<a [^>]*href="/review/1/"[^>]*>.*?Daily review</a>', page)


def test_an_edit_of_the_note_leads_back_to_the_card(reading, link):
    made = put(link, 1)
    page = reading.get(f"/highlights/{made.pk}/", headers={"referer": "http://testserver/review/1/"}).content.decode()
    assert 'name="next" value="/review/1/"' in page
    values = {"colour": "madder", "note": "New.", "next": "/review/1/"}
    answer = reading.post(f"/highlights/{made.pk}/", values)
    assert answer.headers["Location"] == f"/review/1/#hl-{made.pk}"
    assert f'id="hl-{made.pk}"' in reading.get("/review/1/").content.decode()


@pytest.mark.parametrize("number", [0, 2, 99])
def test_there_are_no_cards_beyond_the_days(reading, link, number):
    put(link, 1)
    assert reading.get(f"/review/{number}/").status_code == 404


@pytest.mark.parametrize("passage", ["", "x", "-1", "9" * 40, "\x00"])
def test_what_names_no_passage_changes_nothing(reading, link, passage):
    put(link, 1)
    assert reading.post("/review/1/", {"passage": passage}).status_code == 404
    assert "1 of 1" in words(reading.get("/review/"))


# --- going through them


def test_looking_at_a_card_is_not_seeing_it_until_the_reader_goes_on(reading, reader, link):
    put(link, 1)
    put(link, 2)
    reading.get("/review/")
    assert left_today(reader) == 2
    assert "2 of 2" in words(go_on(reading, 1))
    assert left_today(reader) == 1


def test_the_end_says_how_many_there_were_and_lists_them(reading, link):
    for number in (1, 2):
        put(link, number)
    go_on(reading, 1)
    told = words(go_on(reading, 2))
    assert "That’s all for today. You went through 2 passages." in told
    assert "Passage 1." in told
    assert "Passage 2." in told
    assert 'href="/review/shown/"' in reading.get("/review/").content.decode()


def test_going_on_twice_counts_once(reading, link):
    made = put(link, 1)
    go_on(reading, 1)
    go_on(reading, 1)
    assert Review.objects.get(pk=made.pk).turns == 1


def test_what_is_to_come_up_less_often_lets_others_go_before(reading, link):
    put(link, 1)
    assert flash(go_on(reading, 1, "seldom"))[0] == "It will come up less often."
    put(link, 2, seen_days_ago=1, turns=3)
    Review.objects.update(since=LAST_YEAR, seen_at=LAST_YEAR)
    put(link, 3)
    assert today(reading) == passages(3, 2, 1)


def test_less_often_can_be_taken_back(reading, link):
    made = put(link, 1)
    undo_by = flash(go_on(reading, 1, "seldom"))[1]
    assert "It comes up less often." in words(reading.get("/review/1/"))
    reading.post(undo_by, {"next": "/review/1/"})
    assert "Less often" in words(reading.get("/review/1/"))
    assert Review.objects.get(pk=made.pk).turns == 1


def test_what_is_stopped_does_not_come_up_again_until_that_is_undone(reading, link):
    for number in (1, 2, 3):
        put(link, number)
    answer = go_on(reading, 2, "stop")
    assert flash(answer)[0] == "It won’t come up again."
    assert today(reading) == passages(1, 3)
    assert "2 of 2" in words(answer)
    reading.post(flash(answer)[1], {"next": "/review/2/"})
    assert sorted(today(reading)) == passages(1, 2, 3)


def test_no_other_takes_the_place_of_one_that_was_stopped_today(reading, link):
    for number in range(7):
        put(link, number)
    go_on(reading, 1, "stop")
    assert today(reading) == passages(1, 2, 3, 4)


def test_all_stopped_is_said_and_what_was_stopped_can_come_up_again(reading, link):
    made = put(link, 1)
    assert "You went through 1 passage. None is left that comes up." in words(go_on(reading, 1, "stop"))
    Review.objects.update(since=LAST_YEAR, seen_at=LAST_YEAR)
    assert "No passage is left that comes up." in words(reading.get("/review/"))
    page = reading.get("/review/shown/?stopped=1").content.decode()
    assert "Passage 1." in page
    reading.post(f"/review/{made.pk}/undo/?act=stop", {"next": "/review/shown/"})
    assert "Nothing is stopped" in words(reading.get("/review/shown/?stopped=1"))
    assert today(reading) == passages(1)


def test_all_that_was_shown_comes_page_by_page_seen_last_first(reading, link, monkeypatch):
    monkeypatch.setattr(review, "PAGE", 2)
    for number in range(1, 6):
        put(link, number, seen_days_ago=number)
    found, address = [], "/review/shown/"
    while address:
        page = reading.get(address)
        found += [row["quote"] for row in page.context["rows"]]
        address = f"/review/shown/?after={page.context['after']}" if page.context["after"] else ""
    assert found == passages(1, 2, 3, 4, 5)
    assert "Nothing after this" in words(reading.get("/review/shown/?after=0.1"))


# --- beside it


@pytest.mark.django_db(transaction=True)
def test_the_rail_says_how_many_are_left_today(reading, link):
    put(link, 1)
    put(link, 2)

    def beside():
        return reading.get("/settings/").context["rail"].review

    assert beside() == "2"
    go_on(reading, 1)
    assert beside() == "1"
    go_on(reading, 2)
    assert beside() == ""


def test_many_passages_take_no_more_queries(reading, reader, link, queries_of):
    addresses = ["/review/1/", "/review/shown/", "/review/"]
    for number in range(6):
        put(link, number, seen_days_ago=number and 2)
    few = [queries_of(lambda address=address: reading.get(address)) for address in addresses]
    for number in range(60):
        other = article(reader, f"More {number}", url=f"https://x.example/{number}")
        put(other, 10 + number, seen_days_ago=number % 2 and 3, note="Mine.")
    assert [queries_of(lambda address=address: reading.get(address)) for address in addresses] == few


# --- on this day


def test_this_day_of_earlier_years_is_told_with_links(reading, reader, link, monkeypatch):
    noon = datetime(2024, 3, 14, 12, tzinfo=UTC)
    old = article(reader, "Old", saved_at=noon, finished_at=noon.replace(year=2025), state="finished")
    article(reader, "The day after", saved_at=noon + timedelta(days=1))
    article(reader, "Binned", saved_at=noon, deleted_at=noon)
    made = put(link, 1, created_at=noon.replace(year=2023))
    Review.objects.update(stopped=True)
    monkeypatch.setattr(timezone, "now", lambda: noon.replace(year=2026))
    page = reading.get("/review/")
    assert "Old saved in 2024 Old finished in 2025 Passage 1. marked in 2023 The ledger" in words(page)
    addresses = re.findall(r'<p dir="auto"><a href="([^"]+)"', page.content.decode())
    assert addresses == [*[f"/read/{old.pk}-old/"] * 2, f"/read/{link.pk}-the-ledger/#hl-{made.pk}"]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ((2028, 2, 29), ["Leap day"]),
        ((2028, 2, 28), ["The day before"]),
        ((2026, 2, 28), ["Leap day", "The day before"]),
        ((2026, 3, 1), []),
    ],
)
def test_a_leap_day_comes_back_on_the_28th_where_there_is_none(reader, now, expected):
    article(reader, "Leap day", saved_at=datetime(2024, 2, 29, 12, tzinfo=UTC))
    article(reader, "The day before", saved_at=datetime(2024, 2, 28, 12, tzinfo=UTC))
    assert [each["words"] for each in on_this_day(reader, date(*now))] == expected


def test_a_day_on_which_nothing_happened_says_nothing(reading, link):
    assert "On this day" not in words(reading.get("/review/"))
