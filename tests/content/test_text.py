import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.content.text import clean_text, count_words, excerpt, fold, plain, single_line, slug

# Every character of the Unicode space, lone surrogates among them.
anything = st.text(st.characters(codec=None))
marked = st.text(st.sampled_from("ab \n`*_[]()<>!&\\~#>-|{}%^0\ufffc\x02é思"), max_size=60)


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("# Title", "Title"),
        ("Some **bold**, *it* and __more__ _em_ ~~gone~~", "Some bold, it and more em gone"),
        ("这是**粗体**文字", "这是粗体文字"),
        ("snake_case and 2 * 3", "snake_case and 2 * 3"),
        ("`__init__` stays", "__init__ stays"),
        (r"\*not emphasis\* and \`no code\`", "*not emphasis* and `no code`"),
        ("- [ ] task\n* [x] done\n1. first\n> quoted", "task\ndone\nfirst\nquoted"),
        ('[text](https://a.example/b_(c)) [ref][1] ![alt](a.png "t")', "text ref alt"),
        ("a note[^1].\n\n[^1]: below", "a note.\n below"),
        ("[1]: https://a.example", ""),
        ("| a | b |\n|---|---|\n| c | d |", "a   b\nc   d"),
        ("AT&amp;T &lt;b&gt; <b class='x'>bold</b> <https://a.example/>", "AT&T <b> bold https://a.example/"),
        ('{{< img src="x" >}}after', "after"),
        ("```python\na **= b  # [x](y)\n```\nafter", "a **= b  # [x](y)\nafter"),
        ("```\nthe fence never ends\n*so*", "the fence never ends\n*so*"),
        ("* * *\n---\n===\n-\n>", ""),
        ("a\ufffcb", "ab"),
    ],
)
def test_plain_keeps_the_words_and_drops_the_marks(markdown: str, words: str) -> None:
    assert plain(markdown) == words


@given(marked | anything)
def test_plain_takes_any_text(text: str) -> None:
    plain(text)


@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True)))
def test_plain_loses_no_word(words: list[str]) -> None:
    assert plain(" ".join(words)).split() == words


HOSTILE = [
    "[",
    "`",
    "![](",
    "[](a (b",
    "<",
    "*",
    "_ ",
    "[^",
    "{{<",
    "~~",
    "\\",
    "&",
    "```\n",
    "> ",
    "- ",
    "|",
    "[](()",
]


def _growth(work: Callable[[str], object], unit: str) -> float:
    """How many times the work grows when the text is sixteen times as long."""

    def cost(size: int) -> float:
        text = unit * size
        started = time.thread_time()
        work(text)
        return time.thread_time() - started

    return min(cost(64_000) for _ in range(2)) / max(min(cost(4_000) for _ in range(3)), 1e-4)


@pytest.mark.parametrize("unit", HOSTILE)
def test_the_work_of_plain_grows_with_the_text_and_not_with_its_square(unit: str) -> None:
    assert _growth(plain, unit) < 100  # a square would be 256


def test_clean_text_keeps_newlines_and_object_marks_and_drops_what_no_database_takes() -> None:
    assert clean_text("a\0b\r\nc\rd\ufffc\n\ud800x") == "ab\nc\nd\ufffc\n\ufffdx"


@given(anything)
def test_clean_text_can_be_stored_anywhere(text: str) -> None:
    cleaned = clean_text(text)
    assert cleaned.encode().decode() == cleaned
    assert "\0" not in cleaned and "\r" not in cleaned
    assert clean_text(cleaned) == cleaned


def test_a_single_line_has_single_blanks() -> None:
    assert single_line("  a\n\tb\u2028c  ") == "a b c"


def test_an_excerpt_ends_between_words() -> None:
    assert excerpt("the quick brown fox", 100) == "the quick brown fox"
    assert excerpt("the quick brown fox", 13) == "the quick…"
    assert excerpt("the quick, brown fox", 11) == "the quick…"
    assert excerpt("a" * 50, 10) == "a" * 9 + "…"


@given(anything, st.integers(1, 40))
def test_an_excerpt_is_never_longer_than_asked(text: str, length: int) -> None:
    assert len(excerpt(text, length)) <= length


def test_names_that_differ_in_case_or_spelling_fold_to_one_key() -> None:
    assert fold("STRASSE") == fold("straße")
    assert fold("ＡＢＣ") == "abc"
    assert fold("e\u0301") == fold("É")


@given(anything)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("C", "c"),
        ("C++", "c-plus-plus"),
        ("C#", "c-sharp"),
        (".NET", "net"),
        ("思源笔记", "思源笔记"),
        ("हिन्दी", "हिन्दी"),
        ("Tech Deep Dive", "tech-deep-dive"),
        ("a/b?c=d&e", "a-b-c-d-e"),
        ("🦀", "u1f980"),
        ("", "untitled"),
    ],
)
def test_a_slug_says_the_name_in_an_address(name: str, made: str) -> None:
    assert slug(name) == made


@given(anything)
def test_a_slug_is_never_empty_and_safe_in_an_address(text: str) -> None:
    made = slug(text)
    assert made and len(made) <= 80
    assert all(char == "-" or unicodedata.category(char)[0] in "LMN" for char in made)
    assert slug(made) == made


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("one two", 2), ("naïve café", 2), ("思源笔记", 2), ("用 Python 写", 2), ("한국어 단어", 2)],
)
def test_words_are_counted_in_every_script(text: str, words: int) -> None:
    assert count_words(text) == words
