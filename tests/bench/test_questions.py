import re

from bench.questions import QUESTION, questions

NUMBERS = range(450)
PHRASES = [f"ledger {number}" for number in NUMBERS]


def test_no_search_is_asked_twice():
    asked = questions(1_000_000, "a tag", PHRASES, NUMBERS)
    assert len(asked) == 10
    assert [name for name, each in asked.items() if len(set(each)) < len(NUMBERS)] == []


def test_kinds_are_what_they_are_called():
    asked = {name: each[7] for name, each in questions(1_000, "fiction", PHRASES, NUMBERS).items()}
    assert len(asked["four words"].split()) == 4
    assert asked["a phrase"] == '"ledger 7"'
    assert re.fullmatch('"[a-z]+ [a-z]+"', asked["a phrase of very frequent words"])
    assert len(asked["three letters of a word"]) == 4 and asked["three letters of a word"].endswith("*")
    assert "tag:fiction saved:" in asked["two words, a tag and a date"]
    assert len(set(asked[QUESTION].split())) == 12
