"""The index in SQLite: an FTS5 table whose rowid is the document's number.

A word that a reader typed stands in quotation marks wherever it reaches FTS5, so its query syntax never does.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from django.db import connection

from library.search.documents import WEIGHTS, Document, first_number
from library.search.plan import Plan
from library.search.query import Words, tokens

SOURCE = "library_searchindex AS t"
KEY = "t.rowid"
# Words of our own, among the tags, begin with characters for private use: a query never holds those.
TAG_MARK, TITLE_MARK, EVERY_MARK = "\uf8fd", "\uf8fe", "\uf8ff"
# bm25 takes 1 µs for each document that it looks at, besides the time to count each word's documents. Of more
# matches than RANKED, the newest and those with the words in their titles are ranked. The best BEST are shown.
RANKED, TITLED, BEST = 1_000, 500, 1_000
SAMPLE = 1_000
MERGE_PAGES = 500

INSERT_DOCUMENT = "INSERT INTO library_searchdocument (number, owner_id, link_id, checksum) VALUES (%s, %s, %s, %s)"
INSERT_TEXTS = (
    "INSERT OR REPLACE INTO library_searchindex (rowid, title, overview, summary, article, notes, tags) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s)"
)
SAMPLE_COUNTS = """
SELECT {counts} FROM (SELECT number AS begins FROM library_searchdocument WHERE number >= %s AND number < %s
ORDER BY number DESC LIMIT 1 OFFSET %s) AS sample
"""
COUNT_FROM_SAMPLE = """
(SELECT count(*) FROM library_searchindex
WHERE library_searchindex MATCH %s AND rowid BETWEEN sample.begins AND %s)
"""
VERSION = """
SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'library_searchpending'),
    (SELECT number FROM library_revision WHERE owner_id = %s),
    EXISTS (SELECT 1 FROM library_searchpending WHERE owner_id = %s)
"""
# `ORDER BY rank` would be slower than the function written out (40% measured).
SCORES = f"""
SELECT t.rowid, bm25(library_searchindex, {", ".join(map(str, WEIGHTS.values()))})
FROM library_searchindex AS t WHERE library_searchindex MATCH %s AND t.rowid BETWEEN %s AND %s
"""  # noqa: S608 - numbers of ours
# The sign keeps FTS5 from looking up each of them, which takes it milliseconds a piece.
AMONG = " AND +t.rowid IN (SELECT value FROM json_each(%s))"


def version(owner_id: int) -> tuple[int, int] | None:
    """Numbers that grow with every change of an indexed text and of a listed field, in that change's transaction.

    None while some change waits to be indexed.
    """
    with connection.cursor() as cursor:
        cursor.execute(VERSION, [owner_id, owner_id])
        sequence, revision, waits = cursor.fetchone()
    return None if waits else (sequence or 0, revision or 0)


def lock() -> None:
    """Nothing to do: a transaction that writes holds SQLite's one lock from its beginning."""


def insert(numbered: Sequence[tuple[int, Document]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            INSERT_DOCUMENT, [(number, one.owner_id, one.link_id, one.checksum) for number, one in numbered]
        )
        cursor.executemany(INSERT_TEXTS, [(number, *one.plain_texts(), tag_column(one)) for number, one in numbered])


def tag_column(document: Document) -> str:
    """The tags' names; a word for each tag itself, so that C and C++ differ; the title's words, to be found
    without reading through those of all texts; a word that every document has, to ask for all but some."""
    names = (name for _, name in document.tags)
    title = (TITLE_MARK + word for word in tokens(document.title))
    return " ".join((*names, *map(tag_word, document.tag_ids), *title, EVERY_MARK))


def tag_word(tag_id: int) -> str:
    return f"{TAG_MARK}{tag_id}"


def match(plan: Plan) -> tuple[str, list[Any]]:
    """The SQL condition that the plan's words and tags make, within its owner's documents."""
    sql = "library_searchindex MATCH %s AND t.rowid >= %s AND t.rowid < %s"
    return sql, [expression(plan), first_number(plan.owner_id), first_number(plan.owner_id + 1)]


def expression(plan: Plan) -> str:
    """What FTS5 is asked for."""
    words = [quoted(one, TITLE_MARK if plan.in_title else "") for one in plan.words]
    # FTS5 goes from one match of the first to the next and looks for the others: the rarer ones come first.
    wanted = [*(f'"{tag_word(tag)}"' for tag in plan.tags), *words]
    unwanted = [*map(quoted, plan.without_words), *(f'"{tag_word(tag)}"' for tag in plan.without_tags)]
    found = " AND ".join(wanted) or f'"{EVERY_MARK}"'
    return f"({found}) NOT ({' OR '.join(unwanted)})" if unwanted else found


def quoted(words: Words, mark: str = "") -> str:
    """Words for FTS5, in quotation marks. It knows the beginnings of stems only, so longer words are named to it."""
    asked = [f'"{" ".join(mark + token for token in tokens)}"' for tokens in words.spellings()]
    if words.prefix:
        asked[0] += " *"
    return asked[0] if len(asked) == 1 else f"({' OR '.join(asked)})"


def reading() -> nullcontext[None]:
    """Nothing has to be prepared for reading the index."""
    return nullcontext()


def best(plan: Plan, newest: Callable[[Plan, int], list[int]], most: int) -> list[int]:
    """Up to `most` numbers of matches, best first. `newest` finds so many of the newest matches of a plan."""
    telling, in_title = telling_words(plan), replace(plan, in_title=True)
    if not telling:
        return list(dict.fromkeys((*newest(in_title, most), *newest(plan, most))))[:most]
    found = newest(plan, RANKED)
    if len(found) < RANKED:
        narrower = bool(plan.conditions) or len(telling) < len(plan.words)
        scores = _scores(expression(replace(plan, words=telling)), found, narrower)
    else:
        # Tags would cost bm25 time and say nothing; who has them is among those found.
        asked, narrower = Plan(plan.owner_id, telling), plan != Plan(plan.owner_id, telling)
        scores = _scores(expression(asked), found, narrower)
        both = f"{expression(asked)} AND {expression(replace(asked, in_title=True))}"
        scores |= _scores(both, newest(in_title, TITLED), narrower)
    return sorted(scores, key=lambda number: (scores[number], -number))[:most]


def telling_words(plan: Plan) -> list[Words]:
    """Without those in more than half of the articles: bm25 gives such a word next to no weight, and it costs
    the most to rank by. A sample of the newest articles tells; in a small library every word may stay."""
    first, last = first_number(plan.owner_id), first_number(plan.owner_id + 1)
    words = [words for words in plan.words if not words.prefix]
    if not words:
        return plan.words
    counts = ", ".join([COUNT_FROM_SAMPLE] * len(words))
    asked = [value for one in words for value in (quoted(one), last)]
    with connection.cursor() as cursor:
        cursor.execute(SAMPLE_COUNTS.format(counts=counts), [*asked, first, last, SAMPLE - 1])
        found = cursor.fetchone() or [0] * len(words)
    common = {one for one, count in zip(words, found, strict=True) if count > SAMPLE // 2}
    return [one for one in plan.words if one not in common]


def _scores(asked: str, found: list[int], narrower: bool) -> dict[int, float]:
    """bm25 of `found` (newest first) for what is `asked`; lower is better. `narrower`: that finds more than `found`."""
    if not found:
        return {}
    among = [json.dumps(found)] if narrower else []
    with connection.cursor() as cursor:
        cursor.execute(SCORES + AMONG * narrower, [asked, found[-1], found[0], *among])
        return dict(cursor.fetchall())


def clear() -> None:
    """Empty the index, whatever state it is in."""
    with connection.cursor() as cursor:
        if _is_contentless():
            cursor.execute("INSERT INTO library_searchindex (library_searchindex) VALUES ('delete-all')")
        else:
            cursor.execute("DELETE FROM library_searchindex")


def tidy() -> bool:
    """Merge some pages of the index, a short transaction. True if it did something: then there may be more to do."""
    with connection.cursor() as cursor:
        before = cursor.connection.total_changes
        cursor.execute(
            "INSERT INTO library_searchindex (library_searchindex, rank) VALUES ('merge', %s)", [MERGE_PAGES]
        )
        return bool(cursor.connection.total_changes - before > 1)


def faults() -> list[str]:
    """What is wrong inside the index, in sentences."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM library_searchdocument WHERE number NOT IN "
                       "(SELECT id FROM library_searchindex_docsize)")  # fmt: skip
        missing = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM library_searchindex_docsize WHERE id NOT IN "
                       "(SELECT number FROM library_searchdocument)")  # fmt: skip
        extra = cursor.fetchone()[0]
    found = []
    if missing:
        found.append(f"The search index lacks the texts of {missing} articles.")
    if extra:
        found.append(f"The search index holds {extra} texts that belong to no article.")
    return found


def _is_contentless() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql LIKE '%%content=''''%%' FROM sqlite_master WHERE name = 'library_searchindex'")
        return bool(cursor.fetchone()[0])
