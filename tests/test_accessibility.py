"""WCAG 2.2 A and AA, as far as a machine can tell: every page of the URL table, then the states pages can be in."""

from datetime import timedelta
from itertools import cycle, product

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from library.accounts import setup_token
from library.content.anchors import Anchor
from library.highlighting import change, mark
from library.models import Colour, Export, Highlight, ImportRun, Kind, Review, Shelf, User
from library.models.writing import note_change, write_section
from tests.views.shelf import article
from tests.walls.table import OWN, library_of, own_address

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
TEXT = "## First\n\nOne [link](https://x.example/).\n\n| a | b |\n|---|---|\n| c | d |\n\n## Second\n\n> 2\n\n    code"
LOOKS = [(1440, "light"), (390, "dark"), (390, "sepia"), (1440, "dark"), (390, "light"), (1440, "sepia")]


ALSO = {name: {"enabled": True} for name in ("heading-order", "aria-allowed-role")}  # Lighthouse asks for them
WIDTHS, THEMES = (1440, 390), ("light", "dark", "sepia")
BROKEN = """async (options) => (await axe.run(options)).violations
  .map(({ id, nodes }) => `${id} ${nodes.map((node) => node.html.slice(0, 200))}`)"""
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"
COMPANY = 3  # so that lists have neighbours, and names that are alike


def pages(reader, client) -> list[str]:
    """The address of every page that the table leads to; fragments are seen on the pages that take them in."""
    library = library_of(reader, "The ledger before the ledger")
    for number in range(COMPANY):
        article(reader, f"The ledger {number}", ("ledger", f"ledger {number}"), type="Essay", article=TEXT)
    answers = [client.get(own_address(route, library), follow=True) for route in OWN]
    return list(dict.fromkeys(answer.request["PATH_INFO"] for answer in answers if is_page(answer)))


def is_page(answer) -> bool:
    return not answer.streaming and answer.content.lstrip()[:9].lower() == b"<!doctype"


def faults(page, address: str) -> list[str]:
    """Of one page in every theme and width. Themes differ in nothing but colours, so the rest is looked at once."""
    page.goto(address)
    page.evaluate(AXE_SCRIPT)
    faults = []
    for width, theme in product(WIDTHS, THEMES):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        rules = {**RULES, "rules": ALSO} if theme == THEMES[0] else {"runOnly": ["color-contrast"]}
        broken = page.evaluate(BROKEN, {**rules, "preload": False})
        faults += [f"{address} {width} {theme}: {each}" for each in broken]
        if theme == THEMES[0] and page.evaluate(TOO_WIDE):
            faults.append(f"{address} {width}: wider than the screen")
    return faults


def test_no_page_of_the_table_breaks_a_rule_of_accessibility_or_scrolls_sideways(reading_page, reader, reading):
    reading_page.emulate_media(reduced_motion="reduce")
    addresses = pages(reader, reading)
    assert {"/library/", "/search/", "/highlights/", "/review/", "/tags/", "/statistics/"} <= set(addresses)
    assert "\n".join(fault for address in addresses for fault in faults(reading_page, address)) == ""


def test_nor_do_the_pages_before_one_is_logged_in(page):
    page.emulate_media(reduced_motion="reduce")
    addresses = [f"/setup/?token={setup_token()}", "/login/"]
    assert "\n".join(fault for address in addresses for fault in faults(page, address)) == ""


def problems(page, width: int, theme: str, address: str) -> list[str]:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address)
    page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{address} {width} {theme}: {each['id']} {each['nodes'][0]['html'][:200]}" for each in found]


def test_no_state_of_a_page_breaks_a_rule_of_accessibility(reading_page, reader, settings, tmp_path):
    link = article(reader, "The ledger", ("sql", "C++"), type="Essay", url="https://slow.example/x", article=TEXT,
                   overview="- Log first.", summary="On logs.", note="Mine.", state="reading", progress=40)  # fmt: skip
    write_section(link, Kind.ARTICLE, f"{TEXT} Changed.")
    version = link.sections.get(kind=Kind.ARTICLE).versions.get()
    done = article(reader, "Done", ("sql",), type="Essay", state="finished", minutes=9, finished_at=timezone.now())
    note_change(done, "favourite", True, False)
    for number in range(3):
        article(reader, f"More {number}", ("sql",), state=("inbox", "finished", "archived")[number], favourite=True)
    article(reader, "Binned", deleted_at=link.saved_at)
    article(reader, "The ledger and the joins below it", ("sqls", "sql/joins"))
    reader.tags.filter(name="sql").update(pinned=True, description="Tables.")
    for name in ("Old", "Older", "Oldest"):
        Shelf.objects.append(reader, name, query="ledger -tag:sql", sort="oldest")
    for state in ("done", "failed", "running"):
        Export.objects.create(owner=reader, format="csv", title="Old", state=state, total=3, error=state)
    found = {"formats": ["", "netscape"], "columns": [["wo", ["https://a.example/"]], ["was", []]]}
    seen = {"found": found, "paths": [str(tmp_path)], "on_server": True}
    run = ImportRun.objects.create(
        owner=reader, label="x.zip", state="checked", records=2, new=1, rejected=1, **seen
    )
    User.objects.filter(pk=reader.pk).update(is_staff=True)
    settings.IMPORT_FOLDERS = [tmp_path]
    undone = ImportRun.objects.create(owner=reader, label="y.zip", state="done", records=1, new=1)
    for outcome, place in (("rejected", 0), ("new", 1)):
        about = {"title": "A page", "type": "Essay", "tags": ["sql"]}
        run.entries.create(file="a.md", outcome=outcome, place=place, message="Why.", warnings=["Odd."], about=about)
    undone.entries.create(file="b.md", outcome="new", link=done)
    addresses = ["/export/", f"/import/{run.pk}/check/", f"/import/{undone.pk}/", f"/import/{undone.pk}/undo/",
                 f"/import/{undone.pk}/files/", "/import/folder/",
                 "/library/", "/library/?tag=sql&state=inbox", "/library/?density=compact", "/library/?select=1",
                 "/library/?select=all&density=compact", "/search/?q=more&select=1", "/library/?tag=nope",
                 "/tags/", "/tags/sql/", "/tags/?show=alike", "/tags/sql/edit/?into=sqls", "/tags/sql/edit/?into=nope",
                 f"/read/{link.pk}/", "/search/?q=ledger", f"/read/{link.pk}/edit/", "/shelves/", "/nope/",
                 f"/read/{link.pk}/versions/{version.pk}/", "/activity/?kind=bin", "/statistics/",
                 "/statistics/?year=all"]  # fmt: skip
    reading_page.emulate_media(reduced_motion="reduce")
    looks = cycle(LOOKS)
    assert [line for address in addresses for line in problems(reading_page, *next(looks), address)] == []


SEARCHES = {
    "before anything is typed": ("/search/", "#examples"),
    "nothing found, with suggestions": ("/search/?q=parchmnet", "text=Did you mean"),
    "nothing found, with filters to drop": ("/search/?q=ledger+tag:sql+is:archived", "text=Drop"),
    "only some of the words": ("/search/?q=ledger+parchment+absent", ".runhead"),
    "many found, in notes and highlights too": ("/search/?q=ledger", "text=in your own notes"),
    "the lists that narrow": ("/search/?q=ledger&narrow=1", ".folds[open] [href*=tag]"),
    "very many filters": (f"/search/?q=ledger+{'+'.join(f'-tag:t{number}' for number in range(39))}", ".chip"),
    "what was not understood": ("/search/?q=ledger+is:lost+shade:red+tag:nowhere", "#not-understood"),
    "the second page, by date": ("/search/?q=ledger&sort=oldest&after=1", "[rel=next]"),
    "all search words": ("/search-words/", ".words"),
}


@pytest.mark.parametrize("turn", range(3))
def test_no_state_of_the_search_page_breaks_a_rule_of_accessibility(reading_page, reader, turn):
    for number in range(25):
        link = article(reader, f"Ledger {number}", ("sql", f"t{number}"), type="Essay", article="Of a ledger.")
    for colour in Colour.values:
        Highlight.objects.create(link=link, quote=f"a ledger in {colour}", colour=colour)
        article(reader, f"Old {colour}", article="On parchment.", note="My own ledger.", favourite=True)
    Shelf.objects.append(reader, "Unread", query="is:unread")
    reading_page.emulate_media(reduced_motion="reduce")
    for (address, shown), look in zip(SEARCHES.values(), cycle([*LOOKS[turn:], *LOOKS[:turn]])):
        assert problems(reading_page, *look, address) == []
        reading_page.locator(shown).first.wait_for(state="attached", timeout=5_000)


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
    made = mark(summary, Anchor("A machine wrote this"), "verdigris", "Mine.")[0]
    lost = mark(summary, Anchor("wrote this summary"), "madder", "Lost.")[0]
    lost.start, lost.end, lost.quote, lost.prefix, lost.suffix = None, None, "Nothing of the kind is there", "", ""
    lost.save()
    reading_page.emulate_media(reduced_motion="reduce")
    change(made, "verdigris", "Mine.", ["to quote", "sql"])
    addresses = [f"/read/{link.pk}/", f"/read/{link.pk}/?q=first+quarrel+machine", f"/highlights/{made.pk}/",
                 "/highlights/", "/highlights/?by=day&tag=sql&note=with", "/highlights/?lost=1", "/highlights/?q=none",
                 f"/read/{link.pk}/mark/?section={section.pk}"]  # fmt: skip
    assert [line for address in addresses for line in problems(reading_page, width, theme, address)] == []
    reading_page.goto(addresses[0])
    reading_page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    reading_page.get_by_role("link", name="change it").first.click()
    reading_page.get_by_role("dialog").get_by_role("button", name="Save").wait_for()
    found = Axe().run(reading_page, options=RULES).response["violations"]
    assert [f"{each['id']} {each['nodes'][0]['html'][:200]}" for each in found] == []
    reading_page.keyboard.press("Escape")
    reading_page.keyboard.press("j")
    reading_page.evaluate("getSelection().selectAllChildren(document.querySelector('.layer p'))")
    reading_page.get_by_role("toolbar").wait_for()
    found = Axe().run(reading_page, options=RULES).response["violations"]
    assert [f"{each['id']} {each['nodes'][0]['html'][:200]}" for each in found] == []


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_the_daily_review_breaks_no_rule_of_accessibility(reading_page, reader, width, theme):
    reading_page.emulate_media(reduced_motion="reduce")
    assert problems(reading_page, width, theme, "/review/") == []  # nothing was marked yet
    link = article(reader, "The ledger", ("sql",), type="Essay", url="https://slow.example/x", favourite=True)
    article(reader, "A year ago", saved_at=timezone.now() - timedelta(days=365))
    for colour in Colour.values:
        note = "## Why\n\n> A [note](https://x.example/)."
        Highlight.objects.create(link=link, quote=f"a ledger in {colour}\nand more", colour=colour, note=note)
    first = Review.objects.order_by("pk")[0]
    now = timezone.now()
    Review.objects.filter(pk=first.pk).update(turns=4, seldom=True, since=now, seen_at=now)
    addresses = ["/review/", "/review/1/", "/review/4/"]
    assert [line for address in addresses for line in problems(reading_page, width, theme, address)] == []
    Review.objects.exclude(pk=first.pk).update(turns=1, stopped=True, since=now, seen_at=now)
    addresses = ["/review/", "/review/shown/", "/review/shown/?stopped=1", "/review/shown/?after=0.1"]
    assert [line for address in addresses for line in problems(reading_page, width, theme, address)] == []


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_reading_tools_and_notes_break_no_rule_of_accessibility(reading_page, reader, width, theme):
    link = article(reader, "The ledger", ("sql",), article=f"{MARKED}\n\n{TEXT}", note="Mine.", state="reading")
    article(reader, "The other one", ("sql",), saved_at=link.saved_at - timedelta(days=1))
    mark(link.sections.get(kind="article"), Anchor("The first book"), "woad", "A note.")
    reading_page.emulate_media(reduced_motion="reduce")
    assert problems(reading_page, width, theme, f"/read/{link.pk}/note/") == []
    assert problems(reading_page, width, theme, f"/read/{link.pk}/?back=/library/") == []
    reading_page.get_by_text("Edit your notes").click()
    reading_page.get_by_role("button", name="Preview").click()
    reading_page.locator("#preview .prose").wait_for()
    reading_page.get_by_label("Text and theme").click()
    found = Axe().run(reading_page, options=RULES).response["violations"]
    assert [f"{each['id']} {each['nodes'][0]['html'][:200]}" for each in found] == []
