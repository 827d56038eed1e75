"""Marking a passage in a real browser: by mouse, by touch, by keyboard alone, and without a script."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from library.content.anchors import Anchor
from library.content.paint import plain_text
from library.highlighting import mark
from library.models import Highlight
from library.rendering import render
from tests.views.shelf import article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FILL = "\n\n".join(f"Paragraph {number} says nothing of it. " * 6 for number in range(12))
TEXT = f"The first book lay *open* on the counter.\n\nOne debt. One quarrel over pepper. Peace.\n\n{FILL}\n\nThe end."
INTRICATE = """# A *bent* heading

Some **bold and *deep* words** with a [li*n*k](https://x.example/).<br>Next 😀 line

* one

    with a paragraph
    * and *deeper*
* [ ] to do

1. loose

2. list

| left | right **bold** |
|------|-------|
| c    |       |

    code <x>
      more

> quoted
>
> > twice
>
> ```python
> x = 1
> ```

A claim.[^1] Another.[^two]

[^1]: The note.
[^two]: Two paragraphs.

    Of it.

<details><summary>More</summary>hidden <b>text</b><div>box</div></details>

<dl><dt>Word</dt><dd>Meaning</dd></dl>

![A cat](https://cats.example/cat.png) &nbsp;&#xfeff; end  \nand on

---

שלום hello <ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>
"""
SELECT = """([first, from, last, to]) => {
  const node = (words) => { const walk = document.createTreeWalker(document.querySelector('[data-section=article]'), 4);
    while (walk.nextNode()) if (walk.currentNode.data.includes(words)) return walk.currentNode; };
  getSelection().setBaseAndExtent(node(first), from, node(last), to); }"""


@pytest.fixture
def link(reader):
    return article(reader, "The ledger", url="https://slow.example/x", overview="- Three books.", article=TEXT)


@pytest.fixture
def page_open(reading_page, link):
    reading_page.goto(f"/read/{link.pk}/?back=/tags/")
    reading_page.wait_for_load_state("load")
    return reading_page


def texts_of(page) -> list[str]:
    return page.locator("mark.hl").all_text_contents()


def test_script_and_server_read_the_same_plain_text(reading_page, reader):
    link = article(reader, article=INTRICATE)
    section = link.sections.get()
    plain = plain_text(render(INTRICATE).blocks)
    mark(section, Anchor("bold and deep words with a link"), "ochre", "A *note* here.")
    reading_page.goto(f"/read/{link.pk}/?q=deep+line")
    expect(reading_page.locator(".codebox").first).to_be_attached()
    script = """async () => (await import(document.querySelector('script[src*="js/highlights"]').src))
      .read(document.querySelector('.prose[data-text]')).text"""
    assert reading_page.evaluate(script) == plain


def test_by_mouse(page_open, link):
    box = page_open.get_by_text("One debt.").bounding_box()
    page_open.mouse.move(box["x"] + 1, box["y"] + box["height"] / 2)
    page_open.mouse.down()
    page_open.mouse.move(box["x"] + 150, box["y"] + box["height"] / 2, steps=4)
    page_open.mouse.up()
    bar = page_open.get_by_role("toolbar", name="Mark the passage")
    expect(bar).to_be_visible()
    assert bar.bounding_box()["y"] + bar.bounding_box()["height"] <= box["y"]
    scrolled = page_open.evaluate("scrollY")
    bar.get_by_role("button", name="Woad").click()
    expect(page_open.locator("mark.hl.woad")).to_have_count(1)
    made = Highlight.objects.get()
    assert made.quote.startswith("One debt. One")
    assert (made.colour, texts_of(page_open)) == ("woad", [made.quote])
    expect(bar).to_be_hidden()
    expect(page_open.locator("#flash")).to_contain_text("Marked in woad.")
    expect(page_open.locator("#marked")).to_have_text("1 highlight")
    assert page_open.evaluate("scrollY") == scrolled
    assert "back=/tags/" in page_open.url


def test_across_blocks_and_code_points(page_open, link):
    link.sections.filter(kind="article").update(text="😀 First 😀 here.\n\nSecond 😀 there.")
    page_open.reload()
    page_open.evaluate(SELECT, ["First", 3, "Second", 9])
    page_open.get_by_role("toolbar").get_by_role("button", name="Madder").click()
    expect(page_open.locator("mark.hl")).to_have_count(2)
    assert Highlight.objects.get().quote == "First 😀 here.\nSecond 😀"


def test_a_note_is_written_changed_and_taken_back_in_place(page_open, link):
    page_open.evaluate(SELECT, ["One debt", 0, "One debt", 9])
    page_open.get_by_role("toolbar").get_by_role("button", name="Note").click()
    box = page_open.get_by_role("dialog").get_by_label("Your note")
    expect(box).to_be_focused()
    page_open.keyboard.type("Why *this* one?")
    expect(page_open.get_by_role("dialog").get_by_role("button", name="Save")).to_be_visible()
    page_open.keyboard.press("Control+Enter")
    note = page_open.get_by_role("note", name="Note 1")
    expect(note).to_contain_text("Why this one?")
    expect(page_open.get_by_role("dialog")).to_have_count(0)
    page_open.locator("mark.hl").click()
    page_open.get_by_role("dialog").get_by_label("Verdigris").check()
    page_open.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page_open.locator("mark.hl.verdigris")).to_have_count(1)
    note.get_by_role("link", name="Edit").click()
    page_open.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page_open.locator("mark.hl, .marginal")).to_have_count(0)
    assert page_open.evaluate("document.activeElement.textContent").startswith("One debt.")
    page_open.keyboard.press("u")
    expect(note).to_contain_text("Why this one?")
    expect(page_open.locator("mark.hl.verdigris")).to_have_text("One debt.")


def test_what_the_server_refuses_is_said_and_nothing_is_lost(page_open, link):
    link.sections.filter(kind="article").update(text="Another text.")
    page_open.evaluate(SELECT, ["One debt", 0, "One debt", 30])
    page_open.get_by_role("toolbar").get_by_role("button", name="Woad").click()
    expect(page_open.locator("#flash")).to_contain_text("This passage isn’t in the text as it is now")
    expect(page_open.get_by_text("One debt.")).to_be_visible()
    assert not Highlight.objects.exists()


def test_the_note_stands_beside_its_line_on_a_wide_screen_and_below_it_on_a_phone(page_open, link):
    section = link.sections.get(kind="article")
    for quote, note in (("The first book lay open", "Long. " * 60), ("One quarrel over pepper", "Second.")):
        mark(section, Anchor(quote), "ochre", note)
    page_open.set_viewport_size({"width": 1440, "height": 900})
    page_open.reload()
    marks, notes = page_open.locator("mark.hl[id]"), page_open.locator(".marginal")
    first, second = notes.nth(0), notes.nth(1)
    expect(first).to_have_attribute("style", re.compile("--y"))
    assert abs(first.bounding_box()["y"] - marks.nth(0).bounding_box()["y"]) < 12
    assert first.bounding_box()["x"] > page_open.locator("[data-section=article]").bounding_box()["x"] + 600
    assert second.bounding_box()["y"] >= first.bounding_box()["y"] + first.bounding_box()["height"]
    page_open.set_viewport_size({"width": 390, "height": 844})
    assert second.bounding_box()["y"] > page_open.get_by_text("One debt.").bounding_box()["y"]
    assert second.bounding_box()["x"] < 40
    assert page_open.evaluate("document.documentElement.scrollWidth") <= 390


def test_by_keyboard_alone(page_open, link):
    press = page_open.keyboard.press
    for _ in range(2):
        press("j")
    assert page_open.evaluate("document.activeElement.textContent") == "The first book lay open on the counter."
    press("h")
    expect(page_open.locator("mark.hl.ochre").first).to_be_visible()
    expect(page_open.locator("#flash")).to_contain_text("Marked in ochre.")
    assert page_open.evaluate("document.activeElement.matches('.prose p')")
    press("j")
    press("Shift+ArrowDown")
    assert page_open.evaluate("String(getSelection())") == "One debt."
    press("Shift+ArrowRight")
    press("Shift+ArrowRight")
    press("Shift+ArrowLeft")
    assert page_open.evaluate("String(getSelection())") == "One debt. One"
    expect(page_open.locator("#live")).to_have_text("One debt. One")
    press("ArrowRight")
    assert page_open.evaluate("String(getSelection())") == "debt"
    press("ArrowRight")
    press("Shift+ArrowDown")
    assert page_open.evaluate("String(getSelection())") == "One quarrel over pepper."
    press("4")
    expect(page_open.locator("mark.hl.madder")).to_have_text("One quarrel over pepper.")
    press("Enter")
    expect(page_open.get_by_role("dialog").get_by_label("Your note")).to_be_focused()
    press("Escape")
    assert page_open.evaluate("document.activeElement.textContent").startswith("One debt.")
    press("n")
    page_open.keyboard.type("Mine.")
    expect(page_open.get_by_role("dialog").get_by_role("button", name="Save")).to_be_visible()
    press("Control+Enter")
    expect(page_open.get_by_role("note", name="Note 2")).to_contain_text("Mine.")
    press("k")
    assert page_open.evaluate("document.activeElement.textContent").startswith("The first book")
    assert sorted(Highlight.objects.values_list("colour", "note")) == [("madder", "Mine."), ("ochre", "")]


def test_the_keys_are_off_where_single_keys_are(page_open, reader):
    reader.single_keys = False
    reader.save()
    page_open.reload()
    page_open.keyboard.press("j")
    assert page_open.evaluate("document.activeElement === document.body")


def test_escape_closes_the_bar_before_it_clears_the_matches(page_open, link):
    page_open.goto(f"/read/{link.pk}/?q=debt")
    page_open.evaluate(SELECT, ["One quarrel", 2, "One quarrel", 9])
    expect(page_open.get_by_role("toolbar")).to_be_visible()
    page_open.keyboard.press("Escape")
    expect(page_open.get_by_role("toolbar")).to_be_hidden()
    expect(page_open.locator("#matches")).to_be_visible()


def test_matches_and_code_stay_as_they_were_when_a_passage_is_marked(page_open, link):
    link.sections.filter(kind="article").update(text=f"{TEXT}\n\n    a = 1\n\n## One\n\nx\n\n## Two\n\ny")
    page_open.goto(f"/read/{link.pk}/?q=debt#match-1")
    page_open.evaluate(SELECT, ["quarrel over", 2, "quarrel over", 14])
    page_open.get_by_role("toolbar").get_by_role("button", name="Ochre").click()
    expect(page_open.locator("mark.hl")).to_have_count(1)
    expect(page_open.locator("mark.match[aria-current]")).to_have_text("debt")
    expect(page_open.locator(".codebox .copy")).to_have_count(1)


def test_a_selection_is_copied_as_a_quotation_with_its_source(page_open):
    page_open.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page_open.evaluate(SELECT, ["The first", 0, "One debt", 9])
    page_open.get_by_role("toolbar").get_by_role("button", name="Copy").click()
    expect(page_open.get_by_role("toolbar").get_by_role("button", name="Copied")).to_be_visible()
    copied = page_open.evaluate("navigator.clipboard.readText()")
    lines = [
        "> The first book lay open on the counter.",
        "> One debt.",
        ">",
        "> [The ledger](<https://slow.example/x>)",
    ]
    assert copied == "\n".join(lines)


@pytest.fixture
def other_page(browser, live_server, reading):
    """Makes a page of another kind of browser, with the reader logged in."""
    contexts = []

    def make(**options):
        context = browser.new_context(base_url=live_server.url, **options)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": reading.cookies[name].value, "url": live_server.url}])
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


def test_by_touch_the_bar_stands_below_the_passage(other_page, link):
    page = other_page(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844})
    page.goto(f"/read/{link.pk}/")
    passage = page.get_by_text("One debt.")
    passage.scroll_into_view_if_needed()
    passage.tap()
    page.evaluate(SELECT, ["One debt", 0, "One debt", 9])
    bar = page.get_by_role("toolbar")
    expect(bar).to_be_visible()
    bottom = page.evaluate("getSelection().getRangeAt(0).getBoundingClientRect().bottom")
    assert bar.bounding_box()["y"] >= bottom + 40
    assert bar.bounding_box()["x"] >= 0
    assert bar.bounding_box()["x"] + bar.bounding_box()["width"] <= 390
    bar.get_by_role("button", name="Verdigris").tap()
    expect(page.locator("mark.hl.verdigris")).to_have_text("One debt.")
    page.locator("mark.hl").tap()
    expect(page.get_by_role("dialog").get_by_label("Your note")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_javascript(other_page, link):
    page = other_page(java_script_enabled=False)
    page.goto(f"/read/{link.pk}/?back=/tags/")
    expect(page.get_by_role("toolbar")).to_have_count(0)
    page.get_by_role("link", name="Mark this paragraph").nth(2).click()
    page.get_by_label("One quarrel over pepper.").check()
    page.get_by_label("Madder").check()
    page.get_by_label("Your note").fill("Mine.")
    page.get_by_role("button", name="Mark").click()
    assert re.search(r"/\?back=/tags/#hl-\d+$", page.url)
    expect(page.locator("mark.hl.madder")).to_have_text("One quarrel over pepper.")
    page.get_by_role("link", name="End of highlight 1").click()
    note = page.get_by_role("note", name="Note 1")
    expect(note).to_be_in_viewport()
    note.get_by_role("link", name="1, back to its passage").click()
    assert page.url.endswith(f"#hl-{Highlight.objects.get().pk}")
    note.get_by_role("link", name="Edit").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("mark.hl")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("mark.hl.madder")).to_have_text("One quarrel over pepper.")
