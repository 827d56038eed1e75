"""Markdown as notebooks and clippers keep it: any front matter or none, wikilinks, callouts, marked passages."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from library.content.text import clean_text, plain, single_line, unescaped
from library.importers.formats import fields, front_matter, shaping
from library.importers.formats.decoding import decode, looks_binary
from library.importers.formats.package_links import PackageLinks
from library.importers.record import HoldsNone, ImportFile, NotARecord, Passage, Record, Text

LABEL = "Markdown notes (Obsidian, Web Clipper, Readeck and others)"

IDS = ("notion-id", "notion_id")
MAX_HIGHLIGHTS = 2_000

_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*---[ \t]*\r?\n")
_TITLE = re.compile(r"\s*# ([^\n]+)(?:\n|\Z)")
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")
_CODE = re.compile(r"(?<!`)(`+)(?!`)[^`]*+\1(?!`)")
_CALLOUT = re.compile(r"^((?:>[ \t]?+)++)\[!([\w-]{1,40})(?:\|[^\]\n]*)?\][+-]?[ \t]*([^\n]*)$", re.MULTILINE)
_EMBED = re.compile(r"!\[\[([^\[\]|#^\n]++)(?:[#^][^\[\]|\n]*+)?(?:\|([^\[\]\n]*+))?\]\]")
_WIKILINK = re.compile(r"\[\[([^\[\]|\n]++)(?:\|([^\[\]\n]++))?\]\]")
_BLOCK_ID = re.compile(r"(?:(?<=\S)[ \t]|^)\^[A-Za-z0-9-]{1,60}[ \t]*$", re.MULTILINE)
_MARKED = re.compile(r"==(?=[^\s=])((?:[^=\n]|=(?!=)|\n(?![ \t]*\n))++)(?<=\S)==(?!=)(?:\[\^([^\[\]\s]{1,60})\])?")
_FOOTNOTE = re.compile(
    r"^\[\^([^\[\]\s]{1,60})\]:[ \t]*([^\n]*(?:\n(?:[ \t]+\S[^\n]*|[ \t]*(?=\n[ \t]+\S)))*)\n*", re.MULTILINE
)
_PLACE = re.compile("\2(\\d+)\2")


def recognise(file: ImportFile) -> bool:
    """Text that begins with front matter, and all that is called Markdown and that no other format knows."""
    if file.name.lower().endswith((".md", ".markdown")):
        return True
    return _BEGINS.match(file.data[:200]) is not None and not looks_binary(file.data)


def read(file: ImportFile, mapping: Mapping[str, str] | None = None) -> Iterator[Record]:
    """The one note of the file. `mapping` leads names of `columns` to names of `fields.NAMES`, or to "" for none."""
    if not file.data.strip():
        raise NotARecord("The file is empty. Export this page again, or leave it out.")
    if looks_binary(file.data):
        raise NotARecord("The file holds no text, whatever its name says.")
    text, warnings = decode(file.data)
    metadata, body, odd = front_matter.split(text)
    values = _clean(metadata)
    record = fields.record_of(values, fields.mapping_with(values, mapping), [*warnings, *odd])
    yield _with_text(record, file, body)


def columns(file: ImportFile) -> list[str]:
    """The keys of its front matter."""
    return [*samples(file)[0]]


def samples(file: ImportFile) -> list[dict[str, Any]]:
    """Its front matter."""
    return [_clean(front_matter.split(decode(file.data)[0])[0])]


def _clean(value: Any) -> Any:
    """YAML's escapes can write what `decode` took out."""
    if isinstance(value, dict):
        return {clean_text(str(key)): _clean(each) for key, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list) else clean_text(str(value))


def _with_text(record: Record, file: ImportFile, body: str) -> Record:
    title, body = _title(record, file, body)
    links = PackageLinks(file)
    article, highlights = _written(body, links)
    if not (record.url or record.texts or record.extra or article):
        raise HoldsNone("The note has a title and nothing else.")
    own = tuple(text for text in record.texts if not article or text.kind != "article")
    return replace(
        record,
        title=title[: shaping.MAX_TITLE],
        texts=(*own, Text("article", article)) if article else own,
        highlights=tuple(highlights[:MAX_HIGHLIGHTS]),
        attachments=tuple(links.attachments),
        key=_key(record.extra),
    )


def _title(record: Record, file: ImportFile, body: str) -> tuple[str, str]:
    """The title of the front matter, else of the first line, else of the file's name; and the text without it."""
    match = _TITLE.match(body)
    first = single_line(unescaped(plain(match[1]))) if match else ""
    if match and (not record.title or first == record.title):
        body = body[match.end() :]
    return record.title or first or single_line(PurePosixPath(file.name).stem) or "Untitled", body


def _key(extra: Mapping[str, Any]) -> str:
    ids = (shaping.line(extra.get(name)).replace("-", "") for name in IDS)
    return next((found for found in ids if found), "")[: shaping.MAX_KEY]


# --- the text


def _written(body: str, links: PackageLinks) -> tuple[str, list[Passage]]:
    """The text without the marks that only its own program reads, and the passages that were marked in it."""
    kept: list[str] = []
    text = _without_code(body.replace("\2", ""), kept)
    text = _CALLOUT.sub(_callout, text)
    text = _EMBED.sub(lambda match: _embed(match, links), text)
    text = _WIKILINK.sub(lambda match: single_line(match[2] or match[1].replace("#", " > ").removeprefix(" > ")), text)
    text = links.lead(_BLOCK_ID.sub("", text))
    text, marked = _without_marks(text)
    passages = [Passage(plain(_with_code(quote, kept)), _with_code(note, kept)) for quote, note in marked]
    return _with_code(text, kept).strip("\n").rstrip(), [passage for passage in passages if passage.quote.strip()]


def _without_code(text: str, kept: list[str]) -> str:
    """The text with a place holder for everything that is code."""
    written: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        is_code = bool(fence)
        if mark and (not fence or mark[1].startswith(fence)):
            is_code, fence = True, "" if fence else mark[1]
        written.append(_keep(kept, line) if is_code else line)
    return _CODE.sub(lambda match: _keep(kept, match[0]), "\n".join(written))


def _keep(kept: list[str], code: str) -> str:
    kept.append(code)
    return f"\2{len(kept) - 1}\2"


def _with_code(text: str, kept: list[str]) -> str:
    """Code in a line may stand in a line that was itself kept."""
    return _PLACE.sub(lambda match: kept[int(match[1])], text)


def _callout(match: re.Match[str]) -> str:
    """`> [!note] Title` as a quote that begins with its title."""
    return f"{match[1]}**{match[3].strip() or match[2].capitalize()}**"


def _embed(match: re.Match[str], links: PackageLinks) -> str:
    path = match[1].strip()
    address = "" if path.endswith(".md") else links.attach(path)
    words = "" if (match[2] or "").replace("x", "").isdigit() else match[2] or ""
    return f"![{words}]({address})" if address else words or path


def _without_marks(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The text without `==` around its marked passages, and these with the footnotes that were written to them."""
    found = [(match[1], match[2] or "") for match in _MARKED.finditer(text)]
    names = {name for _, name in found if name}
    notes = {match[1]: match[2].strip() for match in _FOOTNOTE.finditer(text) if match[1] in names} if names else {}
    text = _MARKED.sub(lambda match: match[1] + ("" if match[2] in notes or not match[2] else f"[^{match[2]}]"), text)
    if notes:
        text = _FOOTNOTE.sub(lambda match: "" if match[1] in notes else match[0], text)
    return text, [(quote, notes.get(name, "")) for quote, name in found]
