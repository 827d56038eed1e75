"""The words of each reader's library: what a misspelt word is compared with, and where the beginnings of words lead."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence

from django.db import connection, transaction
from rapidfuzz import process
from rapidfuzz.distance import OSA

from library.content.words import LONGEST_NAME
from library.models import SearchLanguage, SearchWord
from library.models.rows import insert_rows
from library.search.documents import Document

LEARN = "INSERT INTO library_searchword (owner_id, word) SELECT %s, {words} ON CONFLICT DO NOTHING"
CANDIDATES = 12
OF_LENGTH = """
SELECT word FROM library_searchword
WHERE owner_id = %s AND word >= %s AND word < %s AND length(word) BETWEEN %s AND %s
"""


def learn(documents: Sequence[Document], more: set[str] | None = None) -> None:
    """Take in the words and languages of documents that are indexed in this transaction.

    Of texts that were made by a Lexicon, the words are the `more` that it has met: all of one owner. They are taken
    out of it when they are committed.
    """
    words: dict[int, set[str]] = defaultdict(set)
    for one in documents:
        words[one.owner_id] |= one.words
    if more and documents:
        words[documents[0].owner_id] |= more
        transaction.on_commit(more.clear)
    for owner_id, found in words.items():
        _learn(owner_id, sorted(found))
    languages = {(one.owner_id, language) for one in documents for language in one.languages}
    insert_rows(SearchLanguage, ("owner_id", "language"), sorted(languages), or_leave=True)


def _learn(owner_id: int, words: list[str]) -> None:
    """One statement for the thousands of words of a batch, of which nearly all are known."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(LEARN.format(words="value FROM json_each(%s) WHERE true"), [owner_id, json.dumps(words)])
        else:
            cursor.execute(LEARN.format(words="unnest(%s::varchar[])"), [owner_id, words])


def forget(owner_id: int | None) -> None:
    """Before everything is indexed anew."""
    for rows in (SearchWord.objects.all(), SearchLanguage.objects.all()):
        (rows if owner_id is None else rows.filter(owner_id=owner_id)).delete()


def beginning_with(owner_id: int, beginning: str, most: int) -> list[str]:
    """Words that begin so."""
    words = SearchWord.objects.filter(owner_id=owner_id, word__gte=beginning, word__lt=beginning + "\U0010ffff")
    return list(words.order_by("word").values_list("word", flat=True)[:most])


def known(owner_id: int, words: Sequence[str]) -> set[str]:
    """Those of the words that stand in this library."""
    return set(SearchWord.objects.filter(owner_id=owner_id, word__in=words).values_list("word", flat=True))


def nearest(owner_id: int, word: str) -> list[tuple[str, int]]:
    """Words of this library that are written nearly like `word`, and how far off they are, the nearest first.

    Two words are as near as the fewest letters to change, leave out, add or swap (optimal string alignment distance).
    Most misspellings keep the first letter, so all others are looked at only where those give nothing.
    """
    allowed = 1 if len(word) < 5 else 2
    for beginning in (word[0], ""):
        likely = _of_length(owner_id, beginning, len(word) - allowed, min(len(word) + allowed, LONGEST_NAME))
        near = process.extract(word, likely, scorer=OSA.distance, score_cutoff=allowed, limit=CANDIDATES + 1)
        if found := [(each, round(distance)) for each, distance, _ in near if each != word][:CANDIDATES]:
            return found
    return []


def _of_length(owner_id: int, beginning: str, shortest: int, longest: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(OF_LENGTH, [owner_id, beginning, beginning + "\U0010ffff", shortest, longest])
        return [word for (word,) in cursor.fetchall()]
