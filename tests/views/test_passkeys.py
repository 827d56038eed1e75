"""Passkeys, with a device in the place of the browser's. tests/views/test_passkeys_browser.py has the browser."""

import json
from urllib.parse import unquote

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from library.accounts import CLOSED
from library.accounts.second_factors import MOST_PASSKEYS, WRONG_CODE
from library.models import User
from library.views.passkeys import ENOUGH, LAST_WAY
from tests.views.authenticator import FLAG, Device
from tests.views.doors import PAGE, again, log_in, with_passkey, with_recovery_codes

pytestmark = pytest.mark.django_db
ADD = "/settings/security/passkeys/add/"
LOG_IN = "/login/passkey/"


def add(client, device, name="My key", **more):
    again(client)
    options = json.loads(client.get(ADD).context["options"])
    return client.post(ADD, {"credential": json.dumps(device.make(options)), "name": name, **more}, follow=True)


def asked(client):
    return client.get(LOG_IN, headers={"accept": "application/json"}).json()["request_options"]


def enter(client, credential, **more):
    return client.post(LOG_IN, {"credential": json.dumps(credential), **more}, follow=True)


@pytest.fixture
def device(reading):
    kept = Device()
    add(reading, kept)
    return kept


def who(client) -> str:
    return client.get("/library/", follow=True).wsgi_request.user.get_username()


def test_a_passkey_is_added_with_a_name_and_recovery_codes_are_shown(reading):
    answer = add(reading, Device(), "Grey key")
    assert "Recovery codes" in answer.content.decode()
    page = reading.get(PAGE).content.decode()
    assert '<b dir="auto">Grey key</b>' in page
    assert "not used yet" in page


def test_a_passkey_without_a_name_is_called_by_its_browser(reading):
    agent = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
    again(reading)
    options = json.loads(reading.get(ADD).context["options"])
    reading.post(ADD, {"credential": json.dumps(Device().make(options)), "name": ""}, headers=agent)
    assert "Firefox on Linux" in reading.get(PAGE).content.decode()


def test_the_device_is_asked_for_a_passkey_that_it_keeps_and_opens_itself(reading):
    again(reading)
    chosen = json.loads(reading.get(ADD).context["options"])["publicKey"]["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")


@pytest.mark.parametrize("wrong", ["", "{", "[]", '"x"', "{}", '{"response": 1}', '{"id": "x", "response": {}}'])
def test_what_no_device_answers_adds_nothing(reading, wrong):
    again(reading)
    reading.get(ADD)
    assert reading.post(ADD, {"credential": wrong, "name": "x"}).status_code == 200
    assert reading.post(LOG_IN, {"credential": wrong}).status_code == 302
    assert not Authenticator.objects.exists()


def test_an_answer_to_another_question_adds_nothing(reading):
    again(reading)
    old = json.loads(reading.get(ADD).context["options"])
    reading.get(ADD)
    answer = reading.post(ADD, {"credential": json.dumps(Device().make(old)), "name": "x"})
    assert WRONG_CODE in answer.context["form"].non_field_errors()


def test_nothing_is_kept_of_an_answer_but_the_passkey(reading):
    again(reading)
    answer = Device().make(json.loads(reading.get(ADD).context["options"]))
    reading.post(ADD, {"credential": json.dumps({**answer, "more": "\0" * 99}), "name": "x"})
    assert "more" not in Authenticator.objects.get(type="webauthn").data["credential"]


def test_there_is_an_end_to_passkeys(reading, reader):
    for _ in range(MOST_PASSKEYS):
        with_passkey(reader)
    again(reading)
    assert ENOUGH in [str(message) for message in reading.get(ADD, follow=True).context["messages"]]


# --- log in --------------------------------------------------------------------------------------------------------


def test_a_passkey_logs_in_without_name_password_or_second_step(device, client):
    client.logout()
    answer = enter(client, device.use(asked(client)), next="/tags/")
    assert answer.redirect_chain == [("/tags/", 302)]
    assert who(client) == "ada"
    assert "last used now" in client.get(PAGE).content.decode()


def test_the_log_in_page_offers_passkeys_once_there_are_some(client, reader):
    assert "data-passkey" not in client.get("/login/").content.decode()
    with_passkey(reader)
    page = client.get("/login/").content.decode()
    assert "data-passkey" in page
    assert "Passkeys need JavaScript." in page


@pytest.mark.parametrize("flags", [FLAG.UP, FLAG.UV, FLAG(0)])
def test_a_device_that_did_not_look_who_holds_it_opens_nothing(device, flags):
    client = Client()
    enter(client, device.use(asked(client), flags))
    assert isinstance(client.get("/login/").wsgi_request.user, AnonymousUser)


def forged(device: Device) -> Device:
    other = Device()
    other.id, other.user = device.id, device.user
    return other


def elsewhere(device: Device) -> Device:
    device.origin = "https://testserver.evil.example"
    return device


def another_user(device: Device) -> Device:
    device.user = "AAAA"
    return device


@pytest.mark.parametrize("change", [forged, elsewhere, another_user])
def test_what_is_not_right_is_answered_alike(device, change):
    client = Client()
    answer = enter(client, change(device).use(asked(client)))
    assert answer.redirect_chain == [("/login/", 302)]
    assert [str(message) for message in answer.context["messages"]] == [WRONG_CODE]


def test_an_answer_opens_once_and_in_the_browser_that_was_asked(device):
    client, other = Client(), Client()
    credential = device.use(asked(client))
    assert enter(other, credential).redirect_chain == [("/login/", 302)]
    enter(client, credential)
    client.logout()
    assert enter(client, credential).redirect_chain == [("/login/", 302)]


def test_a_closed_account_is_told_so(device):
    User.objects.update(is_active=False)
    client = Client()
    answer = enter(client, device.use(asked(client)))
    assert [str(message) for message in answer.context["messages"]] == [CLOSED]


def test_log_ins_with_passkeys_are_throttled(device):
    client = Client(REMOTE_ADDR="203.0.113.9")
    assert [client.post(LOG_IN, {}).status_code for _ in range(11)] == [302] * 10 + [429]


def test_questions_for_a_passkey_are_throttled_too(device):
    client = Client(REMOTE_ADDR="203.0.113.9")
    asked(client)
    assert [client.get(LOG_IN).status_code for _ in range(30)] == [302] * 29 + [429]


def test_a_passkey_is_the_second_step_after_the_password(device):
    client = Client()
    assert log_in(client).url == "/login/second/"
    options = json.loads(client.get("/login/second/").context["options"])
    assert client.post("/login/second/", {"credential": json.dumps(device.use(options))}).url == "/library/"


@pytest.mark.parametrize("wrong", ["", "{", "[]", '{"response": 1}', "{}"])
def test_the_second_step_refuses_what_no_device_answers(device, wrong):
    client = Client()
    log_in(client)
    client.get("/login/second/")
    answer = client.post("/login/second/", {"credential": wrong})
    assert answer.status_code == 200
    assert answer.context["problem"]


def test_a_passkey_shows_who_one_is_before_a_change(device, client):
    client.logout()
    enter(client, device.use(asked(client)))
    assert unquote(client.get(ADD).url) == f"/login/again/?next={ADD}"
    page = client.get("/login/again/passkey/", {"next": ADD})
    credential = json.dumps(device.use(json.loads(page.context["options"])))
    assert client.post("/login/again/passkey/", {"credential": credential, "next": ADD}).url == ADD
    assert client.get(ADD).status_code == 200


def test_a_wrong_passkey_leads_back_to_the_question(device, client):
    answer = client.post("/login/again/passkey/", {"credential": "{}", "next": ADD})
    assert unquote(answer.url) == f"/login/again/passkey/?next={ADD}"


# --- rename, remove ------------------------------------------------------------------------------------------------


def test_a_passkey_is_renamed(reading, device):
    place = f"/settings/security/passkeys/{Authenticator.objects.get(type='webauthn').pk}/"
    assert 'value="My key"' in reading.get(place).content.decode()
    reading.post(place, {"name": "Blue <key>"})
    assert "Blue &lt;key&gt;" in reading.get(PAGE).content.decode()
    assert reading.post(place, {"name": ""}).context["form"].errors


def test_a_removed_passkey_opens_nothing(reading, device):
    place = f"/settings/security/passkeys/{Authenticator.objects.get(type='webauthn').pk}/"
    assert "passkey is removed" in reading.post(f"{place}remove/", follow=True).content.decode()
    client = Client()
    assert enter(client, device.use(asked(client))).redirect_chain == [("/login/", 302)]


def test_the_only_way_in_is_not_removed(reading, reader, device):
    reader.set_unusable_password()
    reader.save()
    reading.force_login(reader)
    passkey = Authenticator.objects.get(type="webauthn")
    page = reading.get("/login/again/passkey/")
    credential = json.dumps(device.use(json.loads(page.context["options"])))
    reading.post("/login/again/passkey/", {"credential": credential})
    answer = reading.post(f"/settings/security/passkeys/{passkey.pk}/remove/", follow=True)
    assert LAST_WAY in [str(message) for message in answer.context["messages"]]
    assert Authenticator.objects.filter(pk=passkey.pk).exists()


def test_recovery_codes_go_with_the_last_second_factor(reading, reader):
    with_recovery_codes(reader)
    passkey = with_passkey(reader)
    again(reading)
    reading.post(f"/settings/security/passkeys/{passkey.pk}/remove/")
    assert not Authenticator.objects.exists()


def test_the_password_alone_does_not_do_with_a_passkey(reading, device):
    assert "After them comes a code or a passkey." in reading.get(PAGE).content.decode()
