"""WCAG 2.2 A and AA, as far as a machine can tell, on every kind of page; widths and themes take turns."""

from itertools import cycle

import pytest
from axe_playwright_python.sync_playwright import Axe

from library.models import Shelf
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
    addresses = ["/library/", "/library/?tag=sql&state=inbox", "/library/?density=compact", "/library/?select=1",
                 "/library/?select=all&density=compact", "/search/?q=more&select=1", "/library/?tag=nope",
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
