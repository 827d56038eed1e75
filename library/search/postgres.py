"""The index in PostgreSQL: a weighted tsvector beside each document's number."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from django.db import connection

from library.search.documents import Document

# PostgreSQL takes no tsvector over 1 MB. A word costs its bytes and up to five more, a byte of text at most
# two of a tsvector: so much text of one document fits whatever it says. What comes after it is not found.
INDEXED_BYTES = 500_000
LOCK_KEY = 0x636F6D6D  # any number of our own

INSERT = """
INSERT INTO library_searchdocument (number, owner_id, link_id, checksum, vector) VALUES (%s, %s, %s, %s,
    setweight(to_tsvector('commonplace', %s), 'A') || setweight(to_tsvector('commonplace', %s), 'B') ||
    setweight(to_tsvector('commonplace', %s), 'C') || setweight(to_tsvector('commonplace', %s), 'D') ||
    array_to_tsvector(%s))
"""
_BETWEEN_WORDS = re.compile(r"[\W_]+")


def lock() -> None:
    """Until the transaction ends, no other process reads texts for the index or writes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])


def insert(numbered: Sequence[tuple[int, Document]]) -> None:
    rows: list[tuple[Any, ...]] = [
        (number, one.owner_id, one.link_id, one.checksum, *weighted_texts(one), [tag_word(id) for id, _ in one.tags])
        for number, one in numbered
    ]
    with connection.cursor() as cursor:
        cursor.executemany(INSERT, rows)


def weighted_texts(document: Document) -> list[str]:
    """Four texts by weight: title; overview and tags; summary and notes; article."""
    title, overview, summary, article, notes = document.plain_texts()
    names = " ".join(name for _, name in document.tags)
    room, texts = INDEXED_BYTES, []
    for text in (title, f"{overview} {names}", f"{summary} {notes}", article):
        kept = words_only(text).encode(errors="replace")[:room]
        room -= len(kept)
        texts.append(kept.decode(errors="ignore"))
    return texts


def words_only(text: str) -> str:
    """Words as SQLite's unicode61 sees them: letters and digits, folded, without accents."""
    if not text.isascii():
        text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return _BETWEEN_WORDS.sub(" ", text.casefold())


def tag_word(tag_id: int) -> str:
    """A word for the tag itself, so that C and C++ differ; no text holds it, since # is no letter."""
    return f"#{tag_id}"


def clear() -> None:
    """Nothing beside the documents' rows holds anything."""


def faults() -> list[str]:
    """What is wrong inside the index, in sentences."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM library_searchdocument WHERE vector IS NULL")
        missing = cursor.fetchone()[0]
    return [f"The search index lacks the texts of {missing} articles."] if missing else []
