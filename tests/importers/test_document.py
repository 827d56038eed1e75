"""JSON of every kind is read within bounds, and what is none is told apart."""

import json

import pytest

from library.importers.formats import document
from library.importers.record import HoldsNone, NotARecord, Refusal
from tests.importers.readings import file_of


def test_keys_are_found_at_the_beginning_of_json_only():
    assert document.keys(file_of([{"url": "x", "tags": [{"name": 'say "no": never'}]}])) == {"url", "tags", "name"}
    assert document.keys(file_of('{"a": 1,  "b" :2')) == {"a", "b"}
    assert document.keys(file_of('title,"url": x')) == frozenset()
    assert document.keys(file_of(b"[\x00\x01\x02\x03")) == frozenset()
    assert document.keys(file_of('\n {"a": 1}'.encode("utf-16"))) == {"a"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"a": 1,', "from line 1, column 9 on it is no valid JSON. Export it again."),
        ('[\n{"a": }]', "from line 2, column 7 on"),
        ("", "from line 1, column 1 on"),
        ("[" * 100_000, "nested too deeply"),
        ("[" * 1_000_001, "more than a million lists and objects"),
        ("9" * 5000, "a number of thousands of digits"),
    ],
    ids=["cut", "damaged", "empty", "deep", "large", "digits"],
)
def test_what_can_not_be_read_is_told_in_a_sentence(text, sentence):
    with pytest.raises(NotARecord, match=sentence):
        document.load(file_of(text))


def test_of_a_key_that_comes_twice_the_last_counts():
    assert document.load(file_of('{"a": 1, "a": 2}')) == {"a": 2}


def test_numbers_that_are_none_are_read_as_nothing():
    assert document.load(file_of(json.dumps([float("nan"), float("inf")]))) == [None, None]


def test_entries_are_objects_and_all_else_is_refused():
    assert list(document.entries([{"a": 1}, "x"], "links")) == [
        {"a": 1},
        Refusal("Number 2", "Number 2 of the links can't be read: it has no fields."),
    ]
    with pytest.raises(HoldsNone, match="Its list of links is empty."):
        list(document.entries([], "links"))
    with pytest.raises(NotARecord, match="no list of links where one belongs"):
        list(document.entries({"a": 1}, "links"))
    with pytest.raises(NotARecord, match="more than 200,000 links. Export it in several parts."):
        list(document.entries([{}] * 200_001, "links"))
