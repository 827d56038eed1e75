"""The section of a link file that holds its highlights, written and read back.

Each is a quotation, then its note, then a line that says how it is marked:

> The quoted words.

The note.

— woad, 2025-09-01T20:25:00+00:00, in summary, #databases #history
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_ABOUT = re.compile(r"— (\w+), (\S+?)(?:, in (\w+))?(?:, (#.*))?")
# Lines of a note that would be taken for something else.
_MISREAD = re.compile(r"[>—#\\`~]")


@dataclass(frozen=True, slots=True)
class Marked:
    """A highlight: `marked` is a moment in ISO 8601, `kind` that of the section it is in."""

    quote: str
    note: str = ""
    colour: str = ""
    marked: str = ""
    kind: str = "article"
    tags: tuple[str, ...] = ()


def written(passages: Iterable[Marked]) -> str:
    return "\n\n".join(map(_one, passages))


def _one(passage: Marked) -> str:
    quote = "\n".join(f"> {line}".rstrip(" ") for line in passage.quote.split("\n"))
    note = "\n".join(f"\\{line}" if _MISREAD.match(line) else line for line in passage.note.split("\n"))
    place = f", in {passage.kind}" if passage.kind != "article" else ""
    names = ", " + " ".join(f"#{name}" for name in passage.tags) if passage.tags else ""
    about = f"— {passage.colour}, {passage.marked}{place}{names}"
    return "\n\n".join(filter(None, (quote, note, about)))


def read(text: str) -> Iterator[Marked]:
    """The highlights of a section. One whose last line is missing ends where the next begins."""
    quote: list[str] = []
    note: list[str] = []
    for line in text.split("\n"):
        about = _ABOUT.fullmatch(line)
        if about and quote:
            yield _marked(quote, note, *about.groups())
        elif line.startswith(">"):
            if note and quote:
                yield _marked(quote, note)
                quote, note = [], []
            quote.append(line[1:].removeprefix(" "))
            continue
        elif quote and (note or line.strip()):
            note.append(line[1:] if line.startswith("\\") else line)
            continue
        else:
            continue
        quote, note = [], []
    if quote:
        yield _marked(quote, note)


def _marked(
    quote: list[str], note: list[str], colour: str = "", marked: str = "", kind: str | None = None,
    tags: str | None = None,
) -> Marked:  # fmt: skip
    names = tuple(filter(None, (name.strip() for name in re.split(r"(?:^|\s)#", tags or ""))))
    return Marked("\n".join(quote), "\n".join(note).strip("\n"), colour, marked, kind or "article", names)
