"""Set-up, log in, log out, change password, as a reader meets them."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from library import accounts
from library.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"  # that of the fixture `reader`
SETUP = "/setup/"


def setup_answers(**more):
    return {"username": "ada", "password1": PASSWORD, "password2": PASSWORD, "token": accounts.setup_token(), **more}


def log_in(client, name="ada", password=PASSWORD, **more):
    return client.post("/login/", {"login": name, "password": password, **more}, headers=more.pop("headers", None))


# --- set-up --------------------------------------------------------------------------------------------------------


def test_set_up_makes_the_first_reader_and_opens_the_library(client):
    answer = client.post(SETUP, setup_answers())
    assert answer.url == "/library/"
    assert client.get("/settings/").context["user"].get_username() == "ada"
    assert User.objects.get().is_superuser


def test_set_up_asks_for_the_token(client):
    assert 'name="token"' in client.get(SETUP).content.decode()


def test_the_printed_address_fills_in_the_token(client):
    assert f'value="{accounts.setup_token()}"' in client.get(SETUP, {"token": accounts.setup_token()}).content.decode()


@pytest.mark.parametrize("token", ["", "x", "0" * 32, "é"])
def test_a_wrong_token_is_refused_in_a_sentence(client, token):
    answer = client.post(SETUP, setup_answers(token=token))
    assert answer.status_code == 403
    assert "isn’t the set-up address" in answer.content.decode()
    assert not User.objects.exists()


def test_two_different_passwords_are_refused(client):
    answer = client.post(SETUP, setup_answers(password2="correct horse batterie"))
    assert "The two passwords differ" in answer.content.decode()


@pytest.mark.parametrize("password", ["short", "password1234", "adalovelace-ada"])
def test_a_weak_password_is_refused(client, password):
    answer = client.post(SETUP, setup_answers(username="adalovelace", password1=password, password2=password))
    assert answer.context["form"].errors.keys() == {"password1"}
    fields = answer.context["form"].fields
    assert [name for name in fields if "autofocus" in fields[name].widget.attrs] == ["password1"]


def test_the_name_of_another_reader_is_refused(client):
    accounts.first_reader()
    User.objects.create(username="Ada", password="!")
    assert client.post(SETUP, setup_answers()).context["form"].errors.keys() == {"username"}


def test_set_up_is_gone_once_a_reader_has_a_password(client, reader):
    assert client.get(SETUP).status_code == 404
    assert client.post(SETUP, {"token": "x"}).status_code == 404


# --- log in --------------------------------------------------------------------------------------------------------


def test_a_reader_logs_in_to_the_library(client, reader):
    assert log_in(client).url == "/library/"


def test_the_case_of_a_name_does_not_matter(client, reader):
    assert log_in(client, "ADA").url == "/library/"


def test_log_in_goes_on_to_the_page_that_was_asked_for(client, reader):
    assert client.get("/tags/").url == "/login/?next=/tags/"
    assert log_in(client, next="/tags/").url == "/tags/"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "http://localhost/"]
)
def test_log_in_never_leads_to_another_site(client, reader, elsewhere):
    assert log_in(client, next=elsewhere).url == "/library/"


def test_who_is_logged_in_is_sent_on(reading):
    assert reading.get("/login/?next=/tags/").url == "/tags/"


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client, reader):
    wrong, unknown = log_in(client, password="wrong"), log_in(client, "nobody")
    assert "That name and password don’t match." in wrong.content.decode()
    assert [answer.context["form"].non_field_errors() for answer in (wrong, unknown)] == [
        ["That name and password don’t match."]
    ] * 2


def test_a_closed_account_gets_the_answer_of_a_wrong_password(client, reader):
    User.objects.update(is_active=False)
    assert log_in(client).context["form"].non_field_errors() == ["That name and password don’t match."]


def test_a_reader_without_a_password_cannot_log_in(client):
    accounts.first_reader("ada")
    assert log_in(client, password="!").status_code == 200


def test_after_five_wrong_passwords_a_name_has_to_wait_wherever_the_next_try_comes_from(client, reader):
    for number in range(5):
        log_in(client, password="wrong", headers={"host": f"localhost:{8000 + number}"})
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert log_in(elsewhere).context["form"].non_field_errors() == [accounts.TOO_MANY]


def test_unknown_names_have_to_wait_alike(client):
    for _ in range(5):
        log_in(client, "nobody")
    assert log_in(client, "nobody").context["form"].non_field_errors() == [accounts.TOO_MANY]


def test_other_letters_that_a_database_takes_for_the_same_are_the_same_name(client):
    User.objects.create_user("irini", password="correct horse battery")
    for name in ("ırini", "ırını", "Irini", "irını", "irinı"):
        log_in(client, name, password="wrong")
    assert log_in(client, "irini").context["form"].non_field_errors() == [accounts.TOO_MANY]


def test_an_address_that_tries_many_names_has_to_wait(client, reader):
    for number in range(10):
        log_in(client, f"name{number}")
    assert log_in(client).context["form"].non_field_errors() == [accounts.TOO_MANY]
    assert log_in(Client(REMOTE_ADDR="203.0.113.9")).url == "/library/"


def test_logging_in_rightly_is_not_counted_as_a_try(client, reader):
    for _ in range(7):
        assert log_in(client).url == "/library/"
        client.post("/logout/")


def test_thirty_forms_a_minute_from_one_address_are_enough(client, reader):
    answers = [log_in(client, f"name{number}") for number in range(31)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert "too many tries" in answers[-1].content.decode()


def test_tries_are_counted_where_every_process_sees_them(client, reader):
    cache.clear()
    log_in(client, password="wrong")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM library_cache")
        assert cursor.fetchone()[0] > 0


def test_a_library_without_a_reader_says_how_to_begin(client):
    assert "Open the set-up address" in client.get("/login/").content.decode()


# --- log out, change password --------------------------------------------------------------------------------------


def test_log_out_asks_first_and_does_it_when_sent(reading):
    assert "Log out?" in reading.get("/logout/").content.decode()
    assert reading.get("/library/").status_code == 200
    assert reading.post("/logout/").url == "/login/"
    assert reading.get("/library/").url == "/login/?next=/library/"


def change_password(client, **more):
    new = {"oldpassword": PASSWORD, "password1": "a new long phrase", "password2": "a new long phrase"}
    return client.post("/settings/password/", {**new, **more}, follow=True)


def test_a_changed_password_holds_and_logs_other_browsers_out(reading, reader):
    other = Client()
    log_in(other)
    assert "Password changed. Other browsers are logged out." in change_password(reading).content.decode()
    assert reading.get("/settings/").status_code == 200
    assert other.get("/settings/").status_code == 302
    assert log_in(Client(), password="a new long phrase").url == "/library/"


@pytest.mark.parametrize(
    ("field", "value"), [("oldpassword", "wrong"), ("password1", "short"), ("password2", "another long phrase")]
)
def test_a_password_is_changed_only_by_who_knows_it_and_to_a_strong_one(reading, reader, field, value):
    assert change_password(reading, **{field: value}).context["form"].errors
    reader.refresh_from_db()
    assert reader.check_password(PASSWORD)


def test_guessing_the_current_password_is_throttled(reading):
    answers = [change_password(reading, oldpassword="wrong") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_reset_password"])
def test_no_other_page_of_allauth_is_there(name):
    with pytest.raises(Exception, match="not found"):
        reverse(name)
