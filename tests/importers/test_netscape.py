"""Bookmarks files of browsers and bookmarking tools, with what each of them does in its own way."""

from datetime import UTC, datetime

import pytest

from library.importers.formats import format_of, netscape
from library.importers.record import HoldsNone, NotARecord, Record
from tests.importers.readings import file_of, read_all, records, refusals, texts

HEAD = """<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>Bookmarks</TITLE>
<H1>Bookmarks</H1>
"""
LEDGER = '<DT><A HREF="https://slow.example/ledger" ADD_DATE="1616337559" TAGS="money,old books , ">The ledger</A>\n'
SAVED = datetime(2021, 3, 21, 14, 39, 19, tzinfo=UTC)


def bookmarks(body: str) -> str:
    return f"{HEAD}<DL><p>\n{body}</DL><p>\n"


def only(body: str) -> Record:
    (record,) = records(netscape, bookmarks(body))
    return record


def test_a_bookmark_has_its_title_address_tags_date_and_description():
    record = only(LEDGER + "<DD>Three books &amp; a merchant.\n\n- first\n- second\n")
    assert (record.title, record.url) == ("The ledger", "https://slow.example/ledger")
    assert record.tags == ("money", "old books")
    assert record.created == SAVED
    assert texts(record) == {"overview": "Three books & a merchant.\n\n- first\n- second"}


@pytest.mark.parametrize("written", ["1616337559", "1616337559000", "1616337559000000", "21/Mar/2021:15:39:19 +0100"])
def test_dates_are_told_apart_by_their_size(written):
    assert only(LEDGER.replace("1616337559", written)).created == SAVED


def test_a_date_that_is_none_costs_a_warning_only():
    record = only(LEDGER.replace("1616337559", "yesterday"))
    assert record.created is None
    assert record.warnings == ('"yesterday" is no date that can be read. It was saved under the time of the import.',)


NESTED = f"""
<DT><H3 ADD_DATE="1" PERSONAL_TOOLBAR_FOLDER="true">Bookmarks bar</H3>
<DL><p>
    {LEDGER}
    <DT><H3>Work/life</H3>
    <DD>What this folder is for
    <DL><p>
        <DT><H3>Reading</H3>
        <DL><p>
            <DT><A HREF="https://b.example/">B</A>
        </DL><p>
        <DT><A HREF="https://c.example/">C</A>
    </DL><p>
    <DT><A HREF="https://d.example/">D</A>
</DL><p>
"""


def test_folders_become_a_nested_tag_but_those_of_the_browser_itself_do_not():
    tags = {record.title: record.tags for record in records(netscape, bookmarks(NESTED))}
    assert tags == {"The ledger": ("money", "old books"), "B": ("Work-life/Reading",), "C": ("Work-life",), "D": ()}


def test_folders_can_be_left_out():
    found = list(netscape.read(file_of(bookmarks(NESTED)), folders=False))
    assert [record.tags for record in found if isinstance(record, Record)] == [("money", "old books"), (), (), ()]


def test_the_notes_of_linkding_are_the_readers_and_its_mark_for_archived_ones_is_no_tag():
    archived = LEDGER.replace("old books", "linkding:bookmarks.archived").replace("TAGS", 'PRIVATE="1" TOREAD="0" TAGS')
    record = only(archived + "<DD>About it[linkding-notes]## Mine\n\n* one[/linkding-notes]\n")
    assert texts(record) == {"overview": "About it", "note": "## Mine\n\n* one"}
    assert (record.tags, record.state, record.extra) == (("money",), "archived", {"private": "1"})


@pytest.mark.parametrize(("written", "state"), [('TOREAD="1" ', "inbox"), ('TOREAD="0" ', "archived"), ("", "")])
def test_what_is_to_be_read_is_in_the_inbox_and_the_rest_is_not(written, state):
    assert only(LEDGER.replace("ADD_DATE", f"{written}ADD_DATE")).state == state


def test_what_raindrop_calls_important_is_a_favourite():
    assert only(LEDGER.replace("ADD_DATE", 'DATA-IMPORTANT="true" ADD_DATE')).favourite
    assert not only(LEDGER).favourite


def test_a_link_in_a_description_is_no_bookmark():
    record = only(LEDGER + '<DD>See <a href="https://else.example/">there</a>,<br><li>then</li></code> go\n')
    assert texts(record) == {"overview": "See there,\nthen go"}


def test_a_note_without_a_page_is_a_text():
    record = only('<DT><A HREF="?lY47tw" ADD_DATE="1616337559">A note</A>\n<DD>My own words\n')
    assert texts(record) == {"article": "My own words"}
    assert record.warnings == ("The address is no web address. It is kept as it is written.",)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("javascript:alert(1)", "A bookmarklet"),
        ("JavaScript:alert(1)", "A bookmarklet"),
        ("data:text/html,x", "holds data"),
        ("file:///home/me/x.html", "a file on one computer"),
        ("place:sort=8", "A saved search of Firefox"),
        ("chrome://settings/", "A page of the browser itself"),
        ("about:config", "A page of the browser itself"),
        ("https://a.example/" + "x" * 20_000, "longer than 20,000 characters"),
        ("", "no address"),
    ],
)
def test_what_is_no_page_is_refused_with_the_reason_and_the_rest_is_read(address, why):
    found = read_all(netscape, bookmarks(f'<DT><A HREF="{address}">X</A>\n{LEDGER}'))
    assert why in refusals(netscape, bookmarks(f'<DT><A HREF="{address}">X</A>\n{LEDGER}'))[0]
    assert [record.title for record in found if isinstance(record, Record)] == ["The ledger"]


@pytest.mark.parametrize(
    "text",
    [
        bookmarks(LEDGER).encode("utf-8-sig"),
        bookmarks(LEDGER).encode("utf-16"),
        f"<dl><p>{LEDGER}",
        bookmarks(LEDGER).replace("\n", "\r\n"),
        bookmarks(LEDGER).replace('"', "'"),
        f"<HTML>{HEAD}{LEDGER}",
        bookmarks("<!-- <DT><A HREF='https://no.example/'>No</A> -->" + LEDGER),
    ],
    ids=["byte-order mark", "UTF-16", "no beginning", "CRLF", "apostrophes", "no list", "comment"],
)
def test_the_dialects_are_one_format(text):
    (record,) = records(netscape, text)
    assert (record.url, record.created) == ("https://slow.example/ledger", SAVED)


def test_a_page_of_the_web_is_no_bookmarks_file():
    assert format_of(file_of("<!DOCTYPE html><body><a href='https://a.example/'>A</a></body>")) is None


def test_an_empty_list_says_so():
    with pytest.raises(HoldsNone, match="none in it"):
        read_all(netscape, bookmarks(""))
    with pytest.raises(NotARecord, match="The file is empty"):
        list(netscape.read(file_of(" \n")))


def test_a_thousand_bookmarks_one_after_the_other_are_all_read():
    assert len(records(netscape, bookmarks(LEDGER * 1000))) == 1000
