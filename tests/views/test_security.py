"""Log-in and security: the page, where one is logged in, showing once more who one is, and how often one may try."""

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.core.cache import cache, caches
from django.test import Client

from library import accounts, tasks
from library.models import User
from tests.views.doors import PAGE, PASSWORD, again, log_in, with_app, with_passkey, with_recovery_codes

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def elsewhere(name="ada", password=PASSWORD, address="203.0.113.9", agent=FIREFOX) -> Client:
    """Another browser of the reader, on a page of the library."""
    client = Client(REMOTE_ADDR=address, HTTP_USER_AGENT=agent)
    log_in(client, name, password)
    client.get("/library/")
    return client


def session_of(client) -> UserSession:
    return UserSession.objects.get(session_key=client.session.session_key)


def end_of(client) -> str:
    return f"{PAGE}sessions/{session_of(client).pk}/end/"


# --- where one is logged in ----------------------------------------------------------------------------------------


def test_the_settings_lead_to_the_page(reading):
    assert f'href="{PAGE}"' in reading.get("/settings/").content.decode()


def test_every_browser_is_listed_with_its_address_and_this_one_is_marked(reading, reader):
    elsewhere()
    shown = reading.get(PAGE).context["sessions"]
    assert [(each["browser"], each["address"], each["current"]) for each in shown] == [
        ("A browser", "127.0.0.1", True),
        ("Firefox on Linux", "203.0.113.9", False),
    ]


@pytest.mark.parametrize(("address", "shown"), [("", ""), ("unknown", ""), ("fe80::1%eth0", "fe80::1"), ("::1", "::1")])
def test_an_address_that_is_none_is_not_shown(reader, address, shown):
    client = elsewhere(address=address)
    assert [each["address"] for each in client.get(PAGE).context["sessions"]] == [shown]


def test_an_address_that_a_stranger_claims_is_not_shown(reader):
    client = Client(HTTP_X_FORWARDED_FOR="6.6.6.6")
    log_in(client)
    assert [each["address"] for each in client.get(PAGE).context["sessions"]] == ["127.0.0.1"]


def test_when_one_was_seen_is_written_every_ten_minutes_and_not_with_each_page(reading):
    reading.get("/library/")
    seen = session_of(reading).last_seen_at
    reading.get("/library/")
    assert session_of(reading).last_seen_at == seen
    caches["local"].clear()
    reading.get("/library/")
    assert session_of(reading).last_seen_at > seen


def test_one_browser_is_logged_out(reading, reader):
    one, two = elsewhere(), elsewhere()
    again(reading)
    assert "That browser is logged out." in reading.post(end_of(one), follow=True).content.decode()
    assert [client.get("/library/").status_code for client in (reading, one, two)] == [200, 302, 200]


def test_all_others_are_logged_out(reading, reader):
    others = [elsewhere(), elsewhere()]
    again(reading)
    reading.post(f"{PAGE}sessions/end/")
    assert [client.get("/library/").status_code for client in (reading, *others)] == [200, 302, 302]
    assert len(reading.get(PAGE).context["sessions"]) == 1


def test_a_session_of_another_reader_is_not_there(reading, other_reader):
    theirs = elsewhere("ben", "another long passphrase")
    again(reading)
    assert reading.post(end_of(theirs)).status_code == 404
    assert theirs.get("/library/").status_code == 200


def test_a_changed_password_ends_the_others(reading, reader):
    other = elsewhere()
    new = {"oldpassword": PASSWORD, "password1": "a new long phrase", "password2": "a new long phrase"}
    assert reading.post("/settings/password/", new).url == PAGE
    assert other.get("/library/").status_code == 302
    assert [each["current"] for each in reading.get(PAGE).context["sessions"]] == [True]


def test_what_is_known_of_sessions_that_ended_is_swept_away(reading, reader):
    elsewhere()
    gone = elsewhere()
    Session.objects.filter(session_key=gone.session.session_key).delete()
    cache.clear()
    tasks.tend()
    assert UserSession.objects.count() == 1


def test_the_page_asks_no_more_of_the_database_for_more_sessions_and_passkeys(reading, reader, queries_of):
    with_passkey(reader)
    with_recovery_codes(reader)
    before = queries_of(lambda: reading.get(PAGE))
    for _ in range(3):
        with_passkey(reader)
        elsewhere()
    assert queries_of(lambda: reading.get(PAGE)) == before


# --- who one is, once more -----------------------------------------------------------------------------------------

SENSITIVE = [
    ("get", f"{PAGE}app/"),
    ("get", f"{PAGE}codes/"),
    ("get", f"{PAGE}codes/recovery-codes.txt"),
    ("get", f"{PAGE}passkeys/add/"),
    ("post", f"{PAGE}app/off/"),
    ("post", f"{PAGE}codes/new/"),
    ("post", f"{PAGE}sessions/end/"),
]


@pytest.mark.parametrize(("method", "address"), SENSITIVE)
def test_a_sensitive_change_asks_first_who_one_is(reading, reader, method, address):
    with_recovery_codes(reader)
    assert getattr(reading, method)(address).url.startswith("/login/again/?next=")


def test_what_was_asked_goes_on_by_itself(reading, reader):
    other = elsewhere()
    question = reading.post(f"{PAGE}sessions/end/").url
    answer = reading.post(question, {"password": PASSWORD, "next": f"{PAGE}sessions/end/"})
    assert answer.url == PAGE
    assert other.get("/library/").status_code == 302


def test_it_leads_to_no_other_site(reading):
    assert again(reading, address="https://evil.example/").url == "/library/"


def test_a_wrong_password_shows_nothing(reading):
    assert again(reading, "wrong").context["form"].errors["password"] == [accounts.WRONG_PASSWORD]
    assert reading.get(f"{PAGE}app/").status_code == 302


def test_it_holds_for_some_minutes_only(reading, settings):
    again(reading)
    assert reading.get(f"{PAGE}app/").status_code == 200
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    assert reading.get(f"{PAGE}app/").status_code == 302


def test_the_page_offers_the_other_ways(reading, reader):
    assert "Use a" not in reading.get("/login/again/").content.decode()
    with_app(reader)
    with_passkey(reader)
    page = reading.get("/login/again/?next=/tags/").content.decode()
    assert 'href="/login/again/code/?next=%2Ftags%2F">Use a code' in page
    assert 'href="/login/again/passkey/?next=%2Ftags%2F">Use a passkey' in page


# --- how often one may try -----------------------------------------------------------------------------------------


@pytest.fixture
def hashed(monkeypatch) -> list[str]:
    """What was hashed."""
    seen: list[str] = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *given: seen.append(given[1]) or encode(*given))
    return seen


def closed(reader):
    reader.is_active = False


def without_password(reader):
    reader.set_unusable_password()


def unknown(reader):
    reader.username = "somebody else"


@pytest.mark.parametrize("change", [unknown, closed, without_password, lambda reader: None])
def test_names_that_are_there_and_those_that_are_not_take_alike_and_are_answered_alike(reader, hashed, change):
    change(reader)
    reader.save()
    hashed.clear()
    answer = log_in(Client(), password="a wrong passphrase")
    assert len(hashed) == 1
    assert answer.context["form"].non_field_errors() == [accounts.MISMATCH]


def test_showing_who_one_is_is_throttled_with_the_log_in(reading):
    for _ in range(5):
        again(reading, "wrong")
    assert again(reading).context["form"].errors["password"] == [accounts.TOO_MANY]
    assert log_in(Client(REMOTE_ADDR="203.0.113.9")).context["form"].non_field_errors() == [accounts.TOO_MANY]


def test_showing_who_one_is_by_code_is_throttled_with_the_second_step(reading, reader):
    with_app(reader)
    for _ in range(5):
        reading.post("/login/again/code/", {"code": "000000"})
    log_in(client := Client(REMOTE_ADDR="203.0.113.9"))
    assert client.post("/login/second/", {"code": "000000"}).context["form"].errors["code"] == [accounts.TOO_MANY]


def test_ten_answers_a_minute_to_who_one_is_are_enough(reading):
    assert [again(reading, "").status_code for _ in range(11)] == [200] * 10 + [429]


def test_tries_of_codes_are_counted_where_every_process_sees_them(client, reader):
    with_app(reader)
    log_in(client)
    for process in range(6):
        caches["local"].clear()
        answer = client.post("/login/second/", {"code": f"00000{process}"})
    assert answer.context["form"].errors["code"] == [accounts.TOO_MANY]
    assert caches["default"].__class__.__name__ == "DatabaseCache"


def test_a_right_code_is_not_counted_as_a_try(reader):
    codes = with_recovery_codes(reader)
    with_app(reader)
    for code in codes[:7]:
        log_in(client := Client())
        assert client.post("/login/second/", {"code": code}).url == "/library/"
    assert User.objects.get().last_login
