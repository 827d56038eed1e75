"""HTML from anywhere to Markdown that our renderer shows the same: cleaned by the sanitiser, then markdownify.

What is nested too deeply or has too many elements for an honest article keeps its words and paragraphs only, so that
no page takes longer than a moment.
"""

import re
from urllib.parse import quote, urljoin

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from markdownify import MarkdownConverter

from library.content.sanitize import without_danger
from library.content.text import unescaped

MAX_CHARACTERS, MAX_ELEMENTS, MAX_ENTITIES, MAX_DEPTH, MAX_OPEN_MARKS = 1_500_000, 12_000, 50_000, 60, 20
# Lines times the depth of quotes and lists, each of which is written again at each level.
MAX_INDENTING = 200_000
MAX_SPAN = 20

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_CHECKBOX = re.compile(r"<input\b([^<>]{0,300})>", re.IGNORECASE)
_NEVER_DEEP = frozenset(
    [
        "p",
        "li",
        "dt",
        "dd",
        "td",
        "th",
        "tr",
        "tbody",
        "thead",
        "tfoot",
        "option",
        "br",
        "img",
        "hr",
        "input",
        "meta",
        "link",
        "col",
        "wbr",
        "area",
        "source",
        "track",
        "base",
    ]
)
_MARKS = frozenset(["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"])
_BEFORE_A_LINE = frozenset(["br", "p", "div", "ul", "ol", "li", "table", "pre", "blockquote", "hr"])
_INDENTING = frozenset(("blockquote", "li", "ul", "ol", "dd", "dl"))
_HIDDEN = re.compile(r"<(script|style|template|title|noscript)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(
    r"</?(?:p|div|li|ul|ol|h[1-6]|tr|table|blockquote|pre|br|section|article|hr)\b[^<>]*>", re.IGNORECASE
)
_ANY_TAG = re.compile(r"<[!/?a-zA-Z][^<>]*>")

# What would be a mark of Markdown if it stood in the text as it is.
_SPECIAL = re.compile(
    r"[`*]|\\(?=[!-/:-@\[-`{-~])|(?<![^\W_])_|_(?![^\W_])|\[(?=[^\[\]]*\][\[(:]|\^)|(?<=\{)\{"
    r"|(?P<entity>~(?=~)|<(?=[a-zA-Z/!?])|&(?=#?\w{1,31};))"
)
_BRACKET = re.compile(r"(?<!\\)[\[\]]")
_LINE_START = re.compile(
    r"(\s*)(?:(?P<number>\d{1,9})(?=[.)](?:\s|$))|(?P<entity>=)(?==*\s*$)|(?=#{1,6}(?:\s|$)|>|[-+](?:\s|$)|-+\s*$))"
)
_LANGUAGE = re.compile(r"(?:language|lang|highlight-source)-([\w+#.-]{1,40})")
_TICKS = re.compile(r"`+")


def markdown_of(page: str, base: str = "") -> str:
    """The Markdown of any HTML; `base` is the address against which its links are read. Never raises."""
    if not _is_honest(page):
        return words_of(page)
    safe = without_danger(_CHECKBOX.sub(_box, page))
    if safe.count("<") > MAX_ELEMENTS * 2:
        return words_of(safe)
    soup = BeautifulSoup(safe, "lxml")
    if not _is_shallow(soup, safe.count("\n") + safe.count("<br")):
        return words_of(safe)
    _number_footnotes(soup)
    _open_layout(soup)
    written: str = _Converter(base).convert_soup(soup)
    return re.sub(r"\n{3,}", "\n\n", written).strip()


def words_of(page: str) -> str:
    """The words of HTML, a paragraph for each of its blocks."""
    text = _BREAK.sub("\n\n", _HIDDEN.sub("", page))
    lines = (" ".join(unescaped(_ANY_TAG.sub("", line)).split()) for line in text.split("\n\n"))
    return "\n\n".join(escaped(line) for line in lines if line)


def _is_honest(page: str) -> bool:
    """Whether an article may look like this: read tag by tag, before a parser does, whose time grows with the depth."""
    if len(page) > MAX_CHARACTERS or page.count("<") > MAX_ELEMENTS * 2 or page.count("&") > MAX_ENTITIES:
        return False
    depth = marks = 0
    for closing, name in _TAG.findall(page):
        name = name.lower()
        if name not in _NEVER_DEEP:
            step = -1 if closing else 1
            depth = max(0, depth + step)
            marks = max(0, marks + step * (name in _MARKS))
        if depth > MAX_DEPTH or marks > MAX_OPEN_MARKS:
            return False
    return True


def _is_shallow(soup: BeautifulSoup, lines: int) -> bool:
    depths = {id(soup): (0, 0)}
    deepest = indenting = 0
    for element in soup.find_all(True):
        above, indented = depths[id(element.parent)]
        depths[id(element)] = here = above + 1, indented + (element.name in _INDENTING)
        deepest, indenting = max(deepest, here[0]), max(indenting, here[1])
    return deepest <= MAX_DEPTH + 10 and lines * indenting <= MAX_INDENTING


def _box(match: re.Match[str]) -> str:
    """A box to tick, in the way that Markdown writes one; other fields of a form are no text."""
    attributes = match[1].lower()
    if "checkbox" not in attributes:
        return ""
    return "[x] " if re.search(r"\bchecked\b", attributes) else "[ ] "


# --- the tree before it is written


def _number_footnotes(soup: BeautifulSoup) -> None:
    """Footnotes, as most tools write them (a raised link to an item of a list), become elements of their own name."""
    items = {str(item["id"]): item for item in soup.find_all("li", id=True)}
    numbers: dict[str, str] = {}
    for link in soup.find_all("a", href=True):
        target = str(link["href"]).removeprefix("#")
        if target in items and str(link["href"]).startswith("#") and (link.find_parent("sup") or link.find("sup")):
            numbers.setdefault(target, str(len(numbers) + 1))
            mark = soup.new_tag("footnote-mark", attrs={"number": numbers[target]})
            (link.find_parent("sup") or link).replace_with(mark)
    for target, number in numbers.items():
        item = items[target]
        item.name, item["number"] = "footnote-text", number
        for back in item.find_all("a", href=True):
            if str(back["href"]).startswith("#"):
                back.decompose()


def _open_layout(soup: BeautifulSoup) -> None:
    """A table that only places things on a page is no table."""
    for table in soup.find_all("table"):
        rows = table.find_all("tr")
        if table.find("table") or all(len(row.find_all(["td", "th"], recursive=False)) < 2 for row in rows):
            for part in [table, *table.find_all(["tbody", "thead", "tfoot", "tr", "td", "th", "caption"])]:
                if part is table or part.find_parent("table") is table or part.find_parent("table") is None:
                    part.name = "div"


# --- the writing


class _Converter(MarkdownConverter):
    """markdownify, but where our renderer would read its marks otherwise, or its time outgrows the text."""

    def __init__(self, base: str) -> None:
        super().__init__(
            heading_style="ATX",
            bullets="-",
            strip_pre=None,
            sub_symbol="<sub>",
            sup_symbol="<sup>",
            wrap=True,
            wrap_width=None,
        )
        self._base = base
        self._numbers: dict[int, int] = {}

    def process_text(self, el: NavigableString, parent_tags: set[str] | None = None) -> str:
        text: str = super().process_text(el, parent_tags)  # type: ignore[misc]
        before = el.previous_sibling
        begins = before is None or isinstance(before, Tag) and before.name in _BEFORE_A_LINE
        return _escaped_start(text) if begins and "_noformat" not in (parent_tags or ()) else text

    def escape(self, text: str, parent_tags: set[str]) -> str:
        text = _SPECIAL.sub(_as_words, text)
        if "td" in parent_tags or "th" in parent_tags:
            text = text.replace("|", "\\|")
        return _BRACKET.sub(r"\\\g<0>", text) if "a" in parent_tags else text

    def convert_b(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return text if {"b", "strong"} & parent_tags else _marked(text, "**", parent_tags)

    convert_strong = convert_b

    def convert_em(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return text if {"i", "em"} & parent_tags else _marked(text, "*", parent_tags)

    convert_i = convert_em

    def convert_del(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return text if {"del", "s"} & parent_tags else _marked(text, "~~", parent_tags)

    convert_s = convert_del

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        address = self._address(el.get("href"))
        if "_noformat" in parent_tags or "a" in parent_tags or not text.strip() or not address:
            return text
        if el.get_text() == address and "\n" not in address:
            return f"<{address}>"
        if "\n\n" in text.strip("\n"):
            return text
        before, after = (" " if text[:1].isspace() else ""), (" " if text[-1:].isspace() else "")
        return f"{before}[{text.strip()}]({_quoted(address)}){after}"

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        source = self._address(el.get("src"))
        alt = " ".join(_BRACKET.sub("", str(el.get("alt") or "")).split())
        return f"![{alt}]({_quoted(source)})" if source and "_noformat" not in parent_tags else alt

    def _address(self, written: object) -> str:
        """Where a link leads; a place in the same page leads nowhere once it is a text of ours."""
        address = str(written or "").strip()
        if not address or address.startswith("#"):
            return ""
        try:
            return urljoin(self._base, address) if self._base else address
        except ValueError:
            return address

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if not text.strip():
            return ""
        if "_inline" in parent_tags:
            return " `" + " ".join(text.replace("`", "'").split()) + "` "
        code = el.find("code", class_=True)
        classes = [*el.get_attribute_list("class"), *(code.get_attribute_list("class") if code else [])]
        named = _LANGUAGE.match(" ".join(str(name) for name in classes if name))
        fence = "`" * max(3, 1 + max(map(len, _TICKS.findall(text)), default=0))
        return f"\n\n{fence}{named[1] if named else ''}\n{text.strip(chr(10)).rstrip()}\n{fence}\n\n"

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        text = text.strip()
        if not text:
            return "\n"
        mark = f"{self._number(el)}. " if el.parent is not None and el.parent.name == "ol" else "- "
        return f"{mark}{_indented(text, ' ' * 4)}\n"

    def _number(self, item: Tag) -> int:
        """Counted once for a list, not again for each of its items."""
        if id(item) not in self._numbers:
            parent = item.parent or item
            first = _number_in(parent, "start", 1)
            items = (child for child in parent.children if isinstance(child, Tag) and child.name == "li")
            self._numbers.update((id(child), first + place) for place, child in enumerate(items))
        return self._numbers[id(item)]

    def convert_dt(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"\n\n{_marked(' '.join(text.split()), '**', parent_tags)}\n\n"

    def convert_dd(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"\n\n{text.strip()}\n\n"

    def convert_tr(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"|{text}\n"

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f" {' '.join(text.split())} |" + " |" * (min(_number_in(el, "colspan", 1), MAX_SPAN) - 1)

    convert_th = convert_td

    def convert_table(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        caption = "\n".join(line for line in text.split("\n") if line.strip() and not line.startswith("|"))
        rows = [line for line in text.split("\n") if line.startswith("|")]
        if not rows:
            return f"\n\n{text.strip()}\n\n"
        width = min(200, max(row.replace("\\|", "").count("|") for row in rows) - 1)
        if el.find("th") is None:
            rows.insert(0, "|" + " |" * width)
        rows.insert(1, "|" + " --- |" * width)
        rows[0] += " |" * (width + 1 - rows[0].replace("\\|", "").count("|"))
        return f"\n\n{caption}\n\n" + "\n".join(rows) + "\n\n"

    def convert_footnote_mark(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"[^{el['number']}]"

    def convert_footnote_text(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"\n\n[^{el['number']}]: {_indented(text.strip(), ' ' * 4)}\n\n"


def _number_in(element: Tag, attribute: str, otherwise: int) -> int:
    written = str(element.get(attribute) or "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 9 else otherwise


def _marked(text: str, mark: str, parent_tags: set[str]) -> str:
    """Emphasis touches its words, and never spans two paragraphs."""
    words = text.strip()
    if not words or "_noformat" in parent_tags or "\n\n" in words:
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{before}{mark}{words}{mark}{after}"


def _indented(text: str, by: str) -> str:
    return "\n".join(by + line if line and number else line for number, line in enumerate(text.split("\n")))


def escaped(line: str) -> str:
    """Words on one line as Markdown that shows them."""
    return _escaped_start(_SPECIAL.sub(_as_words, line))


def _as_words(match: re.Match[str]) -> str:
    """A mark that means itself; the renderer knows no backslash before some."""
    return f"&#{ord(match[0])};" if match["entity"] else f"\\{match[0]}"


def _escaped_start(line: str) -> str:
    """`1. ` begins a list and `# ` a heading: the sign that does it is escaped."""
    match = _LINE_START.match(line)
    if not match:
        return line
    if match["entity"]:
        return f"{match[1]}&#61;{line[match.end() :]}"
    return f"{match[0]}\\{line[match.end() :]}"


def _quoted(address: str) -> str:
    """An address that may stand between round brackets."""
    return quote(address, safe="!#$%&'*+,/:;=?@[]~") if re.search(r"[\s()<>\"\\]", address) else address
