"""What tools write is cleaned, cut and refused alike, whichever tool it was."""

import pytest

from library.importers.formats import shaping
from library.importers.record import Record, Refusal

PAGE = "https://slow.example/ledger"


def shaped(title: object = "The ledger", url: object = PAGE, **more: object) -> Record:
    record = shaping.shaped(title, url, **more)
    assert isinstance(record, Record)
    return record


def test_values_of_any_type_become_clean_text():
    record = shaped("A\0\n b \ud800", f" {PAGE}\n", texts={"note": 5, "overview": ["x"]}, key=7)
    assert (record.title, record.url, record.key) == ("A b \ufffd", PAGE, "7")
    assert [(text.kind, text.text) for text in record.texts] == [("note", "5")]


def test_what_is_kept_beside_the_fields_is_clean_too():
    record = shaped(
        extra={"author": "A\0 \ud800", "private": True, "none": None, "no": False, "blank": " ", "odd": [1]}
    )
    assert record.extra == {"author": "A \ufffd", "private": True}


def test_what_has_no_title_is_called_by_its_address_or_its_text():
    assert shaped(None).title == PAGE
    assert shaped("", "", texts={"note": "My own words\nand more"}).title == "My own words and more"


def test_what_has_neither_address_nor_text_is_refused():
    assert shaping.shaped("The ledger", " ") == Refusal("The ledger", "It has no address and no text.")


def test_tags_are_cut_folded_and_counted():
    record = shaped(tags=["#One", "one", "a / /b/", "", None, "x" * 200, *map(str, range(300))])
    assert record.tags[:4] == ("One", "a/b", "x" * 100, "0")
    assert len(record.tags) == 200
    assert record.warnings == (
        "A tag is longer than 100 characters and was cut.",
        "It has 303 tags. The first 200 were taken.",
    )


def test_folders_that_name_their_parents_become_paths():
    folders = [
        {"id": 1, "name": "Work/life"},
        {"id": 2, "name": "Books", "parentId": 1},
        {"id": 3, "name": "A", "parentId": 4},
        {"id": 4, "name": "B", "parentId": 3},
        {"id": 5, "name": "C", "parentId": 99},
        "odd",
    ]
    assert shaping.paths(folders) == {"1": "Work-life", "2": "Work-life/Books", "3": "A", "4": "B", "5": "C"}


@pytest.mark.parametrize(
    ("value", "whole", "percent"),
    [("40.4", 100, 40), (0.425, 1, 42), (-3, 100, 0), (1e9, 100, 100), ("nan", 100, 0), ("inf", 100, 0), (None, 1, 0)],
)
def test_percent(value, whole, percent):
    assert shaping.percent(value, whole) == percent


@pytest.mark.parametrize(("name", "colour"), [("Yellow", "ochre"), ("pink", "madder"), ("purple", ""), (None, "")])
def test_colours_that_are_like_none_of_ours_have_none(name, colour):
    assert shaping.colour(name) == colour
