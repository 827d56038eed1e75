"""A large JSON object, read value by value."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.content import stream

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@settings(deadline=None)
@given(st.dictionaries(st.text(), VALUES, max_size=5), st.sampled_from([None, 1]), st.integers(1, 50))
def test_every_value_is_read_however_the_text_is_cut_and_spaced(found, indent, size):
    pieces = io.StringIO(json.dumps(found, indent=indent))
    read = pieces.read
    pieces.read = lambda wanted=-1: read(min(size, wanted))
    told = [(entry.key, entry.value) for entry in stream.entries(pieces)]
    expected = [(key, item) for key, value in found.items() for item in (value if type(value) is list else [value])]
    assert told == expected


BROKEN = ["", "[", "{", '{"a"', '{"a": [1', '{"a": [1}', '{"a" 1}', "{1: 2}", '{"a": ' + "[" * 100_000,
          '{"a": ' + "9" * 5_000 + "}", '{"a": NaN}']


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_object_or_breaks_off_is_said_to_be(text):
    with pytest.raises(stream.Broken):
        list(stream.entries(io.StringIO(text)))


def test_a_list_is_not_in_memory_as_a_whole():
    stream_of = io.StringIO('{"a": [' + ",".join(['"x"'] * 1000) + "]}")
    found = stream.entries(stream_of)
    assert next(found) == ("a", "x", 3)


def test_a_long_list_inside_is_read_item_by_item_after_the_object_that_it_ends():
    text = '{"runs": [{"id": 1, "rows": [1, 2]}, {"id": 2}, 3, {"rows": []}], "rows": 4}'
    told = [entry[:2] for entry in stream.entries(io.StringIO(text), {"runs": "rows"})]
    runs = [("runs", {"id": 1}), ("rows", 1), ("rows", 2), ("runs", {"id": 2}), ("runs", 3), ("runs", {})]
    assert told == [*runs, ("rows", 4)]


HUGE = {
    "a text": '{"a": "' + "x" * 2_100_000,
    "a list of lists": '{"a": [[' + "[],\n" * 700_000,
    "an object of many keys": '{"a": {' + ",".join(f'"{number}": 1' for number in range(110_000)),
}


@pytest.mark.parametrize("what", HUGE)
def test_a_value_that_is_too_large_is_refused_before_it_is_made(what, monkeypatch):
    monkeypatch.setattr(stream, "LONGEST", 2_000_000)
    monkeypatch.setattr(stream, "MOST_PARTS", 100_000)
    with pytest.raises(stream.Broken, match="more than"):
        list(stream.entries(io.StringIO(HUGE[what])))


def test_signs_in_texts_are_no_parts_and_what_comes_after_a_value_is_not_counted_with_it(monkeypatch):
    monkeypatch.setattr(stream, "MOST_PARTS", 1_000)
    text = "[{," * 500_000
    found = stream.entries(io.StringIO(json.dumps({"a": {"b": text}, "c": [1] * 200_000, "d": {"e": text}})))
    assert sum(1 for _ in found) == 200_002
