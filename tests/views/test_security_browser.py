"""The doors in Chromium: no page breaks a rule of accessibility, and all but passkeys work without JavaScript."""

from itertools import cycle

import pytest
from allauth.socialaccount.models import SocialAccount

from library.views.codes import SHOWN_UNTIL
from tests.test_accessibility import LOOKS, problems
from tests.views.doors import PAGE, PASSWORD, again, code, with_app, with_passkey, with_recovery_codes, with_session

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FOREVER = 10**12


@pytest.fixture
def with_provider(settings):
    settings.OIDC_ISSUER, settings.OIDC_NAME = "https://id.example", "Home"


def test_no_page_of_the_doors_breaks_a_rule_of_accessibility(quiet, reading, reader, with_provider):
    again(reading)
    quiet.emulate_media(reduced_motion="reduce")
    looks = cycle(LOOKS)
    empty = [PAGE, f"{PAGE}app/", f"{PAGE}passkeys/add/", "/settings/password/"]
    assert [line for address in empty for line in problems(quiet, *next(looks), address)] == []
    with_app(reader)
    with_recovery_codes(reader)
    with_session(reader)
    passkey = with_passkey(reader)
    SocialAccount.objects.create(user=reader, provider="https://id.example", uid="1")
    session = reading.session
    session[SHOWN_UNTIL] = FOREVER
    session.save()
    full = [PAGE, f"{PAGE}codes/", f"{PAGE}passkeys/{passkey.pk}/", "/login/again/", "/login/again/code/",
            "/login/again/passkey/"]  # fmt: skip
    assert [line for address in full for line in problems(quiet, *next(looks), address)] == []


def test_nor_do_those_before_one_is_logged_in(page, reader, with_provider):
    with_passkey(reader)
    page.emulate_media(reduced_motion="reduce")
    looks = cycle(LOOKS)
    assert problems(page, *next(looks), "/login/") == []
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/login/second/")
    assert [line for _ in range(2) for line in problems(page, *next(looks), "/login/second/")] == []


def test_an_app_is_set_up_and_opens_without_javascript(browser, live_server, reader):
    page = browser.new_context(base_url=live_server.url, java_script_enabled=False).new_page()
    log_in(page)
    page.goto(PAGE)
    page.get_by_role("link", name="Set up an app").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    secret = page.locator("code").inner_text().replace(" ", "")
    page.get_by_label("Code", exact=True).fill(code(secret))
    page.get_by_role("button", name="Set up the app").click()
    recovery = page.locator("code").first.inner_text()
    page.get_by_role("button", name="I have kept them").click()
    page.context.clear_cookies()
    log_in(page)
    page.get_by_label("Code", exact=True).fill(recovery)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/library/")
    page.context.close()


def log_in(page) -> None:
    page.goto("/login/")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
