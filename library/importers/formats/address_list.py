"""A plain list of addresses, one a line; a title may stand behind it, as in OneTab's `address | title`."""

import re
from collections.abc import Iterator

from library.content import urls
from library.content.text import single_line
from library.importers.formats import shaping
from library.importers.formats.decoding import decode, looks_binary
from library.importers.record import ImportFile, Record, Refusal

LABEL = "List of addresses (OneTab and plain text)"

HEAD, LINES = 16 * 1024, 40
# Of the first lines, so many may be something else.
OTHERS = 0.2

_LINE = re.compile(
    r"(?:[-*+•]|\d{1,6}[.)])?[ \t]*<?(https?://[^\s<>|]+)>?[ \t]*(?:[|\t–—-][ \t]*)?([^\n]*)", re.IGNORECASE
)


def recognise(file: ImportFile) -> bool:
    """Text that begins with an address, and of whose first lines nearly all are one."""
    if looks_binary(file.data):
        return False
    lines = _lines(decode(file.data[:HEAD])[0])[:LINES]
    others = sum(_entry(line) is None for line in lines)
    return bool(lines) and _entry(lines[0]) is not None and others <= len(lines) * OTHERS


def read(file: ImportFile) -> Iterator[Record | Refusal]:
    for line in _lines(decode(file.data)[0]):
        entry = _entry(line)
        if entry:
            yield shaping.shaped(entry[2], entry[1])
        else:
            yield Refusal(line[: shaping.SHORT_TITLE], "The line does not begin with an address of the web.")


def _lines(text: str) -> list[str]:
    """Without blank lines and remarks."""
    lines = map(str.strip, text.split("\n"))
    return [line for line in lines if line and not line.startswith(("#", "//", ";"))]


def _entry(line: str) -> re.Match[str] | None:
    match = _LINE.fullmatch(single_line(line)) if len(line) < shaping.MAX_ADDRESS else None
    return match if match and urls.is_web_address(match[1]) else None
