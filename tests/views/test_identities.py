"""Logging in with an OpenID Connect provider: one on this machine, that says what a test wants."""

import base64
import hashlib
import logging
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client

from library.accounts.identities import FAILED, NO_ACCOUNT
from library.models import User
from library.views.identities import LAST_WAY
from tests.views.doors import PAGE, again, with_app, with_passkey
from tests.views.provider import CLIENT, SECRET, new_key, running

pytestmark = pytest.mark.django_db
LOG_IN, CALLBACK = "/login/identity/", "/login/identity/callback/"
CONNECT = "/settings/security/identity/connect/"
SUBJECT = "248289761001"


@pytest.fixture
def provider(settings):
    with running() as found:
        settings.OIDC_ISSUER, settings.OIDC_NAME, settings.OIDC_SIGN_UP = found.issuer, "Home", False
        about = {"server_url": found.issuer, "oauth_pkce_enabled": True, "scope": ["openid", "profile"]}
        app = {"provider_id": found.issuer, "name": "Home", "client_id": CLIENT, "secret": SECRET, "settings": about}
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
        yield found


@pytest.fixture
def connected(reader, provider) -> SocialAccount:
    return SocialAccount.objects.create(user=reader, provider=provider.issuer, uid=SUBJECT)


def leave(client, address=LOG_IN, **more):
    """The question with which the reader is sent to the provider."""
    page = client.post(address, more)
    return {name: values[0] for name, values in parse_qs(urlsplit(page.context["address"]).query).items()}


def come_back(client, provider, asked, **more):
    provider.nonce = asked["nonce"]
    return client.get(CALLBACK, {"state": asked["state"], "code": "c", **more}, follow=True)


def log_in(client, provider, **more):
    return come_back(client, provider, leave(client, **more))


def said(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def name_of(client) -> str:
    return client.get("/login/", follow=True).wsgi_request.user.get_username()


REFUSED = FAILED.format(name="Home")


def test_without_a_provider_there_is_no_such_door(client, reader, reading):
    assert "Log in with" not in Client().get("/login/").content.decode()
    answers = reading.post(LOG_IN), reading.get(CALLBACK), reading.post(CONNECT)
    assert [answer.status_code for answer in answers] == [404] * 3
    assert "identity" not in reading.get(PAGE).content.decode()


def test_the_log_in_page_names_the_provider_and_leads_there(client, reader, provider):
    assert "Log in with Home" in client.get("/login/").content.decode()
    page = client.post(LOG_IN)
    assert page.context["address"].startswith(f"{provider.issuer}/authorize?")
    assert '<meta http-equiv="refresh" content="0;url=http' in page.content.decode()


def test_a_connected_reader_logs_in_and_goes_on_to_the_page_that_was_asked_for(client, connected, provider):
    assert log_in(client, provider, next="/tags/").redirect_chain == [("/tags/", 302)]
    assert name_of(client) == "ada"


def test_the_question_is_bound_to_this_browser_and_its_answer_to_the_question(client, connected, provider, settings):
    asked = leave(client)
    assert asked["redirect_uri"] == f"{settings.BASE_URL}{CALLBACK}"
    assert asked["response_type"] == "code"
    assert set(asked["scope"].split()) == {"openid", "profile"}
    come_back(client, provider, asked)
    sent = {name: values[0] for name, values in provider.asked[0].items()}
    digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == asked["code_challenge"]
    assert (sent["client_id"], sent["client_secret"]) == (CLIENT, SECRET)


def test_no_token_of_the_provider_is_kept(client, connected, provider):
    log_in(client, provider)
    assert not SocialToken.objects.exists()


def test_the_second_step_comes_after_the_provider_too(client, reader, connected, provider):
    with_app(reader)
    assert log_in(client, provider).redirect_chain == [("/login/second/", 302)]


def test_an_unknown_identity_gets_no_account(client, reader, provider):
    answer = log_in(client, provider)
    assert said(answer) == [NO_ACCOUNT]
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)


def test_an_address_of_mail_connects_nobody(client, reader, provider):
    User.objects.update(email="ada@example.org")
    provider.claims = provider.userinfo = {"email_verified": True}
    assert said(log_in(client, provider)) == [NO_ACCOUNT]


def test_where_the_settings_allow_it_an_unknown_identity_gets_an_account(client, reader, provider, settings):
    settings.OIDC_SIGN_UP = True
    log_in(client, provider)
    assert name_of(client) == "ada.l"
    new = User.objects.get(username="ada.l")
    assert (new.has_usable_password(), new.is_staff, new.email) == (False, False, "")


def test_a_name_that_is_taken_is_not_taken_over(client, reader, provider, settings):
    settings.OIDC_SIGN_UP = True
    provider.userinfo = {"preferred_username": "ADA"}
    log_in(client, provider)
    assert name_of(client) not in {"ada", "ADA", ""}


def test_the_first_reader_comes_in_by_the_set_up_alone(client, provider, settings, db):
    settings.OIDC_SIGN_UP = True
    assert NO_ACCOUNT in said(log_in(client, provider))
    assert not User.objects.exists()


def test_questions_to_the_provider_are_throttled_with_the_log_in(client, reader, provider):
    assert [client.post(LOG_IN).status_code for _ in range(31)] == [200] * 30 + [429]


# --- what is not right ---------------------------------------------------------------------------------------------


def wrong_nonce(provider):
    provider.claims = {"nonce": "of another log-in"}


def no_nonce(provider):
    provider.claims = {"nonce": None}


def wrong_issuer(provider):
    provider.claims = {"iss": "https://evil.example"}


def wrong_audience(provider):
    provider.claims = {"aud": "another library"}


def too_late(provider):
    provider.claims = {"exp": 1}


def somebody_else(provider):
    provider.userinfo = {"sub": "1"}


def no_subject(provider):
    provider.claims = {"sub": None}


def wrong_key(provider):
    provider.signing = new_key("another")


def no_id_token(provider):
    provider.answers["/token"] = (200, b'{"access_token": "x"}')


def refuses(provider):
    provider.answers["/token"] = (400, b'{"error": "invalid_grant"}')


def talks_nonsense(provider):
    provider.answers["/token"] = (200, b"<html>")


def odd_lifetime(provider):
    provider.answers["/token"] = (200, b'{"access_token": "x", "expires_in": "soon"}')


def breaks(provider):
    provider.answers["/userinfo"] = (500, b"")


def says_a_list(provider):
    provider.answers["/userinfo"] = (200, b"[]")


def has_no_keys(provider):
    provider.answers["/jwks"] = (200, b'{"keys": []}')


AMISS = [wrong_nonce, no_nonce, wrong_issuer, wrong_audience, too_late, somebody_else, no_subject, wrong_key,
         no_id_token, refuses, talks_nonsense, odd_lifetime, breaks, says_a_list, has_no_keys]  # fmt: skip


@pytest.mark.parametrize("amiss", AMISS)
def test_an_answer_that_is_not_right_is_told_in_a_sentence(client, connected, provider, amiss, caplog):
    amiss(provider)
    answer = log_in(client, provider)
    assert (said(answer), name_of(client)) == ([REFUSED], "")
    assert any(record.name == "library.accounts.identities" for record in caplog.records)


def test_an_answer_to_a_question_of_another_browser_lets_nobody_in(client, connected, provider):
    asked = leave(Client())
    assert said(come_back(client, provider, asked)) == [REFUSED]
    assert not provider.asked


def test_an_answer_opens_once(client, connected, provider):
    asked = leave(client)
    come_back(client, provider, asked)
    client.post("/logout/")
    assert said(come_back(client, provider, asked)) == [REFUSED]


@pytest.mark.parametrize("query", [{}, {"state": "x"}, {"state": "x", "code": "c"}, {"error": "access_denied"}])
def test_an_answer_without_a_question_lets_nobody_in(client, reader, provider, query):
    assert said(client.get(CALLBACK, query, follow=True)) == [REFUSED]


def test_a_reader_who_turns_back_at_the_provider_is_told_so(client, reader, provider):
    asked = leave(client)
    answer = client.get(CALLBACK, {"state": asked["state"], "error": "access_denied"}, follow=True)
    assert said(answer) == [REFUSED]


@pytest.mark.parametrize("answer", [(500, b""), (200, b"nonsense"), (200, b"[]"), (200, b"{}")])
def test_a_provider_that_is_down_is_told_in_a_sentence(client, reader, provider, answer):
    provider.answers["/.well-known/openid-configuration"] = answer
    assert said(client.post(LOG_IN, follow=True)) == [REFUSED]


def test_a_provider_that_goes_down_on_the_way_is_told_in_a_sentence(client, connected, provider):
    asked = leave(client)
    provider.answers["/.well-known/openid-configuration"] = (503, b"")
    assert said(come_back(client, provider, asked)) == [REFUSED]


@pytest.mark.parametrize("config", [{"issuer": "https://evil.example"}, {"authorization_endpoint": "javascript:1"}])
def test_a_provider_that_calls_itself_otherwise_is_not_believed(client, reader, provider, config, caplog):
    caplog.set_level(logging.WARNING)
    provider.config = config
    assert said(client.post(LOG_IN, follow=True)) == [REFUSED]


# --- connect, disconnect -------------------------------------------------------------------------------------------


def test_a_reader_connects_and_disconnects(reading, reader, provider):
    again(reading)
    come_back(reading, provider, leave(reading, CONNECT))
    found = SocialAccount.objects.get()
    assert (found.user, found.provider, found.uid) == (reader, provider.issuer, SUBJECT)
    page = reading.get(PAGE).content.decode()
    assert "ada.l" in page
    reading.post(f"/settings/security/identity/{found.pk}/disconnect/")
    assert not SocialAccount.objects.exists()


def test_to_connect_one_shows_first_who_one_is(reading, provider):
    assert reading.post(CONNECT).url.startswith("/login/again/?next=")


def test_an_identity_of_another_reader_is_not_taken_over(reading, other_reader, provider):
    SocialAccount.objects.create(user=other_reader, provider=provider.issuer, uid=SUBJECT)
    again(reading)
    answer = come_back(reading, provider, leave(reading, CONNECT))
    assert said(answer) == ["Nothing was changed: another reader here has connected it."]
    assert SocialAccount.objects.get().user == other_reader


def test_the_only_way_in_is_not_disconnected(client, reader, connected, provider):
    reader.set_unusable_password()
    reader.save()
    log_in(client, provider)
    place = f"/settings/security/identity/{connected.pk}/disconnect/"
    assert said(client.post(place, follow=True)) == [LAST_WAY]
    with_passkey(reader)
    assert client.post(place).url.startswith("/login/again/passkey/")


def test_a_reader_without_a_password_sets_one(client, reader, connected, provider):
    reader.set_unusable_password()
    reader.save()
    log_in(client, provider)
    assert "Set a password" in client.get(PAGE).content.decode()
    new = {"password1": "a new long phrase", "password2": "a new long phrase"}
    assert client.post("/settings/password/", {**new, "password2": "x"}).context["form"].errors
    assert client.post("/settings/password/", new).url == PAGE
    reader.refresh_from_db()
    assert reader.check_password("a new long phrase")
    assert not Authenticator.objects.exists()


def test_an_identity_of_a_provider_that_is_no_longer_set_can_still_be_disconnected(reading, reader):
    found = SocialAccount.objects.create(user=reader, provider="https://gone.example", uid="1")
    again(reading)
    assert "https://gone.example" in reading.get(PAGE).content.decode()
    reading.post(f"/settings/security/identity/{found.pk}/disconnect/")
    assert not SocialAccount.objects.exists()
