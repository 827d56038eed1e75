"""Reading in a real browser: the place that is kept, how the text is set, notes, and what a closed tab leaves."""

import re

import pytest
from playwright.sync_api import Page, expect

from library.content.anchors import Anchor
from library.highlighting import mark
from library.models import Link, User
from tests.views.shelf import article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FIRST = "The first line of all."
TEXT = FIRST + "".join(f"\n\n## Part {n}\n\n{'A line of the ledger. ' * 40}" for n in range(20))

STYLE = """(element) => {
  const { fontFamily, lineHeight, textAlign } = getComputedStyle(element);
  return [fontFamily.split(",")[0], lineHeight, textAlign, element.offsetWidth];
}"""


@pytest.fixture
def link(reader, quiet) -> Link:
    quiet.set_default_timeout(8_000)
    return article(reader, article=TEXT, url="https://slow.example/x")


def spend(page: Page, seconds: int) -> None:
    """Time passes for the page, and what it sends arrives."""
    with page.expect_response(lambda answer: answer.url.endswith("/progress/")):
        page.clock.run_for(1000 * seconds)


def scroll_to(page: Page, part: int) -> None:
    page.locator(f"#h-part-{part}").evaluate("element => element.scrollIntoView()")
    expect(page.locator(f"#h-part-{part}")).to_be_in_viewport()


def test_what_is_read_is_kept(quiet, link):
    quiet.clock.install()
    quiet.goto(f"/read/{link.pk}/")
    scroll_to(quiet, 9)
    spend(quiet, 12)
    link.refresh_from_db()
    assert 18 <= link.place <= 22
    assert link.state == "reading"
    expect(quiet.locator(".toc .left")).to_contain_text(f"{link.progress}% ·")


def test_reading_goes_on_once_where_it_was_left_off(quiet, link):
    Link.objects.update(place=22, progress=55, state="reading")
    quiet.goto(f"/read/{link.pk}/")
    expect(quiet.locator("#flash")).to_contain_text("You are where you left off, at 55%.")
    expect(quiet.locator("#h-part-10")).to_be_in_viewport()
    quiet.mouse.wheel(0, -3000)
    expect(quiet.locator("#h-part-10")).not_to_be_in_viewport()
    quiet.wait_for_timeout(1500)
    expect(quiet.locator("#h-part-10")).not_to_be_in_viewport()
    quiet.get_by_role("link", name="Back to the top").click()
    expect(quiet.locator("h1")).to_be_in_viewport()


@pytest.mark.parametrize("rest", ["#h-part-2", "?q=ledger#match-1"])
def test_who_asked_for_a_place_is_left_there(quiet, link, rest):
    Link.objects.update(place=30, progress=75, state="reading")
    quiet.goto(f"/read/{link.pk}-the-ledger/{rest}")
    quiet.wait_for_timeout(300)
    assert quiet.locator("#flash li").count() == 0
    expect(quiet.locator("#h-part-15")).not_to_be_in_viewport()


def test_who_only_looks_in_has_not_begun_to_read(quiet, link):
    quiet.clock.install()
    quiet.goto(f"/read/{link.pk}/")
    quiet.clock.run_for(5000)
    quiet.goto("/library/")
    link.refresh_from_db()
    assert (link.place, link.state) == (None, "inbox")


def test_leaving_tells_the_last_place(quiet, link):
    quiet.clock.install()
    quiet.goto(f"/read/{link.pk}/")
    spend(quiet, 12)
    scroll_to(quiet, 12)
    quiet.clock.run_for(3000)
    quiet.goto("/library/")
    quiet.wait_for_timeout(500)
    link.refresh_from_db()
    assert link.place >= 24


def test_how_text_is_set_applies_at_once_and_stays(quiet, link):
    quiet.goto(f"/read/{link.pk}/")
    line = quiet.locator("[data-section=article] .prose > p").first
    quiet.get_by_label("Text and theme").click()
    with quiet.expect_response("**/settings/"):
        quiet.get_by_text("Source Serif").click()
    for name, value in (("Length of a line", "34"), ("Space between lines", "180")):
        with quiet.expect_response("**/settings/"):
            quiet.get_by_label(name).fill(value)
    with quiet.expect_response("**/settings/"):
        quiet.get_by_label("Both edges straight").click()
    for _ in range(2):
        assert line.evaluate(STYLE) == ['"Source Serif 4"', "34.2px", "justify", 34 * 16]
        quiet.reload()


def test_no_other_typeface_is_loaded_than_the_chosen_one(quiet, reader, link):
    loaded: list[str] = []
    quiet.on("request", lambda request: loaded.append(request.url) if "woff2" in request.url else None)
    quiet.goto(f"/read/{link.pk}/", wait_until="networkidle")
    assert not [url for url in loaded if "source" in url or "atkinson" in url]
    User.objects.update(face="atkinson")
    quiet.goto(f"/read/{link.pk}/", wait_until="networkidle")
    assert [url for url in loaded if "atkinson" in url]


def test_m_hides_the_notes_and_they_stay_hidden(quiet, link):
    mark(link.sections.get(), Anchor(FIRST), "woad", "Mine.")
    quiet.goto(f"/read/{link.pk}/")
    expect(quiet.get_by_role("note")).to_be_visible()
    with quiet.expect_response("**/settings/"):
        quiet.keyboard.press("m")
    expect(quiet.get_by_role("note")).to_be_hidden()
    expect(quiet.locator("#live")).to_have_text("Notes are hidden.")
    quiet.reload()
    expect(quiet.get_by_role("note")).to_be_hidden()
    with quiet.expect_response("**/settings/"):
        quiet.keyboard.press("m")
    expect(quiet.get_by_role("note")).to_be_visible()


def test_notes_are_written_in_place_and_saved_with_ctrl_enter(quiet, link):
    quiet.goto(f"/read/{link.pk}/")
    quiet.get_by_role("textbox", name="Your notes on this article").fill("It is *true*.")
    quiet.get_by_role("button", name="Preview").click()
    expect(quiet.locator("#preview em")).to_have_text("true")
    quiet.get_by_role("textbox", name="Your notes on this article").press("Control+Enter")
    expect(quiet.locator("#notes > .prose em")).to_have_text("true")
    expect(quiet.get_by_text("Saved your notes.")).to_be_visible()
    expect(quiet.get_by_text("Edit your notes")).to_be_focused()
    quiet.reload()
    assert quiet.get_by_text("Your unsaved note is back.").count() == 0


def test_a_note_that_was_not_saved_outlives_the_tab_and_can_be_discarded(quiet, link):
    quiet.goto(f"/read/{link.pk}/")
    box = quiet.get_by_role("textbox", name="Your notes on this article")
    box.fill("Half a thou")
    other = quiet.context.new_page()
    quiet.close()
    other.goto(f"/read/{link.pk}/")
    box = other.get_by_role("textbox", name="Your notes on this article")
    expect(other.get_by_text("Your unsaved note is back.")).to_be_visible()
    expect(box).to_have_value("Half a thou")
    other.get_by_role("button", name="Discard it").click()
    expect(box).to_have_value("")
    other.reload()
    expect(box).to_have_value("")


def test_a_note_on_a_passage_outlives_the_tab_until_it_is_saved(quiet, link):
    made = mark(link.sections.get(), Anchor(FIRST), "woad")[0]
    for typed in ("Half a thought", None):
        quiet.goto(f"/read/{link.pk}/")
        quiet.get_by_role("link", name="change it").click()
        box = quiet.locator("#editing textarea[name=note]")
        box.wait_for()
        if typed:
            box.fill(typed)
    expect(box).to_have_value("Half a thought")
    expect(quiet.locator("#editing").get_by_text("Your unsaved note is back.")).to_be_visible()
    quiet.locator("#editing").get_by_role("button", name="Save").click()
    expect(quiet.get_by_role("note")).to_contain_text("Half a thought")
    made.refresh_from_db()
    assert made.note == "Half a thought"
    assert quiet.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft'))") == []


def test_shift_j_goes_to_the_next_article_of_the_list_and_shift_k_back(quiet, reader):
    for number in range(3):
        article(reader, f"Number {number}", article="Text.", saved_at=article(reader).saved_at.replace(day=9 - number))
    quiet.goto(f"/read/{reader.links.get(title='Number 0').pk}/?back=/library/")
    quiet.keyboard.press("Shift+J")
    expect(quiet.locator("h1")).to_have_text("Number 1")
    quiet.keyboard.press("Shift+J")
    expect(quiet.locator("h1")).to_have_text("Number 2")
    quiet.keyboard.press("Shift+K")
    expect(quiet.locator("h1")).to_have_text("Number 1")


def test_t_opens_the_tags(quiet, link):
    quiet.goto(f"/read/{link.pk}/")
    quiet.keyboard.press("t")
    expect(quiet).to_have_url(re.compile(rf"/read/{link.pk}/edit/#id_tags$"))


SHIFTS = """window.moved = 0; new PerformanceObserver((list) => {
  for (const each of list.getEntries()) if (!each.hadRecentInput) window.moved += each.value;
}).observe({ type: "layout-shift", buffered: true });"""


@pytest.mark.parametrize("face", ["literata", "source", "atkinson", "system"])
def test_nothing_moves_while_an_article_loads(quiet, link, face):
    User.objects.update(face=face)
    Link.objects.update(place=20, progress=50, state="reading")
    mark(link.sections.get(), Anchor(FIRST), "woad", "Mine.")
    quiet.add_init_script(SHIFTS)
    quiet.goto(f"/read/{link.pk}/", wait_until="networkidle")
    quiet.wait_for_timeout(300)
    assert quiet.evaluate("window.moved") < 0.02


def test_of_a_text_from_right_to_left_the_notes_stand_to_the_left(quiet, reader):
    link = article(reader, article="## פרק\n\nזהו ספר חשבונות, שבו נכתב מה שקרה.\n\n## עוד\n\nסוף.")
    mark(link.sections.get(), Anchor("ספר חשבונות"), "woad", "Left.")
    quiet.set_viewport_size({"width": 1440, "height": 900})
    quiet.goto(f"/read/{link.pk}/")
    note, text = quiet.get_by_role("note").bounding_box(), quiet.locator("[data-section=article] .prose").bounding_box()
    assert note["x"] + note["width"] < text["x"]
    assert quiet.locator(".reader > .toc").bounding_box()["x"] > text["x"]


def test_the_way_back_leads_to_the_row_of_the_article(quiet, reader):
    for number in range(40):
        article(reader, f"Number {number}")
    quiet.goto("/library/")
    row = quiet.locator("article").nth(30)
    title = row.locator("h3 a").inner_text()
    row.locator("h3 a").click()
    expect(quiet.get_by_role("heading", name=title, level=1)).to_be_visible()
    quiet.wait_for_load_state()
    quiet.keyboard.press("b")
    back = quiet.locator("article.on")
    expect(back.locator("h3 a")).to_have_text(title)
    expect(back).to_be_in_viewport()
