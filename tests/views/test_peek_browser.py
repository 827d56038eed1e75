"""The sheet beside a list, in Chromium; and rows held by a finger."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from library.models import Link
from library.search import indexing
from tests.test_accessibility import LOOKS, RULES
from tests.views.shelf import article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def three(reader) -> list[Link]:
    """In the order of the list."""
    made = [article(reader, name, ("sql",), overview=f"- On the {name.lower()}.", summary="A [link](https://x.example/).")
            for name in ("Third", "Second", "First")]  # fmt: skip
    return made[::-1]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


@pytest.mark.parametrize("address", ["/library/", "/library/?density=compact", "/tags/sql/"])
def test_space_shows_the_row_and_the_sheet_follows_j_and_k(quiet, three, address):
    quiet.goto(address)
    press(quiet, "j", " ")
    sheet = quiet.locator("#peek")
    expect(sheet).to_contain_text("On the first.")
    expect(sheet.get_by_role("heading", level=2)).to_be_focused()
    press(quiet, "j")
    expect(sheet).to_contain_text("On the second.")
    expect(quiet.locator("article.on h3")).to_have_text("Second")
    press(quiet, "k")
    expect(sheet).to_contain_text("On the first.")
    expect(sheet.get_by_role("heading", level=2)).to_be_focused()
    press(quiet, "Escape")
    expect(sheet).to_be_hidden()
    expect(quiet.locator("article.on h3 a")).to_be_focused()
    expect(quiet.locator("article.on h3")).to_have_text("First")


def test_space_again_closes_it_and_so_does_a_click_beside_it(quiet, three):
    quiet.goto("/library/")
    press(quiet, "j", " ")
    expect(quiet.locator("#peek")).to_be_visible()
    press(quiet, " ")
    expect(quiet.locator("#peek")).to_be_hidden()
    press(quiet, " ")
    expect(quiet.locator("#peek")).to_be_visible()
    quiet.locator("h1").click()
    expect(quiet.locator("#peek")).to_be_hidden()


def test_its_buttons_move_the_article_and_the_sheet_goes_on(quiet, three):
    quiet.goto("/library/?state=inbox")
    press(quiet, "j", " ")
    quiet.locator("#peek").get_by_role("button", name="Finish").click()
    expect(quiet.locator("#main article")).to_have_count(2)
    expect(quiet.locator("#peek")).to_contain_text("On the second.")
    expect(quiet.locator("#flash")).to_contain_text("Finished.")
    three[0].refresh_from_db()
    assert three[0].state == "finished"
    press(quiet, "e")
    expect(quiet.locator("#peek")).to_contain_text("On the third.")
    press(quiet, "u")
    expect(quiet.locator("#main article")).to_have_count(2)


def test_it_works_in_a_search_too(quiet, three):
    quiet.goto("/search/?q=tag:sql")
    press(quiet, "j", " ")
    expect(quiet.locator("#peek")).to_contain_text("On the")


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_the_sheet_and_the_pages_beside_it_break_no_rule_of_accessibility(reading_page, three, width, theme):
    reading_page.emulate_media(reduced_motion="reduce")
    reading_page.set_viewport_size({"width": width, "height": 900})
    for address in ("/library/", f"/read/{three[0].pk}/about/", "/shortcuts/", "/library/?length=<5&has=note"):
        reading_page.goto(address)
        reading_page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        if address == "/library/":
            press(reading_page, "j", " ")
            expect(reading_page.locator("#peek")).to_be_visible()
        found = Axe().run(reading_page, options=RULES).response["violations"]
        assert [f"{address} {each['id']} {each['nodes'][0]['html'][:200]}" for each in found] == []


def test_without_scripts_the_same_is_a_page(browser, live_server, reading, three, settings):
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": reading.cookies[settings.SESSION_COOKIE_NAME].value}
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([{**cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"/read/{three[0].pk}/versions/")
    page.get_by_role("link", name="About").click()
    expect(page.locator(".sheet")).to_contain_text("On the first.")
    page.get_by_role("button", name="Finish").click()
    expect(page.locator(".facts")).to_contain_text("Finished")
    page.goto("/shortcuts/")
    expect(page.locator(".keys").first).to_contain_text("Look into it")
    context.close()


def hold(page: Page, selector: str, milliseconds: int) -> None:
    """A finger on the middle of the first such element."""
    box = page.locator(selector).first.bounding_box()
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    touch = page.context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    page.wait_for_timeout(milliseconds)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_on_a_phone_a_held_row_is_selected_and_a_tap_opens_it(browser, live_server, reading, three, settings):
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": reading.cookies[settings.SESSION_COOKIE_NAME].value}
    context = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 844}, has_touch=True)
    context.add_cookies([{**cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto("/library/")
    hold(page, "article h3 a", 700)
    expect(page.locator("#selected")).to_have_text("1 selected")
    assert page.url.endswith("/library/")
    hold(page, "article:nth-of-type(2) h3 a", 700)
    expect(page.locator("#selected")).to_have_text("2 selected")
    hold(page, "article:nth-of-type(3) h3 a", 60)
    page.wait_for_url(f"**/read/{three[2].pk}-third/")
    context.close()


@pytest.mark.parametrize("width", [390, 320])
def test_nothing_scrolls_sideways_on_a_phone(quiet, reader, width):
    link = article(reader, "T" * 200, ("t" * 90,), type="K" * 90, overview="- " + "o" * 300,
                   url=f"https://x.example/{'u' * 300}", extra={"k" * 60: "v" * 300})  # fmt: skip
    quiet.set_viewport_size({"width": width, "height": 800})
    for address in ("/library/", "/library/?length=<5&has=note&select=1", f"/read/{link.pk}/about/", "/shortcuts/",
                    "/search/?q=tag:none", "/library/?sort=type"):  # fmt: skip
        quiet.goto(address)
        assert quiet.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_on_a_phone_the_results_follow_the_button_that_narrows(quiet, reader):
    for kind in ("Essay", "Guide", "Talk"):
        article(reader, f"The ledger {kind}", ("sql",), type=kind)
    indexing.drain()
    quiet.set_viewport_size({"width": 390, "height": 800})
    quiet.goto("/search/?q=ledger&narrow=1")
    quiet.locator(".folds").evaluate("details => { details.open = false; }")
    summary, found = (quiet.locator(selector).bounding_box() for selector in (".folds > summary", ".answer .outcome"))
    assert 0 < found["y"] - summary["y"] - summary["height"] < 24
