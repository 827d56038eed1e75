"""The bookmarks file of Netscape, which every browser and most bookmarking tools write (docs/formats.md)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from library.content import urls
from library.importers.formats import markup, shaping
from library.importers.formats.decoding import decode
from library.importers.record import HoldsNone, ImportFile, NotARecord, Record, Refusal

LABEL = "Bookmarks file (browsers, linkding, Shaarli, Pinboard and others)"

ARCHIVED = "linkding:bookmarks.archived"
EXTRA = ("private", "shortcuturl", "feedurl")

_SIGN = re.compile(r"NETSCAPE-Bookmark-file|<DT>\s*<(?:A|H3)[\s>]", re.IGNORECASE)
_NOTES = re.compile(r"\[linkding-notes\](.*?)(?:\[/linkding-notes\]|\Z)", re.DOTALL)
# Folders that each browser has of itself and nobody made.
_ROOTS = ("personal_toolbar_folder", "unfiled_bookmarks_folder")


@dataclass(slots=True)
class _Bookmark:
    attributes: dict[str, str]
    folders: tuple[str, ...]
    title: list[str] = field(default_factory=list)
    description: list[str] = field(default_factory=list)


def recognise(file: ImportFile) -> bool:
    return _SIGN.search(markup.head(file)) is not None


def read(file: ImportFile, folders: bool = True) -> Iterator[Record | Refusal]:
    """Every bookmark; the folders it lies in are a tag, unless `folders` is False."""
    text, warnings = decode(file.data)
    if not text.strip():
        raise NotARecord("The file is empty. Export your bookmarks again.")
    number = 0
    for number, bookmark in enumerate(_bookmarks(text), 1):
        yield _record(bookmark, folders, warnings if number == 1 else [])
    if not number:
        raise HoldsNone("A list of bookmarks with none in it.")


def _bookmarks(text: str) -> Iterator[_Bookmark]:
    """Bookmarks in their order. A link inside a description is part of it."""
    walk = _Walk()
    for piece in markup.pieces(text):
        done = walk.step(piece)
        if done:
            yield done
    if walk.bookmark:
        yield walk.bookmark


class _Walk:
    """Where in the file we are: in which folders, in which bookmark, and where the next words belong."""

    def __init__(self) -> None:
        self.folders: list[str] = []
        self.folder: list[str] = []
        self.bookmark: _Bookmark | None = None
        self.words: list[str] | None = None

    def step(self, piece: markup.Piece) -> _Bookmark | None:
        """Takes in the next piece. Returns the bookmark that ends before it."""
        if not piece.name:
            if self.words is not None:
                self.words.append(piece.text)
            return None
        done = self._ended(piece)
        self._begin(piece)
        return done

    def _ended(self, piece: markup.Piece) -> _Bookmark | None:
        begins = piece.name == "a" and not self._in_description()
        if piece.name not in ("dt", "h3", "dl", "/dl") and not begins:
            return None
        done, self.bookmark, self.words = self.bookmark, None, None
        return done

    def _in_description(self) -> bool:
        return self.bookmark is not None and self.words is self.bookmark.description

    def _begin(self, piece: markup.Piece) -> None:
        if piece.name == "h3":
            self.folder = []
            self.words = None if any(root in piece.attributes for root in _ROOTS) else self.folder
        elif piece.name == "dl":
            self.folders.append(shaping.line("".join(self.folder)))
            self.folder = []
        elif piece.name == "/dl":
            del self.folders[-1:]
        elif piece.name == "a" and not self._in_description():
            self.bookmark = _Bookmark(piece.attributes, tuple(self.folders[: shaping.MAX_LEVELS]))
            self.words = self.bookmark.title
        elif piece.name == "dd":
            self.words = self.bookmark.description if self.bookmark else None
        elif piece.name in ("/a", "/h3") and not self._in_description():
            self.words = None
        elif piece.name in ("br", "p") and self._in_description() and self.words:
            self.words.append("\n")


def _record(bookmark: _Bookmark, folders: bool, warnings: list[str]) -> Record | Refusal:
    """A description is about the page. Where the address leads to none, as with a note in Shaarli, it is the text."""
    written = bookmark.attributes
    address = shaping.line(written.get("href"))
    tags = [tag.strip() for tag in written.get("tags", "").split(",")]
    archived = ARCHIVED in tags
    description, notes = _description("".join(bookmark.description) or written.get("description", ""))
    folder = [shaping.path(bookmark.folders)] if folders else []
    return shaping.shaped(
        "".join(bookmark.title),
        address,
        tags=[tag for tag in tags if tag != ARCHIVED] + folder,
        created=written.get("add_date"),
        texts={"overview" if urls.is_web_address(address) else "article": description, "note": notes},
        state="archived" if archived else _state(written),
        favourite=shaping.true(written.get("data-important")),
        extra=_extra(written),
        warnings=warnings,
    )


def _state(written: dict[str, str]) -> str:
    """Tools that know what is to be read say of all else that it is not."""
    if "toread" not in written:
        return ""
    return "inbox" if shaping.true(written["toread"]) else "archived"


def _description(written: str) -> tuple[str, str]:
    """The description, and the notes that linkding writes into it."""
    notes = "\n\n".join(part.strip() for part in _NOTES.findall(written))
    return _NOTES.sub("", written).strip(), notes


def _extra(written: dict[str, str]) -> dict[str, Any]:
    return {name: written[name] for name in EXTRA if written.get(name, "0") != "0"}
