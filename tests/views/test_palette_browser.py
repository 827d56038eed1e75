"""The command palette in Chromium, by keyboard: what its options do."""

import re

import pytest
from playwright.sync_api import Page, expect

from library.models import Link, Tag
from tests.views.shelf import NOON, article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def ask(page: Page, text: str, number: str | None = None) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type(text)
    expect(page.locator("#palette-everything")).to_contain_text(f"“{text}”")
    if number:
        expect(page.locator("#palette [role=status]")).to_have_text(number)


def test_an_article_is_opened_by_a_few_letters(quiet, reader):
    article(reader, "The durable ledger", ("durability",))
    article(reader, "Durable goods", saved_at=NOON)
    quiet.goto("/library/")
    ask(quiet, "durab", "3 results")
    expect(quiet.locator("[aria-selected=true]")).to_have_count(1)
    for key in ("End", "ArrowDown", "ArrowDown", "ArrowUp", "Home"):
        quiet.keyboard.press(key)
    first = quiet.locator("#palette [role=option]").first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(quiet.get_by_role("combobox")).to_have_attribute("aria-activedescendant", first.get_attribute("id"))
    quiet.keyboard.press("ArrowDown")
    title = quiet.locator("#palette [aria-selected=true] span").inner_text()
    quiet.keyboard.press("Enter")
    expect(quiet.locator("h1")).to_have_text(title)


@pytest.mark.parametrize("width", [390, 1440])
def test_it_is_reached_from_an_article_with_a_pointer_and_the_focus_comes_back(quiet, reader, width):
    link = article(reader, "The ledger", state="finished", article="Text.")
    quiet.set_viewport_size({"width": width, "height": 800})
    quiet.goto(f"/read/{link.pk}/")
    quiet.get_by_role("button", name="Search or go to").click()
    expect(quiet.get_by_role("combobox")).to_be_focused()
    quiet.keyboard.press("Escape")
    expect(quiet.get_by_role("button", name="Search or go to")).to_be_focused()
    assert quiet.evaluate("document.documentElement.scrollWidth") == width


def test_enter_before_the_answer_counts_for_the_answer(quiet, reader):
    article(reader, "Zebra")
    quiet.goto("/library/")
    quiet.keyboard.press("Control+k")
    expect(quiet.locator("#palette [role=option]").first).to_be_visible()
    quiet.keyboard.type("zebra")
    quiet.keyboard.press("Enter")
    expect(quiet.locator("h1")).to_have_text("Zebra")


def test_an_article_is_archived_from_its_page(quiet, reader):
    link = article(reader, "The ledger")
    quiet.goto(f"/read/{link.pk}/")
    ask(quiet, "arch")
    expect(quiet.locator("[aria-selected=true]")).to_contain_text("Archive")
    quiet.keyboard.press("Enter")
    expect(quiet.locator("#flash")).to_contain_text("Archived.")
    assert Link.objects.get().state == "archived"


def test_a_row_is_acted_on_with_single_keys_off(quiet, reader):
    reader.single_keys = False
    reader.save()
    article(reader, "Other")
    link = article(reader, "The ledger", saved_at=NOON.replace(year=2025))
    quiet.goto("/library/")
    quiet.get_by_role("link", name="The ledger").focus()
    ask(quiet, "finish")
    quiet.keyboard.press("Enter")
    expect(quiet.locator("#flash")).to_contain_text("Finished.")
    expect(quiet.get_by_role("link", name="The ledger")).to_be_focused()
    link.refresh_from_db()
    assert link.state == "finished"


def test_escape_gives_the_focus_back_and_forgets_what_was_typed(quiet, reader):
    quiet.goto("/add/")
    box = quiet.get_by_label("Title")
    box.fill("Half a tit")
    ask(quiet, "x")
    quiet.keyboard.press("Escape")
    expect(quiet.locator("#palette")).to_be_hidden()
    expect(box).to_be_focused()
    expect(box).to_have_value("Half a tit")
    quiet.keyboard.press("Control+k")
    expect(quiet.get_by_role("combobox", name="Search or go to")).to_have_value("")
    quiet.keyboard.press("Control+k")
    expect(quiet.locator("#palette")).to_be_hidden()


def test_a_theme_is_put_on_at_once_and_for_good(quiet, reader):
    quiet.goto("/tags/")
    ask(quiet, "sepia")
    with quiet.expect_response("**/settings/"):
        quiet.keyboard.press("Enter")
    expect(quiet.locator("html")).to_have_attribute("data-theme", "sepia")
    reader.refresh_from_db()
    assert (reader.theme, reader.text_size) == ("sepia", 19)
    quiet.reload()
    expect(quiet.locator("html")).to_have_attribute("data-theme", "sepia")
    expect(quiet.locator("#flash li")).to_have_count(0)


def test_control_enter_opens_a_new_tab(quiet, reader):
    article(reader, "Zebra")
    quiet.goto("/library/")
    ask(quiet, "zebra")
    with quiet.context.expect_page() as opened:
        quiet.keyboard.press("Control+Enter")
    expect(opened.value.locator("h1")).to_have_text("Zebra")
    expect(quiet.locator("#palette")).to_be_hidden()


def test_articles_opened_last_come_first_until_the_reader_logs_out(quiet, reader):
    for title in ("First", "Second"):
        quiet.goto(f"/read/{article(reader, title).pk}/")
    quiet.goto("/settings/")
    quiet.get_by_role("button", name="Search or go to").click()
    group = quiet.get_by_role("group", name="Opened last")
    expect(group.get_by_role("option")).to_have_text(["Second", "First"])
    quiet.keyboard.press("Escape")
    quiet.get_by_role("button", name="Log out").click()
    expect(quiet).to_have_url(re.compile("/login/"))
    assert not quiet.evaluate("localStorage.getItem('opened')")


def test_no_answer_is_said_and_what_was_found_stays_till_enter_asks_again(reading_page, reader):
    article(reader, "Zebra")
    reading_page.goto("/library/")
    ask(reading_page, "zebra")
    reading_page.route("**/palette/**", lambda route: route.abort())
    reading_page.keyboard.type("s")
    expect(reading_page.locator("#palette [role=alert]")).to_have_text("The library did not answer. Try again.")
    expect(reading_page.get_by_role("option", name="Zebra", exact=True)).to_be_visible()
    reading_page.unroute("**/palette/**")
    reading_page.keyboard.press("Enter")
    expect(reading_page.locator("h1")).to_have_text("Zebra")


def test_a_newer_question_replaces_the_one_under_way(quiet, reader):
    article(reader, "Zebra")
    quiet.goto("/library/")
    quiet.keyboard.press("Control+k")
    asked: list[str] = []
    quiet.on("request", lambda request: asked.append(request.url) if "/palette/" in request.url else None)
    quiet.keyboard.type("zebra", delay=5)
    expect(quiet.get_by_role("option", name="Zebra", exact=True)).to_be_visible()
    assert len(asked) <= 2


def test_on_a_phone_the_palette_is_under_more_and_as_wide_as_the_page(quiet, reader):
    Tag.objects.ensure(reader.pk, ["t" * 90])
    quiet.set_viewport_size({"width": 390, "height": 800})
    quiet.goto("/library/")
    quiet.locator(".tabbar summary").click()
    quiet.get_by_role("button", name="Search or go to").click()
    quiet.keyboard.type("ttt")
    option = quiet.get_by_role("option", name="t" * 90)
    assert quiet.locator("#palette").bounding_box()["width"] == 390
    assert option.bounding_box()["height"] >= 44
    option.click()
    expect(quiet).to_have_url(re.compile("/tags/t+/"))
    quiet.go_back()
    expect(quiet.locator("#palette")).to_be_hidden()
