"""The page of API tokens."""

import re
import time
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.urls import path
from django.utils import timezone

from library import urls
from library.models import ApiToken, Event, SecurityEvent
from library.models.tokens import MOST_TOKENS

pytestmark = pytest.mark.django_db
PAGE = "/settings/tokens/"
AGAIN = ("account_reauthenticate", "account_login")  # where allauth leads
urlpatterns = [*urls.urlpatterns, *(path(f"{name}/", lambda request: HttpResponse(), name=name) for name in AGAIN)]


@pytest.fixture
def sure(reading, reader):
    """The reader's browser, in which the password was given again just now."""
    session = reading.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(reader.pk)
    session.save()
    return reading


def make(client, **fields):
    return client.post(PAGE, {"name": "Script", "scopes": ["read"], "expires": "90", **fields})


def secrets_in(answer):
    return re.findall(r"cp_[\w-]{43}", answer.content.decode())


def test_a_new_token_is_shown_once_and_kept_nowhere(sure, reader):
    answer = make(sure)
    (secret,) = secrets_in(answer)
    assert "no-store" in answer["Cache-Control"]
    assert sure.get("/api/me", headers={"Authorization": f"Bearer {secret}"}).json()["name"] == "ada"
    later = sure.get(PAGE)
    assert secrets_in(later) == []
    assert f"…{secret[-4:]}" in later.content.decode()
    assert secret not in str(dict(sure.session)) + str(sure.cookies) + str(answer.headers)


def test_a_page_that_is_sent_again_makes_no_second_token(sure, reader):
    make(sure)
    answer = make(sure)
    assert answer.status_code == 400
    assert "You have a token of this name" in answer.content.decode()
    assert reader.tokens.count() == 1


@pytest.mark.parametrize(("days", "lasts"), [("30", 30), ("90", 90), ("365", 365), ("", None)])
def test_it_expires_when_the_reader_said(sure, reader, days, lasts):
    make(sure, expires=days)
    token = reader.tokens.get()
    passed = token.expires_at - token.created_at if token.expires_at else None
    assert passed == (timedelta(days=lasts) if lasts else None)


def test_ninety_days_are_chosen_unless_one_says_else(reading):
    assert '<option value="90" selected>' in reading.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [({"scopes": []}, "Choose at least one"), ({"scopes": ["rule"]}, "rule"), ({"name": " "}, "required"),
     ({"name": "x" * 101}, "100"), ({"expires": "7"}, "7")],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_made(sure, reader, fields, sentence):
    answer = make(sure, **fields)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not reader.tokens.exists()


def test_there_is_an_end_to_how_many(sure, reader):
    for number in range(MOST_TOKENS):
        ApiToken.objects.make(reader, str(number), ["read"], None)
    assert "which is the most" in make(sure).content.decode()
    assert reader.tokens.count() == MOST_TOKENS


@pytest.mark.parametrize("way", ["make", "revoke"])
def test_both_ask_first_who_it_is(reading, reader, settings, way):
    settings.ROOT_URLCONF = __name__
    token, _ = ApiToken.objects.make(reader, "Old", ["read"], None)
    address = PAGE if way == "make" else f"{PAGE}{token.pk}/revoke/"
    answer = reading.post(address, {"name": "New", "scopes": ["read"]})
    assert answer.status_code == 302
    assert "next=/settings/tokens/" in answer.url.replace("%2F", "/")
    assert list(reader.tokens.standing()) == [token]


def test_a_revoked_token_is_gone_from_the_page_and_opens_nothing(sure, reader):
    (secret,) = secrets_in(make(sure))
    token = reader.tokens.get()
    address = f"{PAGE}{token.pk}/revoke/"
    assert "Revoke the token" in sure.get(address).content.decode()
    assert "Revoked the token “Script”" in sure.post(address, follow=True).content.decode()
    assert f"…{secret[-4:]}" not in sure.get(PAGE).content.decode()
    assert sure.get("/api/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert sure.get(address).status_code == 404
    assert secrets_in(make(sure)) != []  # its name is free again


def test_the_page_says_what_each_may_do_and_when_it_was_used(reading, reader):
    token, _ = ApiToken.objects.make(reader, "Script", ["import", "read"], timedelta(days=30))
    assert "Read, Import. Made" in (page := reading.get(PAGE).content.decode())
    assert "not used yet" in page and "expires" in page
    now = timezone.now()
    ApiToken.objects.update(used_at=now - timedelta(hours=3), expires_at=now - timedelta(days=1))
    page = reading.get(PAGE).content.decode()
    assert "last used 3\xa0hours ago" in page and "expired" in page


def test_the_log_tells_of_both(sure, reader):
    make(sure)
    sure.post(f"{PAGE}{reader.tokens.get().pk}/revoke/")
    kinds = SecurityEvent.objects.filter(owner=reader, detail="Script").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == [Event.TOKEN_MADE, Event.TOKEN_REVOKED]


def test_more_tokens_need_no_more_queries(reading, reader, queries_of):
    ApiToken.objects.make(reader, "First", ["read"], None)
    one = queries_of(lambda: reading.get(PAGE))
    for number in range(20):
        ApiToken.objects.make(reader, str(number), ["read"], None)
    assert queries_of(lambda: reading.get(PAGE)) == one
