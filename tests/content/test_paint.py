"""Marks in blocks of safe HTML: where they stand, and that nothing else changes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.content import sanitize
from library.content.blocks import render_blocks, render_plain
from library.content.paint import DEEPEST, Mark, Reference, extents, paint, plain_text

RICH = """# A *bent* heading

Some **bold and *deep* words** with a [li*n*k](https://x.example/).<br>Next line

* one
* two

| left | right |
|------|-------|
| c    | d     |

    code <x>

> quoted

<details><summary>More</summary>hidden</details>
"""
MARKUP = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<b>", "</b>", "<a href='https://x.example/'>", "</a>", "<ul><li>", "</ul>", "<td>", "<table>"]
        + ["<tr>", "</table>", "<pre>", "\n\n", "* ", "<mark id=match-1>", "<br>", "<div>", "</div>", "&lt;", "`c`"]
        + ["<rp>", "<ruby>", "<h3>", "</h3>", "<summary>", "<details>", "one ", "two", " ", "\n", "é😀"]
    ),
    max_size=25,
).map("".join)


def blocks_of(text: str) -> list[str]:
    return render_blocks(text).blocks


def match(start: int, end: int, number: int = 1) -> Mark:
    return Mark(start, end, {"class": "match", "id": f"match-{number}"})


def without_marks(block: str) -> str:
    """A block as it was before it was painted."""
    root = sanitize.parse(block)
    for mark in list(root.iter("mark")):
        mark.drop_tag()
    return sanitize.finish(root)


def marked(blocks: list[str], name: str = "match") -> list[str]:
    """What the elements of this class say, in order."""
    return [
        mark.text_content()
        for block in blocks
        for mark in sanitize.parse(block).iter("mark")
        if mark.get("class") == name
    ]


# --- the plain text ------------------------------------------------------------------------------------------------


def test_one_line_feed_stands_between_blocks_lines_items_and_cells():
    assert plain_text(blocks_of(RICH)) == (
        "A bent heading\nSome bold and deep words with a link.\nNext line\none\ntwo\nleft\nright\nc\nd\n"
        "code <x>\n\nquoted\nMore\nhidden"
    )


def test_white_space_inside_a_run_stays_as_it_is():
    assert plain_text(["<p>a <b>b</b> <i>c</i></p>", "<pre>d\n  e</pre>"]) == "a b c\nd\n  e"


@pytest.mark.parametrize("blocks", [[], ["<hr>"], ["<p> <br>\n</p>", "<ul>\n<li> </li>\n</ul>"]])
def test_what_says_nothing_has_no_text(blocks):
    assert plain_text(blocks) == ""
    assert paint(blocks, [match(0, 5)]) == blocks


def test_text_as_it_was_written_has_its_lines():
    assert plain_text(render_plain("a\nb\n\nc <d>").blocks) == "a\n\nb\nc <d>"


# --- paint ---------------------------------------------------------------------------------------------------------


def test_a_mark_crosses_elements_and_blocks_and_only_its_first_piece_has_the_id():
    painted = paint(["<p>a <b>bc</b></p>", "<p>de</p>", "<p>f</p>"], [match(3, 6)])
    assert painted == [
        '<p>a <b>b<mark class="match" id="match-1">c</mark></b></p>',
        '<p><mark class="match">d</mark>e</p>',
        "<p>f</p>",
    ]


def test_marks_nest_and_overlap():
    assert paint(["<p>abcdef</p>"], [Mark(0, 4, {"class": "x"}), Mark(2, 6, {"class": "y"})]) == [
        '<p><mark class="x">ab</mark><mark class="x"><mark class="y">cd</mark></mark><mark class="y">ef</mark></p>'
    ]


def test_several_marks_in_the_tail_of_an_element_keep_their_order():
    painted = paint(["<p><i>x</i> one two <b>y</b> three</p>"], [match(2, 5), match(6, 9, 2), match(12, 17, 3)])
    assert marked(painted) == ["one", "two", "three"]
    assert list(map(without_marks, painted)) == ["<p><i>x</i> one two <b>y</b> three</p>"]


def test_blocks_without_a_mark_stay_byte_for_byte():
    odd = "<p class=x >kept as it is"
    assert paint([odd, "<p>b</p>"], [match(15, 16)])[0] == odd


@pytest.mark.parametrize(("start", "end"), [(0, 0), (5, 2), (-3, 2), (90, 99)])
def test_a_mark_that_lies_nowhere_is_left_out(start, end):
    assert paint(["<p>abc</p>"], [match(start, end)]) == ["<p>abc</p>"]


def test_a_mark_that_begins_over_too_many_others_is_left_out():
    deep = paint(["<p>abcd</p>"], [match(0, 2 + place, place) for place in range(DEEPEST + 3)])
    assert deep[0].count("id=") == DEEPEST


def test_a_texts_own_marks_ids_and_classes_never_get_through():
    blocks = blocks_of('<mark id="match-1" class="match">foreign</mark> <p id="match-2" class="match">text</p>')
    assert "mark" not in "".join(blocks)
    painted = "".join(paint(blocks, [match(0, 3)]))
    assert re.findall(r'id="[^"]*"', painted) == ['id="match-1"']


def test_nothing_in_what_a_mark_carries_gets_past_the_allow_list():
    carried = {"class": "match", "onclick": "fire()", "style": "x", "id": '"><script>'}
    (painted,) = paint(["<p>abc</p>"], [Mark(0, 2, carried)])
    assert painted == '<p><mark class="match" id="&quot;&gt;&lt;script&gt;">ab</mark>c</p>'


def test_a_block_that_parsers_disagree_about_takes_no_mark_and_harms_no_other():
    blocks = ["<p>a<table><tr><td>b</td></tr></table></p>", "<p>plain</p>"]
    assert plain_text(blocks) == "plain"
    assert paint(blocks, [match(0, 5)]) == [blocks[0], '<p><mark class="match" id="match-1">plain</mark></p>']


def noted(start: int, end: int, number: int) -> Mark:
    return Mark(start, end, {"class": "hl"}, Reference(str(number), {"class": "ref", "href": f"#note-{number}"}))


def test_a_reference_follows_the_last_piece_of_its_mark_and_stands_in_no_link():
    blocks = blocks_of("One [two](https://x.example/) three.\n\nFour")
    painted = "".join(paint(blocks, [noted(2, 7, 1), noted(0, 19, 2)]))
    assert re.sub(r' (rel|class|dir)="[^"]*"', "", painted) == (
        '<p><mark>On</mark><mark><mark>e </mark></mark><a href="https://x.example/"><mark><mark>two</mark></mark></a>'
        '<a href="#note-1">1</a><mark> three.</mark></p><p><mark>Four</mark><a href="#note-2">2</a></p>'
    )


@given(MARKUP, st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), max_size=6))
def test_references_change_nothing_else(text, places):
    blocks = blocks_of(text)
    marks = [noted(start, start + length, number) for number, (start, length) in enumerate(places)]
    painted = paint(blocks, marks)
    plainly = paint(blocks, [Mark(mark.start, mark.end, mark.attributes) for mark in marks])
    assert [re.sub(r'<a [^>]*class="ref"[^>]*>\d+</a>', "", block) for block in painted] == plainly
    numbers = re.findall(r'class="ref"[^>]*>(\d+)</a>', "".join(painted))
    assert len(numbers) == len(set(numbers))


@given(MARKUP)
def test_the_extents_of_blocks_cut_the_plain_text_into_theirs(text):
    blocks = blocks_of(text)
    plain = plain_text(blocks)
    assert [plain[start:end] for start, end in extents(blocks)] == [plain_text([block]) for block in blocks]


@given(MARKUP, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6))
def test_without_its_marks_the_text_is_what_it_was(text, places):
    blocks = blocks_of(text)
    painted = paint(blocks, [match(start, end, number) for number, (start, end) in enumerate(places)])
    assert list(map(without_marks, painted)) == blocks
    assert plain_text(painted) == plain_text(blocks)


@given(MARKUP, st.integers(0, 60), st.integers(1, 60))
def test_a_mark_covers_exactly_the_text_it_was_put_on(text, start, length):
    blocks = blocks_of(text)
    painted = paint(blocks, [match(start, start + length)])
    wanted = plain_text(blocks)[start : start + length]
    assert "".join("".join(marked(painted)).split()) == "".join(wanted.split())


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=12))
def test_every_id_stands_once_and_elements_nest(places):
    painted = "".join(paint(blocks_of(RICH), [match(*place, number) for number, place in enumerate(places)]))
    ids = re.findall(r'id="(match-\d+)"', painted)
    assert len(ids) == len(set(ids))
    assert sanitize._PAINTED.clean(painted) == painted
