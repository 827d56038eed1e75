"""Tables are read by the names of their columns, however they are written."""

import pytest

from library.importers.formats import table
from library.importers.record import HoldsNone, NotARecord, Refusal
from tests.importers.readings import file_of


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_dialects_are_one_format(separator, encoding, end):
    lines = [["Title ", "URL"], ['"One, two; three|\tfour"', "x"], [], ['"A ""b"""', ""]]
    text = end.join(map(separator.join, lines)).encode(encoding)
    assert table.columns(file_of(text)) == {"title", "url"}
    assert list(table.rows(file_of(text))) == [
        {"title": "One, two; three|\tfour", "url": "x"},
        {"title": 'A "b"', "url": ""},
    ]


def test_cells_may_have_several_lines_and_be_as_large_as_an_article():
    long = "A line, and\n" * 50_000
    assert list(table.rows(file_of(f'a,b\n"{long}",2\n'))) == [{"a": long, "b": "2"}]


def test_a_row_may_end_early_and_a_name_may_come_twice():
    assert list(table.rows(file_of("a,b,a,,c\n1,2,3\n"))) == [{"a": "1", "b": "2", "c": ""}]


def test_a_row_with_too_many_cells_is_refused_and_the_others_are_read():
    refused = "The row that ends in line 2 has 3 cells, but there are 2 columns. A text in it needs quotation marks"
    first, second = table.rows(file_of("a,b\n1,2,3\n4,5,,\n"))
    assert isinstance(first, Refusal)
    assert first.why.startswith(refused)
    assert second == {"a": "4", "b": "5"}


@pytest.mark.parametrize("text", ["", "a,b", "a,b\n\n ,\n"])
def test_a_table_without_rows_says_so(text):
    with pytest.raises(HoldsNone, match="no rows"):
        list(table.rows(file_of(text)))


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"a" + b"," * 4000 + b"\n", b""])
def test_what_is_no_table_has_no_columns(data):
    assert table.columns(file_of(data)) <= {""}


def test_a_table_with_too_many_lines_says_what_to_do():
    with pytest.raises(NotARecord, match="more than 500,000 lines. Split it"):
        list(table.rows(file_of("a,b\n" + "1,2\n" * 500_000)))
