"""What a check tells of files besides their records: their formats, and columns with their first values."""

from library.importers import looking
from library.importers.formats import format_of
from library.importers.looking import MOST_COLUMNS, Seen, seen_in, take_folders, together
from library.importers.record import ImportFile


def seen(name: str, text: str) -> Seen | None:
    file = ImportFile(name, text.encode())
    return seen_in(file, format_of(file))


def test_a_table_tells_its_columns_in_order_with_their_first_different_values():
    rows = "url,title\n" + "".join(f"https://a.example/{number},Same\n" for number in range(9))
    told = seen("a.csv", rows)
    assert told == Seen("address_table", {"url": [f"https://a.example/{n}" for n in range(3)], "title": ["Same"]})


def test_only_a_file_that_is_called_a_table_is_an_unknown_one():
    assert seen("a.csv", "Wo,Was\nHier,Das\n") == Seen("", {"wo": ["Hier"], "was": ["Das"]})
    assert seen("a.txt", "Wo, was.\n") is None
    assert seen("a.csv", "Wo\nHier\n") is None


def test_an_unknown_table_without_rows_or_with_torn_ones_tells_nothing_wrong():
    assert seen("a.csv", "Wo,Was\n") == Seen("", {})
    assert seen("a.csv", "Wo,Was\na,b,c\n") == Seen("", {})


def test_long_names_and_values_and_many_columns_are_bounded():
    names = ",".join(["n" * 500, *(f"c{number}" for number in range(200))])
    told = seen("a.csv", f"{names}\n{','.join(['v' * 500] * 201)}\n")
    assert told is not None
    assert len(told.columns) == MOST_COLUMNS
    assert max(map(len, told.columns)) < looking.NAME_LENGTH
    assert {len(value) for values in told.columns.values() for value in values} == {looking.VALUE_LENGTH}


def test_what_files_tell_is_gathered_once_each_however_often_it_is_told():
    told = [Seen("address_table", {"a": ["1"]}), Seen("", {"a": ["2", "1"], "b": []})]
    found = together(together({}, told), told)
    assert found == {"formats": ["", "address_table"], "columns": [["a", ["1", "2"]], ["b", []]]}


def test_more_columns_than_a_form_can_show_are_left_out():
    many = [Seen("", {f"{number}.{place}": [] for place in range(40)}) for number in range(3)]
    assert len(together({}, many)["columns"]) == MOST_COLUMNS


def test_only_bookmarks_have_folders():
    assert take_folders(["netscape", ""])
    assert not take_folders(["notion_links", "address_table", "unheard of"])
