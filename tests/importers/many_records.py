"""A format for tests, in which one file holds many records: lines of JSON, each the fields of a Record."""

import json
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from library.importers.formats import FORMATS
from library.importers.record import HoldsNone, ImportFile, Passage, Record, Refusal, Text

SAVED = datetime(2025, 3, 1, tzinfo=UTC)


def recognise(file: ImportFile) -> bool:
    return file.name.endswith(".jsonl")


def read(file: ImportFile):
    lines = file.data.decode().splitlines()
    if lines == ["contents"]:
        raise HoldsNone("A table of contents.")
    for line in lines:
        fields = json.loads(line)
        yield Refusal(fields["title"], fields["refused"]) if "refused" in fields else record(**fields)


def record(article: str = "", note: str = "", highlights: Any = (), **fields: Any) -> Record:
    texts = [Text("article", article)] if article else []
    texts += [Text("note", note)] if note else []
    passages = tuple(Passage(**each) if isinstance(each, dict) else Passage(each) for each in highlights)
    for name in ("tags", "attachments"):
        fields[name] = tuple(fields.get(name, ()))
    fields["finished"] = datetime.fromisoformat(fields["finished"]) if "finished" in fields else None
    return Record(texts=tuple(texts), highlights=passages, created=SAVED, **fields)


def install(monkeypatch) -> None:
    module = ModuleType("lines")
    module.recognise, module.read = recognise, read
    monkeypatch.setitem(FORMATS, "lines", module)


def write_lines(file: Path, records: list[dict[str, Any]]) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(map(json.dumps, records)))
    return file.parent


def bookmarks(count: int, **fields: Any) -> list[dict[str, Any]]:
    return [{"title": f"Page {n}", "url": f"https://a.example/{n}", **fields} for n in range(count)]
