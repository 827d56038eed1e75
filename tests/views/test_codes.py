"""The authenticator app and the recovery codes, as a reader meets them."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from library import accounts
from library.accounts.second_factors import WRONG_CODE
from library.forms.security import NOT_THE_APPS
from tests.views.doors import PAGE, again, code, log_in, with_app, with_recovery_codes

pytestmark = pytest.mark.django_db
APP = "/settings/security/app/"
CODES = "/settings/security/codes/"


def shown_secret(page: str) -> str:
    return re.search(r"<code>([A-Z2-7= ]+)</code>", page)[1].replace(" ", "")


def shown_codes(page: str) -> list[str]:
    return re.findall(r"<code>(\d{8})</code>", page)


def set_up(client):
    again(client)
    secret = shown_secret(client.get(APP).content.decode())
    return secret, client.post(APP, {"code": code(secret)}, follow=True)


def test_the_app_is_set_up_by_picture_or_secret_and_a_code(reading):
    again(reading)
    page = reading.get(APP).content.decode()
    assert '<div class="qr" role="img" aria-label="The secret as a QR code"><svg' in page
    assert "style=" not in page.partition("<main")[2]
    set_up(reading)
    assert reading.get(PAGE).context["app"]


def test_a_wrong_code_sets_nothing_up_and_the_picture_stays(reading):
    again(reading)
    secret = shown_secret(reading.get(APP).content.decode())
    answer = reading.post(APP, {"code": "000000"})
    assert answer.context["form"].errors["code"] == [NOT_THE_APPS]
    assert shown_secret(answer.content.decode()) == secret
    assert not Authenticator.objects.exists()


def test_the_secret_is_not_in_the_database_as_it_is(reading):
    secret, _ = set_up(reading)
    assert secret not in str(Authenticator.objects.get(type="totp").data)


def test_recovery_codes_are_shown_once_and_can_be_downloaded(reading):
    _, answer = set_up(reading)
    codes = shown_codes(answer.content.decode())
    assert len(set(codes)) == 10
    text = reading.get(f"{CODES}recovery-codes.txt")
    assert text.headers["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert text.content.decode().split()[-10:] == codes
    reading.post(f"{CODES}done/")
    assert reading.get(CODES).url == PAGE
    assert reading.get(f"{CODES}recovery-codes.txt").status_code == 404
    assert "10 codes left" in reading.get(PAGE).content.decode()


def test_recovery_codes_are_shown_to_no_other_browser(reading):
    set_up(reading)
    other = Client()
    log_in(other)
    other.post("/login/second/", {"code": code(set_up_secret(), 1)})
    again(other)
    assert other.get(CODES).url == PAGE


def set_up_secret() -> str:
    return accounts.second_factors.MFAAdapter().decrypt(Authenticator.objects.get(type="totp").data["secret"])


def test_new_recovery_codes_take_the_place_of_the_old(reading, reader):
    with_app(reader)
    old = with_recovery_codes(reader)
    again(reading)
    new = shown_codes(reading.post(f"{CODES}new/", follow=True).content.decode())
    assert len(new) == 10
    assert not set(new) & set(old)
    log_in(client := Client())
    assert client.post("/login/second/", {"code": old[0]}).status_code == 200
    assert client.post("/login/second/", {"code": new[0]}).url == "/library/"


def test_the_app_is_switched_off_and_its_recovery_codes_go(reading, reader):
    with_app(reader)
    with_recovery_codes(reader)
    again(reading)
    assert "switched off" in reading.post(f"{APP}off/", follow=True).content.decode()
    assert not Authenticator.objects.exists()
    assert log_in(Client()).url == "/library/"


# --- the second step -----------------------------------------------------------------------------------------------


def test_after_the_password_comes_the_code(client, reader):
    secret = with_app(reader)
    assert log_in(client).url == "/login/second/"
    assert client.get("/library/").url == "/login/?next=/library/"
    assert client.post("/login/second/", {"code": code(secret)}).url == "/library/"


def test_the_second_step_goes_on_to_the_page_that_was_asked_for(client, reader):
    secret = with_app(reader)
    log_in(client, next="/tags/")
    assert client.post("/login/second/", {"code": code(secret)}).url == "/tags/"


def test_a_code_opens_once(client, reader):
    secret = with_app(reader)
    used = code(secret)
    log_in(client)
    client.post("/login/second/", {"code": used})
    log_in(other := Client())
    answer = other.post("/login/second/", {"code": f"{used[:3]} {used[3:]}"})
    assert answer.context["form"].errors["code"] == [WRONG_CODE]


def test_a_recovery_code_opens_once_and_is_counted(client, reader):
    with_app(reader)
    codes = with_recovery_codes(reader)
    log_in(client)
    assert client.post("/login/second/", {"code": codes[3]}).url == "/library/"
    assert "9 codes left" in client.get(PAGE).content.decode()
    log_in(other := Client())
    assert other.post("/login/second/", {"code": codes[3]}).status_code == 200


@pytest.mark.parametrize("wrong", ["", "000000", "x", "\0", "٣٣٣٣٣٣", "1" * 41])
def test_a_wrong_code_lets_nobody_in(client, reader, wrong):
    with_app(reader)
    log_in(client)
    assert client.post("/login/second/", {"code": wrong}).status_code == 200
    assert client.get("/library/").status_code == 302


def test_codes_are_throttled_wherever_the_next_try_comes_from(client, reader):
    secret = with_app(reader)
    log_in(client)
    for _ in range(5):
        client.post("/login/second/", {"code": "000000"})
    log_in(other := Client(REMOTE_ADDR="203.0.113.9"))
    assert other.post("/login/second/", {"code": code(secret)}).context["form"].errors["code"] == [accounts.TOO_MANY]


def test_another_reader_can_log_in_instead(client, reader):
    with_app(reader)
    log_in(client)
    assert client.get("/login/").url == "/login/second/"
    assert client.post("/login/start-again/").url == "/login/"
    assert client.get("/login/").status_code == 200


def test_nobody_comes_to_the_second_step_without_the_first(client, reader):
    with_app(reader)
    assert client.get("/login/second/").url == "/login/"
    assert client.post("/login/second/", {"code": "000000"}).url == "/login/"


def test_after_a_change_of_the_secret_key_no_code_fits_and_nothing_breaks(client, reader, settings):
    secret = with_app(reader)
    codes = with_recovery_codes(reader)
    settings.SECRET_KEY = "another-" * 5
    log_in(client)
    for tried in (code(secret), codes[0], code("")):
        assert client.post("/login/second/", {"code": tried}).context["form"].errors["code"] == [WRONG_CODE]
