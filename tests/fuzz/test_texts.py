"""Any text gives an answer and no error, whatever reads it: queries, front matter, addresses, dates, HTML, patches."""

import io
from datetime import UTC

import pytest
from hypothesis import strategies as st

from library import rendering
from library.content import dates, link_file, stream, urls
from library.content.facts import facts
from library.content.html_to_markdown import markdown_of
from library.content.text import clean_text, excerpt, plain, slug
from library.exporters.link_files import Changes, patched
from library.importers.formats import commonplace, front_matter
from library.importers.formats.decoding import decode
from library.search.documents import made_of
from library.search.query import LONGEST_QUERY, MOST_ITEMS, filters, parse, with_values
from tests.fuzz.counting import SIZES
from tests.fuzz.hostile import changed
from tests.fuzz.seeds import ALL, COMPLETE, HTML, NOTION_HTML, written
from tests.importers.link_files import link_file as link_file_text
from tests.importers.samples import CLIPPED, NETSCAPE

pytestmark = pytest.mark.parametrize("size", SIZES)
programs = st.binary(min_size=1, max_size=36)

QUERY = (
    'ledger "double entry" -tag:money (is:unread OR site:a.example) saved:2024..2025 in:notes '
    "led* length:>10 sort:title"
)
ADDRESSES = [
    "https://user:pw@www.Slow.example:443/a/./b/../c%2f?q=1&utm_source=x#!/y",
    "http://[::1%25eth0]:80/",
    "思源。example/ü",
    "https://xn--bcher-kva.example/?",
    "mailto:a@b.example",
    "//a.example",
    "https://раураl.example/",
    "http://1.2.3.4:99999/",
]
DATES = [
    "2024-01-02T03:04:05.678+02:00",
    "December 4, 2024 8:45 AM",
    "4 Dec 2024",
    "1616337559",
    "10/Oct/2000:13:55:36 -0700",
]
MARKDOWN = """# A

1. b [c](d "e")
   * [x] **f _g_ `h`** ~~i~~ <b>j</b>

| k | l |
| - | - |
| m | n |

> o[^p]

[^p]: q
[r]: https://a.example/ "s"

```python
t
```
Term
: <div markdown="1">u</div>
"""


def made_from(*honest):
    """Texts made of honest ones, and texts of any kind."""
    known = [each.encode() for each in honest]
    damaged = st.builds(
        lambda number, program: changed(known[number % len(known)], program), st.integers(0, 30), programs
    )
    # One strategy given several times counts once.
    four = [damaged.map(lambda data: data.decode(errors="surrogateescape")) for _ in range(4)]
    return st.one_of(*four, st.text(max_size=400))


def test_any_query(fuzz, size):
    def check(text):
        query = parse(text)
        again = parse(query.typed)
        assert (again.tree, again.sort) == (query.tree, query.sort)
        assert len(query.typed) <= LONGEST_QUERY and len(list(filters(query.tree))) <= MOST_ITEMS
        assert all(query.typed[each.start : each.end] for each in query.mentions if each.value)
        assert all(sentence.endswith((".", "”", "?")) for sentence in query.sentences), query.sentences
        parse(with_values(text, "tag", {"money": 'a"b'}))
        return "understood" if query else "nothing"

    fuzz("queries", size).run(made_from(QUERY), check)


def test_any_front_matter(fuzz, size):
    def check(text):
        text = clean_text(text)
        metadata, body, odd = front_matter.split(text)
        assert body.strip() in text and (metadata or body.strip() or not text.strip() or "---" in text)
        assert all(warning.endswith(".") for warning in odd)
        return "odd" if odd else "read" if metadata else "none"

    fuzz("front matter", size).run(made_from(link_file_text(), CLIPPED, "---\na: 'b\nc: [d, {e: f}]\n---\ng"), check)


def test_any_address(fuzz, size):
    def check(text):
        canonical = urls.canonical(text)
        assert urls.is_web_address(text) == (canonical is not None)
        assert len(urls.site(text)) <= 255 and clean_text(urls.site(text)) == urls.site(text)
        if canonical is not None:
            assert canonical.startswith("https://") and canonical.isascii()
            assert urls.canonical(canonical) == canonical
        return "address" if canonical else "none"

    fuzz("addresses", size).run(made_from(*ADDRESSES), check)


def test_any_date(fuzz, size):
    def check(text):
        found = dates.parse(text)
        assert found is None or (found.tzinfo is UTC and 1000 <= found.year <= 9998)
        return "date" if found else "none"

    fuzz("dates", size).run(made_from(*DATES), check)


def test_any_html_becomes_markdown(fuzz, size):
    def check(page):
        written = markdown_of(clean_text(page), "https://a.example/b/")
        assert len(written) <= 40 * len(page) + 1_000
        return "words" if written else "nothing"

    fuzz("HTML to Markdown", size).run(made_from(HTML, NOTION_HTML, NETSCAPE), check)


def test_the_words_of_any_text(fuzz, size):
    def check(text):
        text = clean_text(text)
        words = plain(text)
        facts([("article", text)])
        made_of(text)
        assert len(words) <= len(text) * 2 + 10 and len(excerpt(text, 100)) <= 100 and slug(text)
        return None

    fuzz("words", size).run(made_from(MARKDOWN, CLIPPED, link_file_text()), check)


def test_any_text_is_shown(fuzz, size):
    def check(text):
        shown = rendering.render(text)
        html = "".join(shown.blocks).lower()
        assert not any(f"<{tag}" in html for tag in ("script", "svg", "math", "style", "iframe", "object", "form"))
        return "plain" if shown.plain else "rendered"

    fuzz("sanitiser", size).run(made_from(MARKDOWN, HTML, CLIPPED), check)


def test_any_link_file_is_patched_where_it_changed_and_nowhere_else(fuzz, size):
    def check(text):
        data = text.encode(errors="surrogateescape")
        same = patched(data, Changes())
        assert same in (None, data)
        front = {"url": "https://b.example/", "tags": "['x']"}
        new = patched(data, Changes(front, "New title", {("summary", ""): "New words."}))
        assert (new is None) == (same is None)
        if new is None:
            return "not patched"
        said = link_file.read(new)
        assert said.get(("summary", "")) == "New words."
        return "patched"

    fuzz("patched link files", size).run(made_from(link_file_text(), ALL[0].data.decode()), check)


def test_any_stream_of_json(fuzz, size):
    def check(text):
        data = text.encode(errors="surrogateescape")
        commonplace.is_complete(data)
        try:
            return "read" if list(stream.entries(io.StringIO(decode(data)[0]))) else "empty"
        except stream.Broken:
            return "broken"

    fuzz("streamed JSON", size).run(made_from(written(COMPLETE).decode()), check)
