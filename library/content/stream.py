"""A large JSON object read value by value, so that it never lies in memory as a whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from sys import getsizeof
from typing import IO, Any, NamedTuple

CHUNK = 1024 * 1024
LONGEST = 29_000_000
"""So many characters one value can have: the largest file that an import takes, in base64, and what is around it."""
LARGEST = 48 * 1024 * 1024
"""So many bytes its text can take in memory: with a single emoji in it, four times its characters."""
MOST_PARTS = 250_000
"""So many values one value can hold: each takes up to a hundred times its text in memory."""
_BLANK = re.compile(r"[\s,]*")
_SIGN = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[{,\]}]', re.DOTALL)
# After a number that was cut off; the empty text is the end of what was read.
_GO_ON = ("", ".", "e", "E")


class Broken(ValueError):
    """What is read is no JSON object, breaks off, or is larger than any export; the message is a sentence."""


class Entry(NamedTuple):
    """A value with the key under which it stands, and of how many characters it was made."""

    key: str
    value: Any
    length: int


def _no_number(name: str) -> None:
    raise Broken(f"It says {name} where a number belongs.")


_DECODER = json.JSONDecoder(parse_constant=_no_number)


def _decoded(text: str, place: int) -> tuple[Any, int]:
    """A value and where it ends. Raises JSONDecodeError where it is not whole yet."""
    try:
        return _DECODER.raw_decode(text, place)
    except RecursionError as error:
        raise Broken("It is nested too deeply.") from error
    except (json.JSONDecodeError, Broken):
        raise
    except ValueError as error:
        raise Broken("It has a number of thousands of digits.") from error


class Reader:
    """The text that was read and not used yet."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream, self._text, self._place = stream, "", 0
        self.length = 0

    def sign(self) -> str:
        """The next sign that is no blank and no comma; it stays."""
        while True:
            match = _BLANK.match(self._text, self._place)
            self._place = match.end() if match else self._place
            if self._place < len(self._text):
                return self._text[self._place]
            if not self._more():
                raise Broken("It breaks off.")

    def skip(self, sign: str) -> None:
        if self.sign() != sign:
            raise Broken(f"It has no {sign} where one belongs.")
        self._place += 1

    def value(self) -> Any:
        """Read on until a value is whole; each time twice as much, so that a long one costs little more."""
        self.sign()
        size = CHUNK
        while True:
            try:
                found, end = _decoded(self._text, self._place)
            except json.JSONDecodeError as error:
                self._go_on(size, error)
                size *= 2
                continue
            if self._text[end : end + 1] in _GO_ON and isinstance(found, int | float) and self._more():
                continue
            self.length, self._place = end - self._place, end
            if end > 2 * CHUNK:  # not kept beside what was made of it
                self._text, self._place = self._text[end:], 0
            return found

    def _go_on(self, size: int, error: json.JSONDecodeError) -> None:
        there = len(self._text) - self._place
        if there > LONGEST or getsizeof(self._text) > LARGEST:
            raise Broken(f"A value in it has more than {min(there, LONGEST):,} characters.") from error
        if not self._more(min(size, LONGEST + 1 - there)):
            raise Broken(f"It is no JSON, or breaks off: {error.msg}.") from error
        self._check_parts()

    def _check_parts(self) -> None:
        """Before they are made, since each may take a hundred times its text."""
        depth = parts = 0
        for match in _SIGN.finditer(self._text, self._place):
            sign = match[0][0]
            depth += (sign in "[{") - (sign in "]}")
            parts += sign in "[{,"
            if parts > MOST_PARTS:
                raise Broken(f"A value in it holds more than {MOST_PARTS:,} others.")
            if depth <= 0:
                return

    def _more(self, size: int = CHUNK) -> bool:
        self._text, self._place = self._text[self._place :], 0
        added = self._stream.read(size)
        self._text += added
        return bool(added)


def entries(stream: IO[str], inner: Mapping[str, str] | None = None) -> Iterator[Entry]:
    """The values of an object; of a value that is a list, each of its items.

    Of the objects in the list `key` of `inner`, the list `inner[key]` at their end is read item by item too: first
    comes the object without it, then its items under that list's name.
    """
    reader = Reader(stream)
    for key in _keys(reader):
        if reader.sign() != "[":
            yield Entry(key, reader.value(), reader.length)
            continue
        within = (inner or {}).get(key, "")
        for _ in _items(reader):
            if within and reader.sign() == "{":
                yield from _opened(reader, key, within)
            else:
                yield Entry(key, reader.value(), reader.length)


def _opened(reader: Reader, key: str, within: str) -> Iterator[Entry]:
    said: dict[str, Any] = {}
    length = 0
    for name in _keys(reader):
        if name == within and reader.sign() == "[":
            yield Entry(key, said, length)
            for _ in _items(reader):
                yield Entry(within, reader.value(), reader.length)
            if reader.sign() != "}":
                raise Broken(f"Its list of {within} does not stand at the end.")
            reader.skip("}")
            return
        said[name] = reader.value()
        length += reader.length
        if length > LONGEST:
            raise Broken(f"A value in it has more than {LONGEST:,} characters.")
    yield Entry(key, said, length)


def _keys(reader: Reader) -> Iterator[str]:
    """Those of an object; the caller reads the value of each."""
    reader.skip("{")
    while reader.sign() != "}":
        key = reader.value()
        if not isinstance(key, str):
            raise Broken("It has a key that is no text.")
        reader.skip(":")
        yield key
    reader.skip("}")


def _items(reader: Reader) -> Iterator[None]:
    """As many as a list has; the caller reads each."""
    reader.skip("[")
    while reader.sign() != "]":
        yield None
    reader.skip("]")
