"""Cells of a table that no table program takes for a formula."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.content.cells import safe, unsafe


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝1", "'quoted"])
def test_what_a_program_would_take_for_a_formula_begins_with_an_apostrophe(text):
    assert safe(text) == f"'{text}"


@given(st.text())
def test_what_was_written_can_be_told_exactly(text):
    assert unsafe(safe(text)) == text
