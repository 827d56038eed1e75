"""JSON from strangers: recognised by the keys at its beginning, and read within bounds.

Of a key that comes twice in one object the last counts, as in the browsers and tools that write JSON.
"""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from library.importers.formats.decoding import decode, looks_binary
from library.importers.record import HoldsNone, ImportFile, NotARecord, Refusal

HEAD = 64 * 1024
# `[]` again and again would take thirty times its size in memory.
MAX_CONTAINERS, MAX_ENTRIES = 1_000_000, 200_000

_KEY = re.compile(r'(?<!\\)"([^"\\\n]{1,60})"\s{0,20}:')


def keys(file: ImportFile) -> frozenset[str]:
    """The keys in the file's beginning, wherever they stand; none where it is no JSON."""
    return _keys(file.data[:HEAD]) if _first(file.data) else frozenset()


@lru_cache(maxsize=4)
def _keys(head: bytes) -> frozenset[str]:
    if looks_binary(head):
        return frozenset()
    return frozenset(_KEY.findall(decode(head)[0]))


def starts_with(file: ImportFile, sign: str) -> bool:
    """Whether the outermost value is a list ("[") or an object ("{")."""
    return _first(file.data) == sign


def _first(data: bytes) -> str:
    """The sign with which the outermost value begins; blank for what is neither list nor object."""
    text = decode(data[:200])[0].lstrip()
    return text[0] if text.startswith(("[", "{")) else ""


def load(file: ImportFile) -> Any:
    """What the file says. Raises NotARecord with the reason and the place where it can't be read."""
    text, _ = decode(file.data)
    if text.count("[") + text.count("{") > MAX_CONTAINERS:
        raise NotARecord("The file holds more than a million lists and objects. Export it in several parts.")
    try:
        return json.loads(text, parse_constant=lambda name: None)
    except json.JSONDecodeError as error:
        raise NotARecord(
            f"The file is damaged: from line {error.lineno}, column {error.colno} on it is no valid JSON. "
            "Export it again."
        ) from error
    except RecursionError as error:
        raise NotARecord("The file's lists and objects are nested too deeply for any export.") from error
    except ValueError as error:
        raise NotARecord("The file holds a number of thousands of digits, which no export has.") from error


def entries(value: object, what: str) -> Iterator[dict[str, Any] | Refusal]:
    """The objects of a list, with a Refusal for all else that is in it. `what` names them in sentences."""
    if not isinstance(value, list):
        raise NotARecord(f"The file has no list of {what} where one belongs. Export it again.")
    if len(value) > MAX_ENTRIES:
        raise NotARecord(f"The file has more than {MAX_ENTRIES:,} {what}. Export it in several parts.")
    if not value:
        raise HoldsNone(f"Its list of {what} is empty.")
    for number, item in enumerate(value, 1):
        if isinstance(item, dict):
            yield item
        else:
            yield Refusal(f"Number {number}", f"Number {number} of the {what} can't be read: it has no fields.")
