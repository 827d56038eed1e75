"""An invitation is opened, once, by whoever holds its address."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from library.accounts import household
from library.models import Invitation, User
from tests.views.doors import again
from tests.views.household import CHOSEN, PASSWORD, invite, make_staff, open_invitation
from tests.views.shelf import article

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(reading, reader):
    make_staff(reader)
    again(reading)
    article(reader, "Of the first reader")
    return invite(reading)


@pytest.fixture
def guest():
    return Client()


def test_who_is_invited_has_an_empty_library_of_their_own(guest, address):
    assert open_invitation(guest, address).url == "/library/"
    page = guest.get("/library/").content.decode()
    assert "Of the first reader" not in page
    cay = User.objects.get(username="cay")
    assert cay.check_password(PASSWORD)
    assert (cay.is_staff, cay.is_superuser) == (False, False)
    assert Invitation.objects.get().used_by == cay


def test_the_address_goes_on_to_one_without_the_token(guest, address):
    answer = guest.get(address)
    assert (answer.status_code, answer.url, answer.headers["Referrer-Policy"]) == (302, "/invitation/", "no-referrer")
    page = guest.get("/invitation/")
    assert page.status_code == 200
    assert address.partition("=")[2] not in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]


def test_no_log_holds_the_token(guest, address, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    guest.raise_request_exception = False
    monkeypatch.setattr("library.views.invitation.begin", lambda request: 1 / 0)
    assert guest.get(address).status_code == 500
    guest.get("/invitation/?token=wrong-token")
    assert address.partition("=")[2] not in "".join(record.getMessage() for record in caplog.records)
    assert "wrong-token" not in "".join(record.getMessage() for record in caplog.records)


ENDS = {
    "used": lambda: Invitation.objects.update(used_at=timezone.now()),
    "too old": lambda: Invitation.objects.update(expires_at=timezone.now()),
    "withdrawn": lambda: Invitation.objects.update(withdrawn_at=timezone.now()),
    "never made": lambda: Invitation.objects.all().delete(),
}


@pytest.mark.parametrize("end", ENDS)
def test_one_that_is_open_no_more_gets_the_same_answer_whatever_the_reason(guest, address, end):
    wrong = guest.get("/invitation/?token=wrong")
    guest.get(address)
    ENDS[end]()
    for answer in (guest.get(address), guest.get("/invitation/"), guest.post("/invitation/", CHOSEN)):
        assert (answer.status_code, answer.content) == (404, wrong.content)
    assert "Ask who invited you for a new one" in wrong.content.decode()
    assert not User.objects.filter(username="cay").exists()


@pytest.mark.parametrize("token", ["", "%00", "é", "x" * 5000])
def test_any_token_is_answered(guest, address, token):
    assert guest.get(f"/invitation/?token={token}").status_code == 404


def test_it_opens_for_a_week(address):
    assert timedelta(days=6, hours=23) < Invitation.objects.get().expires_at - timezone.now() < timedelta(days=7)


@pytest.mark.parametrize("wrong", [{"username": "ADA"}, {"username": "a b"}, {"password2": "another phrase"},
                                   {"password1": "short", "password2": "short"}])  # fmt: skip
def test_name_and_password_are_held_to_the_rules_of_the_set_up(guest, address, wrong):
    assert open_invitation(guest, address, **wrong).context["form"].errors
    assert User.objects.count() == 1
    assert open_invitation(guest, address).url == "/library/"


def test_an_address_that_tries_many_tokens_has_to_wait(guest, address):
    answers = [guest.get(f"/invitation/?token={number}").status_code for number in range(21)]
    assert answers == [404] * 20 + [429]
    assert Client(REMOTE_ADDR="203.0.113.9").get(address).status_code == 302


def test_what_the_inviter_does_later_does_not_touch_who_came(guest, address, reader):
    open_invitation(guest, address)
    Invitation.objects.all().delete()
    assert guest.get("/library/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_it_at_once_one_comes_in(reader):
    _, token = Invitation.objects.invite(make_staff(reader), "For one")
    together = Barrier(2)

    def use(name):
        together.wait(timeout=20)
        try:
            return household.accept(token, name, PASSWORD)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(use, ["cay", "dora"]))
    assert sorted(each is None for each in made) == [False, True]
    assert User.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_one_name_at_once_one_gets_it(reader):
    tokens = [Invitation.objects.invite(make_staff(reader), "For one")[1] for _ in range(2)]
    together = Barrier(2)

    def use(token):
        together.wait(timeout=20)
        try:
            return household.accept(token, "cay", PASSWORD)
        except household.Refused as problem:
            return str(problem)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(use, tokens))
    assert household.NAME_TAKEN in made
    assert Invitation.objects.open().count() == 1
