"""The security log: what is noted, what never is, and how much of it there can be."""

import logging
import re
from datetime import timedelta

import pytest
from allauth.account.signals import password_changed
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.utils import timezone

from library import tasks
from library.models import Event, SecurityEvent
from library.models import security as limits
from library.security_log import note

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"  # that of the fixture `reader`


@pytest.fixture(autouse=True)
def no_tries_yet(db):
    cache.clear()


def log_in(client, name="ada", password=PASSWORD, **more):
    return client.post("/login/", {"login": name, "password": password}, **more)


def noted(kind):
    return SecurityEvent.objects.filter(kind=kind)


def test_coming_and_going_are_noted_with_where_from(client, reader):
    log_in(client, REMOTE_ADDR="203.0.113.9", headers={"User-Agent": "A browser"})
    client.post("/logout/", REMOTE_ADDR="2001:db8::9")
    came, went = noted(Event.LOGGED_IN).get(), noted(Event.LOGGED_OUT).get()
    assert (came.owner, came.address, came.agent) == (reader, "203.0.113.9", "A browser")
    assert (went.owner, went.address) == (reader, "2001:db8::9")


def test_a_wrong_password_is_noted_with_the_reader_whose_it_is_not(client, reader):
    log_in(client, "Ada", "wrong words of mine")
    event = noted(Event.LOGIN_FAILED).get()
    assert (event.owner, event.detail) == (reader, "")


def test_of_a_name_that_nobody_has_nothing_is_kept(client, reader, caplog):
    log_in(client, "my password, typed too high up", "x")
    event = noted(Event.LOGIN_FAILED).get()
    assert event.owner is None
    assert "typed" not in caplog.text + repr(SecurityEvent.objects.values_list())


def test_a_changed_password_is_noted(reading, reader):
    fields = {"oldpassword": PASSWORD, "password1": "another long phrase", "password2": "another long phrase"}
    reading.post("/settings/password/", fields)
    if not noted(Event.PASSWORD_CHANGED).exists():  # where the page asks first who it is
        password_changed.send(type(reader), request=None, user=reader)
    assert noted(Event.PASSWORD_CHANGED).get().owner == reader


def test_a_page_that_is_refused_is_noted_by_its_name(reading, reader):
    assert reading.get("/admin/library/user/?q=a+secret", follow=True).status_code == 403
    event = noted(Event.DENIED).get()
    assert (event.owner, event.detail) == (reader, "admin:login")


def test_a_forged_form_is_noted(reader):
    client = Client(enforce_csrf_checks=True)
    client.force_login(reader)
    assert client.post("/shelves/new/", {"name": "A secret"}).status_code == 403
    assert noted(Event.DENIED).get().detail == "shelves.new"


def test_a_wrong_set_up_address_is_noted_without_it(client):
    client.get("/setup/", {"token": "not-the-right-one"})
    assert noted(Event.DENIED).get().detail == "accounts.setup"


def test_many_tries_within_a_minute_are_one_row_that_counts(client, reader):
    for number in range(4):
        log_in(client, password=f"wrong {number}")
    assert noted(Event.LOGIN_FAILED).get().count == 4
    SecurityEvent.objects.update(at=timezone.now() - timedelta(minutes=2))
    log_in(client, password="wrong again")
    assert noted(Event.LOGIN_FAILED).count() == 2


def test_nobody_fills_the_disk_from_many_addresses():
    for number in range(limits.MOST_A_MINUTE + 30):
        request = RequestFactory().get("/", REMOTE_ADDR=f"2001:db8::{number:x}", headers={"User-Agent": str(number)})
        note(Event.LOGIN_FAILED, request)
    events = noted(Event.LOGIN_FAILED)
    assert events.count() == limits.MOST_A_MINUTE + 1
    assert events.get(address="").count == 30


def test_what_a_reader_does_is_kept_while_strangers_knock(reader):
    for number in range(limits.MOST_A_MINUTE + 1):
        note(Event.DENIED, RequestFactory().get("/", REMOTE_ADDR=f"10.0.0.{number}"))
    note(Event.TOKEN_MADE, RequestFactory().get("/", REMOTE_ADDR="203.0.113.9"), reader, "Script")
    assert noted(Event.TOKEN_MADE).get().address == "203.0.113.9"


def test_events_go_after_180_days_and_strangers_too_many_before(reader, monkeypatch):
    monkeypatch.setattr(limits, "MOST_KEPT", 3)
    for number in range(5):
        note(Event.DENIED, RequestFactory().get("/", REMOTE_ADDR=f"10.0.0.{number}"))
    for name in ("old", "new"):
        note(Event.TOKEN_MADE, None, reader, name)
    SecurityEvent.objects.filter(detail="old").update(at=timezone.now() - timedelta(days=181))
    tasks.tend()
    assert list(noted(Event.DENIED).order_by("pk").values_list("address", flat=True)) == [
        "10.0.0.2", "10.0.0.3", "10.0.0.4",
    ]  # fmt: skip
    assert list(noted(Event.TOKEN_MADE).values_list("detail", flat=True)) == ["new"]


def test_each_event_is_one_line_of_the_log_that_nobody_can_forge(reader, caplog):
    caplog.set_level(logging.INFO, "library.security")
    agent = "x\r\nlogin_failed address=198.51.100.1"
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.9", headers={"User-Agent": agent})
    note(Event.TOKEN_REFUSED, request, reader, "a\nlogin_failed\x1b[31m\u2028address=198.51.100.1 \u202e")
    (record,) = [each for each in caplog.records if each.name == "library.security"]
    assert record.levelno == logging.WARNING
    line = record.getMessage()
    assert re.match(rf"token_refused address=203\.0\.113\.9 reader={reader.pk} detail=a login_failed", line)
    assert not re.search(r"[\x00-\x1f\x7f\u2028\u202e]", line)
    assert not re.search(r"[\x00-\x1f\x7f]", SecurityEvent.objects.get().agent)


@pytest.mark.parametrize("address", ["", "a proxy\nlogin_failed", "unknown"])
def test_what_is_no_address_is_none(address):
    note(Event.DENIED, RequestFactory().get("/", REMOTE_ADDR=address))
    assert noted(Event.DENIED).get().address == ""


def test_what_is_too_long_is_cut(reader):
    request = RequestFactory().get("/", headers={"User-Agent": "x" * 5000})
    note(Event.TOKEN_MADE, request, reader, "y" * 5000)
    event = SecurityEvent.objects.get()
    assert (len(event.agent), len(event.detail)) == (200, 200)


def test_exports_are_noted_by_their_numbers(reading, reader):
    reading.post("/export/", {"format": "csv", "what": "query", "query": "a private matter"})
    assert noted(Event.EXPORT_MADE).get().detail == f"export {reader.exports.get().pk}"


