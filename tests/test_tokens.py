"""The door of the API: what a token opens, and what is said where it doesn't."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from library.models import ApiToken, Event, SecurityEvent, User
from library.tokens import REVOKED, UNKNOWN, token_required

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_tries_yet(db):
    cache.clear()


@pytest.fixture
def made(reader):
    return ApiToken.objects.make(reader, "Script", ["write", "import"], timedelta(days=90))


@pytest.fixture
def secret(made):
    return made[1]


def ask(client, secret, scheme="Bearer", **more):
    return client.get("/api/me", headers={"Authorization": f"{scheme} {secret}"}, **more)


def change(**fields):
    ApiToken.objects.update(**fields)


def test_a_token_says_whose_it_is_and_what_it_may_do(client, made, secret):
    answer = ask(client, secret)
    expires = made[0].expires_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    said = {"name": "ada", "token": "Script", "scopes": ["write", "import"], "expires": expires}
    assert (answer.status_code, answer.json()) == (200, said)
    assert "no-store" in answer["Cache-Control"]
    assert answer.cookies == {}


def test_a_token_has_256_random_bits_and_is_kept_as_its_hash_alone(made, secret):
    assert len(secret) == len("cp_") + 43
    row = ApiToken.objects.values_list().get()
    assert secret not in repr(row) and secret[3:] not in repr(row)
    assert made[0].ending == secret[-4:]


@pytest.mark.parametrize("scheme", ["Basic", "Token", ""])
def test_it_goes_into_the_header_as_a_bearers_and_nowhere_else(client, secret, scheme):
    assert ask(client, secret, scheme).status_code == 401
    assert client.get("/api/me", {"token": secret, "access_token": secret}).status_code == 401
    client.cookies["token"] = secret
    answer = client.get("/api/me")
    assert answer.json()["error"].startswith("Send an API token")
    assert answer["WWW-Authenticate"] == 'Bearer realm="Commonplace"'


def test_the_session_of_a_browser_opens_nothing(reading):
    assert reading.get("/api/me").status_code == 401


@pytest.mark.parametrize("wrong", ["cp_wrong", "x" * 5000, "cp_é", "two words"])
def test_a_token_that_nobody_has_is_refused_and_none_of_it_is_kept(client, secret, wrong):
    answer = ask(client, wrong.encode().decode("latin-1"))
    assert (answer.status_code, answer.json()["error"]) == (401, UNKNOWN)
    assert 'error="invalid_token"' in answer["WWW-Authenticate"]
    event = SecurityEvent.objects.get(kind=Event.TOKEN_REFUSED)
    assert (event.owner, event.detail) == (None, "")


@pytest.mark.parametrize(
    ("fields", "word"),
    [({"revoked_at": timezone.now()}, "revoked"), ({"expires_at": timezone.now()}, "expired")],
)
def test_what_was_revoked_or_has_expired_opens_nothing(client, secret, fields, word):
    change(**fields)
    answer = ask(client, secret)
    assert answer.status_code == 401
    assert word in answer.json()["error"]
    event = SecurityEvent.objects.get(kind=Event.TOKEN_REFUSED)
    assert (event.owner.username, event.detail) == ("ada", "Script")


def test_a_closed_account_is_closed_to_its_tokens_too(client, secret):
    User.objects.update(is_active=False)
    assert ask(client, secret).status_code == 401


def test_a_token_that_never_expires_goes_on(client, secret):
    change(expires_at=None)
    assert ask(client, secret).json()["expires"] is None


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [(["read"], {"read"}), (["write"], {"read", "write"}), (["import"], {"import"}),
     (["read", "import"], {"read", "import"})],
)  # fmt: skip
def test_to_write_includes_to_read_and_to_import_is_neither(reader, scopes, allowed):
    _, secret = ApiToken.objects.make(reader, "x", scopes, None)
    request = RequestFactory().post("/", headers={"Authorization": f"Bearer {secret}"})
    opened = {scope: token_required(scope)(lambda _: HttpResponse())(request) for scope in ("read", "write", "import")}
    assert {scope for scope, answer in opened.items() if answer.status_code == 200} == allowed
    refused = [answer for answer in opened.values() if answer.status_code != 200]
    assert {answer.status_code for answer in refused} <= {403}
    assert all('error="insufficient_scope"' in answer["WWW-Authenticate"] for answer in refused)


def test_a_program_needs_no_token_against_forged_forms(secret):
    answer = Client(enforce_csrf_checks=True).post("/api/me", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 405


def test_reading_writes_once_an_hour_that_the_token_was_used(client, made, secret):
    ask(client, secret)
    first = ApiToken.objects.get().used_at
    with CaptureQueriesContext(connection) as captured:
        ask(client, secret)
    assert len(captured) == 1
    assert ApiToken.objects.get().used_at == first
    change(used_at=first - timedelta(hours=2))
    ask(client, secret)
    assert ApiToken.objects.get().used_at >= first
    assert SecurityEvent.objects.filter(kind=Event.TOKEN_FIRST_USED, detail="Script").count() == 1


def test_wrong_tokens_of_one_address_have_to_wait_and_good_ones_have_not(client, secret):
    statuses = {ask(client, f"cp_{number}").status_code for number in range(30)}
    answer = ask(client, "cp_once more")
    assert (statuses, answer.status_code, answer["Retry-After"]) == ({401}, 429, "60")
    assert ask(client, "cp_elsewhere", REMOTE_ADDR="203.0.113.7").status_code == 401
    assert ask(client, secret).status_code == 200


def test_who_deletes_an_account_deletes_its_tokens_and_its_events(client, reader, secret):
    ask(client, secret)
    reader.delete()
    assert (ApiToken.objects.count(), SecurityEvent.objects.count()) == (0, 0)
    assert REVOKED != ask(client, secret).json()["error"] == UNKNOWN
