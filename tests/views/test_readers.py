"""The readers of a server, as those who run it see them, and as nobody else does."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from library.models import Departure, Event, Invitation, SecurityEvent, User
from library.views.readers import SHOWN
from tests.views.doors import again
from tests.views.household import PASSWORD, invite, make_staff, open_invitation
from tests.views.shelf import article
from tests.walls.table import STAFFS, address, told

pytestmark = pytest.mark.django_db
PAGE = "/settings/readers/"


@pytest.fixture
def staff(reading, reader):
    """The browser of ada, who runs the server."""
    make_staff(reader)
    again(reading)
    return reading


def act(staff, reader, what):
    page = staff.post(f"{PAGE}{reader.pk}/", {"act": what}, follow=True)
    reader.refresh_from_db()
    return page.content.decode()


def test_the_page_tells_who_reads_here_and_nothing_of_what(staff, reader, other_reader):
    article(other_reader, "A secret title")
    page = staff.get(PAGE).content.decode()
    assert re.search(r"ben</a></td>\s*<td>.*Read</span></td><td class=\"r\">1 article</td><td class=\"r\">Never", page)
    assert "That is you." in page
    assert "secret" not in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_to_who_does_not_run_the_server_there_is_no_such_page(reading, other_reader, method):
    invitation = other_reader.invitations.create(note="x")
    for route in STAFFS:
        ask = getattr(reading, method)
        there = ask(address(route, {"reader": other_reader.pk, "invitation": invitation.pk}))
        assert there.status_code in {404, 405}
        assert told(there) == told(ask(address(route, {"reader": 987, "invitation": 987})))
    assert User.objects.count() == 2


def test_the_address_of_an_invitation_is_shown_once(staff):
    page = staff.post(f"{PAGE}invite/", {"note": "For cay"}, follow=True)
    assert re.fullmatch(r"http://127.0.0.1:8000/invitation/\?token=[\w-]{43}", page.context["address"])
    again = staff.get(PAGE).content.decode()
    assert "/invitation/" not in again
    assert "For cay" in again


def test_the_token_itself_is_not_kept(staff):
    token = invite(staff).partition("=")[2]
    kept = [str(value) for row in Invitation.objects.values_list() for value in row]
    assert token not in "".join(kept)


def test_an_invitation_is_withdrawn(staff, client):
    shown = invite(staff)
    staff.post(f"{PAGE}invitations/{Invitation.objects.get().pk}/withdraw/")
    assert "For cay" not in staff.get(PAGE).content.decode()
    assert Client().get(shown).status_code == 404


def test_one_that_was_used_stays_used(staff):
    invite(staff)
    Invitation.objects.update(used_at=timezone.now())
    page = staff.post(f"{PAGE}invitations/{Invitation.objects.get().pk}/withdraw/", follow=True)
    assert "was open no more" in page.content.decode()
    assert Invitation.objects.get().withdrawn_at is None


@pytest.mark.parametrize("what", ["shut-out", "take"])
def test_who_may_invite_no_more_comes_in_by_no_invitation_of_before(staff, other_reader, client, what):
    make_staff(other_reader)
    _, token = Invitation.objects.invite(other_reader, "for myself, later")
    act(staff, other_reader, what)
    assert client.get("/invitation/", {"token": token}).status_code == 404
    assert not Invitation.objects.open().exists()


def test_so_many_invitations_are_open_at_most(staff, reader, monkeypatch):
    monkeypatch.setattr("library.views.readers.MOST_OPEN", 1)
    invite(staff)
    assert "invitations are open" in staff.post(f"{PAGE}invite/", follow=True).content.decode()
    assert Invitation.objects.count() == 1


def test_who_is_shut_out_is_logged_out_at_once_and_comes_in_no_more(staff, other_reader):
    ben = Client()
    ben.force_login(other_reader)
    assert "Let in again" in act(staff, other_reader, "shut-out")
    assert ben.get("/library/").status_code == 302
    ben.post("/login/", {"login": "ben", "password": "another long passphrase"})
    assert ben.get("/library/").status_code == 302


def test_who_is_let_in_again_finds_everything_as_it_was(staff, other_reader):
    article(other_reader, "Mine")
    act(staff, other_reader, "shut-out")
    assert "ben can log in again." in act(staff, other_reader, "let-in")
    assert other_reader.is_active
    assert other_reader.links.count() == 1


def test_staff_rights_are_given_and_taken(staff, other_reader):
    act(staff, other_reader, "give")
    assert (other_reader.is_staff, other_reader.is_superuser) == (True, True)
    act(staff, other_reader, "take")
    assert (other_reader.is_staff, other_reader.is_superuser) == (False, False)


@pytest.mark.parametrize("what", ["shut-out", "take"])
def test_nobody_does_it_to_themselves(staff, reader, other_reader, what):
    make_staff(other_reader)
    assert "your own account" in act(staff, reader, what)
    assert (reader.is_active, reader.is_staff) == (True, True)


@pytest.mark.parametrize("path", ["invite/", "{}/", "{}/delete/"])
def test_before_it_the_page_asks_who_one_is_and_then_goes_on_by_itself(reading, reader, other_reader, path):
    make_staff(reader)
    User.objects.filter(pk=other_reader.pk).update(is_active=False)
    address = PAGE + path.format(other_reader.pk)

    def is_done() -> bool:
        other_reader.refresh_from_db()
        return Invitation.objects.exists() or Departure.objects.exists() or other_reader.is_active

    question = reading.post(address, {"note": "x", "act": "let-in", "name": "ben"}).url
    assert question.startswith("/login/again/") and not is_done()
    reading.post(question, {"password": PASSWORD, "next": address})
    assert is_done()


def test_an_act_that_is_none_changes_nothing(staff, other_reader):
    assert "Give staff rights" in act(staff, other_reader, "crown")


def test_only_who_is_shut_out_can_be_deleted_here(staff, other_reader):
    path = f"{PAGE}{other_reader.pk}/delete/"
    assert staff.post(path, {"name": "ben"}).status_code == 404
    act(staff, other_reader, "shut-out")
    assert "1 article, 0 highlights" not in staff.get(path).content.decode()
    assert staff.post(path, {"name": "bend"}).status_code == 400
    assert not Departure.objects.exists()
    page = staff.post(path, {"name": "ben"}, follow=True).content.decode()
    assert "is being deleted" in page
    assert f"{other_reader.pk}/" not in page
    assert Departure.objects.get().reader == other_reader


def test_who_is_leaving_is_no_longer_here(staff, other_reader):
    Departure.objects.create(reader=other_reader)
    assert "ben" not in staff.get(PAGE).content.decode()
    assert staff.get(f"{PAGE}{other_reader.pk}/").status_code == 404
    assert "ben" not in staff.get("/admin/library/user/").content.decode()


def test_who_runs_the_server_opens_nothing_of_others(staff, other_reader):
    run = other_reader.import_runs.create(label="Mine", state="done")
    for path in ("", "check/", "list.csv", "undo/"):
        assert staff.get(f"/import/{run.pk}/{path}").status_code == 404


def test_every_page_of_many_readers_is_reached(staff):
    User.objects.bulk_create(User(username=f"r{number}") for number in range(SHOWN + 5))
    first = staff.get(PAGE)
    second = staff.get(PAGE, {"after": first.context["after"]})
    assert len([*first.context["rows"], *second.context["rows"]]) == SHOWN + 6
    assert second.context["after"] is None


@pytest.mark.parametrize("key", ["x", "-1", "٣", "9" * 30])
def test_a_page_that_cannot_be_is_answered(staff, key):
    assert staff.get(PAGE, {"after": key}).status_code == 200


def test_the_page_asks_as_much_for_many_as_for_one(staff, reader, queries_of):
    one = queries_of(lambda: staff.get(PAGE))
    for number in range(20):
        article(User.objects.create(username=f"r{number}"), "An article")
        Invitation.objects.invite(reader, f"For {number}")
    assert queries_of(lambda: staff.get(PAGE)) == one


def test_an_old_invitation_is_not_listed(staff):
    invite(staff)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "Open invitations" not in staff.get(PAGE).content.decode()


def test_the_settings_lead_here_who_runs_the_server(staff, other_reader):
    assert PAGE in staff.get("/settings/").content.decode()
    ben = Client()
    ben.login(username="ben", password="another long passphrase")
    assert PAGE not in ben.get("/settings/").content.decode()


def test_who_is_invited_shut_out_and_deleted_stands_in_the_security_log(staff, reader, other_reader):
    address = invite(staff)
    open_invitation(Client(), address)
    invite(staff, "For dan")
    staff.post(f"{PAGE}invitations/{Invitation.objects.open().get().pk}/withdraw/")
    act(staff, other_reader, "shut-out")
    staff.post(f"{PAGE}{other_reader.pk}/delete/", {"name": other_reader.username})
    kinds = {Event.INVITATION_MADE, Event.INVITATION_USED, Event.INVITATION_WITHDRAWN, Event.RIGHTS_CHANGED,
             Event.ACCOUNT_DELETED}  # fmt: skip
    noted = SecurityEvent.objects.filter(kind__in=kinds)
    assert set(noted.values_list("kind", flat=True)) == kinds
    assert f"reader {other_reader.pk}: shut-out" in noted.values_list("detail", flat=True)
    assert not any(word in repr(list(noted.values())) for word in (address.partition("=")[2], "For dan"))
