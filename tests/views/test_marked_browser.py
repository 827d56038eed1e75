"""The list of highlights in a browser: filters that apply by themselves, what is copied, and where the focus goes."""

import pytest

from library.content.anchors import Anchor
from library.highlighting import mark
from library.models import Highlight
from tests.views.shelf import article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
QUOTES = {"The first book lay open": "ochre", "Three books on the counter": "woad", "A ledger of pepper": "madder"}


@pytest.fixture
def marked(quiet, reader):
    """The page with three highlights."""
    link = article(reader, "The ledger", url="https://slow.example/x", article=". ".join(QUOTES))
    for quote, colour in QUOTES.items():
        mark(link.sections.get(), Anchor(quote), colour, tags=["to quote"] if colour == "woad" else [])
    quiet.set_default_timeout(6000)
    quiet.goto("/highlights/")
    return quiet


def shown(page) -> list[str]:
    return page.locator(".kept blockquote mark").all_inner_texts()


def test_a_filter_applies_on_change_and_says_how_many_are_left(marked):
    marked.get_by_text("Colour", exact=True).click()
    marked.get_by_label("Woad").check()
    marked.wait_for_url("**/highlights/?colour=woad")
    marked.locator("#live", has_text="1 highlight").wait_for(state="attached")
    assert shown(marked) == ["Three books on the counter"]
    marked.keyboard.press("Escape")
    marked.get_by_label("Remove filter colour Woad").click()
    marked.wait_for_url("**/highlights/")
    assert shown(marked) == list(QUOTES)


def test_text_is_looked_for_with_enter(marked):
    marked.get_by_label("Text in a quote or a note").fill("BOOK")
    marked.keyboard.press("Enter")
    marked.wait_for_url("**/highlights/?q=BOOK")
    marked.locator(".chip").wait_for()
    assert shown(marked) == list(QUOTES)[:2]


def test_a_deleted_highlight_gives_the_focus_to_the_next_and_comes_back(marked):
    marked.get_by_role("button", name="Delete the highlight The first book").click()
    marked.locator("#live", has_text="Highlight deleted.").wait_for(state="attached")
    assert shown(marked) == list(QUOTES)[1:]
    assert marked.evaluate("document.activeElement.innerText").split("\n")[1] == "Three books on the counter"
    marked.keyboard.press("u")
    marked.wait_for_url("**/highlights/#hl-*")
    assert shown(marked) == list(QUOTES)


def test_a_highlight_is_copied_as_a_quotation(marked):
    marked.context.grant_permissions(["clipboard-read", "clipboard-write"])
    marked.get_by_role("button", name="Copy").first.click()
    marked.get_by_role("button", name="Copied").wait_for()
    copied = marked.evaluate("navigator.clipboard.readText()")
    assert copied == "> The first book lay open\n>\n> [The ledger](<https://slow.example/x>)"


def test_keys_lead_to_the_list(marked):
    marked.goto("/library/")
    marked.keyboard.press("g")
    marked.keyboard.press("h")
    marked.wait_for_url("**/highlights/")


def test_tags_are_given_in_place_in_the_article(marked):
    marked.get_by_role("link", name="Show in the article").first.click()
    marked.locator("mark.hl.ochre").click()
    box = marked.get_by_label("Tags", exact=True)
    box.fill("to quote, new")
    marked.get_by_role("dialog").get_by_role("button", name="Save").click()
    marked.locator(".marginal .tg", has_text="new").wait_for()
    assert sorted(Highlight.objects.get(colour="ochre").tags.values_list("name", flat=True)) == ["new", "to quote"]
