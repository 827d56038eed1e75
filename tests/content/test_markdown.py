"""What a reader sees of Markdown as people and exports write it; the page's words after the sanitiser."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.content.blocks import render_blocks

loose = st.text(st.sampled_from("ab \n`*_[]()<>!&\\~#>-|{}=:1.^x\t\ufffc思"), max_size=80)
LONG = " ".join(["long"] * 25)


def shown(text: str) -> str:
    """The HTML of a text without the attributes that every page element has, on one line."""
    html = "".join(render_blocks(text).blocks)
    html = re.sub(r' (?:dir|rel|tabindex|role|aria-label)="[^"]*"', "", html)
    return re.sub(r"\s*\n\s*", " ", re.sub(r">\s*\n\s*<", "><", html))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Line\n- one\n- two", "<p>Line</p><ul><li>one</li><li>two</li></ul>"),
        ("- a\n  - b\n    - c", "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li></ul>"),
        ("- a\n    - b\n- c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
        ("1. a\n   - b\n1. c", "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"),
        ("- a\n1. b", "<ul><li>a</li></ul><ol><li>b</li></ol>"),
        ("• a\n• b", "<ul><li>a</li><li>b</li></ul>"),
        ("1) a\n2) b", "<ol><li>a</li><li>b</li></ol>"),
        ("It was\n1984. So", "<p>It was 1984. So</p>"),
        ("- a\n-\n- \n- b\n1.", "<ul><li>a</li><li>b</li></ul>"),
        (f"- {LONG}\nNext", f"<ul><li>{LONG}</li></ul><p>Next</p>"),
        (f"{LONG}\nNext", f"<p>{LONG}</p><p>Next</p>"),
        ("wrapped by\nhand", "<p>wrapped by hand</p>"),
        ("- wrapped by\n  hand", "<ul><li>wrapped by hand</li></ul>"),
    ],
)
def test_lists_and_paragraphs_are_as_they_were_meant(text: str, html: str) -> None:
    assert shown(text) == html


def test_tasks_have_boxes() -> None:
    assert shown("- [ ] a\n- [x] b") == '<ul><li class="task">☐ a</li><li class="task done">☑ b</li></ul>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("```plain text\n# a <b>\n```", "<pre><code># a &lt;b&gt; </code></pre>"),
        ("```python\nx\n```\nafter", '<pre><code class="language-python">x </code></pre><p>after</p>'),
        ("~~~\n```\n~~~", "<pre><code>``` </code></pre>"),
        ("before\n```\n- never\n\n## closed", "<p>before</p><pre><code>- never ## closed </code></pre>"),
        ("- a\n\n  ```\n  b\n  ```", "<ul><li><p>a</p><pre><code>b </code></pre></li></ul>"),
        ("> a\n> ```\n> b\n> ```", "<blockquote><p>a</p><pre><code>b </code></pre></blockquote>"),
        ("    indented", "<pre><code>indented </code></pre>"),
    ],
)
def test_code_is_kept_as_it_stands(text: str, html: str) -> None:
    assert shown(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# A\ntext\n## B", '<h2 id="h-a">A</h2><p>text</p><h3 id="h-b">B</h3>'),
        ("###### F", '<h6 id="h-f">F</h6>'),
        ("Short\n---", '<h3 id="h-short">Short</h3>'),
        (f"{LONG}\n---", f"<p>{LONG}</p><hr>"),
        ("<h1>Raw</h1>", '<h2 id="h-raw">Raw</h2>'),
        ("#hashtag", "<p>#hashtag</p>"),
    ],
)
def test_headings_leave_the_first_level_to_the_page(text: str, html: str) -> None:
    assert shown(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("See https://a.example/x_y_z?b=1&c=2.", 'See <a href="https://a.example/x_y_z?b=1&amp;c=2">https://a.example/x_y_z?b=1&amp;c=2</a>.'),
        ("(https://a.example/b_(c))", '(<a href="https://a.example/b_(c)">https://a.example/b_(c)</a>)'),
        ("[https://a.example](https://a.example)", '<a href="https://a.example">https://a.example</a>'),
        ("<https://a.example>", '<a href="https://a.example">https://a.example</a>'),
        ("`https://a.example`", "<code>https://a.example</code>"),
        ("Embed: https://a.example/v", 'Embed: <a href="https://a.example/v">https://a.example/v</a>'),
        ("[relative](other.md) [none]()", "relative none"),
        ("~~gone~~ **b** *i* 2 * 3 an_old_name", "<del>gone</del> <strong>b</strong> <em>i</em> 2 * 3 an_old_name"),
        ("a\ufffcb", "ab"),
        ("Vec<String> and the <script> tag", "Vec&lt;String&gt; and the &lt;script&gt; tag"),
        ("a <b>bold</b> <kbd>K</kbd>", "a <b>bold</b> <kbd>K</kbd>"),
        ('{{< img src="x" alt="A sign" >}}', "[Image: A sign]"),
        ('<a href="{{< ref "x.md" >}}">there</a> `{{< ref >}}`', "there <code>{{&lt; ref &gt;}}</code>"),
        ("![A cat](https://a.example/c.png)", '<a class="image" href="https://a.example/c.png">Image: A cat</a>'),
        ("![A cat](c.png)", '<span class="image">Image: A cat</span>'),
    ],
)  # fmt: skip
def test_words_and_links_inside_a_paragraph(text: str, html: str) -> None:
    assert shown(text) == f"<p>{html}</p>"


def test_embeds_stand_alone() -> None:
    assert shown("a\nEmbed: x\nb") == "<p>a</p><p>Embed: x</p><p>b</p>"


def test_empty_quotes_are_not_shown() -> None:
    assert shown("a\n\n>\n\n> b\n\n> ") == "<p>a</p><blockquote><p>b</p></blockquote>"


def test_a_quote_ends_where_its_marks_end() -> None:
    assert shown("> a\nb") == "<blockquote><p>a</p></blockquote><p>b</p>"


def test_a_table_may_follow_a_line_and_scrolls_in_its_own_box() -> None:
    html = "".join(render_blocks("Line\n| a | b |\n|---|--:|\n| 1 | 2 |\nafter").blocks)
    assert '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>' in html
    assert '<td align="right" dir="auto">2</td>' in html
    assert html.startswith('<p dir="auto">Line</p>') and html.endswith('<p dir="auto">after</p>')


def test_footnotes_lead_there_and_back() -> None:
    html = shown("A note[^one].\n\n[^one]: The note.")
    assert '<sup id="fnref-one"><a class="footnote-ref" href="#fn-one">1</a></sup>' in html
    assert '<li id="fn-one">' in html and 'href="#fnref-one"' in html


def test_a_tag_that_is_never_closed_hides_no_markdown() -> None:
    assert shown("<div>\n\n## Head\n\n- a") == '<h3 id="h-head">Head</h3><ul><li>a</li></ul>'


def test_raw_html_is_shown_as_html() -> None:
    assert shown("<div>\n<p>One</p>\n<dl><dt>a<dd>b</dl>\n</div>") == "<p>One</p><dl><dt>a</dt><dd>b</dd></dl>"


@given(loose | st.text(st.characters(codec=None)))
def test_any_text_is_rendered(text: str) -> None:
    render_blocks(text)


def test_the_id_that_a_site_generator_gave_a_heading_is_not_shown() -> None:
    shown = "".join(render_blocks("## What we did {#toc1}\n\nWords {#kept}").blocks)
    assert "toc1" not in shown
    assert "{#kept}" in shown
