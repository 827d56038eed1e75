"""Selecting rows and changing their tags in Chromium, by keyboard, by pointer and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from library.models import Link
from tests.test_accessibility import RULES
from tests.views.shelf import article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def five(reader):
    """In the order of the list."""
    return [article(reader, name, ("sql",)) for name in ("Fifth", "Fourth", "Third", "Second", "First")][::-1]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tags(link: Link) -> set[str]:
    return set(link.tags.values_list("name", flat=True))


def test_a_range_is_selected_tagged_and_undone_by_keyboard(quiet, five):
    quiet.goto("/library/")
    press(quiet, "j", "j", "x", "j", "j", "Shift+X")
    bar = quiet.locator("#bulk")
    expect(bar).to_contain_text("3 selected")
    expect(quiet.locator("#live")).to_have_text("3 selected")
    bar.locator("summary").first.focus()
    press(quiet, "Enter", "Tab")
    quiet.keyboard.type("new, newer")
    quiet.keyboard.press("Enter")
    expect(quiet.locator("#flash")).to_contain_text("Tagged 3 articles with new and newer.")
    expect(quiet.locator("#live")).to_have_text("Tagged 3 articles with new and newer.")
    expect(bar).to_be_hidden()
    expect(quiet.locator("article.on h3 a")).to_be_focused()
    expect(quiet.locator("article.on h3")).to_have_text("Fourth")
    assert [tags(link) > {"new", "newer"} for link in five] == [False, True, True, True, False]
    quiet.keyboard.press("u")
    expect(quiet.locator("#flash")).to_contain_text("Undone on 3 articles.")
    assert [tags(link) for link in five] == [{"sql"}] * 5


def test_escape_clears_the_selection_and_stays_at_the_row(quiet, five):
    quiet.goto("/library/")
    press(quiet, "j", "x", "j", "x")
    expect(quiet.locator("#selected")).to_have_text("2 selected")
    quiet.keyboard.press("x")
    expect(quiet.locator("#selected")).to_have_text("1 selected")
    quiet.keyboard.press("Escape")
    expect(quiet.locator("#bulk")).to_be_hidden()
    expect(quiet.locator(".sel:checked")).to_have_count(0)
    expect(quiet.locator("article.on h3 a")).to_be_focused()


def test_a_box_shows_under_the_pointer_and_shift_takes_the_rows_between(quiet, five):
    quiet.goto("/library/")
    expect(quiet.locator(".sel:visible")).to_have_count(0)
    quiet.locator("article").nth(1).hover()
    quiet.locator("article").nth(1).locator(".sel").click()
    quiet.locator("article").nth(4).locator(".sel").click(modifiers=["Shift"])
    expect(quiet.locator("#selected")).to_have_text("4 selected")
    quiet.get_by_role("button", name="Archive").click()
    expect(quiet.locator("#flash")).to_contain_text("Archived 4 articles.")
    assert Link.objects.filter(state="archived").count() == 4


def test_what_is_refused_leaves_the_selection(quiet, five):
    quiet.goto("/library/")
    press(quiet, "j", "x")
    quiet.locator("#bulk summary").first.click()
    quiet.get_by_role("button", name="Put on").click()
    expect(quiet.get_by_role("alert").first).to_contain_text("Write at least one tag first.")
    expect(quiet.locator("#selected")).to_have_text("1 selected")


def test_an_act_on_one_row_leaves_the_selection_on_its_own_rows(quiet, five):
    quiet.goto("/library/?state=inbox")
    press(quiet, "j", "j", "x", "k", "e")
    expect(quiet.locator("article")).to_have_count(4)
    expect(quiet.locator("article:has(.sel:checked) h3")).to_have_text("Second")
    expect(quiet.locator("#selected")).to_have_text("1 selected")


def test_many_are_asked_about_and_the_address_is_the_lists_again(quiet, reader):
    for number in range(51):
        article(reader, str(number))
    quiet.goto("/library/?state=inbox")
    press(quiet, "j", "x")
    quiet.get_by_role("link", name="All 51").click()
    quiet.get_by_role("button", name="Finish").click()
    button = quiet.get_by_role("button", name="Finish 51 articles")
    expect(button).to_be_focused()
    button.press("Enter")
    expect(quiet.locator("#flash")).to_contain_text("Finished 51 articles.")
    assert quiet.url.endswith("/library/?state=inbox")


def test_enter_in_the_type_sets_the_type(quiet, five):
    quiet.goto("/library/")
    press(quiet, "j", "x")
    quiet.locator("#bulk [aria-label=More]").click()
    quiet.locator("#bulk-type").fill("Guide")
    quiet.keyboard.press("Enter")
    expect(quiet.locator("#flash")).to_contain_text("Gave 1 article the type “Guide”.")


@pytest.mark.parametrize("address", ["/library/", "/tags/sql/", "/search/?q=tag:sql"])
def test_tags_are_changed_in_place_by_keyboard(quiet, five, address):
    quiet.goto(address)
    press(quiet, "j", "j", "t")
    field = quiet.locator(".tagger .field")
    expect(field).to_be_focused()
    expect(field).to_have_value("sql, ")
    quiet.keyboard.type("new, newer")
    quiet.keyboard.press("Enter")
    expect(quiet.locator("#live")).to_have_text("Tagged 1 article with new and newer.")
    expect(quiet.locator(".tagger")).to_have_count(0)
    row = quiet.locator("article.on")
    expect(row.locator(".tg")).to_have_text(["sql", "new", "newer"])
    expect(row.locator("h3 a")).to_be_focused()
    assert tags(Link.objects.get(title=row.locator("h3").inner_text())) == {"sql", "new", "newer"}


def test_tags_in_use_are_offered_for_the_name_that_is_typed(quiet, five, reader):
    article(reader, "Last", ("databases", "data", "typography"))
    quiet.goto("/library/?tag=sql")
    press(quiet, "j", "t")
    expect(quiet.locator("#names")).to_have_count(1)
    quiet.keyboard.type("data, dat")
    quiet.wait_for_function("document.querySelectorAll('#names option').length === 1")
    assert quiet.evaluate("document.querySelector('#names option').value") == "sql, data, databases"


def test_escape_leaves_the_tags_as_they_are_and_the_sign_opens_them_too(quiet, five):
    quiet.goto("/library/")
    quiet.locator("article").nth(2).get_by_role("link", name="Edit tags").click()
    expect(quiet.locator(".tagger .field")).to_be_focused()
    quiet.keyboard.type("never")
    quiet.keyboard.press("Escape")
    expect(quiet.locator(".tagger")).to_have_count(0)
    expect(quiet.locator("article").nth(2).locator("h3 a")).to_be_focused()
    assert tags(five[2]) == {"sql"}


def test_on_a_phone_the_bar_stands_clear_of_the_tabs(quiet, five):
    quiet.set_viewport_size({"width": 390, "height": 800})
    quiet.goto("/library/?select=1")
    quiet.locator(".sel").nth(0).check()
    bar, tabs = quiet.locator("#bulk").bounding_box(), quiet.locator(".tabbar").bounding_box()
    assert bar["y"] + bar["height"] <= tabs["y"]
    assert bar["x"] >= 0
    assert bar["x"] + bar["width"] <= 390
    assert quiet.evaluate("document.documentElement.scrollWidth <= innerWidth")
    quiet.locator("#bulk [aria-label=More]").click()
    quiet.get_by_role("button", name="Move to the Bin").click()
    expect(quiet.locator("#flash")).to_contain_text("Moved 1 article to the Bin.")
    expect(quiet.locator("article")).to_have_count(4)
    quiet.get_by_role("button", name="Undo").click()
    expect(quiet.locator("article")).to_have_count(5)


@pytest.mark.parametrize(("width", "theme"), [(1440, "dark"), (390, "light"), (390, "sepia")])
def test_the_bar_and_the_tags_in_place_break_no_rule_of_accessibility(quiet, five, width, theme):
    quiet.emulate_media(reduced_motion="reduce")
    quiet.set_viewport_size({"width": width, "height": 900})
    quiet.goto("/library/")
    quiet.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    press(quiet, "j", "x", "t")
    expect(quiet.locator(".tagger .field")).to_be_focused()
    for menu in (0, 1):
        quiet.locator("#bulk summary").nth(menu).click()
        found = Axe().run(quiet, options=RULES).response["violations"]
        assert [f"{each['id']} {each['nodes'][0]['html'][:200]}" for each in found] == []
        quiet.keyboard.press("Escape")


def test_all_of_it_works_without_scripts(browser, live_server, reading, five, settings):
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": reading.cookies[settings.SESSION_COOKIE_NAME].value}
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([{**cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto("/library/")
    page.get_by_role("link", name="Select", exact=True).click()
    page.get_by_label("Select First").check()
    page.get_by_label("Select Third").check()
    page.locator("#bulk summary").first.click()
    page.get_by_label("Tags, between commas").fill("new")
    page.get_by_role("button", name="Put on").click()
    expect(page.locator("#flash")).to_contain_text("Tagged 2 articles with new.")
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("link", name="Select", exact=True).click()
    page.get_by_role("link", name="All 5").click()
    page.get_by_role("button", name="Archive").click()
    expect(page.locator("#flash")).to_contain_text("Archived 5 articles.")
    page.get_by_role("link", name="Edit tags").first.click()
    expect(page.get_by_label("Tags")).to_have_value("sql")
    context.close()
    assert [tags(link) for link in five] == [{"sql"}] * 5
