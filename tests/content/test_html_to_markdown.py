"""HTML that other tools keep becomes Markdown which our pages show as the HTML was meant."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.content.blocks import render_blocks
from library.content.html_to_markdown import markdown_of
from library.content.text import plain


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<h2>One</h2><p>a<p>b", "## One\n\na\n\nb"),
        ("<b>bold</b> and <em>soft</em> and <s>gone</s>", "**bold** and *soft* and ~~gone~~"),
        ("<b>one <strong>bold</strong></b>", "**one bold**"),
        ("<b> kept </b>apart", "**kept** apart"),
        ("<ul><li>a<ul><li>b</ul><li>c</ul>", "- a\n    - b\n- c"),
        ("<ol start=3><li>x<li>y</ol>", "3. x\n4. y"),
        ("<li><input type=checkbox checked>done", "- [x] done"),
        ("<blockquote><p>a<p>b</blockquote>", "> a\n>\n> b"),
        ("<pre><code class='language-python'>x = 1\n  y</code></pre>", "```python\nx = 1\n  y\n```"),
        ("<pre>a\n```\nb</pre>", "````\na\n```\nb\n````"),
        ("<p>run <code>a*b</code>", "run `a*b`"),
        ("<a href='https://a.example/x (1)'>l [i]</a>", "[l \\[i\\]](https://a.example/x%20%281%29)"),
        ("<a href='https://a.example/'>https://a.example/</a>", "<https://a.example/>"),
        ("<img src='https://a.example/i.png' alt='A [b]'>", "![A b](https://a.example/i.png)"),
        ("H<sub>2</sub>O", "H<sub>2</sub>O"),
        ("<dl><dt>Word<dd>Meaning</dl>", "**Word**\n\nMeaning"),
        ("<div>a<div>b</div></div>", "a\n\nb"),
        ("", ""),
    ],
)
def test_each_kind_of_text_has_its_marks(html, markdown):
    assert markdown_of(html) == markdown


def test_links_are_read_against_the_address_of_the_page():
    page = "<a href='/b'>b</a> <img src='c.png'> <a href='#top'>up</a>"
    assert markdown_of(page, "https://a.example/x/y") == ("[b](https://a.example/b) ![](https://a.example/x/c.png) up")


def test_a_table_keeps_its_cells_whatever_they_hold():
    table = "<table><caption>Sums</caption><tr><th>a<th>b<tr><td>1|2<td><p>x<p>y<tr><td colspan=2>z</table>"
    assert markdown_of(table) == "Sums\n\n| a | b |\n| --- | --- |\n| 1\\|2 | x y |\n| z | |"


def test_a_table_without_a_heading_keeps_its_first_row():
    assert markdown_of("<table><tr><td>1<td>2</table>") == "| | |\n| --- | --- |\n| 1 | 2 |"


def test_a_table_that_only_places_things_is_opened():
    page = "<table><tr><td><p>a<table><tr><th>x<th>y<tr><td>1<td>2</table></table>"
    assert markdown_of(page) == "a\n\n| x | y |\n| --- | --- |\n| 1 | 2 |"


def test_footnotes_stay_footnotes():
    page = (
        "<p>Said<sup><a href='#fn:a'>1</a></sup> so.<h2>Notes</h2>"
        "<ol><li id='fn:a'><p>By <b>whom</b>. <a href='#fnref'>back</a></ol>"
    )
    assert markdown_of(page) == "Said[^1] so.\n\n## Notes\n\n[^1]: By **whom**."


@pytest.mark.parametrize(
    "words",
    ["a * b", "*a*", "_a_ a_b", "1. x", "# x", "- x", "+ x", "> x", "---", "`a`", "[a](b)", "[^1]: x", "<b>x</b>",
     "&lt;", "a\\*b", "~~a~~", "{{< x >}}", "#tag", "![a](b)", "[a]: https://a.example/", "===", "a_ b", "12) x"],
)  # fmt: skip
def test_words_that_look_like_marks_stay_words(words):
    escaped = words.replace("&", "&amp;").replace("<", "&lt;")
    markdown = markdown_of(f"<p>{escaped}</p>")
    shown = re.sub("</?a[^>]*>", "", "".join(render_blocks(markdown).blocks)).replace("&gt;", ">")
    assert shown == f'<p dir="auto">{escaped}</p>'


def test_nothing_that_runs_comes_through():
    page = "<p onclick=x()>a<script>alert(1)</script><a href='javascript:x'>b</a><iframe src=//a.example></iframe>"
    assert markdown_of(page + "<img src=x onerror=y alt=c><style>d</style>") == "ab![c](x)"


EACH = {
    "boxes": "<div>" * 100_000,
    "bold": "<b>" * 50_000 + "x",
    "bold in every paragraph": "<div>" + "".join(f"<b id=x{n}>" for n in range(20)) + "</div>" + "<p>x" * 11_000,
    "items": "<ol>" + "<li>x" * 20_000,
    "lists": "<ul><li>x" * 3_000,
    "quotes": "<blockquote>" * 20 + "<br>x" * 10_000,
    "rows": "<table><thead>" + "<tr><th>x" * 6_000,
    "spans": "<table>" + "<tr><td>x<td colspan=1000>y" * 4_000,
    "tables": ("<table><tr><td>x" * 20 + "</table>" * 20) * 300,
    "footnotes": "<li id=a>" + "<sup><a href=#a>1</a></sup>" * 3_000,
    "lines of code": "<blockquote>" * 20 + "<pre>" + "x\n" * 700_000,
    "ampersands": "&" * 1_400_000,
    "open signs": "<" * 1_400_000,
    "ticks": "<p>" + "`" * 1_000_000,
    "brackets": "[" * 1_400_000,
    "underscores": "<p>" + "_" * 1_000_000,
    "blanks": " " * 1_400_000 + "x",
    "scripts": "<script>" * 100_000 + "x",
    "a tag that never ends": "<p " * 400_000,
    "a book": "<p>Lorem ipsum dolor sit <i>amet</i>.</p>" * 200_000,
}


@pytest.mark.parametrize("name", EACH)
def test_no_page_takes_long(name):
    started = time.process_time()
    markdown_of(EACH[name])
    assert time.process_time() - started < 10


@pytest.mark.parametrize("nest", ["<div>", "<ul><li>", "<blockquote>", "<b>", "<table><tr><td>", "<a href=x><sup>"])
def test_what_is_nested_too_deeply_keeps_its_words(nest):
    assert markdown_of(nest * 400 + "<p>Words <i>all</i></p><p>* more") in (
        "Words all\n\n\\* more",
        "Words all\\* more",
    )


PIECES = st.sampled_from(
    ["<p>", "</p>", "<b>", "</b>", "<i>", "<ul>", "<li>", "</ul>", "<table>", "<tr>", "<td>", "<th>", "<pre>", "</pre>",
     "<code>", "<a href='x y'>", "<a href=#n>", "<sup>", "<li id=n>", "<blockquote>", "<br>", "<img src=a alt='[b'>",
     "<h2>", "</h2>", "<dl><dt>", "<dd>", "<script>", "<!--", "-->", "&amp;", "&#0;", "\0", "<![CDATA[", "<svg>",
     "<ol start=x>", "<td colspan=9x>", "<details>", "<input type=checkbox>", "\n", "  ", "```", "|", "\ufffe"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES | st.text(max_size=8), max_size=40))
def test_any_html_becomes_a_text(parts):
    markdown = markdown_of("".join(parts))
    assert "<script" not in "".join(render_blocks(markdown).blocks)


@settings(deadline=None)
@given(st.text("ab *_`#->+.1&<[]()\\~|{}=:思", max_size=30))
def test_every_word_is_there_again(words):
    escaped = words.replace("&", "&amp;").replace("<", "&lt;")
    markdown = markdown_of(f"<p>{escaped}</p>")
    letters = [letter for letter in words if letter in "ab1思"]
    assert [letter for letter in plain(markdown) if letter in "ab1思"] == letters
