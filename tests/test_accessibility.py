"""WCAG 2.2 A and AA, as far as a machine can tell, on every kind of page; widths and themes take turns."""

from itertools import cycle

import pytest
from axe_playwright_python.sync_playwright import Axe

from library.content.anchors import Anchor
from library.highlighting import mark
from library.models import Colour, Shelf
from tests.views.shelf import article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
TEXT = "## First\n\nOne [link](https://x.example/).\n\n| a | b |\n|---|---|\n| c | d |\n\n## Second\n\n> 2\n\n    code"
LOOKS = [(1440, "light"), (390, "dark"), (390, "sepia"), (1440, "dark"), (390, "light"), (1440, "sepia")]


def problems(page, width: int, theme: str, address: str) -> list[str]:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address)
    page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{address} {width} {theme}: {each['id']} {each['nodes'][0]['html'][:200]}" for each in found]


def test_no_page_breaks_a_rule_of_accessibility(reading_page, reader):
    link = article(reader, "The ledger", ("sql", "C++"), type="Essay", url="https://slow.example/x", article=TEXT,
                   overview="- Log first.", summary="On logs.", note="Mine.", state="reading", progress=40)  # fmt: skip
    for number in range(3):
        article(reader, f"More {number}", ("sql",), state=("inbox", "finished", "archived")[number], favourite=True)
    article(reader, "Binned", deleted_at=link.saved_at)
    for name in ("Old", "Older", "Oldest"):
        Shelf.objects.append(reader, name, query="ledger -tag:sql", sort="oldest")
    addresses = ["/library/", "/library/?tag=sql&state=inbox", "/library/?density=compact", "/library/?tag=nope",
                 "/tags/", "/tags/sql/", f"/read/{link.pk}/", "/search/?q=ledger", "/settings/", "/import/", "/add/",
                 f"/read/{link.pk}/edit/", "/bin/", "/shelves/", "/shelves/new/", "/shelves/old/edit/",
                 "/shelves/old/delete/", "/nope/"]  # fmt: skip
    reading_page.emulate_media(reduced_motion="reduce")
    looks = cycle(LOOKS)
    assert [line for address in addresses for line in problems(reading_page, *next(looks), address)] == []


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_the_palette_breaks_no_rule_of_accessibility(reading_page, reader, width, theme):
    link = article(reader, "The ledger", ("ledgers",), type="Essay", url="https://slow.example/x", article="Text.")
    reading_page.emulate_media(reduced_motion="reduce")
    reading_page.set_viewport_size({"width": width, "height": 900})
    reading_page.goto(f"/read/{link.pk}/")
    reading_page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    for typed in ("", "e"):
        reading_page.keyboard.press("Control+k")
        reading_page.keyboard.type(typed)
        reading_page.wait_for_selector("#palette [aria-selected=true]")
        found = Axe().run(reading_page, options=RULES).response["violations"]
        assert [f"{each['id']} {each['nodes'][0]['html'][:200]}" for each in found] == []
        reading_page.keyboard.press("Escape")


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_the_matches_of_a_search_break_no_rule_of_accessibility(reading_page, reader, width, theme):
    link = article(reader, "The ledger", ("sql",), article=f"{TEXT}\n\nA link and `code`.", summary="A link.", note="2")
    reading_page.emulate_media(reduced_motion="reduce")
    addresses = [f"/read/{link.pk}/?q={q}" for q in ("link+code+2#match-1", "ledger", "vellum")]
    assert [line for address in addresses for line in problems(reading_page, width, theme, address)] == []


MARKED = "The first book lay *open*. One [debt half paid](https://x.example/).\n\n> A quoted quarrel over pepper."
PASSAGES = ("The first book", "lay open. One debt", "debt half paid.", "quoted quarrel over")


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_highlights_break_no_rule_of_accessibility(reading_page, reader, width, theme):
    link = article(reader, "The ledger", article=f"{MARKED}\n\n{TEXT}", summary="A machine wrote this summary.")
    section, summary = link.sections.get(kind="article"), link.sections.get(kind="summary")
    for colour, quote in zip(Colour.values, PASSAGES, strict=True):
        mark(section, Anchor(quote), colour)
    mark(section, Anchor("half paid.\nA quoted"), "woad", "## Why\n\n> A [note](https://x.example/).")
    made = mark(summary, Anchor("A machine wrote this"), "verdigris", "Mine.")
    lost = mark(summary, Anchor("wrote this summary"), "madder", "Lost.")
    lost.start, lost.end, lost.quote, lost.prefix, lost.suffix = None, None, "Nothing of the kind is there", "", ""
    lost.save()
    reading_page.emulate_media(reduced_motion="reduce")
    addresses = [f"/read/{link.pk}/", f"/read/{link.pk}/?q=first+quarrel+machine", f"/highlights/{made.pk}/",
                 f"/read/{link.pk}/mark/?section={section.pk}"]  # fmt: skip
    assert [line for address in addresses for line in problems(reading_page, width, theme, address)] == []
    reading_page.goto(addresses[0])
    reading_page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    reading_page.get_by_role("link", name="change it").first.click()
    reading_page.get_by_role("button", name="Save").wait_for()
    found = Axe().run(reading_page, options=RULES).response["violations"]
    assert [f"{each['id']} {each['nodes'][0]['html'][:200]}" for each in found] == []
    reading_page.keyboard.press("Escape")
    reading_page.keyboard.press("j")
    reading_page.evaluate("getSelection().selectAllChildren(document.querySelector('.layer p'))")
    reading_page.get_by_role("toolbar").wait_for()
    found = Axe().run(reading_page, options=RULES).response["violations"]
    assert [f"{each['id']} {each['nodes'][0]['html'][:200]}" for each in found] == []
