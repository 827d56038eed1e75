"""The Notion link file: YAML front matter, a title, and sections under exact headings (docs/formats.md)."""

import ast
import codecs
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from library.content import dates, link_file, marked_passages, urls
from library.content.text import clean_text, fold, single_line
from library.importers.formats import front_matter
from library.importers.formats.decoding import decode, looks_binary
from library.importers.formats.shaping import colour
from library.importers.record import ImportFile, NotARecord, Passage, Record, Text

LABEL = "Notion link files (Markdown with front matter)"

FIELDS = ("url", "notion_type", "tags", "created")
DEFAULTS = {"type": "link", "source": "notion"}
# Folding makes up to 18 characters of one (U+FDFA), and the folded name has a bound of its own.
MAX_FOLDED_TAG, SHORT_TAG = 300, 16
MAX_TITLE, MAX_TAG, MAX_TAGS, MAX_TYPE = 2_000, 100, 200, 100

_DATED_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-(.+)")
# Only these encodings are decoded to be looked at.
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_FALSE = {"", "false", "no", "off", "0", "null", "~"}


def recognise(file: ImportFile) -> bool:
    """A Markdown file with one of the exact headings, or with front matter as the export writes it."""
    wide = file.data.startswith(_WIDE)
    return link_file.is_one(file.name, decode(file.data)[0].encode() if wide else file.data)


def read(file: ImportFile) -> Iterator[Record]:
    """The one link of the file. Raises NotARecord with the reason when it holds none."""
    if not file.data.strip():
        raise NotARecord("The file is empty. Export this page again, or leave it out.")
    if looks_binary(file.data):
        raise NotARecord("The file holds no text, whatever its name says.")
    text, warnings = decode(file.data)
    metadata, body, odd = front_matter.split(text)
    metadata = _clean(metadata)
    if not metadata and not link_file.has_known_heading(body):
        raise NotARecord("The file has no front matter and none of the headings of a link file.")
    yield _record(file.name, metadata, body, [*warnings, *odd])


def _record(name: str, metadata: dict[str, Any], body: str, warnings: list[str]) -> Record:
    title, rest = link_file.split_title(body)
    sections = link_file.sections(rest)
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
        texts=tuple(_texts(sections)),
        highlights=tuple(_highlights(sections.get(("highlights", ""), ""))),
        state="archived" if _text_of(metadata.get("archived")).lower() not in _FALSE else "",
        extra=_extra(metadata),
        warnings=tuple(warnings),
    )


def _clean(value: Any) -> Any:
    """YAML's escapes can write what `decode` took out."""
    if isinstance(value, dict):
        return {clean_text(str(key)): _clean(each) for key, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list) else clean_text(str(value))


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


def _texts(sections: dict[tuple[str, str], str]) -> Iterator[Text]:
    """A fetched text is the article where there is no other, and a version of it where there is."""
    for (kind, heading), text in sections.items():
        if kind == "fetched":
            yield Text("article", text, beside=("article", "") in sections)
        elif kind != "highlights":
            yield Text(kind, text, heading)


def _highlights(section: str) -> Iterator[Passage]:
    """What an export of ours wrote under `## Highlights (from Commonplace)`."""
    for each in marked_passages.read(section):
        if each.quote.strip():
            yield Passage(
                each.quote, each.note, colour(each.colour), dates.parse(each.marked), each.tags, kind=each.kind
            )
