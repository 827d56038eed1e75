"""The Notion link file: YAML front matter, a title, and sections under exact headings (docs/formats.md)."""

import ast
import codecs
import html
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from library.content import dates, urls
from library.content.text import clean_text, fold, single_line
from library.importers import front_matter
from library.importers.decoding import decode, looks_binary
from library.importers.record import ImportFile, NotARecord, Record, Text

LABEL = "Notion link files (Markdown with front matter)"

KINDS = {
    "Overview (from Notion)": "overview",
    "AI Summary (from Notion)": "summary",
    "Content (from Notion)": "article",
    "Fetched Content (from URL)": "fetched",
    "Note (from Commonplace)": "note",
    "Note": "failed",
}
FIELDS = ("url", "notion_type", "tags", "created")
KNOWN_KEYS = frozenset((*FIELDS, "type", "source", "archived"))
DEFAULTS = {"type": "link", "source": "notion"}
# Folding makes up to 18 characters of one (U+FDFA), and the folded name has a bound of its own.
MAX_FOLDED_TAG, SHORT_TAG = 300, 16
MAX_TITLE, MAX_TAG, MAX_TAGS, MAX_TYPE, MAX_HEADING = 2_000, 100, 200, 100, 255

_HEADING = re.compile(r"^## (\S.*)$", re.MULTILINE)
_PROVENANCE = re.compile(r".+ \(from [^()]+\)")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$", re.MULTILINE)
_TITLE = re.compile(r"\s*#(?:[ \t]+(.*)|(?=\n|\Z))(?:\n(?!#|\s*\n)(.+)\n(?=\s*(?:\n|\Z)))?")
_DATED_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-(.+)")
# In UTF-8 and Windows-1252 alike; only wide encodings are decoded to be looked at.
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_SIGN = re.compile(
    rb"^## (?:(?:Overview|AI Summary|Content) \(from Notion\)"
    rb"|Fetched Content \(from URL\)|Note \(from Commonplace\))\s*$",
    re.MULTILINE,
)
_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s*---[ \t]*\r?\n((?:(?!---)[^\n]*\n){0,200})")
_KEY = re.compile(rb"^(\w+)[ \t]*:", re.MULTILINE)
_OWN_KEYS = ({b"url", b"notion_type"}, {b"type", b"source", b"url", b"created"})
_FALSE = {"", "false", "no", "off", "0", "null", "~"}


def recognise(file: ImportFile) -> bool:
    """A Markdown file with one of the exact headings, or with front matter as the export writes it."""
    if not file.name.lower().endswith((".md", ".markdown")):
        return False
    text = file.data if not file.data.startswith(_WIDE) else decode(file.data)[0].encode()
    head = _HEAD.match(text)
    keys = set(_KEY.findall(head[1])) if head else set()
    return any(own <= keys for own in _OWN_KEYS) or _SIGN.search(text) is not None


def read(file: ImportFile) -> Iterator[Record]:
    """The one link of the file. Raises NotARecord with the reason when it holds none."""
    if not file.data.strip():
        raise NotARecord("The file is empty. Export this page again, or leave it out.")
    if looks_binary(file.data):
        raise NotARecord("The file holds no text, whatever its name says.")
    text, warnings = decode(file.data)
    metadata, body, odd = front_matter.split(text)
    metadata = _clean(metadata)
    if not metadata and not _has_known_heading(body):
        raise NotARecord("The file has no front matter and none of the headings of a link file.")
    yield _record(file.name, metadata, body, [*warnings, *odd])


def _record(name: str, metadata: dict[str, Any], body: str, warnings: list[str]) -> Record:
    title, rest = _split_title(body)
    if title is None:
        title = _text_of(metadata.get("title")) or _title_from_name(name)
        warnings.append("The file has no title line. Its name was taken.")
    url = _address(metadata, warnings)
    return Record(
        title=title[:MAX_TITLE],
        url=url,
        type=_type(metadata)[:MAX_TYPE],
        tags=_tags(metadata.get("tags"), warnings),
        created=_created(metadata, name, warnings),
        texts=tuple(_texts(rest)),
        state="archived" if _text_of(metadata.get("archived")).lower() not in _FALSE else "",
        extra=_extra(metadata),
        warnings=tuple(warnings),
    )


def _clean(value: Any) -> Any:
    """YAML's escapes can write what `decode` took out."""
    if isinstance(value, dict):
        return {clean_text(str(key)): _clean(each) for key, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list) else clean_text(str(value))


# --- the title and what lies above the sections


def _split_title(body: str) -> tuple[str | None, str]:
    """The first `# ` line, with the second line it spilt onto, and all that follows.

    It is Markdown, in which `&#8217;` is an apostrophe.
    """
    match = _TITLE.match(body)
    if match is None:
        return None, body
    return single_line(html.unescape(f"{match[1] or ''} {match[2] or ''}")), body[match.end() :]


def _title_from_name(name: str) -> str:
    stem = PurePosixPath(name).stem
    dated = _DATED_NAME.fullmatch(stem)
    return single_line((dated[2] if dated else stem).replace("_", " "))


# --- front matter


def _text_of(value: Any) -> str:
    """A value as one line, however YAML shaped it."""
    return single_line(value) if isinstance(value, str) else single_line(str(value)) if value else ""


def _address(metadata: dict[str, Any], warnings: list[str]) -> str:
    url = _text_of(metadata.get("url"))
    if not url:
        warnings.append("The file has no address.")
    elif not urls.is_web_address(url):
        warnings.append("The address is no web address. It is kept as it is written.")
    return url


def _type(metadata: dict[str, Any]) -> str:
    """The Notion type, where `link` stands for an empty one; else the front matter's own type, unless it is `link`."""
    named = _text_of(metadata.get("notion_type"))
    if named and named != "link":
        return named
    own = _text_of(metadata.get("type"))
    return "" if own in ("", "link") else own.capitalize()


def _tags(value: Any, warnings: list[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for raw in _tag_list(value):
        name = single_line(raw).lstrip("#").strip()
        if len(name) > MAX_TAG or len(fold(name)) > MAX_FOLDED_TAG:
            warnings.append(f"A tag is longer than {MAX_TAG} characters and was cut.")
            name = name[: MAX_TAG if len(fold(name[:MAX_TAG])) <= MAX_FOLDED_TAG else SHORT_TAG].strip()
        if name:
            found.setdefault(fold(name), name)
    if len(found) > MAX_TAGS:
        warnings.append(f"The file has {len(found)} tags. The first {MAX_TAGS} were taken.")
    return tuple(found.values())[:MAX_TAGS]


def _tag_list(value: Any) -> list[str]:
    """Tags as a YAML list, a Python list in a string, a comma-separated string, or blank."""
    if isinstance(value, list):
        return [str(item) for item in value]
    if not isinstance(value, str) or value.strip() in ("", "null", "~", "None"):
        return []
    if value.strip().startswith("["):
        try:
            return [str(item) for item in ast.literal_eval(value.strip())]
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return value.strip("[] ").split(",")
    return value.split(",")


def _created(metadata: dict[str, Any], name: str, warnings: list[str]) -> datetime | None:
    written = _text_of(metadata.get("created"))
    created = dates.parse(written) if written else None
    if created is not None:
        return created
    dated = _DATED_NAME.fullmatch(PurePosixPath(name).stem)
    created = dates.parse(dated[1]) if dated else None
    about = f'"{written[:40]}" is no date that can be read' if written else "The file names no date"
    instead = "the date in its name" if created else "the time of the import"
    warnings.append(f"{about}. It was saved under {instead}.")
    return created


def _extra(metadata: dict[str, Any]) -> dict[str, Any]:
    """Front matter that has no field of its own, as it was written."""
    return {
        key: value
        for key, value in metadata.items()
        if key not in FIELDS and value != DEFAULTS.get(key) and value != ""
    }


# --- sections


def _texts(body: str) -> Iterator[Text]:
    """The sections of the body, in order. Text above the first heading belongs to the article.

    A fetched text is the article where there is no other, and a version of it where there is.
    """
    found: dict[tuple[str, str], list[str]] = {}
    start, kind, heading = 0, "article", ""
    for match, next_kind, next_heading in _section_headings(body):
        _add(found, kind, heading, body[start : match.start()])
        start, kind, heading = match.end(), next_kind, next_heading
    _add(found, kind, heading, body[start:])
    for (kind, heading), parts in found.items():
        if kind == "fetched":
            yield Text("article", "\n\n".join(parts), beside=("article", "") in found)
        else:
            yield Text(kind, "\n\n".join(parts), heading)


def _add(found: dict[tuple[str, str], list[str]], kind: str, heading: str, text: str) -> None:
    """A heading that comes twice is one section."""
    text = text.strip("\n").rstrip()
    if text.strip():
        found.setdefault((kind, heading), []).append(text)


def _section_headings(body: str) -> Iterator[tuple[re.Match[str], str, str]]:
    """Headings that begin a section: the exact ones, and unknown ones that say where they come from."""
    fences = _closed_fences(body)
    in_article = False
    for match in _HEADING.finditer(body):
        name = match[1].rstrip()
        kind = KINDS.get(name) or ("other" if _PROVENANCE.fullmatch(name) else "")
        if not kind or (kind == "failed" and in_article) or _inside(match.start(), fences):
            continue
        in_article = kind in ("article", "fetched")
        named = "" if kind in ("overview", "summary", "article", "fetched", "note") else name[:MAX_HEADING]
        yield match, "other" if kind == "failed" else kind, named


def _has_known_heading(body: str) -> bool:
    return any(True for _ in _section_headings(body))


def _closed_fences(body: str) -> list[tuple[int, int]]:
    """Where code fences begin and end. One that is never closed hides no heading."""
    if "```" not in body and "~~~" not in body:
        return []
    spans, opening = [], None
    for match in _FENCE.finditer(body):
        if opening is None:
            opening = match
        elif match[1].startswith(opening[1]) and not match[2].strip():
            spans.append((opening.start(), match.end()))
            opening = None
    return spans


def _inside(place: int, spans: list[tuple[int, int]]) -> bool:
    return any(start < place < end for start, end in spans)
