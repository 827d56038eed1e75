"""An article as a link file: written anew, or its own file, patched only where the article has changed since."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from library.content import link_file, marked_passages
from library.content.text import clean_text, single_line, unescaped
from library.models import Highlight, Link, Section

Key = tuple[str, str]
HEAD = ("type", "source", "url", "notion_type", "tags", "created")
# What YAML reads back as it stands, outside of quotes.
_PLAIN = re.compile(
    r"[^\s\-?:,\[\]{}#&*!|>'\"%@`~=]"
    r"(?:[^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff:#]|:(?=\S)|(?<=\S)#)*(?<![\s:])"
)
_QUOTABLE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\\]*")
_LINES = r"^{key}[ \t]*:[^\n]*(?:\n(?:[ \t]+[^\n]*|-[ \t][^\n]*))*"


@dataclass(slots=True)
class Changes:
    """What a file has to say anew: lines of the front matter, the title, and sections by their keys."""

    front: dict[str, str] = field(default_factory=dict)
    title: str | None = None
    sections: dict[Key, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.front or self.title is not None or self.sections)


# --- values


def scalar(text: str) -> str:
    text = single_line(text)
    return text if not text or _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=not _QUOTABLE.fullmatch(text))


def tag_list(names: Iterable[str]) -> str:
    """As the Notion export writes them; quotes are doubled, as YAML has it."""
    quoted = ("'" + name.replace("'", "''") + "'" if _QUOTABLE.fullmatch(name) else json.dumps(name) for name in names)
    return f"[{', '.join(quoted)}]"


def moment(when: datetime) -> str:
    when = when.astimezone(UTC)
    exact = "milliseconds" if when.microsecond % 1000 == 0 else "microseconds"
    return when.replace(tzinfo=None).isoformat(timespec=exact) + "Z"


def title_line(title: str) -> str:
    """In a title, as in Markdown, `&lt;` is read as a sign."""
    line = single_line(title)
    return f"# {line if unescaped(line) == line else line.replace('&', '&amp;')}".rstrip()


def highlights_text(highlights: Sequence[Highlight], kinds: Mapping[int, str], tags: Mapping[int, list[str]]) -> str:
    return marked_passages.written(
        marked_passages.Marked(
            quote=each.quote,
            note=clean_text(each.note).strip("\n"),
            colour=each.colour,
            marked=each.created_at.astimezone(UTC).isoformat(),
            kind=kinds.get(each.section_id or 0, "article"),
            tags=tuple(tags.get(each.pk, ())),
        )
        for each in highlights
    )


def heading_of(kind: str, heading: str) -> str:
    """Of another section without a heading that says where it is from, one of ours."""
    if kind != "other":
        return link_file.HEADINGS[kind]
    heading = single_line(heading) or "Other"
    return heading if heading.endswith(")") or heading == link_file.FAILED else f"{heading} (from Commonplace)"


# --- a new file


def written(link: Link, tags: Sequence[str], sections: Sequence[Section], highlights: str) -> bytes:
    front = {**front_of(link, tags), **extra_of(link.extra)}
    lines = "".join(f"{key}: {value}".rstrip() + "\n" for key, value in front.items())
    parts = [(heading_of(each.kind, each.heading), each.text) for each in sections]
    parts += [(link_file.HEADINGS["highlights"], highlights)]
    body = "".join(f"\n## {name}\n\n{text.strip(chr(10))}\n" for name, text in parts if text.strip())
    return f"---\n{lines}---\n\n{title_line(link.title)}\n{body}".encode()


def front_of(link: Link, tags: Sequence[str]) -> dict[str, str]:
    extra = link.extra if isinstance(link.extra, dict) else {}
    return {
        "type": scalar(str(extra.get("type", "link"))),
        "source": scalar(str(extra.get("source", "notion"))),
        "url": scalar(link.url),
        "notion_type": scalar(link.type),
        "tags": tag_list(tags),
        "created": moment(link.saved_at),
    }


def extra_of(extra: Any) -> dict[str, str]:
    """Front matter that has no field; what is nested goes on one line, which YAML takes as it is."""
    known = extra if isinstance(extra, dict) else {}
    return {
        key: scalar(value) if isinstance(value, str) else json.dumps(value)
        for key, value in known.items()
        if key not in HEAD and re.fullmatch(r"[\w.-]+", key)
    }


# --- the file that it came from


def patched(data: bytes, changes: Changes) -> bytes | None:
    """The file with nothing else changed; None where it can't be patched: it is no UTF-8, has no front matter, ends its
    lines in several ways, or holds NUL, which the reading leaves out, so that it sees other headings.
    """
    try:
        found = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    end = "\r\n" if "\r\n" in found else "\n"
    text = found.replace("\r\n", "\n")
    begin, stop, body = link_file.front_span(text.removeprefix("\ufeff"))
    if "\r" in text or "\0" in text or text.replace("\n", end) != found or not body:
        return None
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    text = text.removeprefix(mark)
    front = _patch_front(text[begin:stop], changes.front)
    rest = text[body:]
    if changes.title is not None:
        rest = _patch_title(rest, changes.title)
    for key, wanted in changes.sections.items():
        rest = _patch_section(rest, key, wanted)
    return (mark + text[:begin] + front + text[stop:body] + rest).replace("\n", end).encode()


def _patch_front(front: str, values: Mapping[str, str]) -> str:
    for key, value in values.items():
        line = f"{key}: {value}".rstrip()
        there = re.search(_LINES.format(key=re.escape(key)), front, re.MULTILINE)
        begin, end = there.span() if there else (len(front.rstrip("\n")), len(front))
        front = front[:begin] + (line if there else f"\n{line}\n") + front[end:]
    return front


def _patch_title(body: str, title: str) -> str:
    span = link_file.title_span(body)
    if span is None:
        return f"\n\n{title_line(title)}\n{body}"
    kept = "\n" * (len(body[span[0] : span[1]]) - len(body[span[0] : span[1]].rstrip("\n")))
    return body[: span[0]] + title_line(title) + kept + body[span[1] :]


def _patch_section(body: str, key: Key, text: str) -> str:
    """The first section of this kind and heading says `text`; others of it are taken out."""
    span = link_file.title_span(body)
    above, rest = (body[: span[1]], body[span[1] :]) if span else ("", body)
    parts = list(link_file.parts(rest))
    mine = [part for part in parts if part.key == key and (part.begin < part.start or rest[: part.end].strip())]
    if not mine and key == ("article", ""):
        mine = [part for part in parts if part.kind == "fetched"]
    text = text.strip("\n")
    if not mine:
        return f"{above}{rest.rstrip()}\n\n## {heading_of(*key)}\n\n{text}\n" if text.strip() else body
    for part in reversed(mine[1:]):
        rest = rest[: part.begin] + rest[part.end :]
    first = mine[0]
    blank = "\n" if first.begin < first.start else "\n\n"
    return f"{above}{rest[: first.start]}{blank}{text}\n{chr(10) if rest[first.end :] else ''}{rest[first.end :]}"
