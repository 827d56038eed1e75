"""A large JSON object, read value by value."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.content import stream

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@settings(deadline=None)
@given(st.dictionaries(st.text(), VALUES, max_size=5), st.sampled_from([None, 1]), st.integers(1, 50))
def test_every_value_is_read_however_the_text_is_cut_and_spaced(found, indent, size):
    pieces = io.StringIO(json.dumps(found, indent=indent))
    read = pieces.read
    pieces.read = lambda wanted=-1: read(min(size, wanted))
    told = list(stream.entries(pieces))
    expected = [(key, item) for key, value in found.items() for item in (value if type(value) is list else [value])]
    assert told == expected


BROKEN = ["", "[", "{", '{"a"', '{"a": [1', '{"a": [1}', '{"a" 1}', "{1: 2}", '{"a": ' + "[" * 100_000]


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_object_or_breaks_off_is_said_to_be(text):
    with pytest.raises(stream.Broken):
        list(stream.entries(io.StringIO(text)))


def test_a_list_is_not_in_memory_as_a_whole():
    stream_of = io.StringIO('{"a": [' + ",".join(['"x"'] * 1000) + "]}")
    found = stream.entries(stream_of)
    assert next(found) == ("a", "x")
