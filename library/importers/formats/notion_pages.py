"""One page of Notion's own export, as Markdown or as HTML: its title, its properties and its text."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from bs4 import BeautifulSoup, Tag

from library.content.html_to_markdown import markdown_of
from library.content.text import single_line, unescaped
from library.importers.formats import fields, shaping, table
from library.importers.formats.decoding import decode
from library.importers.formats.package_links import PackageLinks, folder_of, last, place
from library.importers.record import HoldsNone, ImportFile, NotARecord, Package, Record, Text

NAMED = re.compile(r"(?P<title>.*?) ?(?P<id>[0-9a-f]{32})(?P<all>_all)?\.(?P<kind>md|csv|html)", re.DOTALL)
# A page of which only a title is left says nothing that could be read.
EMPTY = "The page has a title and nothing else."
MAX_PROPERTIES_BYTES = 200_000
HEAD, HEADER = 200_000, 16_384
BODY = '<div class="page-body">'

_TITLE = re.compile(r"\s*# ?([^\n]*)\n*")
_ARTICLE = re.compile(rb'<article id="([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"')
_PATH = re.compile(r" \((?![a-z]+:)[^\s()]*+(?:\([^\s()]*+\)[^\s()]*+)*+\)")
_PROPERTY = re.compile(r"([^:\n]{1,100}):(?:[ \t]+(.*))?")
_ICON = re.compile(r'<img src="(?:https://www\.notion\.so)?/(?:icons|images)/[^"<>]*"[^<>]*>\s*')
_STARS = re.compile(r"(?<!\*)\*{4,}+(?=[^\s*]|(?<=\S\*\*\*\*))")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_BOX = re.compile(r'<div class="checkbox checkbox-(on|off)">\s*</div>')
_CONTENTS = re.compile(r"<nav[^<>]*table_of_contents[^<>]*>(?:<(?!/nav>)|[^<])*+</nav>")
_SAME_LIST = re.compile(
    r'</ul><ul id="[^"]*" class="(?:bulleted|to-do)-list">|</ol><ol [^<>]*class="numbered-list"[^<>]*>'
)
_ICON_IMAGE = re.compile(r'<img class="icon[^<>]*>')
_TEX = re.compile(r"<annotation[^<>]*>([^<>]*)</annotation>")


def is_html_page(data: bytes) -> bool:
    return b"<article id=" in data[:HEAD] and _ARTICLE.search(data[:HEAD]) is not None


def without_paths(value: str) -> str:
    """`Name (Folder/Name%20id.md)`, as relations are written, without what is a file's name."""
    return _PATH.sub(lambda match: "" if NAMED.fullmatch(last(match[0][2:-1])) else match[0], value)


def columns_of(file: ImportFile) -> list[str]:
    """The columns of the database whose row the page is; none where it is no row, or the table did not come with it."""
    folder = folder_of(place(file))
    return [*(_header_of(file.package, f"{folder}_all.csv") or _header_of(file.package, f"{folder}.csv"))]


@lru_cache(maxsize=64)
def _header_of(package: Package, name: str) -> tuple[str, ...]:
    """Kept from page to page, since a database may have thousands of them."""
    try:
        return tuple(header(package.read(name)))
    except KeyError:
        return ()


def header(data: bytes) -> list[str]:
    """The names in a table's first row, in lower case, as Notion parts them."""
    return [name.strip().lower() for name in table.first_row(decode(data[:HEADER])[0])]


def read_markdown(file: ImportFile, mapping: Mapping[str, str] | None) -> Record:
    text, warnings = decode(file.data)
    match = _TITLE.match(text)
    if match is None:
        raise NotARecord("The page has no title line. Export it again.")
    values, body = _properties(file, text[match.end() :])
    links = _Links(file)
    article = links.lead(_tidied(body)).strip("\n").rstrip()
    return _record(file, unescaped(match[1]), values, article, links, mapping, warnings)


def _record(
    file: ImportFile,
    title: str,
    values: Mapping[str, object],
    article: str,
    links: "_Links",
    mapping: Mapping[str, str] | None,
    warnings: list[str],
    page: str = "",
) -> Record:
    if not article and not any(map(fields.is_said, values.values())):
        raise HoldsNone(EMPTY)
    record = fields.record_of(values, fields.mapping_with(values, mapping), warnings)
    own = tuple(text for text in record.texts if not article or text.kind != "article")
    beside = tuple(replace(text, beside=True) for text in record.texts if article and text.kind == "article")
    named = NAMED.fullmatch(last(place(file)))
    return replace(
        record,
        title=single_line(title)[: shaping.MAX_TITLE] or record.title or "Untitled",
        texts=(*own, Text("article", article), *beside) if article else own,
        attachments=tuple(links.attachments),
        key=named["id"] if named else page,
    )


# --- properties


def _properties(file: ImportFile, text: str) -> tuple[dict[str, str], str]:
    """The `Key: value` lines below the title, and the text below them.

    A page's own text may begin with such a line too, so the table's first row says which keys there are. Where no
    table came with the page, one of the keys must be such as a list of links has.
    """
    block, _, rest = text.partition("\n\n")
    if not _PROPERTY.match(block):
        return {}, text
    known = set(columns_of(file))
    values: dict[str, str] = {}
    name = ""
    for line in block.split("\n"):
        match = _PROPERTY.fullmatch(line)
        key = match[1].strip().lower() if match else ""
        if match and (key in known if known else True):
            name = match[1].strip().lower()
            values[name] = match[2] or ""
        elif name and known:
            values[name] += f"\n{line}"
        else:
            return {}, text
    if not known and not _is_of_a_link(values):
        return {}, text
    return {name: without_paths(value.strip()) for name, value in values.items()}, rest


def properties_of(file: ImportFile) -> dict[str, str]:
    """What a page whose bytes are still in its package says of itself."""
    try:
        return _markdown_properties(file, file.package.read(place(file)))
    except KeyError:
        return {}


def values_of(file: ImportFile) -> Mapping[str, object]:
    """What a page says of itself."""
    if is_html_page(file.data):
        head = decode(file.data)[0].partition(BODY)[0]
        return _html_properties(_between(head, '<table class="properties">', "</table>"))
    return _markdown_properties(file, file.data)


def _markdown_properties(file: ImportFile, data: bytes) -> dict[str, str]:
    text = decode(data)[0]
    match = _TITLE.match(text)
    return _properties(file, text[match.end() :])[0] if match else {}


def _is_of_a_link(values: Mapping[str, str]) -> bool:
    means = fields.mapping_of(values)
    return any(
        field in ("tags", "created", "state") or field == "url" and "://" in values[name]
        for name, field in means.items()
    )


# --- text


def _tidied(body: str) -> str:
    """Callouts as quotes, without Notion's icons and the marks of bold that was edited away; code stays as it is."""
    lines = body.split("\n")
    ends = max((number for number, line in enumerate(lines) if line.strip() == "</aside>"), default=-1)
    written: list[str] = []
    fence, quoted = "", False
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        elif not fence and line.strip() in ("<aside>", "</aside>"):
            quoted = line.strip() == "<aside>" and number < ends
            written.extend([""] if written and written[-1] else [])
            continue
        elif not line.strip() and written and not written[-1] and not fence:
            continue
        elif not fence:
            line = _without_noise(line)
        written.append(f"> {line}".rstrip() if quoted else line)
    return "\n".join(written)


def _without_noise(line: str) -> str:
    if "/icons/" in line or "/images/" in line:
        line = _ICON.sub("", line)
    return _STARS.sub(_fewer, line) if "****" in line else line


def _fewer(match: re.Match[str]) -> str:
    """Of bold that ends where bold begins again, nothing is left."""
    pairs, odd = divmod(len(match[0]), 2)
    return "**" * (pairs % 2) + "*" * odd


class _Links(PackageLinks):
    """Links to other pages lead to Notion, where they still are."""

    def page(self, path: str) -> str:
        named = NAMED.fullmatch(last(path))
        return f"https://www.notion.so/{named['id']}" if named else ""


# --- HTML


def read_html(file: ImportFile, mapping: Mapping[str, str] | None) -> Record:
    text, warnings = decode(file.data)
    head, _, body = text.partition(BODY)
    body = body.partition("</article>")[0]
    links = _Links(file)
    found = _ARTICLE.search(file.data[:HEAD])
    page = found[1].decode().replace("-", "") if found else ""
    title = _between(head, "<title>", "</title>") or _between(head, '<h1 class="page-title">', "</h1>")
    article = links.lead(markdown_of(_plainer(body)))
    values = _html_properties(_between(head, '<table class="properties">', "</table>"))
    return _record(file, unescaped(title), values, article, links, mapping, warnings, page)


def _between(text: str, opening: str, closing: str) -> str:
    _, found, rest = text.partition(opening)
    return rest.partition(closing)[0] if found else ""


def _plainer(body: str) -> str:
    """Boxes, formulas and callouts in the elements that all HTML has."""
    body = _ICON_IMAGE.sub("", _SAME_LIST.sub("", _CONTENTS.sub("", body)))
    body = _BOX.sub(lambda match: "[x] " if match[1] == "on" else "[ ] ", body)
    first, *figures = body.split("<figure")
    return first + "".join(map(_figure, figures))


def _figure(written: str) -> str:
    tag, _, rest = written.partition(">")
    inside, _, after = rest.partition("</figure>")
    if "equation" in tag:
        tex = _TEX.search(inside)
        return f"<pre><code>{tex[1]}</code></pre>{after}" if tex else f"<figure{tag}>{rest}"
    if "callout" in tag:
        return f"<blockquote>{inside}</blockquote>{after}"
    return f"<figure{tag}>{rest}"


def _html_properties(rows: str) -> dict[str, object]:
    if len(rows) > MAX_PROPERTIES_BYTES:
        return {}
    values: dict[str, object] = {}
    for row in BeautifulSoup(rows, "lxml").find_all("tr"):
        name, value = row.find("th"), row.find("td")
        if isinstance(name, Tag) and isinstance(value, Tag):
            values[single_line(name.get_text())] = _value(value)
    return values


def _value(cell: Tag) -> object:
    chosen = [single_line(each.get_text()) for each in cell.select(".selected-value")]
    box = cell.select_one(".checkbox")
    link = cell.find("a", href=True)
    if box is not None:
        return "Yes" if "checkbox-on" in box.get_attribute_list("class") else "No"
    if isinstance(link, Tag) and "://" in str(link["href"]):
        return str(link["href"])
    return chosen or single_line(cell.get_text()).removeprefix("@")
