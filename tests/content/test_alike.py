import time
from itertools import product
from string import ascii_lowercase

import pytest

from library.content.alike import MOST_NAMES, alike


@pytest.mark.parametrize(
    "one, other",
    [
        ("note-taking", "notetaking"),
        ("Note taking", "note/taking"),
        ("book", "books"),
        ("library", "libraries"),
        ("café", "cafe"),
        ("llm", "large language models"),
        ("LLMs", "large-language-model"),
        ("accessibility", "a11y"),
        ("databases", "datbases"),
        ("databases", "databasse"),
        ("databses", "dataabses"),
        ("grey-box", "gray box"),
    ],
)
def test_names_that_look_alike(one, other):
    assert alike([one, "else", other]) == [(one, other)]


@pytest.mark.parametrize(
    "names", [("C", "C++", "C#"), ("go", "git"), ("python2", "python3"), ("css", "cs"), ("web", "webs/x"), ("思", "源")]
)
def test_names_that_do_not(names):
    assert alike(names) == []


def test_thousands_of_names_are_compared_at_once():
    names = [f"{''.join(letters)}word" for letters in product(ascii_lowercase, ascii_lowercase, "aeiouyxzqw")]
    start = time.process_time()
    assert len(alike(names)) == 200
    assert len(alike([f"name {number}" for number in range(MOST_NAMES + 1)])) == 0
    assert time.process_time() - start < 3
