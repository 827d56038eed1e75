"""What differs between two texts, as a reader is shown it."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.content.differences import Side, after, before, differences, in_words

MARKS = {Side.SAME: "{}", Side.REMOVED: "[-{}-]", Side.ADDED: "[+{}+]"}
TEXTS = st.text(alphabet="ab \n.書", max_size=60) | st.text(max_size=80)


def shown(old: str, new: str) -> str:
    """The paragraphs a line each, with what was removed and added in brackets."""
    return " / ".join(
        "".join(MARKS[piece.side].format(piece.text) for piece in one.pieces) for one in differences(old, new)
    )


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        ("A ledger.", "A ledger.", "A ledger."),
        ("A big red ledger.", "A big blue ledger.", "A big [-red-][+blue+] ledger."),
        ("One.\n\nThree.", "One.\n\nTwo.\n\nThree.", "One. / [+Two.+] / Three."),
        ("One.\n\nTwo.\n\nThree.", "One.\n\nThree.", "One. / [-Two.-] / Three."),
        ("", "A text.", "[--] / [+A text.+]"),
        ("Write it down now.", "An intro.\n\nWrite it down at once.",
         "[+An intro.+] / Write it down [-now-][+at once+]."),
        ("Cats and dogs.", "The weather is fine today", "[-Cats and dogs.-] / [+The weather is fine today+]"),
        ("吾輩は猫である", "吾輩は犬である", "吾輩は[-猫-][+犬+]である"),
        ("- a\n- b", "- a\n- c", "- a\n- [-b-][+c+]"),
    ],
)  # fmt: skip
def test_what_changed_is_shown_in_words(old, new, seen):
    assert shown(old, new) == seen


@given(TEXTS, TEXTS)
def test_both_texts_can_be_made_of_the_difference_again(old, new):
    found = differences(old, new)
    assert (before(found), after(found)) == (old, new)


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text):
    assert not any(one.changed for one in differences(text, text))


@given(TEXTS, TEXTS)
def test_a_paragraph_loses_and_gains_just_what_its_pieces_say(old, new):
    pieces = list(in_words(old, new))
    assert "".join(piece.text for piece in pieces if piece.side != Side.ADDED) == old
    assert "".join(piece.text for piece in pieces if piece.side != Side.REMOVED) == new
    assert all(piece.text for piece in pieces)


CHANCE = random.Random(1)
WORDS = [f"word{number}" for number in range(3000)]


def prose(words: int) -> str:
    return " ".join(CHANCE.choices(WORDS, k=words))


LONG = {
    "prose": (BOOK := "\n\n".join(prose(60) for _ in range(1_000)), BOOK.replace("word7", "another")),
    "one paragraph": ((ONE := prose(60_000)), ONE.replace("word9", "other")),
    "nothing in common": (prose(60_000), "\n\n".join("xyz" * 20 for _ in range(8_000))),
    "one word again and again": ("the cat " * 60_000, "cat the " * 60_000),
    "blank lines": ("\n" * 500_000, "\n" * 499_001 + "x"),
    "tiny paragraphs": ("\n\n".join(map(str, range(80_000))), "\n\n".join(map(str, range(1, 160_000, 2)))),
    "no blanks": ("a" * 500_000, "a" * 499_999 + "b"),
    "backwards": (" ".join(WORDS * 25), " ".join(WORDS[::-1] * 25)),
}


@pytest.mark.parametrize("kind", LONG)
def test_a_long_text_is_compared_in_a_moment(kind):
    old, new = LONG[kind]
    began = time.process_time()
    found = differences(old, new)
    assert time.process_time() - began < 6
    assert (before(found), after(found)) == (old, new)


def test_what_is_too_much_to_pair_is_shown_whole(monkeypatch):
    monkeypatch.setattr("library.content.differences.MOST_COMPARED", 0)
    assert shown("A big red ledger.", "A big blue ledger.") == "[-A big red ledger.-] / [+A big blue ledger.+]"
