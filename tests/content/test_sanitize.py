import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as parser

from library.content.blocks import render_blocks
from library.content.sanitize import TooDeep, clean
from tests.walls.vectors import CLOSING, VECTORS

# What nothing in a page may be: code, a request to somewhere else, a form, or a place outside the text.
FORBIDDEN_TAGS = {
    *("script", "style", "svg", "math", "form", "iframe", "object", "embed", "img", "image", "link", "meta", "base"),
    *("template", "noscript", "input", "button", "textarea", "select", "video", "audio", "source", "picture"),
}
ALLOWED_ATTRIBUTES = {
    *("href", "title", "rel", "class", "id", "dir", "tabindex", "role", "aria-label", "align", "colspan", "rowspan"),
    *("scope", "start", "reversed", "value", "open", "datetime", "span"),
}

HOSTILE = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<SCRIPT/SRC=//evil.example></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<img src=`x`onerror=alert(1)>",
    "<img/src='x'/onerror=alert(1)>",
    '<img src="javascript:alert(1)">',
    "<img src=https://evil.example/pixel.gif srcset='https://evil.example/2x 2x'>",
    "<img src='data:image/svg+xml,<svg onload=alert(1)>' alt=x>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<form><form><input onfocus=alert(1) autofocus></form></form>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<noscript><style></noscript><img src=x onerror=alert(1)></style>",
    "<template><img src=x onerror=alert(1)></template>",
    "<template shadowrootmode=open><script>alert(1)</script></template>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'></textarea>",
    "<title><a title='</title><img src=x onerror=alert(1)>'>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'></xmp>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<iframe src=javascript:alert(1)>",
    "<object data=javascript:alert(1)></object><embed src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java&#10;script:alert(1)'>x</a>",
    "<a href='&#106;avascript&colon;alert(1)'>x</a>",
    "<a href=' &#1; javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='view-source:javascript:alert(1)'>x</a>",
    "<a href='https://a.example/\"onmouseover=alert(1)'>x</a>",
    "<a href='https://a.example' target=_blank onclick=alert(1) style='position:fixed;inset:0'>x</a>",
    "<a href='/logout'>x</a><a href='?delete=1'>y</a>",
    "<p style='background:url(https://evil.example)'>x</p>",
    "<style>@import 'https://evil.example'</style>",
    "<link rel=stylesheet href=https://evil.example>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=https://evil.example/>",
    "<div id=content class='dialog scroll' role=dialog tabindex=5 aria-label=x hx-get=/x data-x=1>x</div>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<video><source onerror=alert(1)></video><audio src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<body onload=alert(1)><frameset onload=alert(1)>",
    "<table background=javascript:alert(1)><td background=x onclick=alert(1)>x",
    "<p/onclick=alert(1)//>x",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><?php echo 1 ?><img src=x onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<a title='&lt;/a&gt;&lt;img src=x onerror=alert(1)&gt;'>x</a>",
    "<p title='--&gt;&lt;script&gt;'>x</p>",
    "<code class='language-x\" onclick=alert(1) \"'>x</code>",
    '<h2 id=\'x" onclick="alert(1)\'>"><img src=x onerror=alert(1)></h2>',
    "<select><style></select><img src=x onerror=alert(1)></style></select>",
    "<plaintext><script>alert(1)</script>",
    "<b><p><a href=https://a.example><div><b></a><script>alert(1)</script>",
    "<<script>alert(1)//<</script>",
    "<img src=x onerror=\ud800alert(1)>\0<scr\0ipt>alert(1)</script>",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "<x onclick=alert(1)>x</x><input onfocus=alert(1) autofocus>",
]
MARKDOWN = [
    "[x](javascript:alert(1))",
    "[x](<java\nscript:alert(1)>)",
    "![x](javascript:alert(1))",
    '![x" onerror="alert(1)](https://a.example/x)',
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    '```html" onclick="alert(1)\n<script>alert(1)</script>\n```',
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>",
    '[^1"><script>alert(1)</script>]\n\n[^1"><script>alert(1)</script>]: x',
    "# <img src=x onerror=alert(1)>",
    "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
    "https://a.example/<script>alert(1)</script>",
    '{{< x alt="<script>alert(1)</script>" >}}',
    "\x02wzxhzdk:0\x03 \x02klzzwxh:0000\x03 <div>\x02wzxhzdk:0\x03</div>",
]
anything = st.text(st.characters(codec=None))
markup = st.lists(
    st.sampled_from([*"<>/\"'= &;x", "script", "svg", "style", "<p>", "</p>", "<table>", "<td>", "<a href=", "<b>",
                     "<div>", "</div>", "<pre>\n", "<h1>", "<li>", "onclick=", "javascript:", "<!--", "-->", "<math>",
                     "<title>", "<img src=", "id=fn:1", "<select>", "<form>", "&lt;", "<ul>", "</b>", "</a>", "\n"]),
    max_size=30,
).map("".join)  # fmt: skip


def assert_harmless(safe: str) -> None:
    for element in parser.document_fromstring(f"<div>{safe}</div>").iterdescendants():
        assert element.tag not in FORBIDDEN_TAGS
        assert set(element.attrib) <= ALLOWED_ATTRIBUTES, element.attrib
        assert re.match(r"https?://|mailto:|#(?:h|fn|fnref\d*)-|$", element.get("href", ""))
        assert re.match(r"(?:h|fn|fnref\d*)-|$", element.get("id", ""))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_in_foreign_html_runs_or_leaves(hostile: str) -> None:
    for text in (hostile, f"<p>{hostile}</p>", f"<table><td>{hostile}", f"<a href='{hostile}'>x</a>"):
        safe = clean(text)
        assert_harmless(safe)
        assert clean(safe) == safe


def test_nothing_of_the_corpus_of_the_walls_runs_or_leaves() -> None:
    """Each alone, then all behind each other, as they stand in one text."""
    for vector in [*VECTORS, CLOSING.join(VECTORS)]:
        safe = clean(vector)
        assert_harmless(safe)
        assert clean(safe) == safe
        assert_harmless("".join(render_blocks(vector).blocks))


@pytest.mark.parametrize("hostile", [*HOSTILE, *MARKDOWN])
def test_nothing_in_markdown_runs_or_leaves(hostile: str) -> None:
    for text in (hostile, f"- {hostile}", f"a {hostile} b", f"> {hostile}\n\n    {hostile}"):
        assert_harmless("".join(render_blocks(text).blocks))


@given(markup | anything)
def test_any_html_becomes_harmless_and_stays_as_it_is(text: str) -> None:
    safe = clean(text)
    assert_harmless(safe)
    assert clean(safe) == safe


def test_a_link_says_nothing_about_the_reader() -> None:
    assert 'rel="noopener noreferrer nofollow"' in clean("<a href=https://a.example>x</a>")


def test_foreign_ids_and_classes_go_and_ours_stay() -> None:
    safe = clean("<p id=main class='btn'>x</p><code class='btn language-js'>y</code><li class='task btn'>z</li>")
    assert "main" not in safe and "btn" not in safe
    assert 'class="language-js"' in safe and 'class="task"' in safe


def test_a_picture_elsewhere_is_a_link_to_it() -> None:
    assert 'href="https://a.example/x.png"' in clean("<img src=//a.example/x.png alt='A  cat'>")
    assert clean("<a href=https://b.example><img src=https://a.example/x.png alt=A></a>").count("href") == 1
    assert "Image: A cat" in clean("<img src=data:image/png;base64,AAAA alt='A  cat'>")


def test_landmarks_of_another_page_are_only_boxes() -> None:
    assert clean("<main><header>a</header><section><p>b</p></section></main>") == (
        '<p dir="auto">a</p><p dir="auto">b</p>'
    )


def test_text_nested_deeper_than_any_article_is_refused() -> None:
    with pytest.raises(TooDeep):
        clean("<b>" * 5000 + "x")
