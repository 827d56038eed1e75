"""How a link file is made: front matter, a title, and sections under exact headings (docs/formats.md).

What an import reads and what an export patches is found here, so that both see the same parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from library.content.text import clean_text, single_line, unescaped

HEADINGS = {
    "overview": "Overview (from Notion)",
    "summary": "AI Summary (from Notion)",
    "article": "Content (from Notion)",
    "fetched": "Fetched Content (from URL)",
    "note": "Note (from Commonplace)",
    "highlights": "Highlights (from Commonplace)",
}
FAILED = "Note"
"""What the export wrote where it could not fetch the text."""
MAX_HEADING = 255

_KINDS = {heading: kind for kind, heading in HEADINGS.items()} | {FAILED: "failed"}
_HEADING = re.compile(r"^## (\S.*)$", re.MULTILINE)
_PROVENANCE = re.compile(r".+ \(from [^()]+\)")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$", re.MULTILINE)
_TITLE = re.compile(r"\s*#(?:[ \t]+(.*)|(?=\n|\Z))(?:\n(?!#|\s*\n)(.+)\n(?=\s*(?:\n|\Z)))?")
_BOUNDARY = re.compile(r"^-{3,}\s*$", re.MULTILINE)
# In UTF-8 and Windows-1252 alike.
_SIGN = re.compile(
    rb"^## (?:(?:Overview|AI Summary|Content) \(from Notion\)"
    rb"|Fetched Content \(from URL\)|(?:Note|Highlights) \(from Commonplace\))\s*$",
    re.MULTILINE,
)
_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s*---[ \t]*\r?\n((?:(?!---)[^\n]*\n){0,200})")
_KEY = re.compile(rb"^(\w+)[ \t]*:", re.MULTILINE)
_OWN_KEYS = ({b"url", b"notion_type"}, {b"type", b"source", b"url", b"created"})


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a body: its `kind` is one of HEADINGS or "other"; its text stands from `start` to `end`."""

    kind: str
    heading: str
    begin: int
    """Where its heading begins."""
    start: int
    end: int

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.heading


def split_title(body: str) -> tuple[str | None, str]:
    """The first `# ` line, with the second line it spilt onto, and all that follows.

    It is Markdown, in which `&#8217;` is an apostrophe.
    """
    match = _TITLE.match(body)
    if match is None:
        return None, body
    return single_line(unescaped(f"{match[1] or ''} {match[2] or ''}")), body[match.end() :]


def title_span(body: str) -> tuple[int, int] | None:
    """Where the line or the lines of the title stand."""
    match = _TITLE.match(body)
    return (match.start() + len(match[0]) - len(match[0].lstrip()), match.end()) if match else None


def front_span(text: str) -> tuple[int, int, int]:
    """Where the front matter begins and ends, and where the body begins; three times 0 where there is none."""
    first = _BOUNDARY.match(text, len(text) - len(text.lstrip()))
    second = _BOUNDARY.search(text, first.end()) if first else None
    return (first.end(), second.start(), second.end()) if first and second else (0, 0, 0)


def parts(body: str) -> Iterator[Part]:
    """The sections of a body below its title, in order. Text above the first heading belongs to the article."""
    begin, start, kind, heading = 0, 0, "article", ""
    for match, next_kind, next_heading in _section_headings(body):
        yield Part(kind, heading, begin, start, match.start())
        begin, start, kind, heading = match.start(), match.end(), next_kind, next_heading
    yield Part(kind, heading, begin, start, len(body))


def sections(body: str) -> dict[tuple[str, str], str]:
    """What the sections say, by (kind, heading). A heading that comes twice is one section."""
    found: dict[tuple[str, str], list[str]] = {}
    for part in parts(body):
        text = body[part.start : part.end].strip("\n").rstrip()
        if text.strip():
            found.setdefault(part.key, []).append(text)
    return {key: "\n\n".join(texts) for key, texts in found.items()}


def read(data: bytes) -> dict[tuple[str, str], str]:
    """The sections of a whole file in UTF-8; none of a file in something else."""
    try:
        text = clean_text(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return {}
    return sections(split_title(text[front_span(text)[2] :])[1])


def told(said: Mapping[tuple[str, str], str], kind: str, heading: str) -> str:
    """What a file says of a section of the library; a fetched text is the article where there is no other."""
    found = said.get((kind, heading), "")
    return found or (said.get(("fetched", ""), "") if kind == "article" else "")


def is_one(name: str, text: bytes) -> bool:
    """A Markdown file with one of the exact headings, or with front matter as the export writes it."""
    if not name.lower().endswith((".md", ".markdown")):
        return False
    head = _HEAD.match(text)
    keys = set(_KEY.findall(head[1])) if head else set()
    return any(own <= keys for own in _OWN_KEYS) or _SIGN.search(text) is not None


def has_known_heading(body: str) -> bool:
    return any(True for _ in _section_headings(body))


def _section_headings(body: str) -> Iterator[tuple[re.Match[str], str, str]]:
    """Headings that begin a section: the exact ones, and unknown ones that say where they come from."""
    fences = _closed_fences(body)
    in_article = False
    for match in _HEADING.finditer(body):
        name = match[1].rstrip()
        kind = _KINDS.get(name) or ("other" if _PROVENANCE.fullmatch(name) else "")
        if not kind or (kind == "failed" and in_article) or _inside(match.start(), fences):
            continue
        in_article = kind in ("article", "fetched")
        named = name[:MAX_HEADING] if kind in ("failed", "other") else ""
        yield match, "other" if kind == "failed" else kind, named


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
