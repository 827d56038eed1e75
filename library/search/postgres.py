"""The index in PostgreSQL: a weighted tsvector beside each document's number."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from library.search.documents import WEIGHTS, Document, first_number
from library.search.plan import Plan
from library.search.query import Words

SOURCE = "library_searchdocument AS t"
KEY = "t.number"
# PostgreSQL takes no tsvector over 1 MB. A word costs its bytes and up to five more, a byte of text at most
# two of a tsvector: so much text of one document fits whatever it says. What comes after it is not found.
INDEXED_BYTES = 500_000
# ts_rank reads each document's whole tsvector, some 10 µs: of more matches, only the newest are ranked and shown.
RANKED = BEST = 500
LOCK_KEY = 0x636F6D6D  # any number of our own

INSERT = """
INSERT INTO library_searchdocument (number, owner_id, link_id, checksum, vector) VALUES (%s, %s, %s, %s,
    setweight(to_tsvector('commonplace', %s), 'A') || setweight(to_tsvector('commonplace', %s), 'B') ||
    setweight(to_tsvector('commonplace', %s), 'C') || setweight(to_tsvector('commonplace', %s), 'D') ||
    array_to_tsvector(%s))
"""
# The four classes of a tsvector, D to A, weigh as their first field does in WEIGHTS, A being 1.
CLASS_WEIGHTS = [WEIGHTS[name] / WEIGHTS["title"] for name in ("article", "summary", "overview", "title")]
# 1: a rank is divided by the logarithm of the document's length.
RANK = """
SELECT number FROM library_searchdocument WHERE number = ANY(%s)
ORDER BY ts_rank(%s::float4[], vector, to_tsquery('commonplace', %s), 1) DESC, number DESC LIMIT %s
"""
EVERY_WORD = "#"  # every document has it, to ask for all but some; no text does, since # is no letter
_BETWEEN_WORDS = re.compile(r"[\W_]+")


def version(owner_id: int) -> None:
    """None: a sequence of PostgreSQL grows before the change is committed, so no count may be kept under it."""


def lock() -> None:
    """Until the transaction ends, no other process reads texts for the index or writes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])


def insert(numbered: Sequence[tuple[int, Document]]) -> None:
    rows: list[tuple[Any, ...]] = [
        (
            number,
            one.owner_id,
            one.link_id,
            one.checksum,
            *weighted_texts(one),
            [*map(tag_word, one.tag_ids), EVERY_WORD],
        )
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
    """A word for the tag itself, so that C and C++ differ."""
    return f"{EVERY_WORD}{tag_id}"


def match(plan: Plan) -> tuple[str, list[Any]]:
    """The SQL condition that the plan's words and tags make, within its owner's documents."""
    edges = [first_number(plan.owner_id), first_number(plan.owner_id + 1)]
    words = [*map(phrase, plan.words), *(f"!{phrase(words)}" for words in plan.without_words)]
    tags = [*(f"'{tag_word(tag)}'" for tag in plan.tags), *(f"!'{tag_word(tag)}'" for tag in plan.without_tags)]
    if not plan.words and not plan.tags:
        tags.append(f"'{EVERY_WORD}'")  # the index can only leave out from what it has found
    queries = ["%s::tsquery"] * bool(tags) + ["to_tsquery('commonplace', %s)"] * bool(words)
    sql = f"t.number >= %s AND t.number < %s AND t.vector @@ ({' && '.join(queries)})"
    return sql, [*edges, *(" & ".join(asked) for asked in (tags, words) if asked)]


@contextmanager
def reading() -> Iterator[None]:
    """Where most documents have a word, the planner would rather read the words of every document than the index.

    It does not know that they are stored apart: that took 40 times as long.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        yield
        cursor.execute("SET LOCAL enable_seqscan = on")


def best(plan: Plan, newest: Callable[[Plan, int], list[int]], most: int) -> list[int]:
    """Up to `most` numbers of matches, best first. `newest` finds so many of the newest matches of a plan."""
    with connection.cursor() as cursor:
        asked = " & ".join(map(phrase, plan.words))
        cursor.execute(RANK, [newest(plan, RANKED), CLASS_WEIGHTS, asked, most])
        return [row[0] for row in cursor.fetchall()]


def phrase(words: Words) -> str:
    """Words for to_tsquery: nothing but letters and digits, so that its syntax is ours alone."""
    asked = [" <-> ".join(words_only(" ".join(tokens)).split()) for tokens in words.spellings()]
    if words.prefix:
        asked[0] += ":*"
    return f"({' | '.join(asked)})"


def clear() -> None:
    """Nothing beside the documents' rows holds anything."""


def tidy() -> bool:
    """Work the newest words into the index: until then, every search reads through them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('search_document_words') > 0")
        return bool(cursor.fetchone()[0])


def faults() -> list[str]:
    """What is wrong inside the index, in sentences."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM library_searchdocument WHERE vector IS NULL")
        missing = cursor.fetchone()[0]
    return [f"The search index lacks the texts of {missing} articles."] if missing else []
