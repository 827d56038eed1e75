"""Markdown to HTML, as people write it; the result is unsafe until `sanitize` has cleaned it."""

import html
import re
from collections import Counter
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension
from markdown.inlinepatterns import HTML_RE, HtmlInlineProcessor, InlineProcessor, SimpleTagInlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from library.content.lines import strict, without_code
from library.content.sanitize import KNOWN_TAGS
from library.content.text import clean_text, unescaped

_ADDRESS = r"(https?://[^\s<>\"`{}|\\^\[\]\x02\x03]+)"
_STRUCK = r"(~~)(?!\s)((?:[^~]|~(?!~))+?)(?<!\s)~~"
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
_TASK = re.compile(r"\[([ xX])\]\s+")
_HEADINGS = {f"h{level}": f"h{min(level + 1, 6)}" for level in range(1, 7)}
_PUNCTUATION = ".,;:!?'*_~"


def render(text: str) -> str:
    """Unsafe HTML of any Markdown. Headings are one level lower, for the page's own title is the only h1."""
    writer = Markdown(
        extensions=[
            TableExtension(use_align_attribute=True),
            FootnoteExtension(BACKLINK_TITLE="Back to the text"),
            SaneListExtension(),
            _AsWritten(),
        ]
    )
    return writer.convert(clean_text(text).replace("\ufffc", ""))


class _AsWritten(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.register(_Loose(md), "loose", 25)
        md.treeprocessors.register(_Tidy(md), "tidy", 25)
        md.inlinePatterns.register(_KnownHtml(HTML_RE, md), "html", 90)
        md.inlinePatterns.register(_BareAddress(_ADDRESS, md), "address", 85)
        md.inlinePatterns.register(SimpleTagInlineProcessor(_STRUCK, "del"), "struck", 55)


class _Loose(Preprocessor):
    """Takes code out of the parser's way and makes the other lines strict."""

    def run(self, lines: list[str]) -> list[str]:
        kept = strict(list(without_code(lines, self._store)))
        self.md.block_level_elements = self._closed_elements("\n".join(kept))
        return kept

    def _store(self, language: str, code: str) -> str:
        name = f' class="language-{html.escape(language)}"' if language else ""
        return self.md.htmlStash.store(f"<pre><code{name}>{html.escape(code.rstrip())}\n</code></pre>")

    def _closed_elements(self, text: str) -> list[str]:
        """Elements whose tags are balanced; an open one would hide all text after it from the parser."""
        tags = Counter((name.lower(), bool(slash)) for slash, name in _TAG.findall(text))
        return [name for name in self.md.block_level_elements if tags[name, False] <= tags[name, True]]


class _Tidy(Treeprocessor):
    def run(self, root: Element) -> None:
        for parent in list(root.iter()):
            for child in list(parent):
                if child.tag in ("li", "blockquote") and not len(child) and not (child.text or "").strip():
                    parent.remove(child)
            parent.tag = _HEADINGS.get(parent.tag, parent.tag)
            if parent.tag == "li":
                _mark_task(parent)


def _mark_task(item: Element) -> None:
    """`[ ]` and `[x]` at the start of an item as a box that needs no form."""
    place = item if (item.text or "").strip() or not len(item) else item[0]
    task = _TASK.match(place.text or "")
    if task:
        is_done = task[1] != " "
        place.text = ("☑ " if is_done else "☐ ") + (place.text or "")[task.end() :]
        item.set("class", "task done" if is_done else "task")


class _KnownHtml(HtmlInlineProcessor):
    """Passes tags that a page can show; `Vec<String>` and `<script>` in a sentence are words of it."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:  # type: ignore[override]
        words = self.backslash_unescape(self.unescape(m.group(1)))
        tag = _TAG.match(words)
        is_shown = tag is None or tag[2].lower() in KNOWN_TAGS
        return self.md.htmlStash.store(words) if is_shown else words, m.start(0), m.end(0)


class _BareAddress(InlineProcessor):
    """A web address in the text, without the punctuation of the sentence around it."""

    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]
        address = _without_punctuation(m.group(1))
        link = Element("a", href=unescaped(address))
        link.text = unescaped(address)
        return link, m.start(0), m.start(0) + len(address)


def _without_punctuation(address: str) -> str:
    address = address.rstrip(_PUNCTUATION)
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1].rstrip(_PUNCTUATION)
    return address
