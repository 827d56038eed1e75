from hypothesis import given
from hypothesis import strategies as st

from library.content.blocks import Heading, headings, render_blocks, render_plain, split
from library.content.sanitize import clean


def test_blocks_are_the_top_level_elements() -> None:
    assert split('<p dir="auto">a <b>b</b></p>\n<ul><li dir="auto">c</li></ul>') == [
        '<p dir="auto">a <b>b</b></p>',
        '<ul><li dir="auto">c</li></ul>',
    ]


def test_loose_words_are_a_block_too() -> None:
    assert split(clean("a <b>b</b><p>c</p>d")) == [
        '<p dir="auto">a <b>b</b></p>',
        '<p dir="auto">c</p>',
        '<p dir="auto">d</p>',
    ]


@given(st.text(st.sampled_from("ab<>/pbdiv ul\n&")))
def test_splitting_loses_nothing(text: str) -> None:
    safe = clean(text)
    assert "".join(split(safe)) == safe


def test_the_table_of_contents_names_every_heading() -> None:
    rendered = render_blocks("# One *thing*\n\n## Über 思源\n\n> ### Quoted\n")
    assert rendered.headings == [
        Heading(2, "h-one-thing", "One thing"),
        Heading(3, "h-über-思源", "Über 思源"),
        Heading(4, "h-quoted", "Quoted"),
    ]


def test_two_headings_with_one_text_have_two_ids() -> None:
    found = headings(render_blocks("# a 2\n# a\n# a\n# !!!\n").blocks)
    assert len({heading.id for heading in found}) == 4


def test_two_texts_on_one_page_share_no_id() -> None:
    text = "# Head\n\n[there](#head) note[^1]\n\n[^1]: x"
    one, other = ("".join(render_blocks(text, scope).blocks) for scope in ("", "other"))
    assert 'id="h-head"' in one and 'href="#h-head"' in one
    assert 'id="h-other-head"' in other and 'href="#h-other-head"' in other
    assert 'id="fn-other-1"' in other and 'href="#fn-other-1"' in other


def test_plain_text_keeps_its_paragraphs_and_lines() -> None:
    rendered = render_plain("a <b>\nb\n\n\n**c**\n")
    assert rendered.plain
    assert rendered.blocks == ['<p dir="auto">a &lt;b&gt;<br>\nb</p>', '<p dir="auto">**c**</p>']
