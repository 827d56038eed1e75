"""How far a reader came in an article: kept as they read on, and marked by hand where no script runs."""

import re

import pytest

from library.models import Link, State
from tests.views.shelf import article

pytestmark = pytest.mark.django_db
TEXT = "Before.\n\n## First\n\nOne.\n\n## Second\n\nTwo."


@pytest.fixture
def link(reader) -> Link:
    return article(reader, article=TEXT)


def tell(client, link: Link, place: str, **fields: str):
    answer = client.post(f"/read/{link.pk}/progress/", {"place": place, **fields})
    link.refresh_from_db()
    return answer


def test_a_place_further_on_is_kept_and_one_before_it_is_not(reading, link):
    assert tell(reading, link, "3/40").status_code == 204
    tell(reading, link, "1/10")
    assert (link.place, link.progress) == (3, 40)
    tell(reading, link, "4/60")
    assert (link.place, link.progress) == (4, 60)


def test_with_the_first_place_reading_has_begun_and_that_can_be_undone(reading, link):
    tell(reading, link, "1/5")
    assert link.state == State.READING
    reading.post(f"/activity/{link.changes.get().pk}/undo/")
    tell(reading, link, "2/20")
    assert (link.state, link.progress) == (State.INBOX, 20)


@pytest.mark.parametrize("state", ["finished", "archived"])
def test_reading_again_leaves_the_state_of_what_is_done(reading, reader, state):
    link = article(reader, article=TEXT, state=state)
    tell(reading, link, "2/20")
    assert (link.state, link.progress) == (state, 20)


@pytest.mark.parametrize("place", ["", "3", "3/101", "-1/5", "x/y", "99999999/5", "1/5/9"])
def test_what_is_no_place_is_not_kept(reading, link, place):
    assert tell(reading, link, place).status_code == 400
    assert (link.place, link.progress) == (None, 0)


def test_another_readers_place_is_theirs(reading, other_reader):
    assert tell(reading, article(other_reader, article=TEXT), "1/5").status_code == 404


def test_without_a_script_a_place_is_marked_at_a_heading_also_further_up(reading, link):
    tell(reading, link, "5/99")
    page = reading.get(f"/read/{link.pk}-the-ledger/").content.decode()
    buttons = re.findall(r'name="place" value="([^"]+)" formaction="([^"]+)"', page)
    assert [place for place, _ in buttons] == ["1/17", "3/57"]
    answer = reading.post(buttons[0][1], {"place": buttons[0][0], "next": f"/read/{link.pk}-the-ledger/?back=/tags/"})
    assert answer.url == f"/read/{link.pk}-the-ledger/?back=/tags/#h-first"
    link.refresh_from_db()
    assert link.place == 1
    page = reading.get(f"/read/{link.pk}-the-ledger/").content.decode()
    assert "Your place is marked, at 17%." in page
    assert 'href="#h-first">Go on where you left off, at 17%</a>' in page


def test_what_is_done_is_read_from_its_beginning(reading, link):
    tell(reading, link, "3/57")
    reading.post(f"/read/{link.pk}/state/", {"state": "finished"})
    assert "Go on where you left off" not in reading.get(f"/read/{link.pk}-the-ledger/").content.decode()


def test_what_is_left_to_read_is_told_in_minutes(reading, reader):
    link = article(reader, article=TEXT, state="reading", progress=40)
    Link.objects.update(minutes=10)
    assert "40% · 6 min left" in reading.get(f"/read/{link.pk}-the-ledger/").content.decode()


def test_the_desk_of_the_library_shows_what_was_read_on_at_once(reading, link):
    tell(reading, link, "1/5")
    reading.get("/library/")
    tell(reading, link, "4/60")
    assert "60%" in reading.get("/library/").context["desk"]
