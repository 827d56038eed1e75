"""Notion's own export, as it lies in its zip: pages and tables named for their ids."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.importers.formats import format_of, notion_export, notion_links
from library.importers.record import HoldsNone, ImportFile, NotARecord, Record, Refusal
from tests.importers.link_files import link_file
from tests.importers.readings import Files, file_of, read_all, records, refusals, texts

HOME, DATABASE, LEDGER, LATER, OTHER = (sign * 32 for sign in "abcde")
CSV = (
    "\ufeffName,URL,Tags,Status,Created,Rating,Related\r\n"
    'The ledger: before / after,https://slow.example/ledger,"money, old books",Done,"December 4, 2024 8:45 AM",5,\r\n'
    '"A row alone ",https://slow.example/alone,,Not started,,,Home (../Home%20'
    f"{HOME}.md)\r\n"
)
ROW = """# The ledger: before / after

URL: https://slow.example/ledger
Tags: money, old books
Status: Done
Created: December 4, 2024 8:45 AM
Rating: 5
Related: Home (../Home%20{home}.md)

A merchant kept three books.

Note: this stays.
"""


def export(**more: str | bytes) -> Files:
    """A wrapper folder with a page, its sub-page, and a database of two rows, one of which has a page."""
    files: dict[str, str | bytes] = {
        "Export-1/index.html": '<html><ul id="id::1"><li>Workspace identifier: 1</li></ul>',
        f"Export-1/Home {HOME}.md": f"# Home\n\n[The list](Reading%20{DATABASE}.csv) ![a](Home%20{HOME}/cat%20one.png)",
        f"Export-1/Home {HOME}/cat one.png": b"\x89PNG",
        f"Export-1/Reading {DATABASE}.csv": "\ufeffName,URL\r\nThe ledger: before / after,\r\n",
        f"Export-1/Reading {DATABASE}_all.csv": CSV,
        f"Export-1/Reading {DATABASE}/The ledger before after {LEDGER}.md": ROW.format(home=HOME),
        **{f"Export-1/{name}": data for name, data in more.items()},
    }
    return Files(files)


def named(files: Files, part: str) -> ImportFile:
    return files.file(next(name for name in files.names() if part in name))


def page(text: str, **more: str | bytes) -> Record:
    files = export(**{f"Page {OTHER}.md": text}, **more)
    (record,) = records(notion_export, named(files, f"Page {OTHER}.md"))
    return record


def test_a_row_is_read_from_its_page():
    (record,) = records(notion_export, named(export(), LEDGER))
    assert (record.title, record.url, record.key) == (
        "The ledger: before / after",
        "https://slow.example/ledger",
        LEDGER,
    )
    assert (record.tags, record.state) == (("money", "old books"), "finished")
    assert record.created == datetime(2024, 12, 4, 8, 45, tzinfo=UTC)
    assert record.extra == {"rating": "5", "related": "Home"}
    assert texts(record) == {"article": "A merchant kept three books.\n\nNote: this stays."}


def test_a_table_brings_the_rows_that_have_no_page():
    (record,) = records(notion_export, named(export(), "_all.csv"))
    assert (record.title, record.url, record.state) == ("A row alone", "https://slow.example/alone", "inbox")
    assert record.extra == {"related": "Home"}


def test_a_table_that_came_alone_brings_all_rows():
    file = ImportFile(f"Reading {DATABASE}.csv", CSV.encode())
    assert [record.title for record in records(notion_export, file)] == ["The ledger: before / after", "A row alone"]


def test_the_short_form_of_a_table_holds_none_where_the_whole_one_is():
    with pytest.raises(HoldsNone, match="read instead"):
        read_all(notion_export, named(export(), f"{DATABASE}.csv"))


def test_a_table_whose_rows_are_all_pages_holds_none():
    files = export()
    files.files[f"Export-1/Reading {DATABASE}/A row alone {LATER}.md"] = "# A row alone\n"
    with pytest.raises(HoldsNone, match="page of its own"):
        read_all(notion_export, named(files, "_all.csv"))


def test_two_rows_of_one_title_are_two_articles_though_one_of_them_has_a_page():
    files = export()
    files.files[f"Export-1/Reading {DATABASE}_all.csv"] = CSV + "A row alone,,,,,,\r\n"
    files.files[f"Export-1/Reading {DATABASE}/A row alone {LATER}.md"] = "# A row alone\n"
    assert len(records(notion_export, named(files, "_all.csv"))) == 1


def test_a_title_that_notion_cut_in_the_name_is_known_again():
    title = "A very long title that goes on and on until it is cut somewhere"
    files = export()
    files.files[f"Export-1/Reading {DATABASE}_all.csv"] = f"Name,URL\n{title},\n"
    files.files[f"Export-1/Reading {DATABASE}/{title[:48]} {LATER}.md"] = f"# {title}\n"
    with pytest.raises(HoldsNone):
        read_all(notion_export, named(files, "_all.csv"))


def test_a_day_in_a_title_is_known_again_though_its_page_calls_it_yesterday():
    files = Files(
        {
            f"Days {DATABASE}_all.csv": 'Day,Ran,When\n"@July 28, 2025 ",No,"July 28, 2025 6:10 AM"\n',
            f"Days {DATABASE}/@Yesterday {LATER}.md": "# @Yesterday\n\nRan: No\nWhen: July 28, 2025 6:10 AM\n",
        }
    )
    with pytest.raises(HoldsNone):
        read_all(notion_export, named(files, "_all.csv"))


def test_another_mapping_of_columns_can_be_given():
    file = ImportFile(f"Reading {DATABASE}.csv", b"Was,Wo,Stand\nEin Titel,https://slow.example/,gelesen\n")
    assert notion_export.columns(file) == ["was", "wo", "stand"]
    (record,) = notion_export.read(file, {"was": "title", "wo": "url", "stand": "note"})
    assert isinstance(record, Record)
    assert (record.title, record.url, texts(record)) == ("Ein Titel", "https://slow.example/", {"note": "gelesen"})


def test_a_row_without_anything_is_refused_and_the_others_go_on():
    content = ImportFile(f"Reading {DATABASE}.csv", b"Name,Rating\n,5\nA title,4\nA,B,C,D\n")
    assert refusals(notion_export, content)[0] == "The row has no title, no address and no text."
    assert [type(each) for each in read_all(notion_export, content)] == [Refusal, Record, Refusal]


def test_a_columns_own_texts_become_layers():
    csv = "Name,Overview,AI Summary,Content\nA title,- Short.,Longer.,All of it.\n"
    (record,) = records(notion_export, ImportFile(f"Reading {DATABASE}.csv", csv.encode()))
    assert texts(record) == {"overview": "- Short.", "summary": "Longer.", "article": "All of it."}


def test_a_page_that_begins_with_a_line_like_a_property_keeps_it():
    assert texts(page("# A page\n\nNote: something\n\nMore.")) == {"article": "Note: something\n\nMore."}


def test_only_keys_of_the_table_are_properties():
    files = export()
    files.files[f"Export-1/Reading {DATABASE}/X {LATER}.md"] = "# X\n\nRemember: this\nTags: a\n\nText"
    (record,) = records(notion_export, named(files, LATER))
    assert texts(record)["article"].startswith("Remember: this\nTags: a")


def test_a_property_of_several_lines_is_one():
    files = export()
    files.files[f"Export-1/Reading {DATABASE}/X {LATER}.md"] = "# X\n\nTags: a\nRelated: one\ntwo\n\nText"
    (record,) = records(notion_export, named(files, LATER))
    assert record.extra == {"related": "one\ntwo"}


def test_a_row_whose_table_did_not_come_is_known_by_its_address():
    record = page("# X\n\nLink: https://slow.example/\nRating: 5\n\nText.")
    assert (record.url, record.extra, texts(record)) == ("https://slow.example/", {"rating": "5"}, {"article": "Text."})


def test_links_between_pages_lead_to_notion_and_files_are_brought_along():
    (record,) = records(notion_export, named(export(), f"Home {HOME}.md"))
    name = f"Export-1/Home {HOME}/cat one.png"
    assert record.attachments == (name,)
    assert texts(record)["article"] == (
        f"[The list](https://www.notion.so/{DATABASE}) ![a]({name.replace(' ', '%20')})"
    )


def test_callouts_are_quotes_and_marks_of_nothing_are_gone():
    text = (
        '# A page\n\n<aside>\n<img src="https://www.notion.so/icons/x.svg" alt="x" width="40px" /> Take care\n\n'
        "All of you.\n</aside>\n\n********Here**** it is\n\n"
        "```html\n<aside>\n****x****\n</aside>\n```\n\n<aside>\nleft open"
    )
    assert texts(page(text))["article"] == (
        "> Take care\n>\n> All of you.\n\nHere it is\n\n```html\n<aside>\n****x****\n</aside>\n```\n\nleft open"
    )


def test_a_page_of_a_title_alone_holds_none():
    with pytest.raises(HoldsNone, match="nothing else"):
        page("# My tasks\n")


def test_the_table_of_contents_holds_none():
    with pytest.raises(HoldsNone, match="table of contents"):
        read_all(notion_export, named(export(), "index.html"))


def test_link_files_in_an_export_stay_link_files():
    files = export(**{f"Page {OTHER}.md": link_file(), f"Bare {LATER}.md": "# X\n\n## Content (from Notion)\n\nWords"})
    assert format_of(named(files, OTHER)) is notion_links
    assert format_of(named(files, f"Bare {LATER}")) is notion_links


def test_names_alone_make_no_page():
    assert not notion_export.recognise(ImportFile(f"a {HOME}.md", b"no title"))
    assert not notion_export.recognise(ImportFile(f"a {HOME}.csv", b"\x89PNG\0\0\0\1\2\3"))
    assert not notion_export.recognise(ImportFile("a.md", b"# A title"))
    assert not notion_export.recognise(file_of("<html><body>x", f"a {HOME}.html"))


PAGE = """<html><head><title>A &amp; B</title></head><body>
<article id="15f0080a-a5a3-80c6-b16c-fed449a03a8b" class="page">
<header><h1 class="page-title">A</h1><table class="properties"><tbody>
<tr class="property-row property-row-multi_select"><th><span class="icon"></span>Tags</th>
<td><span class="selected-value">money, old</span><span class="selected-value">books</span></td></tr>
<tr class="property-row property-row-url"><th>URL</th>
<td><a href="https://slow.example/ledger" class="url">slow</a></td></tr>
<tr><th>Read</th><td><div class="checkbox checkbox-on"></div></td></tr>
<tr><th>Created</th><td><time>@December 4, 2024 8:45 AM</time></td></tr></tbody></table></header>
<div class="page-body"><p>Words</p>
<ul id="1" class="to-do-list"><li><div class="checkbox checkbox-on"></div> done</li></ul>
<figure class="callout"><div>Mind</div></figure><figure class="image"><img src="Page%20eeee/cat.png"/></figure>
<figure class="equation"><math><annotation encoding="x">e=mc^2</annotation></math></figure>
<a href="Other%20{other}.html">Other</a><script>alert(1)</script></div></article></body></html>"""


def test_a_page_in_html_is_read_too():
    files = Files({"Page.html": PAGE.replace("{other}", OTHER), "Page eeee/cat.png": b"x"})
    (record,) = records(notion_export, files.file("Page.html"))
    assert (record.title, record.url) == ("A & B", "https://slow.example/ledger")
    assert (record.tags, record.state) == (("money, old", "books"), "finished")
    assert record.key == "15f0080aa5a380c6b16cfed449a03a8b"
    assert record.created == datetime(2024, 12, 4, 8, 45, tzinfo=UTC)
    assert record.attachments == ("Page eeee/cat.png",)
    assert texts(record)["article"] == (
        "Words\n\n- [x] done\n\n> Mind\n\n![](Page%20eeee/cat.png)\n\n```\ne=mc^2\n```\n\n"
        f"[Other](https://www.notion.so/{OTHER})"
    )


HOSTILE = {
    "open callouts": "# T\n\n" + "<aside>\n" * 300_000 + "x",
    "stars": "# T\n\n" + "****" * 500_000 + "x",
    "stars apart": "# T\n\n" + "**** " * 400_000,
    "links": "# T\n\n" + "](" * 900_000,
    "links to files": "# T\n\n" + "[a](b.png) " * 150_000,
    "brackets": "# T\n\nTags: " + " (" * 900_000,
    "properties": "# T\n\n" + "Tags: a\n" * 200_000,
    "colons": "# T\n\n" + ":" * 1_900_000,
    "images": "# T\n\n" + '<img src="/icons/' * 100_000,
    "fences": "# T\n\n" + "```\n" * 400_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_page_takes_long(name):
    file = ImportFile(f"Page {OTHER}.md", HOSTILE[name].encode())
    started = time.process_time()
    assert len(list(notion_export.read(file))) == 1
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "piece", ['<figure class="equation"', "<nav table_of_contents", '<ul id="', "<img class=icon", "<td>"]
)
def test_no_page_in_html_takes_long(piece):
    body = '<article id="15f0080a-a5a3-80c6-b16c-fed449a03a8b"><div class="page-body">x' + piece * 60_000
    started = time.process_time()
    list(notion_export.read(ImportFile("Page.html", body.encode())))
    assert time.process_time() - started < 10


PIECES = st.sampled_from(
    ["# T", "\n", "\n\n", "Tags: ", "URL: https://a.example", "(x.md)", "[a](", "%20", f" {HOME}.md)", "<aside>",
     "****", '"', ",", "Name,URL\n", "\ufeff", "\0", "```", '<article id="15f0080a-a5a3-80c6-b16c-fed449a03a8b">',
     "</article>", '<table class="properties">', "<tr><th>a</th><td>", '<div class="page-body">', "<figure equation>",
     "\udcff"]
)  # fmt: skip
NAMES = st.sampled_from(
    [f"a/Page {HOME}.md", f"a/Page {HOME}.csv", f"a/Page {HOME}_all.csv", "a/p.html", "a/index.html"]
)


@pytest.mark.parametrize(
    ("table", "why"), [("\x0c\n# T", "The row has no title"), ("\t\n\t\t0", "The row that ends in line 2")]
)
def test_a_row_of_a_table_without_names_is_left_out_with_a_sentence(table, why):
    (refused,) = notion_export.read(Files({f"a/Page {HOME}.csv": table.encode()}).file(f"a/Page {HOME}.csv"))
    assert (refused.title, refused.why[: len(why)]) == ("A row without a title", why)


@settings(deadline=None)
@given(NAMES, st.lists(PIECES | st.text(max_size=8), max_size=30))
def test_any_content_gives_records_or_a_reason(name, parts):
    files = Files({name: "".join(parts).encode("utf-8", "surrogatepass"), "a_all.csv": "Tags,URL\n"})
    try:
        for record in notion_export.read(files.file(name)):
            assert record.title and "\0" not in record.title
    except (NotARecord, HoldsNone) as reason:
        assert str(reason).endswith(".")
