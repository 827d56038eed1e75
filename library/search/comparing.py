"""Whether the index says what the library says, part by part: for `check_library`, which trusts no checksum alone."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from zlib import crc32

from django.db import DatabaseError, connection

from library.models import SearchDocument, SearchLanguage, SearchWord, User
from library.search import postgres
from library.search.documents import FIELDS, OWNER_SHIFT, Document
from library.search.fts5 import columns_of

Pairs = Sequence[tuple[SearchDocument, Document]]
Same = Callable[[Pairs], set[int]]
CHUNK = 5_000
TERMS = "CREATE VIRTUAL TABLE temp.search_terms USING fts5vocab(main, library_searchindex, instance)"
TERMS_OF_ALL = "SELECT doc, col, offset, term FROM temp.search_terms"
TERMS_OF_SOME = TERMS_OF_ALL + " WHERE doc IN (SELECT value FROM json_each(%s))"  # noqa: S608 - words of ours
IS_SAME = "SELECT vector = %s::tsvector AND layers = %s::tsvector FROM library_searchdocument WHERE number = %s"


def faults(documents: Sequence[Document], same: Same) -> Iterator[str]:
    """What the index says otherwise than these documents, in sentences. `same` comes from `texts`."""
    rows = SearchDocument.objects.in_bulk([one.link_id for one in documents], field_name="link_id")
    current = []
    for one in documents:
        row = rows.get(one.link_id)
        if row is None:
            yield f"The search index lacks article {one.link_id}."
        elif row.checksum != one.checksum:
            yield f"The search index says something else than article {one.link_id}."
        else:
            current.append((row, one))
    kept = same(current)
    for row, one in current:
        yield from _misplaced(row, one)
        if row.number not in kept:
            yield f"The search index has other words than those of article {one.link_id}."
    yield from _unknown_words(current)
    yield from _unknown_languages(current)


def of_nobody() -> Iterator[str]:
    """What the index still knows of readers who are not there."""
    for rows, what in ((SearchWord.objects.all(), "words"), (SearchLanguage.objects.all(), "languages")):
        gone = rows.exclude(owner_id__in=User.objects.values("pk")).order_by("owner_id")
        for owner_id in gone.values_list("owner_id", flat=True).distinct():
            yield f"The search index still holds {what} of reader {owner_id}, who is not there."


def texts() -> Same:
    """Tells which documents the index of words has as they are, by their numbers."""
    if connection.vendor != "sqlite":
        return _same_on_postgres
    # A table of FTS5 without content can't be asked for a document. All of it is read once, in the order of its terms.
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS temp.search_terms")
        cursor.execute(TERMS)
    found = _fingerprints(TERMS_OF_ALL)
    return lambda current: _same_on_sqlite(current, found)


def _same_on_sqlite(current: Pairs, found: dict[int, int]) -> set[int]:
    """What was indexed after all was read is read again."""
    wanted = {row.number: _fingerprint(one) for row, one in current}
    same = {number for number in wanted if found.get(number) == wanted[number]}
    if late := wanted.keys() - same:
        again = _fingerprints(TERMS_OF_SOME, json.dumps(sorted(late)))
        same |= {number for number in late if again.get(number) == wanted[number]}
    return same


def _fingerprints(statement: str, *values: str) -> dict[int, int]:
    """Of each document the sum of what its terms and their places make. A damaged index tells what it still can."""
    found: dict[int, int] = defaultdict(int)
    with suppress(DatabaseError), connection.cursor() as cursor:
        cursor.execute(statement, values)
        for number, field, place, term in cursor:
            found[number] += _print(field, place, term)
    return found


def _fingerprint(document: Document) -> int:
    columns = zip(FIELDS, columns_of(document), strict=True)
    return sum(_print(field, *each) for field, terms in columns for each in enumerate(terms.split()))


def _print(field: str, place: int, term: str) -> int:
    return crc32(f"{field} {term}".encode()) * (place + 1)


def _same_on_postgres(current: Pairs) -> set[int]:
    same = set()
    with connection.cursor() as cursor:
        for row, one in current:
            cursor.execute(IS_SAME, [*postgres.vectors_of(one), row.number])
            if cursor.fetchone()[0]:
                same.add(row.number)
    return same


def _misplaced(row: SearchDocument, one: Document) -> Iterator[str]:
    if row.owner_id != one.owner_id or row.number >> OWNER_SHIFT != one.owner_id:
        yield f"The search index has article {one.link_id} among those of another reader."
    elif row.number < one.wanted_number:
        yield f"The search index has article {one.link_id} at another date."
    if row.cut != one.is_cut:
        yield f"The search index is wrong about how much of article {one.link_id} it has."


def _unknown_words(current: Pairs) -> Iterator[str]:
    words: dict[int, set[str]] = defaultdict(set)
    for _, one in current:
        words[one.owner_id] |= one.words
    for owner_id, wanted in words.items():
        missing = sorted(wanted - _known(owner_id, list(wanted)))
        if missing:
            more = f" and {len(missing) - 1:,} more" if len(missing) > 1 else ""
            yield f"The words that spelling is compared with lack “{missing[0]}”{more} of reader {owner_id}."


def _known(owner_id: int, words: list[str]) -> set[str]:
    mine = SearchWord.objects.filter(owner_id=owner_id)
    found = (mine.filter(word__in=words[place : place + CHUNK]) for place in range(0, len(words), CHUNK))
    return {word for rows in found for word in rows.values_list("word", flat=True)}


def _unknown_languages(current: Pairs) -> Iterator[str]:
    wanted = {(one.owner_id, language) for _, one in current for language in one.languages}
    mine = SearchLanguage.objects.filter(owner_id__in={owner_id for owner_id, _ in wanted})
    for owner_id, language in sorted(wanted - set(mine.values_list("owner_id", "language"))):
        yield f"Search does not ask for stems in the language “{language}”, which texts of reader {owner_id} have."
