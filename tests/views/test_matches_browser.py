"""From a search to the passage that it found, in a real browser."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.views.shelf import article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FILL = "\n\n".join(f"Paragraph {number} says nothing of it. " * 8 for number in range(30))
IN_VIEW = """(mark) => { const box = mark.getBoundingClientRect();
  return box.top > innerHeight / 4 && box.bottom < innerHeight * 3 / 4 && box.left >= 0 && box.right <= innerWidth; }"""


@pytest.fixture
def link(reader):
    return article(
        reader, "On recovery", overview="- Nothing yet.",
        article=f"{FILL}\n\nThe first ledger *stands* here.\n\n{FILL}\n\n<details><summary>More</summary>A hidden "
        f"<a href='https://x.example/'>ledger</a>.</details>\n\n{FILL}\n\nThe last ledgers.",
    )  # fmt: skip


@pytest.fixture
def found(reading_page, link):
    """The article as a search for `ledger` opens it."""
    reading_page.goto(f"/read/{link.pk}/?q=ledger&back=/search/%3Fq%3Dledger#match-1")
    reading_page.wait_for_load_state("load")
    return reading_page


def expect_at(page, number: int) -> None:
    mark = page.locator(f"#match-{number}")
    expect(mark).to_be_focused()
    expect(mark).to_have_attribute("aria-current", "true")
    expect(page.locator("mark[aria-current]")).to_have_count(1)
    expect(page.locator("#live")).to_have_text(f"Match {number} of 3")
    expect(page.locator(".matches .said")).to_have_text(f"{number} of 3")
    assert mark.evaluate(IN_VIEW)


def test_by_keyboard_alone_from_a_misspelt_word_to_the_passage(reading_page, link):
    reading_page.goto("/library/")
    press = reading_page.keyboard.press
    press("/")
    reading_page.keyboard.type("leger")
    press("Enter")
    expect(reading_page.get_by_text("Did you mean ledger?")).to_be_visible()
    tab_to(reading_page, reading_page.get_by_role("link", name="ledger", exact=True))
    press("Enter")
    expect(reading_page.locator("#list article")).to_have_count(1)
    press("j")
    expect(reading_page.get_by_role("link", name="On recovery")).to_be_focused()
    press("Enter")
    expect_at(reading_page, 1)
    assert reading_page.evaluate("document.activeElement.closest('p').textContent") == "The first ledger stands here."
    press("b")
    expect(reading_page.locator("#list article")).to_have_count(1)


def tab_to(page, target) -> None:
    """Presses Tab until `target` has the focus."""
    for _ in range(60):
        if target.evaluate("(element) => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail("Tab never reaches it.")


def test_n_goes_on_and_shift_n_back_and_both_go_round(found):
    expect_at(found, 1)
    for key, number in (("n", 2), ("n", 3), ("n", 1), ("Shift+N", 3), ("Shift+N", 2)):
        found.keyboard.press(key)
        expect_at(found, number)


def test_a_match_in_folded_text_unfolds_it(found):
    assert not found.locator(".prose details").evaluate("(details) => details.open")
    found.keyboard.press("n")
    expect_at(found, 2)
    assert found.locator(".prose details").evaluate("(details) => details.open")


def test_without_a_place_in_the_address_n_begins_at_the_first(reading_page, link):
    reading_page.goto(f"/read/{link.pk}/?q=ledger")
    expect(reading_page.locator(".matches .said")).to_have_text("3 matches")
    assert reading_page.evaluate("scrollY") == 0
    reading_page.keyboard.press("n")
    expect_at(reading_page, 1)


def test_the_buttons_keep_the_focus_so_that_they_can_be_pressed_again(found):
    button = found.get_by_role("button", name="Previous")
    button.focus()
    found.keyboard.press("Enter")
    expect(found.locator("#live")).to_have_text("Match 3 of 3")
    expect(button).to_be_focused()
    expect(found.locator("#match-3")).to_be_in_viewport()


@pytest.mark.parametrize("way", ["Escape", "Clear"])
def test_the_matches_go_and_the_place_stays(found, link, way):
    found.keyboard.press("n")
    place = found.evaluate("scrollY")
    if way == "Clear":
        found.get_by_role("link", name="Clear").click()
    else:
        found.keyboard.press("Escape")
    expect(found.locator("#matches, mark")).to_have_count(0)
    assert found.url.endswith(f"/read/{link.pk}-on-recovery/?back=%2Fsearch%2F%3Fq%3Dledger")
    assert abs(found.evaluate("scrollY") - place) < 60
    assert found.evaluate("document.activeElement.textContent") == "ledger"
    assert "q=ledger&" not in "".join(found.locator("[name=next]").evaluate_all("(all) => all.map((one) => one.value)"))
    found.keyboard.press("n")
    found.reload()
    expect(found.locator("#matches")).to_have_count(0)


def test_escape_closes_what_is_open_before_it_takes_the_matches_away(found):
    found.keyboard.press("?")
    expect(found.locator("#shortcuts")).to_contain_text("Next, previous match of a search")
    found.keyboard.press("Escape")
    found.get_by_label("More").click()
    found.keyboard.press("Escape")
    expect(found.locator("#matches")).to_be_visible()
    found.keyboard.press("Escape")
    expect(found.locator("#matches")).to_have_count(0)


def test_the_keys_are_off_where_single_keys_are(found, reader):
    reader.single_keys = False
    reader.save()
    found.reload()
    expect_at(found, 1)
    found.keyboard.press("n")
    expect(found.locator(".matches .said")).to_have_text("1 of 3")


def test_matches_can_be_gone_to_without_javascript(browser, live_server, reading, link):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": reading.cookies[name].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"/read/{link.pk}/?q=ledger")
    expect(page.locator("#matches")).to_contain_text("3 matches")
    expect(page.get_by_role("button", name="Next")).to_be_hidden()
    page.get_by_role("link", name="First match").click()
    expect(page.locator("#match-1")).to_be_in_viewport()
    page.get_by_role("link", name="Clear").click()
    expect(page.locator("#matches, mark")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/read/\d+-on-recovery/\?back="))
    context.close()


def test_the_bar_stays_in_sight_and_within_a_phone(found, reader):
    found.set_viewport_size({"width": 390, "height": 844})
    found.goto(f"/read/{reader.links.get().pk}/?q=ledger+OR+{'long' * 60}#match-1")
    expect_at(found, 1)
    assert found.evaluate("document.documentElement.scrollWidth") <= 390
    for part in ("Previous", "Next"):
        expect(found.get_by_role("button", name=part)).to_be_in_viewport(ratio=1)
    expect(found.get_by_role("link", name="Clear")).to_be_in_viewport(ratio=1)
    expect(found.locator(".matches .said")).to_be_in_viewport(ratio=1)


def test_tab_in_the_bars_leaves_the_page_where_it_is(found):
    place = found.evaluate("scrollY")
    found.locator(".rbar [data-key=b]").focus()
    while not found.get_by_role("link", name="Clear").evaluate("(link) => link === document.activeElement"):
        found.keyboard.press("Tab")
        assert found.evaluate("scrollY") == place


def test_the_bar_is_not_printed(found):
    found.emulate_media(media="print")
    expect(found.locator("#matches")).to_be_hidden()
    assert found.locator("#match-1").evaluate("(mark) => getComputedStyle(mark).textDecorationLine") == "none"
