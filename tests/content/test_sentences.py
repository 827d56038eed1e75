import pytest

from library.content.quotation import quotation
from library.content.sentences import sentences


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One debt. One quarrel? “Peace!” he said.", ["One debt.", "One quarrel?", "“Peace!”", "he said."]),
        ("Version 2.0 of it. End", ["Version 2.0 of it.", "End"]),
        ("A line\nand another.", ["A line", "and another."]),
        ("一本书。两本书！", ["一本书。", "两本书！"]),
        ("  ", []),
        ("", []),
    ],
)
def test_a_sentence_ends_with_its_sign_or_its_line(text, parts):
    assert [text[start:end] for start, end in sentences(text)] == parts


def test_a_quotation_names_its_source_whatever_is_in_it():
    said = quotation("One\nTwo", "A [*b*] <c>", "https://x.example/a_(b)", "Mine.")
    assert said == "> One\n> Two\n>\n> [A \\[\\*b\\*\\] \\<c\\>](<https://x.example/a_(b)>)\n\nMine."
    assert quotation("One", "T").endswith("> T")
