"""The reader's notes on an article as a whole."""

import html
import re

import pytest

from library.content.anchors import Anchor
from library.highlighting import mark
from library.models import Author, Link
from tests.views.shelf import article

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(reader) -> Link:
    return article(reader, article="Text.", note="Mine.")


def note_of(link: Link) -> str:
    return link.sections.get(kind="note").text


def base(client, link: Link) -> str:
    return re.search(r'name="base" value="(\w+)"', client.get(f"/read/{link.pk}/note/").content.decode())[1]


def save(client, link: Link, note: str, **fields: str):
    return client.post(f"/read/{link.pk}/note/", {"note": note, **fields}, follow=True)


def test_notes_are_written_below_the_article_and_shown_there(reading, reader):
    link = article(reader, article="Text.")
    page = save(reading, link, "## Why\n\nFor *this*.").content.decode()
    assert "Saved your notes." in page
    assert "<em>this</em>" in page
    assert link.sections.get(kind="note").author == Author.READER


def test_what_notes_said_before_is_kept_and_a_save_can_be_undone(reading, link):
    page = save(reading, link, "Changed.").content.decode()
    assert note_of(link) == "Changed."
    undo = re.search(r'id="flash".*?action="([^"]+)"', page)[1]
    reading.post(undo)
    assert note_of(link) == "Mine."


def test_a_preview_shows_the_notes_and_saves_nothing(reading, link):
    page = save(reading, link, "A *new* one <script>x()</script>", preview="1").content.decode()
    assert "A <em>new</em> one" in page
    assert "<script>x()" not in page
    assert html.escape("<script>x()") in page
    assert note_of(link) == "Mine."


def test_notes_that_changed_elsewhere_are_not_overwritten_unseen(reading, link):
    seen = base(reading, link)
    save(reading, link, "From another tab.", base=seen)
    answer = save(reading, link, "From this tab.", base=seen)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert note_of(link) == "From another tab."
    assert "changed elsewhere" in page
    assert "From this tab." in page
    assert ">From another tab.</pre>" in page
    save(reading, link, "Both.", base=re.search(r'name="base" value="(\w+)"', page)[1])
    assert note_of(link) == "Both."


def test_saving_the_same_notes_again_tells_of_nothing(reading, link):
    assert "Saved your notes." not in save(reading, link, "Mine.").content.decode()
    assert not link.changes.exists()


def test_a_highlight_in_the_notes_is_placed_again(reading, reader):
    link = article(reader, note="The first book lay open.")
    made = mark(link.sections.get(), Anchor("first book"), "woad")[0]
    save(reading, link, "Before it. The first book lay open.")
    made.refresh_from_db()
    assert (made.start, made.quote) == (15, "first book")


def test_notes_on_what_is_in_the_bin_wait_until_it_is_restored(reading, reader):
    link = article(reader, note="Mine.", deleted_at=article(reader).saved_at)
    page = reading.get(f"/read/{link.pk}-the-ledger/").content.decode()
    assert "Mine." in page
    assert 'data-draft="' not in page
    assert reading.get(f"/read/{link.pk}/note/").status_code == 404
    assert reading.post(f"/read/{link.pk}/note/", {"note": "x"}).status_code == 404


def test_another_readers_notes_are_not_there(reading, other_reader):
    theirs = article(other_reader, note="Theirs.")
    assert reading.get(f"/read/{theirs.pk}/note/").status_code == 404
    assert save(reading, theirs, "Mine.").status_code == 404
