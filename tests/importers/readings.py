"""Reads files in a format as the engine does, for tests without a database."""

import json
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from library.importers.formats import format_of
from library.importers.record import ImportFile, Record, Refusal


class Files:
    """A package held in memory."""

    def __init__(self, files: dict[str, str | bytes]) -> None:
        self.files = files

    def names(self) -> Sequence[str]:
        return sorted(self.files, key=lambda name: name.split("/"))

    def read(self, name: str) -> bytes:
        data = self.files[name]
        return data if isinstance(data, bytes) else data.encode()

    def file(self, inner: str) -> ImportFile:
        return ImportFile(f"export.zip/{inner}", self.read(inner), package=self, inner=inner)


def file_of(content: str | bytes | list[Any] | dict[str, Any], name: str = "export") -> ImportFile:
    """A file that came alone; lists and objects are written as JSON."""
    written = content if isinstance(content, str | bytes) else json.dumps(content)
    return ImportFile(name, written if isinstance(written, bytes) else written.encode())


def read_all(module: ModuleType, content: Any) -> list[Record | Refusal]:
    """What is in the file, which its own format alone must recognise."""
    file = content if isinstance(content, ImportFile) else file_of(content)
    assert format_of(file) is module
    return list(module.read(file))


def records(module: ModuleType, content: Any) -> list[Record]:
    """What is in the file, of which nothing may be refused."""
    found = read_all(module, content)
    assert [each for each in found if isinstance(each, Refusal)] == []
    return [each for each in found if isinstance(each, Record)]


def refusals(module: ModuleType, content: Any) -> list[str]:
    return [each.why for each in read_all(module, content) if isinstance(each, Refusal)]


def texts(record: Record) -> dict[str, str]:
    return {text.kind: text.text for text in record.texts}
