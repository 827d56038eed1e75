"""A large JSON object read value by value, so that it never lies in memory as a whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import IO, Any

CHUNK = 1024 * 1024
LONGEST = 256 * 1024 * 1024
"""So many characters one value can have."""
_BLANK = re.compile(r"[\s,]*")
# After a number that was cut off; the empty text is the end of what was read.
_GO_ON = ("", ".", "e", "E")
_DECODER = json.JSONDecoder()


class Broken(ValueError):
    """What is read is no JSON object, or breaks off."""


class Reader:
    """The text that was read and not used yet."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream, self._text, self._place = stream, "", 0

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
                found, end = _DECODER.raw_decode(self._text, self._place)
            except RecursionError as error:
                raise Broken("It is nested too deeply.") from error
            except json.JSONDecodeError as error:
                if len(self._text) - self._place > LONGEST or not self._more(size):
                    raise Broken(error.msg) from error
                size *= 2
                continue
            if self._text[end : end + 1] in _GO_ON and isinstance(found, int | float) and self._more():
                continue
            self._place = end
            return found

    def _more(self, size: int = CHUNK) -> bool:
        added = self._stream.read(size)
        self._text, self._place = self._text[self._place :] + added, 0
        return bool(added)


def entries(stream: IO[str]) -> Iterator[tuple[str, Any]]:
    """(key, value) of an object; of a value that is a list, (key, item) for each of its items."""
    reader = Reader(stream)
    reader.skip("{")
    while reader.sign() != "}":
        key = reader.value()
        reader.skip(":")
        if not isinstance(key, str):
            raise Broken("It has a key that is no text.")
        if reader.sign() != "[":
            yield key, reader.value()
            continue
        reader.skip("[")
        while reader.sign() != "]":
            yield key, reader.value()
        reader.skip("]")
