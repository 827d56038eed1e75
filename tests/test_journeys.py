"""What a reader does in one sitting, from page to page in Chromium: each journey crosses several rooms."""

import pytest
from playwright.sync_api import Page, expect

from library.content.anchors import Anchor
from library.highlighting import mark
from tests.views.shelf import article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSAGE = "One quarrel over pepper."
TEXT = f"The first book lay open on the counter.\n\nOne debt. {PASSAGE} Peace."
SELECT = """(words) => {
  const walk = document.createTreeWalker(document.querySelector("[data-section=article]"), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const start = walk.currentNode.data.indexOf(words);
    if (start >= 0) getSelection().setBaseAndExtent(walk.currentNode, start, walk.currentNode, start + words.length);
  }
}"""


@pytest.fixture
def link(reader):
    return article(reader, "The ledger", ("ledger",), article=TEXT)


def select(page: Page, words: str) -> None:
    page.wait_for_url("**/read/**")
    page.wait_for_load_state("load")
    page.evaluate(SELECT, words)


def rewrite(page: Page, text: str) -> None:
    page.get_by_label("More", exact=True).click()
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Article", exact=True).fill(text)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/read/**")


def test_a_mark_moves_with_the_text_waits_when_its_passage_is_gone_and_comes_back_with_it(reading_page, link):
    page = reading_page
    mark(link.sections.get(), Anchor(PASSAGE), "woad", "Over pepper.")
    page.goto(f"/read/{link.pk}/")
    expect(page.locator("mark.hl.woad")).to_have_text(PASSAGE)
    rewrite(page, f"Before all of it there was a shop.\n\n{TEXT.replace('Peace', 'War')}")
    expect(page.locator("mark.hl.woad")).to_have_text(PASSAGE)
    expect(page.locator("p:has(mark.hl.woad)")).to_contain_text("War.")
    rewrite(page, "The first book lay open on the counter. The rest is lost.")
    expect(page.locator("mark.hl")).to_have_count(0)
    expect(page.get_by_role("region", name="Lost its place")).to_contain_text(PASSAGE)
    rewrite(page, TEXT)
    expect(page.locator("mark.hl.woad")).to_have_text(PASSAGE)
    expect(page.get_by_role("note", name="Note 1")).to_contain_text("Over pepper.")


def test_a_note_is_found_by_its_own_words_and_leads_back_to_its_passage(reading_page, link):
    page = reading_page
    page.goto(f"/read/{link.pk}/")
    select(page, PASSAGE)
    page.get_by_role("toolbar", name="Mark the passage").get_by_role("button", name="Note").click()
    page.keyboard.type("Compare with the cardamom affair.")
    page.keyboard.press("Control+Enter")  # at once: it may come before the form does
    expect(page.get_by_role("note", name="Note 1")).to_contain_text("cardamom")
    page.goto("/library/")
    page.keyboard.press("/")
    page.keyboard.type("cardamom")
    page.keyboard.press("Enter")
    expect(page.locator(".hit.mine")).to_contain_text("cardamom affair")
    page.get_by_role("link", name="The ledger").click()
    note = page.get_by_role("note", name="Note 1")
    expect(note.locator("mark.match")).to_have_text("cardamom")
    expect(note).to_be_in_viewport()
    note.get_by_role("link", name="back to its passage").click()
    expect(page.locator("mark.hl:target")).to_have_text(PASSAGE)


def test_two_tags_become_one_and_all_that_named_the_other_follows(reading_page, reader, link, put_up):
    page = reading_page
    article(reader, "The counter", ("ledgers",))
    article(reader, "Both", ("ledger", "ledgers"))
    put_up("Books kept", query="tag:ledgers")
    page.goto("/tags/?show=alike")
    page.goto("/tags/ledgers/")
    page.get_by_role("link", name="Rename, merge or delete").click()
    page.get_by_label("The tag that stays").fill("ledger")
    page.get_by_role("button", name="See what would happen").click()
    expect(page.get_by_role("form", name="Merge ledgers into ledger?")).to_contain_text("2 articles have ledgers")
    page.get_by_role("button", name="Merge into ledger").click()
    expect(page.locator("#flash")).to_contain_text("ledger")
    expect(page.locator("article h3")).to_have_count(3)
    page.goto("/tags/ledgers/")
    page.wait_for_url("**/tags/ledger/")
    page.get_by_role("navigation", name="Shelves").get_by_role("link", name="Books kept").click()
    expect(page.locator("article h3")).to_have_count(3)


@pytest.mark.parametrize("width", [1440, 390])
def test_an_article_is_read_marked_and_met_again_in_the_review_and_among_the_highlights(reading_page, link, width):
    page = reading_page
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/library/")
    page.get_by_role("link", name="The ledger").click()
    select(page, PASSAGE)
    page.get_by_role("toolbar", name="Mark the passage").get_by_role("button", name="Madder").click()
    expect(page.locator("#flash")).to_contain_text("Marked in madder.")
    page.get_by_role("button", name="Finish", exact=True).first.click()
    expect(page.locator("#act-finish")).to_have_attribute("aria-pressed", "true")
    page.goto("/review/")
    expect(page.locator("main blockquote")).to_contain_text(PASSAGE)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("heading", name="That’s all for today.")).to_be_visible()
    page.goto("/highlights/")
    page.get_by_role("link", name="Show in the article").click()
    expect(page.locator("mark.hl.madder:target")).to_have_text(PASSAGE)
    expect(page.locator("mark.hl.madder")).to_be_in_viewport()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
