"""Names of files in an export: safe on every system, each once."""

from __future__ import annotations

import re
from os.path import splitext
from pathlib import PurePosixPath

from library.content.text import fold
from library.models import Link
from library.models.portable import DOCUMENT, ORIGINALS

LONGEST_TITLE, LONGEST_PART, LONGEST_NAME = 50, 150, 600
RESERVED = (DOCUMENT, ORIGINALS, "bin")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')
_NOT_IN_TITLES = re.compile(r"[^\w&#()',.@+-]+")
# Windows takes no file of these names, whatever its ending.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


class Names:
    """Those that are given away. Systems differ in whether A and a are one, so here they are."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, wanted: str, folder: str = "") -> str:
        """The name, or with a number where it is taken."""
        wanted = f"{folder}_{wanted}" if fold(wanted.partition("/")[0]) in RESERVED else folder + wanted
        name, number = wanted, 1
        root, ending = splitext(wanted)
        while fold(name) in self._taken:
            number += 1
            name = f"{root} ({number}){ending}"
        self._taken.add(fold(name))
        return name


def kept(key: str) -> str:
    """The name that a file had, without what could lead out of the export or be refused by a system."""
    parts = [_part(part) for part in key.split("/") if part not in ("", ".", "..")]
    return "/".join(parts)[-LONGEST_NAME:].lstrip("/") or "file.md"


def _part(part: str) -> str:
    safe = _UNSAFE.sub("_", part).rstrip(" .") or "_"
    safe = f"_{safe}" if safe.startswith(".") or _DEVICES.match(safe) else safe
    if len(safe.encode()) <= LONGEST_PART:
        return safe
    root, ending = splitext(safe)
    ending = ending[:20]
    return root.encode()[: LONGEST_PART - len(ending.encode())].decode(errors="ignore") + ending


def made(link: Link) -> str:
    """A new name as the Notion export makes them: the day and the title."""
    title = _NOT_IN_TITLES.sub("_", link.display_title)[:LONGEST_TITLE].strip("_.") or "Untitled"
    return _part(f"{link.saved_at:%Y-%m-%d}-{title}.md")


def of_original(sha256: str, key: str) -> str:
    """Where the bytes of a file lie that are not in the export as an article's file."""
    return f"{ORIGINALS}/{sha256}/{_part(PurePosixPath(key).name or 'file')}"
