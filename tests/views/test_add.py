"""Adding a link by hand. Nothing is fetched."""

from datetime import UTC, datetime

import pytest

from library.forms import edit
from library.models import Link
from library.models.writing import bin_link, move_address

pytestmark = pytest.mark.django_db
ADDRESS = "https://example.org/page"


@pytest.fixture
def known(reader):
    link = Link(owner=reader, saved_at=datetime(2025, 5, 3, tzinfo=UTC))
    link.set_title("Known")
    link.set_address(ADDRESS)
    link.save()
    return link


def add(client, **answers):
    return client.post("/add/", answers)


def test_an_address_is_enough(reading, reader):
    answer = add(reading, url=ADDRESS)
    link = reader.links.get()
    assert answer.url == f"/read/{link.pk}-article/"
    assert (link.url, link.site, link.state) == (ADDRESS, "example.org", "inbox")


def test_title_type_tags_and_note_come_along(reading, reader):
    add(reading, url=ADDRESS, title="A page", type="Essay", tags="go, c++", note="Read this")
    link = reader.links.get()
    assert (link.title, link.type, link.has_note) == ("A page", "Essay", True)
    assert sorted(tag.name for tag in link.tags.all()) == ["c++", "go"]


def test_the_message_says_what_was_saved_and_offers_undo(reading, reader):
    add(reading, url=ADDRESS, title="A page")
    page = reading.get("/settings/").content.decode()
    assert "Saved to your inbox: A page." in page
    assert f'action="/read/{reader.links.get().pk}/bin/"' in page


def test_an_address_may_come_without_its_scheme(reading, reader):
    add(reading, url=" example.org/page ")
    assert reader.links.get().url == ADDRESS


@pytest.mark.parametrize("address", ["word", "ftp://example.org/", "javascript:alert(1)", "https://", "mailto:a@b.c"])
def test_what_is_no_web_address_is_refused(reading, address):
    assert "This isn’t a web address." in add(reading, url=address).content.decode()
    assert not Link.objects.exists()


def test_a_blank_form_asks_for_an_address(reading):
    assert "Write an address first." in add(reading).content.decode()


def test_a_bookmarklet_fills_the_form(reading):
    page = reading.get("/add/", {"url": ADDRESS, "title": "A <b>page</b>"}).content.decode()
    assert f'value="{ADDRESS}"' in page
    assert 'value="A &lt;b&gt;page&lt;/b&gt;"' in page


@pytest.mark.parametrize("address", [ADDRESS, "http://EXAMPLE.org/page/?utm_source=mail", "example.org/page"])
def test_a_known_address_leads_to_its_article_before_and_after_sending(reading, known, address):
    for answer in (reading.get("/add/", {"url": address}), add(reading, url=address)):
        page = answer.content.decode()
        assert "You saved this on <time" in page
        assert ">3 May 2025</time>" in page
        assert f'href="/read/{known.pk}-known/"' in page
    assert Link.objects.count() == 1


def test_a_former_address_is_known_too(reading, known):
    move_address(known, "https://example.org/moved")
    known.save()
    assert "You saved this on" in add(reading, url=ADDRESS).content.decode()


def test_what_is_in_the_bin_is_offered_back(reading, known):
    bin_link(known)
    page = add(reading, url=ADDRESS).content.decode()
    assert "and moved it to the Bin on" in page
    assert f'action="/read/{known.pk}/restore/"' in page


def test_another_readers_article_is_not_known_here(client, known, other_reader):
    client.force_login(other_reader)
    assert add(client, url=ADDRESS).status_code == 302
    assert Link.objects.count() == 2


def test_of_two_who_save_one_address_at_once_the_second_is_told(reading, known, monkeypatch):
    looks, look = [], edit.link_at

    def too_early(*given):
        """The form looks twice, once when it is made and once when it is checked, before the other article is there."""
        looks.append(given)
        return look(*given) if len(looks) > 2 else None

    monkeypatch.setattr(edit, "link_at", too_early)
    assert "You saved this on" in add(reading, url=ADDRESS).content.decode()
    assert Link.objects.count() == 1


def test_a_large_library_takes_no_more_queries(reading, reader, known, queries_of):
    few = queries_of(lambda: reading.get("/add/"))
    for number in range(40):
        add(reading, url=f"{ADDRESS}/{number}", type=f"Type {number}", tags=f"tag {number}")
    assert queries_of(lambda: reading.get("/add/")) == few <= 16
