"""The Bin: what is there, how it comes back, and how it goes for good."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from library.models import Change, Kind, Link, Original, Section, Source
from library.models.writing import bin_link, write_section
from library.views import bin

pytestmark = pytest.mark.django_db


@pytest.fixture
def binned(reader):
    """Makes that many articles in the Bin, the last one first."""

    def make(number, owner=reader):
        now = timezone.now()
        return Link.objects.bulk_create(
            Link(owner=owner, title=f"Title {i}", deleted_at=now - timedelta(days=number - i)) for i in range(number)
        )

    return make


def titles(page):
    return re.findall(r'<h3><a href="/read/[^"]+" dir="auto">([^<]+)</a>', page.content.decode())


def test_an_empty_bin_says_how_it_fills(reading):
    assert "The Bin is empty" in reading.get("/bin/").content.decode()


def test_the_bin_shows_what_was_deleted_last_first_and_until_when_it_stays(reading, binned):
    binned(3)
    page = reading.get("/bin/")
    assert titles(page) == ["Title 2", "Title 1", "Title 0"]
    assert 'data-count="3"' in page.content.decode()
    assert "kept for 30 days" in page.content.decode()
    goes = timezone.localtime() - timedelta(days=1) + timedelta(days=30)
    assert f"{goes.day} {goes:%b}</time></span>" in page.content.decode()


def test_every_page_of_a_full_bin_is_reached(reading, binned):
    binned(120)
    seen, page = [], reading.get("/bin/")
    while True:
        seen += titles(page)
        older = re.search(r'href="(\?after=[^"]+)"', page.content.decode())
        if not older:
            break
        page = reading.get("/bin/" + older[1])
    assert seen == [f"Title {i}" for i in reversed(range(120))]


def test_articles_deleted_in_the_same_moment_are_all_reached(reading, reader):
    Link.objects.bulk_create(Link(owner=reader, title=str(i), deleted_at=timezone.now()) for i in range(60))
    Link.objects.update(deleted_at=timezone.now())
    first = reading.get("/bin/")
    second = reading.get("/bin/?after=" + first.context["after"])
    assert len({*titles(first), *titles(second)}) == 60


@pytest.mark.parametrize("key", ["x", ".", "1.2.3", "9" * 30 + ".1", "1." + "9" * 30, "-1.-1", "١.١", "%00"])
def test_a_page_that_cannot_be_is_answered(reading, binned, key):
    binned(1)
    assert reading.get("/bin/", {"after": key}).status_code == 200


def test_an_article_can_be_restored(reading, binned):
    (link,) = binned(1)
    assert f'action="/read/{link.pk}/restore/"' in reading.get("/bin/").content.decode()
    reading.post(f"/read/{link.pk}/restore/", {"next": "/bin/"})
    link.refresh_from_db()
    assert link.deleted_at is None


def test_deleting_for_good_shows_first_what_goes(reading, binned):
    (link,) = binned(1)
    write_section(link, Kind.NOTE, "one")
    write_section(link, Kind.NOTE, "two")
    page = reading.get(f"/bin/{link.pk}/delete/").content.decode()
    assert "1 text, 1 earlier version go with it. This can’t be undone." in page
    assert Link.objects.exists()


def test_deleting_for_good_takes_everything_of_the_article(reading, reader, binned):
    (link,) = binned(1)
    write_section(link, Kind.NOTE, "one")
    original = Original.objects.create(sha256="0" * 64, size=1, compressed=b"x")
    Source.objects.create(owner=reader, link=link, format="x", key="x", original=original)
    assert reading.post(f"/bin/{link.pk}/delete/").url == "/bin/"
    for model in (Link, Section, Change, Source, Original):
        assert not model.objects.exists()


def test_what_is_not_in_the_bin_cannot_be_deleted(reading, reader):
    link = Link.objects.create(owner=reader)
    assert reading.get(f"/bin/{link.pk}/delete/").status_code == 404
    assert reading.post(f"/bin/{link.pk}/delete/").status_code == 404


def test_emptying_shows_the_counts_first(reading, binned):
    first, *_ = binned(3)
    write_section(first, Kind.NOTE, "mine")
    page = reading.get("/bin/empty/").content.decode()
    assert "3 articles go for good, with their texts, versions and imported files; 1 of them has notes" in page
    assert Link.objects.count() == 3


def empty(client):
    until = client.get("/bin/empty/").context["until"]
    return client.post("/bin/empty/", {"until": until}, follow=True)


def test_emptying_takes_all_of_the_readers_bin_and_nothing_else(reading, reader, other_reader, binned):
    binned(3)
    binned(2, owner=other_reader)
    Link.objects.create(owner=reader, title="Kept")
    assert "3 articles deleted for good." in empty(reading).content.decode()
    assert (reader.links.count(), other_reader.links.count()) == (1, 2)


def test_what_came_into_the_bin_since_the_counts_were_shown_stays(reading, reader, binned):
    binned(1)
    until = reading.get("/bin/empty/").context["until"]
    late = Link.objects.create(owner=reader)
    bin_link(late)
    reading.post("/bin/empty/", {"until": until})
    assert list(reader.links.all()) == [late]


def test_a_bin_too_full_for_one_request_says_what_is_left(reading, binned, monkeypatch):
    binned(3)
    monkeypatch.setattr(bin, "EMPTYING_SECONDS", 0)
    assert "0 articles deleted for good. 3 are left: empty the Bin again." in empty(reading).content.decode()


def test_an_empty_bin_cannot_be_emptied(reading):
    assert "It is empty already." in reading.get("/bin/empty/").content.decode()


def test_a_full_bin_takes_no_more_queries(reading, binned, queries_of):
    binned(2)
    few = queries_of(lambda: reading.get("/bin/"))
    binned(60)
    assert queries_of(lambda: reading.get("/bin/")) == few <= 17
