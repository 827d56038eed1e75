"""Lists of addresses, one a line."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.importers.formats import address_list, format_of
from library.importers.record import Record, Refusal
from tests.importers.readings import file_of, read_all, records, refusals


def test_a_plain_list_is_read():
    found = records(address_list, "https://a.example/1\r\n\r\n  http://b.example/?q=1 \n")
    assert [record.url for record in found] == ["https://a.example/1", "http://b.example/?q=1"]
    assert found[0].title == "https://a.example/1"


@pytest.mark.parametrize(
    "line",
    [
        "https://a.example/ | A title | of two parts",
        "https://a.example/\tA title | of two parts",
        "- https://a.example/ - A title | of two parts",
        "1. <https://a.example/> A title | of two parts",
    ],
)
def test_a_title_may_stand_behind_the_address(line):
    (record,) = records(address_list, line)
    assert (record.url, record.title) == ("https://a.example/", "A title | of two parts")


def test_what_is_no_address_is_refused_and_the_others_go_on():
    content = "https://a.example/\nhttps://b.example/\nhttps://c.example/\nhttps://d.example/\n# links\nwords\n"
    assert [type(each) for each in read_all(address_list, content)] == [Record] * 4 + [Refusal]
    assert refusals(address_list, content) == ["The line does not begin with an address of the web."]


@pytest.mark.parametrize(
    "text",
    ["", "words", "words\nhttps://a.example/", "https://a.example/\n\nIs where it says so.\nAnd more.", "ftp://x.y"],
)
def test_other_text_is_no_list(text):
    assert format_of(file_of(text)) is None


@pytest.mark.parametrize("piece", ["https://a.example/ ", "https://", "a\n", "- ", "|", " \t"])
def test_no_file_takes_long(piece):
    started = time.process_time()
    list(address_list.read(file_of("https://a.example/\n" + piece * (1_000_000 // len(piece)))))
    assert time.process_time() - started < 10


@given(st.lists(st.sampled_from(["https://", "a.example", "\n", "|", " ", "#", "\0", "[", "]:"]) | st.text(max_size=5)))
def test_any_text_gives_records_or_refusals(parts):
    for each in address_list.read(file_of("".join(parts).encode("utf-8", "surrogatepass"))):
        assert each.title
