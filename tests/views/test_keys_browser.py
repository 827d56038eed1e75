"""Every single key, anywhere and in a list, in Chromium."""

import pytest
from playwright.sync_api import Page, expect

from library.models import Link
from library.views.listing import PAGE_SIZES
from tests.views.shelf import article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def three(reader) -> list[Link]:
    """In the order of the list."""
    return [article(reader, name, ("sql",)) for name in ("Third", "Second", "First")][::-1]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


@pytest.mark.parametrize(
    ("keys", "there"),
    [("gl", "/library/"), ("gi", "/library/?state=inbox"), ("gt", "/tags/"), ("gs", "/statistics/"),
     ("gv", "/shelves/"), ("gm", "/import/"), ("gb", "/bin/"), ("a", "/add/")],
)  # fmt: skip
def test_two_keys_go_to_a_page(quiet, keys, there):
    quiet.goto("/settings/")
    press(quiet, *keys)
    quiet.wait_for_url(f"**{there}")


def test_a_stroke_searches_and_a_question_mark_shows_the_keys(quiet, three):
    quiet.goto("/library/")
    press(quiet, "?")
    expect(quiet.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    press(quiet, "Escape")
    expect(quiet.locator("#shortcuts")).to_be_hidden()
    press(quiet, "/")
    expect(quiet.locator(".rail [data-slash]")).to_be_focused()
    press(quiet, "j", "d")
    expect(quiet.locator(".rail [data-slash]")).to_have_value("jd")
    expect(quiet.locator("article.on")).to_have_count(0)


def test_a_key_moves_the_row_that_tab_went_to(quiet, three):
    quiet.goto("/library/")
    press(quiet, "j")
    quiet.locator("h3 a", has_text="Third").focus()
    press(quiet, "d")
    expect(quiet.locator("#flash p")).to_be_visible()
    assert list(Link.objects.filter(state="finished")) == [three[2]]


@pytest.mark.parametrize(("key", "state"), [("d", "finished"), ("e", "archived"), ("i", "inbox")])
def test_a_key_moves_the_current_row(quiet, three, key, state):
    Link.objects.update(state="reading")
    quiet.goto("/library/")
    press(quiet, "j", "j", key)
    expect(quiet.locator("#flash p")).to_be_visible()
    three[1].refresh_from_db()
    assert three[1].state == state
    expect(quiet.locator("article.on h3 a")).to_be_focused()
    press(quiet, "u")
    expect(quiet.locator("#flash")).to_contain_text("Undone")
    three[1].refresh_from_db()
    assert three[1].state == "reading"


def test_f_makes_the_current_row_a_favourite_and_back(quiet, three):
    quiet.goto("/library/")
    press(quiet, "j", "f")
    expect(quiet.locator("article .star")).to_have_count(1)
    assert Link.objects.get(favourite=True) == three[0]
    press(quiet, "f")
    expect(quiet.locator("article .star")).to_have_count(0)


def test_x_selects_and_t_opens_the_tags(quiet, three):
    quiet.goto("/library/")
    press(quiet, "j", "x", "j", "j", "Shift+X")
    expect(quiet.locator("#selected")).to_have_text("3 selected")
    press(quiet, "Escape")
    expect(quiet.locator("#bulk")).to_be_hidden()
    press(quiet, "t")
    expect(quiet.locator(".tagger .field")).to_be_focused()
    press(quiet, "Escape")
    expect(quiet.locator(".tagger")).to_have_count(0)


def test_brackets_turn_the_page_and_v_the_density(quiet, three, monkeypatch):
    monkeypatch.setitem(PAGE_SIZES, "", 2)
    quiet.goto("/library/")
    press(quiet, "]")
    expect(quiet.locator("article h3")).to_have_text(["Third"])
    press(quiet, "[")
    expect(quiet.locator("article h3")).to_have_text(["First", "Second"])
    press(quiet, "v")
    quiet.wait_for_url("**/library/?density=compact")
    press(quiet, "v")
    quiet.wait_for_url("**/library/")


def test_space_scrolls_where_no_row_is_current_and_presses_a_button_that_has_the_focus(quiet, three):
    quiet.goto("/library/")
    press(quiet, " ")
    expect(quiet.locator("#peek")).to_be_hidden()
    press(quiet, "j")
    quiet.locator("#facet-has summary").focus()
    press(quiet, " ")
    expect(quiet.locator("#facet-has")).to_have_attribute("open", "")
    expect(quiet.locator("#peek")).to_be_hidden()


def test_what_another_tab_changed_is_seen_when_the_reader_comes_back(quiet, three):
    quiet.goto("/library/?state=inbox")
    press(quiet, "j", "j")
    other = quiet.context.new_page()
    other.goto(f"/read/{three[0].pk}/")
    other.get_by_role("button", name="Finish").first.click()
    expect(other.get_by_role("button", name="Finished")).to_be_visible()
    expect(quiet.locator("article")).to_have_count(3)
    quiet.evaluate("dispatchEvent(new Event('focus'))")
    expect(quiet.locator("article h3")).to_have_text(["Second", "Third"])
    expect(quiet.locator("article.on h3 a")).to_have_text("Second")
    expect(quiet.locator("article.on h3 a")).to_be_focused()


def test_a_message_waits_while_the_focus_is_on_it(quiet, three):
    quiet.clock.install()
    quiet.goto("/library/")
    press(quiet, "j", "d")
    expect(quiet.locator("#flash .undo")).to_be_visible()
    quiet.clock.run_for(10_000)
    quiet.locator("#flash .undo").focus()
    quiet.clock.run_for(60_000)
    expect(quiet.locator("#flash .undo")).to_be_visible()
    quiet.locator("article.on h3 a").focus()
    quiet.clock.run_for(13_000)
    expect(quiet.locator("#flash .undo")).to_have_count(0)
