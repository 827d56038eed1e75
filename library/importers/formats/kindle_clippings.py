"""Kindle's `My Clippings.txt`: what was marked and noted in all books, in the order of its making.

Its words are in the language of the device. What is a note or a bookmark is told by these words; what is
neither is a highlight.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from library.content import dates
from library.content.text import fold
from library.importers.formats import shaping
from library.importers.formats.decoding import decode, looks_binary
from library.importers.record import HoldsNone, ImportFile, Passage, Record, Refusal

LABEL = "Kindle (My Clippings.txt)"

TYPE = "Book"
LONGEST_PLACE = 1_000
NO_TEXT = "A highlight without text: the book's publisher limits how much may be copied."
NO_SHAPE = "A clipping that does not say where in a book it was made."

_END = re.compile(r"^={10}[ \t]*(?:\n|\Z)", re.MULTILINE)
_SHAPE = re.compile(r"\s*[^\n]+\n\s*- [^\n]*\d[^\n]*\n")
_NOTE = re.compile(r"\b(?:note|notiz|nota|notitie|notatka|anteckning|notat|заметка|примечание)\b|笔记|筆記|メモ")
_BOOKMARK = re.compile(
    r"\b(?:bookmark|lesezeichen|marcador|signet|segnalibro|bladwijzer|zakładka|bokmärke|закладка)\b|书签|書籤|ブックマーク"
)
_AUTHOR = re.compile(r"(.*\S)\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
_PLACE = re.compile(r"(\d{1,9})(?:[-–](\d{1,9}))?")
_LIMIT = re.compile(r"<[^<>]*>")
_DAY = re.compile(r"(\d{1,2})\.?\s+(?:de\s+)?([^\W\d_]{3,})\.?,?\s+(?:de\s+)?(\d{4})")
_DAY_LAST = re.compile(r"([^\W\d_]{3,})\.?\s+(\d{1,2}),?\s+(\d{4})")
_DAY_IN_SIGNS = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_TIME = re.compile(r"(上午|下午|午前|午後)?\s*(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([ap])?\.?m?", re.IGNORECASE)
_MONTHS = (
    "jan ene gen янв sty",
    "feb fév fev фев lut",
    "mar mär mrt мар",
    "apr abr avr апр kwi",
    "may mai mei mag maj мая май",
    "jun juin giu июн cze",
    "jul juil lug июл lip",
    "aug ago août aoû авг sie",
    "sep set сен wrz",
    "oct okt oct ott out окт paź",
    "nov ноя lis",
    "dec dez dic déc дек gru",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}


def recognise(file: ImportFile) -> bool:
    if looks_binary(file.data):
        return False
    text = decode(file.data[:16384])[0].lstrip("\ufeff")
    return _SHAPE.match(text) is not None and _END.search(text) is not None


def read(file: ImportFile) -> Iterator[Record | Refusal]:
    """A record for each book, in the order in which they first come."""
    books: dict[str, _Book] = {}
    for clipping in _END.split(decode(file.data)[0].replace("\ufeff", "")):
        if clipping.strip():
            refusal = _take(books, clipping.strip("\n"))
            if refusal:
                yield refusal
    if not any(book.marks or book.notes for book in books.values()):
        raise HoldsNone("There are only bookmarks in it, and nothing that was marked or noted.")
    for title, book in books.items():
        if book.marks or book.notes:
            yield book.record(title)


@dataclass(slots=True)
class _Mark:
    first: int
    last: int
    passage: Passage


@dataclass(slots=True)
class _Book:
    marks: list[_Mark] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _at: dict[int, int] = field(default_factory=dict)

    def mark(self, first: int, last: int, passage: Passage) -> None:
        """A highlight that was made larger is written again, below the old one."""
        old = self._at.get(first, self._at.get(last))
        if old is not None and _holds(passage.quote, self.marks[old].passage.quote):
            passage = replace(passage, note=self.marks[old].passage.note)
            self.marks[old] = _Mark(first, last, passage)
            number = old
        else:
            self.marks.append(_Mark(first, last, passage))
            number = len(self.marks) - 1
        self._at[first] = self._at[last] = number

    def note(self, at: int, words: str) -> None:
        """A note stands at the end of the highlight that it was written to."""
        number = self._at.get(at)
        if number is None:
            number = next(
                (
                    n
                    for n, mark in enumerate(self.marks[-50:], max(0, len(self.marks) - 50))
                    if mark.first <= at <= mark.last
                ),
                None,
            )
        if number is None:
            self.notes.append(words)
        else:
            mark = self.marks[number]
            mark.passage = replace(mark.passage, note="\n\n".join(filter(None, (mark.passage.note, words))))

    def record(self, title: str) -> Record | Refusal:
        match = _AUTHOR.fullmatch(title) if len(title) <= shaping.MAX_TITLE else None
        return shaping.shaped(
            match[1] if match else title,
            "",
            texts={"note": "\n\n".join(self.notes)},
            extra={"author": match[2] if match else ""},
            type=TYPE,
            highlights=tuple(mark.passage for mark in self.marks),
            created=min((mark.passage.created for mark in self.marks if mark.passage.created), default=None) or "",
        )


def _take(books: dict[str, _Book], clipping: str) -> Refusal | None:
    title, _, rest = clipping.strip().partition("\n")
    where, _, words = rest.strip("\n").partition("\n")
    title, words = shaping.line(title), words.strip()
    if not where.startswith("-"):
        return Refusal(title[: shaping.SHORT_TITLE], NO_SHAPE)
    kind, at, when = _told(where[:LONGEST_PLACE])
    book = books.setdefault(title, _Book())
    if _BOOKMARK.search(kind):
        return None
    if not words or _LIMIT.fullmatch(words):
        return Refusal(title[: shaping.SHORT_TITLE], NO_TEXT)
    if _NOTE.search(kind):
        book.note(at[1], words)
    else:
        book.mark(*at, Passage(words, created=when))
    return None


def _told(where: str) -> tuple[str, tuple[int, int], datetime | None]:
    """What kind of clipping, its first and last place, and when it was made."""
    parts = where.split("|")
    found = _PLACE.findall(" ".join(parts[:-1]) if len(parts) > 1 else where)
    first, last = found[-1] if found else ("0", "")
    end = last if len(last) >= len(first) else first[: len(first) - len(last)] + last
    return fold(where if len(parts) < 2 else " ".join(parts[:-1])), (int(first), int(end or first)), _when(parts[-1])


def _when(words: str) -> datetime | None:
    day = _day(fold(words))
    time = _TIME.search(words)
    if day is None or time is None:
        return dates.parse(day) if day else None
    hour = int(time[2])
    half = (time[5] or "").lower()
    late = half == "p" or time[1] in ("下午", "午後")
    hour = hour % 12 + 12 if late else hour % 12 if half == "a" or time[1] in ("上午", "午前") else hour
    return dates.parse(f"{day} {hour:02}:{time[3]}:{time[4] or '00'}")


def _day(words: str) -> str:
    if match := _DAY_IN_SIGNS.search(words):
        year, month, day = map(int, match.groups())
        return f"{year:04}-{month:02}-{day:02}"
    for match, (day, month, year) in (
        *((match, (1, 2, 3)) for match in _DAY.finditer(words)),
        *((match, (2, 1, 3)) for match in _DAY_LAST.finditer(words)),
    ):
        number = _MONTH.get(match[month][:3]) or _MONTH.get(match[month][:4])
        if number:
            return f"{int(match[year]):04}-{number:02}-{int(match[day]):02}"
    return ""


def _holds(longer: str, shorter: str) -> bool:
    return shorter in longer or longer in shorter
