"""Who is logged in by what a trusted proxy says, and who is not."""

import pytest
from django.test import Client

from library import middleware
from library.models import User
from library.models.departures import Departure
from tests.views.household import PASSWORD

pytestmark = pytest.mark.django_db
PROXY, STRANGER = "10.0.0.1", "203.0.113.9"


@pytest.fixture(autouse=True)
def by_proxy(settings):
    settings.PROXY_LOGIN_HEADER = "Remote-User"
    settings.PROXY_LOGIN_FROM = ["10.0.0.0/8"]
    settings.PROXY_LOGIN_SIGN_UP = False


@pytest.fixture
def through():
    """A browser whose requests come from the proxy."""
    return Client(REMOTE_ADDR=PROXY)


def who(client, name=None, **more):
    """The name that the settings show; None where the log-in is asked for."""
    headers = {"Remote-User": name} if name is not None else {}
    answer = client.get("/settings/", headers=headers, **more)
    return answer.context["user"].get_username() if answer.status_code == 200 else None


def test_whom_the_proxy_names_is_logged_in(through, reader):
    assert who(through, "ada") == "ada"


@pytest.mark.parametrize("peer", ["10.255.0.9", "::ffff:10.0.0.1"])
def test_any_address_of_the_network_is_the_proxy(reader, peer):
    assert who(Client(REMOTE_ADDR=peer), "ada") == "ada"


def test_a_stranger_is_ignored_and_the_log_says_so(reader, caplog):
    assert who(Client(REMOTE_ADDR=STRANGER), "ada") is None
    assert "Remote-User came from 203.0.113.9, which is not in PROXY_LOGIN_FROM." in caplog.text


def test_the_address_of_the_connection_counts_whatever_was_forwarded(reader, settings):
    settings.TRUSTED_PROXIES = [STRANGER]
    forged = {"Remote-User": "ada", "X-Forwarded-For": PROXY}
    assert Client(REMOTE_ADDR=STRANGER).get("/settings/", headers=forged).status_code == 302
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    told = {"Remote-User": "ada", "X-Forwarded-For": STRANGER}
    assert Client(REMOTE_ADDR=PROXY).get("/settings/", headers=told).status_code == 200


def test_without_the_setting_the_header_means_nothing(through, reader, settings):
    settings.PROXY_LOGIN_HEADER = ""
    assert who(through, "ada") is None


def test_who_came_by_the_proxy_is_out_when_it_names_nobody(through, reader):
    assert who(through, "ada") == "ada"
    assert who(through) is None
    assert who(through, "ada") == "ada"
    through.defaults["REMOTE_ADDR"] = STRANGER
    assert who(through) is None


def test_another_name_ends_the_session_of_the_one_before(through, reader, other_reader):
    assert who(through, "ada") == "ada"
    before = through.session.session_key
    assert who(through, "ben") == "ben"
    assert through.session.session_key != before
    assert who(through, "nobody") is None
    assert who(through) is None


def test_who_logged_in_by_password_stays_where_the_proxy_names_nobody(through, reader):
    through.login(username="ada", password=PASSWORD)
    assert who(through) == "ada"
    assert who(through, "nobody") is None


@pytest.mark.parametrize(
    "name", ["ada,ben", "ada, ada", "", " ", "a da", "a\0", "ada\n", "x" * 151, "\xff", "ada;", "*"]
)
def test_what_is_not_one_name_logs_nobody_in(through, reader, settings, name):
    settings.PROXY_LOGIN_SIGN_UP = True
    assert who(through, name) is None
    assert User.objects.count() == 1


def test_a_name_means_the_same_however_its_letters_are_composed(through, db):
    User.objects.create(username="Zoë")
    for written in ("Zoë", "Zoe\u0308"):
        assert who(through, written.encode().decode("latin-1")) == "Zoë"


def test_an_unknown_name_gets_no_account(through, reader):
    assert who(through, "cay") is None
    assert not User.objects.filter(username="cay").exists()


def test_an_unknown_name_gets_one_where_the_settings_say_so_and_no_rights(through, reader, settings):
    settings.PROXY_LOGIN_SIGN_UP = True
    assert who(through, "cay") == "cay"
    cay = User.objects.get(username="cay")
    assert (cay.is_staff, cay.is_superuser, cay.has_usable_password()) == (False, False, False)


def test_nobody_comes_in_before_the_server_is_set_up(through, db, settings):
    settings.PROXY_LOGIN_SIGN_UP = True
    assert who(through, "cay") is None
    assert not User.objects.exists()


def test_a_name_in_other_letters_is_nobody_and_no_new_one(through, reader, settings):
    settings.PROXY_LOGIN_SIGN_UP = True
    assert who(through, "ADA") is None
    assert User.objects.count() == 1


def test_who_is_shut_out_stays_out(through, reader):
    assert who(through, "ada") == "ada"
    User.objects.update(is_active=False)
    assert who(through, "ada") is None


def test_who_is_being_deleted_stays_out(through, reader):
    Departure.objects.create(reader=reader)
    assert who(through, "ada") is None


def test_the_proxy_makes_nobody_staff(through, reader):
    who(through, "ada")
    reader.refresh_from_db()
    assert (reader.is_staff, reader.is_superuser) == (False, False)


def test_log_out_leads_to_the_proxys_own(through, reader, settings):
    settings.PROXY_LOGOUT_URL = "https://auth.example/logout"
    who(through, "ada")
    answer = through.post("/logout/", headers={"Remote-User": "ada"})
    assert answer.url == "https://auth.example/logout"
    settings.PROXY_LOGOUT_URL = ""
    assert through.post("/logout/", headers={"Remote-User": "ada"}).url == "/login/"


def test_a_known_reader_costs_no_query_more(through, reader, settings, django_assert_num_queries):
    assert who(through, "ada") == "ada"
    seen = []
    settings.PROXY_LOGIN_HEADER = "Remote-User"
    request = type("Request", (), {})()
    request.META = {middleware.PEER: PROXY, "HTTP_REMOTE_USER": "ada"}
    request.user, request.session = reader, {}
    with django_assert_num_queries(0):
        middleware.proxy_login(seen.append)(request)
    assert (seen[0].user, "HTTP_REMOTE_USER" in seen[0].META) == (reader, False)
