"""A review in a real browser: by keyboard alone, and without a script."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from library.content.anchors import Anchor
from library.highlighting import mark
from library.models import Highlight
from tests.views.shelf import article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
QUOTES = ("One debt half paid.", "One quarrel over pepper.", "And then there was peace.")


@pytest.fixture
def link(reader):
    link = article(reader, "The ledger", article=" ".join(QUOTES))
    for days, quote in enumerate(QUOTES):
        made = mark(link.sections.get(), Anchor(quote), "woad")[0]
        Highlight.objects.filter(pk=made.pk).update(created_at=timezone.now() - timedelta(days=9 - days))
    return link


def test_a_review_by_keyboard_alone(quiet, reader, link):
    page = quiet
    passage, place = page.locator("main blockquote"), page.locator("main .count")
    page.goto("/library/")
    page.keyboard.press("g")
    page.keyboard.press("r")
    expect(passage).to_contain_text(QUOTES[0])
    page.wait_for_load_state()  # a script listens for keys
    page.keyboard.press("ArrowRight")
    expect(place).to_have_text("2 of 3")
    page.keyboard.press("ArrowLeft")
    expect(passage).to_contain_text(QUOTES[0])
    page.keyboard.press("f")
    expect(page.get_by_role("button", name="Favourite")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("o")
    expect(page.locator("mark.hl").first).to_be_visible()
    assert page.evaluate("document.querySelector(':target').textContent") == QUOTES[0]
    page.keyboard.press("b")
    expect(place).to_have_text("1 of 3")
    page.keyboard.press("e")
    page.get_by_label("Your note").fill("Still owed.")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_label("Your note")).to_contain_text("Still owed.")
    for number in (2, 3):
        page.keyboard.press("ArrowRight")
        expect(place).to_have_text(f"{number} of 3")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="That’s all for today.")).to_be_visible()


def test_what_was_stopped_is_taken_back_with_u(quiet, reader, link):
    page = quiet
    page.goto("/review/")
    page.get_by_role("button", name="Stop showing").press("Enter")
    expect(page.locator("main .count")).to_have_text("1 of 2")
    page.keyboard.press("u")
    expect(page.locator("main .count")).to_have_text("1 of 3")
    expect(page.locator("main blockquote")).to_contain_text(QUOTES[0])


def test_a_review_without_a_script(browser, live_server, reading, link):
    name = settings.SESSION_COOKIE_NAME
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([{"name": name, "value": reading.cookies[name].value, "url": live_server.url}])
    page = context.new_page()
    page.goto("/review/")
    page.get_by_role("button", name="Less often").click()
    expect(page.locator("main .count")).to_have_text("2 of 3")
    page.get_by_role("button", name="Stop showing").click()
    expect(page.locator("main .count")).to_have_text("2 of 2")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("You went through 3 passages.")).to_be_visible()
    page.get_by_role("button", name="Show again").click()
    expect(page.get_by_role("button", name="Show again")).to_have_count(0)
    context.close()
