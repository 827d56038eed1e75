"""Search in a real browser: as it is typed, by keyboard, and without JavaScript."""

import re

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import expect

from library.models import Shelf
from tests.test_accessibility import problems
from tests.views.shelf import article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ledgers(reader) -> None:
    for number in range(3):
        article(reader, f"Ledger {number}", ("paper",), type="Essay" if number else "Talk notes", note="My ledger")


def box(page):
    return page.locator("form.q input[name=q]")


def test_results_come_while_typing_and_back_leaves_the_search(reading_page, ledgers):
    reading_page.goto("/library/")
    reading_page.goto("/search/")
    box(reading_page).press_sequentially("ledger", delay=20)
    expect(reading_page.locator("#list article")).to_have_count(3)
    expect(reading_page.locator("#live")).to_have_text("3 articles")
    expect(reading_page).to_have_title("ledger, 3 articles · Commonplace")
    expect(reading_page).to_have_url("/search/?q=ledger", ignore_case=True)
    expect(box(reading_page)).to_be_focused()
    box(reading_page).fill("")
    expect(reading_page.get_by_role("heading", name="Examples")).to_be_visible()
    reading_page.go_back()
    expect(reading_page.get_by_role("heading", name="Library", level=1)).to_be_visible()


def test_the_count_of_very_many_comes_after_them(reading_page, ledgers, monkeypatch):
    module = f"library.search.{'sqlite' if connection.vendor == 'sqlite' else 'postgres'}"
    for bound in ("RANKED", "BEST", "MANY"):
        monkeypatch.setattr(f"{module}.{bound}", 2, raising=False)
    reading_page.route("**/search/narrow/**", lambda route: None)
    reading_page.goto("/search/?q=ledger")
    expect(reading_page.locator("#found")).to_have_text("At least 2 articles")
    reading_page.unroute_all()
    reading_page.goto("/search/?q=ledger")
    expect(reading_page.locator("#found")).to_have_text("3 articles")


def test_a_filter_stays_text_while_typing_and_is_a_chip_on_enter(reading_page, ledgers):
    reading_page.goto("/search/")
    box(reading_page).press_sequentially("tag:paper")
    expect(reading_page.locator("#list article")).to_have_count(3)
    expect(box(reading_page)).to_have_value("tag:paper")
    box(reading_page).press("Enter")
    expect(reading_page.locator(".chip")).to_have_count(1)
    expect(box(reading_page)).to_have_value("")


def test_backspace_selects_the_last_chip_and_then_removes_it(reading_page, ledgers):
    reading_page.goto("/search/?q=tag:paper+-vellum")
    box(reading_page).press("Backspace")
    last = reading_page.get_by_label("Remove filter not vellum")
    expect(last).to_be_focused()
    last.press("Backspace")
    expect(reading_page.locator(".chip")).to_have_count(1)
    expect(box(reading_page)).to_be_focused()


def test_after_a_chip_the_next_one_has_the_focus(reading_page, ledgers):
    reading_page.goto("/search/?q=tag:paper+-vellum")
    reading_page.get_by_label("Remove filter tag paper").click()
    expect(reading_page.get_by_label("Remove filter not vellum")).to_be_focused()


def test_nothing_is_asked_while_characters_are_composed(reading_page, ledgers):
    reading_page.goto("/search/")
    asked: list[str] = []
    reading_page.on("request", lambda request: asked.append(request.url) if "/search/" in request.url else None)
    box(reading_page).dispatch_event("compositionstart")
    box(reading_page).fill("ledger")
    reading_page.wait_for_timeout(400)
    assert asked == []
    box(reading_page).dispatch_event("compositionend")
    expect(reading_page.locator("#list article")).to_have_count(3)


def test_a_slow_search_says_so(reading_page, ledgers):
    reading_page.goto("/search/")
    held: list = []
    reading_page.route("**/search/?*", lambda route: held.append(route))
    box(reading_page).fill("ledger")
    expect(reading_page.locator("#live")).to_have_text("Still searching 3 articles")
    expect(reading_page.locator(".answer")).to_have_attribute("aria-busy", "true")
    held[0].continue_()
    expect(reading_page.locator("#live")).to_have_text("3 articles")


def test_a_search_that_fails_keeps_what_was_typed(reading_page, ledgers):
    reading_page.goto("/search/")
    reading_page.route("**/search/?*", lambda route: route.fulfill(status=500, body="<p>broken</p>"))
    box(reading_page).fill("ledger")
    expect(reading_page.locator("#unanswered")).to_contain_text("What you typed is still in the box")
    expect(box(reading_page)).to_have_value("ledger")


def test_arrow_down_goes_to_the_first_result_and_j_on(reading_page, ledgers):
    reading_page.goto("/search/?q=ledger")
    box(reading_page).press("ArrowDown")
    expect(reading_page.locator("#list h3 a").nth(0)).to_be_focused()
    reading_page.keyboard.press("j")
    expect(reading_page.locator("#list h3 a").nth(1)).to_be_focused()


def test_lists_that_narrow_come_by_themselves_and_fold_on_a_phone(reading_page, ledgers):
    reading_page.goto("/search/?q=ledger")
    reading_page.locator(".refine").get_by_role("link", name="Essay").click()
    expect(reading_page.locator("#list article")).to_have_count(2)
    reading_page.set_viewport_size({"width": 390, "height": 844})
    reading_page.goto("/search/?q=ledger")
    reading_page.locator(".refine summary", has_text="Narrow").click()
    expect(reading_page.locator(".refine").get_by_role("link", name="Essay")).to_be_visible()
    assert reading_page.evaluate("document.documentElement.scrollWidth") <= 390


def test_recent_searches_are_kept_here_and_forgotten(reading_page, ledgers):
    for words in ("ledger", "paper"):
        reading_page.goto("/search/")
        box(reading_page).fill(words)
        box(reading_page).press("Enter")
        reading_page.wait_for_url(f"**/search/?q={words}")
    reading_page.goto("/search/")
    expect(reading_page.locator("#recent li a")).to_have_text(["paper", "ledger"])
    reading_page.get_by_label("Forget paper").click()
    expect(reading_page.locator("#recent li a")).to_have_text(["ledger"])
    reading_page.get_by_role("button", name="Forget all").click()
    expect(reading_page.locator("#recent")).to_be_hidden()
    expect(box(reading_page)).to_be_focused()


def test_recent_searches_are_dropped_on_logging_out(reading_page, ledgers):
    reading_page.goto("/search/?q=ledger")
    reading_page.get_by_role("button", name="Search", exact=True).click()
    reading_page.goto("/settings/")
    assert reading_page.evaluate("localStorage.length") > 0
    reading_page.get_by_role("button", name="Log out").click()
    reading_page.wait_for_url("**/login/**")
    assert reading_page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('recent'))") == []


def test_everything_works_without_javascript(browser, live_server, reading, ledgers):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": reading.cookies[name].value, "url": live_server.url}])
    page = context.new_page()
    page.goto("/search/?q=tag:paper")
    box(page).fill("ledger")
    box(page).press("Enter")
    expect(page.locator("#list article")).to_have_count(3)
    expect(page.locator(".chip")).to_have_count(1)
    page.get_by_role("link", name="Narrow by type, tag or year").click()
    page.get_by_role("link", name="Essay").click()
    expect(page.locator("#list article")).to_have_count(2)
    context.close()


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("theme", ["light", "sepia", "dark"])
def test_search_breaks_no_rule_of_accessibility(reading_page, ledgers, width, theme):
    reading_page.emulate_media(reduced_motion="reduce")
    addresses = ("/search/", "/search/?q=ledger&narrow=1", "/search/?q=tag:paper+-x", "/search/?q=no", "/search-words/")
    assert [line for address in addresses for line in problems(reading_page, width, theme, address)] == []


def test_what_is_typed_beside_a_chip_is_kept_by_it_and_by_a_new_shelf(reading_page, ledgers):
    reading_page.goto("/search/?q=tag:paper+ledger")
    box(reading_page).fill("ledger -vellum")
    expect(reading_page.locator("#results .btn", has_text="Save as shelf")).to_have_attribute(
        "href", "/shelves/new/?q=tag%3Apaper+ledger+-vellum"
    )
    reading_page.get_by_label("Remove filter tag paper").click()
    expect(reading_page.locator(".chip")).to_have_text(["notvellum"])
    expect(box(reading_page)).to_have_value("ledger")


def test_the_shelf_is_marked_while_its_search_is_in_the_box(reading_page, ledgers, reader):
    Shelf.objects.append(reader, "Ledgers", query="ledger")
    reading_page.goto("/search/?q=ledger")
    marked = reading_page.locator(".rail [aria-current]")
    expect(marked).to_have_text(re.compile("Ledgers"))
    box(reading_page).press("End")
    box(reading_page).press_sequentially(" 1")
    expect(marked).to_have_text(re.compile("Search"))
    box(reading_page).press("Backspace")
    box(reading_page).press("Backspace")
    expect(marked).to_have_text(re.compile("Ledgers"))


def test_an_order_that_was_typed_stays_while_more_is_typed(reading_page, reader):
    for number in range(3):
        article(reader, f"Ledger {number}", words=number)
    reading_page.goto("/search/?q=ledger+sort:title")
    box(reading_page).fill("ledger ledger")
    expect(reading_page).to_have_url("/search/?q=ledger+ledger&sort=title")
    expect(reading_page.locator("#list h3")).to_have_text(["Ledger 0", "Ledger 1", "Ledger 2"])


def test_a_word_that_is_not_yet_whole_finds_already(reading_page, ledgers):
    reading_page.goto("/search/")
    box(reading_page).press_sequentially("ledg")
    expect(reading_page.locator("#list article")).to_have_count(3)
    expect(reading_page.get_by_role("link", name="Talk notes")).to_have_attribute(
        "href", "/search/?q=ledg%2A+type%3A%22Talk+notes%22"
    )
    expect(reading_page.locator("#found")).to_have_text("3 articles")
    box(reading_page).press("Enter")
    expect(reading_page.locator("#results")).to_contain_text("No article matches this")
