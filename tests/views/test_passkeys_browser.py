"""Passkeys in Chromium, with the authenticator that it has for tests."""

import pytest

from tests.views.doors import PASSWORD

pytestmark = pytest.mark.browser
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def device(quiet):
    """The page, in a browser that has a device."""
    tools = quiet.context.new_cdp_session(quiet)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return quiet


def add(page):
    page.goto("/settings/security/passkeys/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name").fill("Grey key")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="I have kept them").click()


def test_a_passkey_is_added_and_logs_in(device, reader):
    add(device)
    assert device.locator("b", has_text="Grey key").is_visible()
    device.context.clear_cookies()
    device.goto("/login/?next=/tags/")
    device.get_by_role("button", name="Log in with a passkey").click()
    device.wait_for_url("**/tags/")


def test_a_passkey_is_the_second_step_and_shows_who_one_is(device, reader):
    add(device)
    device.context.clear_cookies()
    device.goto("/login/")
    device.get_by_label("Name").fill("ada")
    device.get_by_label("Password").fill(PASSWORD)
    device.get_by_role("button", name="Log in", exact=True).click()
    device.get_by_role("button", name="Use a passkey").click()
    device.wait_for_url("**/library/")
    device.goto("/settings/security/app/")
    device.get_by_role("link", name="Use a passkey").click()
    device.get_by_role("button", name="Use a passkey").click()
    device.wait_for_url("**/settings/security/app/")
    assert device.get_by_role("img", name="The secret as a QR code").is_visible()


def test_a_device_that_says_no_is_told_and_nothing_is_lost(quiet, reader):
    tools = quiet.context.new_cdp_session(quiet)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": {**DEVICE, "isUserVerified": False}})
    quiet.goto("/settings/security/passkeys/add/")
    quiet.get_by_label("Password").fill(PASSWORD)
    quiet.get_by_role("button", name="Go on").click()
    quiet.get_by_label("Name").fill("Grey key")
    quiet.get_by_role("button", name="Add a passkey").click()
    quiet.get_by_text("That didn’t work, or was cancelled.").wait_for()
    assert quiet.get_by_label("Name").input_value() == "Grey key"


def test_without_javascript_the_page_says_what_passkeys_need(browser, live_server, reading, settings):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": reading.cookies[name].value, "url": live_server.url}])
    page = context.new_page()
    page.goto("/settings/security/passkeys/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    assert page.get_by_text("Passkeys need JavaScript.").is_visible()
    assert page.get_by_role("button", name="Add a passkey").is_disabled()
    context.close()
