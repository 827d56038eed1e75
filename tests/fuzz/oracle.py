"""What must hold of whatever a format makes of whatever bytes."""

import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NoReturn
from unittest.mock import patch

from library.content.text import clean_text, fold
from library.importers import preparing
from library.importers.preparing import Reading, Wishes, prepare
from library.importers.record import Record
from library.models import State
from library.models.sections import Kind
from tests.fuzz.seeds import Seed

SENTENCE_ENDS = (".", '"', "”", "…")


def reading_of(seed: Seed, named: str = "") -> Reading:
    """As the import reads it; by the named format if that recognises it, else by the one that does.

    What the import would only log is raised. Every other file is also looked at, as before an import.
    """
    file, looks = seed.file(), len(seed.data) % 2 == 1
    with patch.object(preparing.logger, "exception", raised):
        by_name = prepare(file, Wishes(named, looks=looks)) if named else None
        if by_name and by_name.message not in (preparing.NOT_RECOGNISED, preparing.UNKNOWN_TABLE):
            return by_name
        return prepare(file, Wishes(looks=looks))


def raised(*said: object) -> NoReturn:
    problem = sys.exc_info()[1]
    assert problem
    raise problem


def check_seed(seed: Seed, named: str = "") -> str:
    """Fails where something doesn't hold. Returns what came of the file."""
    reading = reading_of(seed, named)
    size = len(seed.data) + sum(map(len, seed.beside.values()))
    assert reading.count <= size + 1
    assert reading.count or reading.outcome
    check_sentences(reading)
    for prepared in reading.records:
        check_record(prepared.record, size)
        assert prepared.key and len(prepared.key) <= 1024 and len(prepared.key.encode()) <= 2400
        assert len(prepared.site) <= 255
    return "read" if reading.records else str(reading.outcome or "rejected")


def check_sentences(reading: Reading) -> None:
    said = [reading.message] if reading.outcome else []
    said += [refusal.why for _, refusal in reading.refused]
    said += [warning for prepared in reading.records for warning in prepared.warnings]
    for sentence in said:
        assert sentence[:1].strip() and sentence.endswith(SENTENCE_ENDS), sentence
        assert "Traceback" not in sentence and "Error" not in sentence.split('"')[0], sentence


def check_record(record: Record, size: int) -> None:
    written = list(strings(record))
    for text in written:
        assert clean_text(text) == text
    # A sign may become an escape of seven; a column's name is said again in each row, which rows() bounds.
    assert sum(map(len, written)) <= 64 * size + 20_000
    assert len(record.title) <= 2_000 and len(record.type) <= 100
    assert all(0 < len(tag) <= 100 and len(fold(tag)) <= 300 for tag in record.tags) and len(record.tags) <= 200
    assert 0 <= record.progress <= 100 and record.state in ("", *State.values)
    assert all(text.kind in Kind.values and len(text.heading) <= 255 for text in record.texts)
    assert len({text.key for text in record.texts}) == len(record.texts)
    assert all(passage.quote.strip() for passage in record.highlights)
    moments = [record.created, record.finished, *(passage.created for passage in record.highlights)]
    assert all(moment.utcoffset() == timedelta() for moment in moments if moment)


def strings(record: Record) -> Iterator[str]:
    """All that would be stored of it."""
    yield from (record.title, record.url, record.type, record.key, *record.tags, *record.attachments)
    for text in record.texts:
        yield from (text.text, text.heading)
    for passage in record.highlights:
        yield from (passage.quote, passage.note, passage.colour, *passage.tags)
    yield from _strings_in(record.extra)
    json.dumps(record.extra)


def _strings_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value if isinstance(value, list) else ():
        yield from _strings_in(inner)
    for key, inner in value.items() if isinstance(value, dict) else ():
        yield key
        yield from _strings_in(inner)
