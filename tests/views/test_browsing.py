"""The library and the reader in Chromium: what the small scripts add, and that everything works without them."""

import pytest
from playwright.sync_api import expect

from library.models import Link
from tests.views.shelf import article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_facet_applies_on_change_and_its_menu_stays_open(quiet, reader):
    article(reader, "An essay", type="Essay")
    article(reader, "A guide", type="Guide")
    quiet.goto("/library/")
    quiet.click("#facet-type summary")
    quiet.get_by_label("Essay").check()
    expect(quiet.locator("article")).to_have_count(1)
    expect(quiet.locator("#facet-type")).to_have_attribute("open", "")
    expect(quiet.locator("#live")).to_have_text("1 article")
    assert quiet.url.endswith("/library/?type=Essay")
    quiet.get_by_label("Guide").check()
    expect(quiet.locator("article")).to_have_count(2)
    quiet.keyboard.press("Escape")
    expect(quiet.locator("#facet-type")).not_to_have_attribute("open", "")
    quiet.go_back()
    expect(quiet.locator("article")).to_have_count(1)


def test_keys_walk_the_list_and_act_on_a_row(quiet, reader):
    first, second = article(reader, "First"), article(reader, "Second")
    quiet.goto("/library/?state=inbox")
    for key in "jj":
        quiet.keyboard.press(key)
    expect(quiet.locator("article.on h3")).to_have_text("First")
    quiet.keyboard.press("d")
    expect(quiet.locator("article")).to_have_count(1)
    expect(quiet.locator("article.on h3")).to_have_text("Second")
    quiet.keyboard.press("u")
    expect(quiet.locator("article")).to_have_count(2)
    quiet.keyboard.press("j")
    quiet.keyboard.press("Enter")
    expect(quiet).to_have_url(f"{quiet.url.split('/library')[0]}/read/{second.pk}-second/")
    first.refresh_from_db()
    assert first.state == "inbox"


def test_keys_are_off_where_the_reader_turned_them_off(quiet, reader):
    article(reader)
    reader.single_keys = False
    reader.save()
    quiet.goto("/library/")
    quiet.keyboard.press("j")
    expect(quiet.locator("article.on")).to_have_count(0)


def test_the_reader_changes_its_type_at_once_and_for_good(quiet, reader):
    link = article(reader, article="Text.")
    quiet.goto(f"/read/{link.pk}/")
    quiet.keyboard.press(".")
    expect(quiet.locator("#main")).to_have_attribute("data-size", "20")
    with quiet.expect_response(lambda answer: "light" in (answer.request.post_data or "")):
        quiet.keyboard.press("s")
    expect(quiet.locator("html")).to_have_attribute("data-theme", "light")
    quiet.reload()
    expect(quiet.locator("html")).to_have_attribute("data-theme", "light")
    expect(quiet.locator("#main")).to_have_attribute("data-size", "20")


def test_a_favourite_is_marked_without_leaving_the_place(quiet, reader):
    link = article(reader, article="Text.\n\n" * 200)
    quiet.goto(f"/read/{link.pk}/")
    quiet.mouse.wheel(0, 800)
    quiet.get_by_role("button", name="Favourite").click()
    expect(quiet.get_by_role("button", name="Favourite")).to_have_attribute("aria-pressed", "true")
    assert quiet.evaluate("scrollY") > 0
    assert Link.objects.get(pk=link.pk).favourite


def test_everything_works_without_scripts(browser, live_server, reading, reader, settings):
    link = article(reader, "The ledger", ("sql",), type="Essay", article="Text.")
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": reading.cookies[settings.SESSION_COOKIE_NAME].value}
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([{**cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto("/library/")
    page.click("#facet-tags summary")
    page.get_by_label("sql").check()
    page.locator("#facet-tags").get_by_role("button", name="Apply").click()
    page.get_by_role("link", name="The ledger").click()
    page.get_by_role("button", name="Finish").first.click()
    expect(page.get_by_role("button", name="Finished")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    page.locator("summary[aria-label='Text and theme']").click()
    page.get_by_label("Dark").check()
    page.get_by_role("group", name="Reading tools").get_by_role("button", name="Save").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    context.close()
    link.refresh_from_db()
    assert link.state == "inbox"


@pytest.mark.parametrize("width", [1440, 390, 320])
def test_no_page_is_wider_than_its_window(quiet, reader, width):
    wide = "| a | b |\n|---|---|\n| " + "x" * 300 + " | y |\n\n```\n" + "y" * 300 + "\n```\n\n" + "z" * 300
    link = article(reader, "T" * 200, ("t" * 90,), type="K" * 90, article=wide, overview="- " + "o" * 300)
    quiet.set_viewport_size({"width": width, "height": 800})
    for address in ("/library/", "/library/?density=compact", "/tags/", f"/read/{link.pk}/"):
        quiet.goto(address)
        assert quiet.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
