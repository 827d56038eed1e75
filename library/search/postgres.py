"""The index in PostgreSQL: tsvectors beside each document's number, made of the same terms as SQLite's.

`vector` has the title as A, overview and tags as B, summary, notes and highlights as C, the article as D. `layers`, for
`in:`, has notes, highlights, overview and summary apart: a tsvector tells no more than four classes.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from library.search.documents import WEIGHTS, Document
from library.search.plan import Edges, Found, Plan, Scored, Shares, Tagged, has_words
from library.search.query import All, Either, Not, Words

SOURCE = "library_searchdocument AS t"
KEY = "t.number"
# Positions beyond this are all the same to PostgreSQL, and more than so many of one word are not kept.
LAST_POSITION, MOST_POSITIONS = 16_383, 255
# ts_rank reads each document's whole tsvector, some 10 µs: of more matches than RANKED, the newest are ranked. The best
# BEST are shown. To find those with the words in their titles among more, it would read the tsvectors of all.
RANKED, BEST = 1_500, 500
SAMPLE = 300
LOCK_KEY = 0x636F6D6D  # any number of our own
EVERY = "#"  # every document has it, to ask for all but some; no text is indexed with it alone
CLASSES = {
    "title": "A", "overview": "B", "tags": "B", "summary": "C", "notes": "C", "highlights": "C", "article": "D",
}  # fmt: skip
LAYER_CLASSES = {"notes": "A", "highlights": "B", "overview": "C", "summary": "D"}
# bm25 lets what a field weighs saturate like any count of a word (its k1 is 1.2), ts_rank adds it up: the classes of a
# tsvector, D to A, take what is left of their field's weight, A being 1.
K1 = 1.2
CLASS_WEIGHTS = [
    WEIGHTS[name] / (WEIGHTS[name] + K1) * (1 + K1 / WEIGHTS["title"])
    for name in ("article", "summary", "overview", "title")
]

INSERT = """
INSERT INTO library_searchdocument (number, owner_id, link_id, checksum, cut, vector, layers)
VALUES (%s, %s, %s, %s, %s, %s::tsvector, %s::tsvector)
"""
# 1: a rank is divided by the logarithm of the document's length.
RANK = "SELECT t.number, {ranks} FROM library_searchdocument AS t WHERE t.number = ANY(%s)"
ONE_RANK = "ts_rank(%s::float4[], t.vector, %s::tsquery, 1) * %s"
SHARES = """
SELECT {counts} FROM (SELECT vector FROM library_searchdocument WHERE number >= %s AND number < %s
ORDER BY number DESC LIMIT %s) AS newest
"""


def version(owner_id: int) -> None:
    """None: a sequence of PostgreSQL grows before the change is committed, so no count may be kept under it."""


def lock() -> None:
    """Until the transaction ends, no other process reads texts for the index or writes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])


def insert(numbered: Sequence[tuple[int, Document]]) -> None:
    rows = [
        (number, one.owner_id, one.link_id, one.checksum, one.is_cut, *vectors_of(one)) for number, one in numbered
    ]
    with connection.cursor() as cursor:
        cursor.executemany(INSERT, rows)


def vectors_of(document: Document) -> tuple[str, str]:
    terms, tags = document.terms, [*map(_tag_term, document.tag_ids), EVERY]
    return _vector(terms, CLASSES, tags), _vector(terms, LAYER_CLASSES, [])


def _vector(terms: dict[str, str], classes: dict[str, str], bare: Iterable[str]) -> str:
    """A tsvector as text: each term with its positions and their class; a phrase does not reach from field to field."""
    positions: dict[str, list[str]] = defaultdict(list)
    place = 0
    for name, letter in classes.items():
        for term in terms[name].split():
            place += 1
            if len(positions[term]) < MOST_POSITIONS and place <= LAST_POSITION:
                positions[term].append(f"{place}{letter}")
        place += 1
    words = (f"'{term}':{','.join(found)}" if found else f"'{term}'" for term, found in positions.items())
    return " ".join([*words, *(f"'{word}'" for word in bare)])


def _tag_term(tag_id: int) -> str:
    """A term for the tag itself, so that C and C++ differ."""
    return f"{EVERY}{tag_id}"


def match(plan: Plan, edges: Edges) -> tuple[str, list[Any]]:
    """The SQL condition that the plan's words and tags make, from one number to another."""
    sql, parameters = _clause(All(plan.index), plan.languages, "t")
    return f"t.number >= %s AND t.number < %s AND {sql}", [*edges, *parameters]


def contains(plan: Plan, part: Any) -> tuple[str, list[Any]]:
    """SQL that holds where the document called d matches a part of the plan's query."""
    return _clause(part, plan.languages, "d")


def _clause(part: Any, languages: Sequence[str], table: str) -> tuple[str, list[Any]]:
    """One tsquery where all of the part can be asked of one tsvector; else SQL over both."""
    if not _asks_layers(part):
        # The index can only leave out from what it has found.
        asked = _tsquery(part, languages)
        return f"{table}.vector @@ %s::tsquery", [f"'{EVERY}' & {asked}" if "!" in asked else asked]
    if isinstance(part, Words):
        return _layers(part, languages, table)
    if isinstance(part, Not):
        sql, parameters = _clause(part.part, languages, table)
        return f"NOT ({sql})", parameters
    made = [_clause(each, languages, table) for each in part.parts]
    word = " OR " if isinstance(part, Either) else " AND "
    return f"({word.join(sql for sql, _ in made)})", [value for _, values in made for value in values]


def _asks_layers(part: Any) -> bool:
    if isinstance(part, Words):
        return bool(part.places) and not set(part.places) <= {"title", "article"}
    if isinstance(part, Not):
        return _asks_layers(part.part)
    return isinstance(part, All | Either) and any(map(_asks_layers, part.parts))


def _layers(words: Words, languages: Sequence[str], table: str) -> tuple[str, list[Any]]:
    """Words in some parts of an article, of which `layers` tells four apart and `vector` the other two."""
    asked = []
    for column, classes in (("layers", LAYER_CLASSES), ("vector", {"title": "A", "article": "D"})):
        letters = "".join(classes[place] for place in words.places if place in classes)
        if letters:
            asked.append((f"{table}.{column} @@ %s::tsquery", _phrase(words, languages, letters)))
    return f"({' OR '.join(sql for sql, _ in asked)})", [query for _, query in asked]


def _tsquery(part: Any, languages: Sequence[str]) -> str:
    if isinstance(part, Words):
        letters = "".join(CLASSES[place] for place in part.places)
        return _phrase(part, languages, letters)
    if isinstance(part, Tagged):
        return f"'{_tag_term(part.tag_id)}'"
    if isinstance(part, Not):
        return f"!{_tsquery(part.part, languages)}"
    word = " | " if isinstance(part, Either) else " & "
    return f"({word.join(_tsquery(each, languages) for each in part.parts)})" if part.parts else f"'{EVERY}'"


def _phrase(words: Words, languages: Sequence[str], letters: str = "") -> str:
    """The terms that the words may have become. A term holds nothing that a tsquery would read as its own syntax."""
    asked = []
    for terms in words.spellings(languages):
        ends = ["*" * (words.open_ended and place == len(terms)) + letters for place in range(1, len(terms) + 1)]
        marked = [f"'{term}'{f':{end}' if end else ''}" for term, end in zip(terms, ends, strict=True)]
        asked.append(f"({' <-> '.join(marked)})")
    return f"({' | '.join(asked)})"


@contextmanager
def reading() -> Iterator[None]:
    """Where most documents have a word, the planner would rather read the words of every document than the index.

    It does not know that they are stored apart: that took 40 times as long.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        yield
        cursor.execute("SET LOCAL enable_seqscan = on")


def spelt_out(plan: Plan) -> Plan:
    """The same: a tsquery finds beginnings as quickly as words."""
    return plan


def best(plan: Plan, matches: Found, known: Shares, wanted: int, few: int) -> tuple[Scored, int, bool]:
    """(number, score) of the `wanted` best of the newest RANKED, a lower score first; how many match at least, and
    whether there are no more. Fewer than `few` are only found."""
    found = matches.newest(RANKED)
    words = [part for part in plan.index if has_words(part)] if len(found) >= few else []
    scored = _ranked(plan, found, words, known)
    return scored[:wanted], len(scored), len(scored) < RANKED


def some(plan: Plan, found: list[int], matches: Found, known: Shares) -> Scored:
    """Like `best`, of those `found`, which have all of the plan's words, and of articles that have some of them, and
    whatever else it asks for.

    The rarest words choose whom to rank: the others, in a long question, are nearly everywhere.
    """
    rest = [part for part in plan.index if not isinstance(part, Words)]
    telling = sorted((words for words in known if known[words] <= 1 / 2), key=known.__getitem__) or plan.words
    looked_at = dict.fromkeys(found)
    for words in telling:
        if len(looked_at) >= RANKED:
            break
        looked_at |= dict.fromkeys(matches.of(plan.with_index(*rest, words), RANKED - len(looked_at)))
    return _ranked(plan, list(looked_at), telling, known)


def _ranked(plan: Plan, found: list[int], parts: Sequence[Any], known: Shares) -> Scored:
    """The sum of each word's own rank, weighed by how rare it is: ts_rank alone takes all words for equally telling."""
    if not found or not parts:
        return [(number, 0.0) for number in found]
    parameters: list[Any] = []
    for part in parts:
        parameters += [CLASS_WEIGHTS, _tsquery(part, plan.languages), _telling(known.get(part, 0.0))]
    with connection.cursor() as cursor:
        cursor.execute(RANK.format(ranks=" + ".join([ONE_RANK] * len(parts))), [*parameters, found])
        scored = [(number, -score) for number, score in cursor.fetchall()]
    return sorted(scored, key=lambda each: (each[1], -each[0]))


def _telling(share: float) -> float:
    """The inverse document frequency of a word in this share of the articles (Robertson and Spärck Jones), at least
    next to nothing: bm25 in SQLite has the same."""
    frequency = share * SAMPLE
    return max(math.log((SAMPLE - frequency + 0.5) / (frequency + 0.5)), 1e-6)


def shares(plan: Plan, words: Sequence[Words]) -> Shares:
    """In which part of the newest articles each of the words stands. Few articles tell nothing."""
    wanted = list(dict.fromkeys(words))
    if not wanted:
        return {}
    counts = ", ".join(["count(*) FILTER (WHERE vector @@ %s::tsquery)"] * len(wanted))
    asked = [_tsquery(one, plan.languages) for one in wanted]
    with connection.cursor() as cursor:
        cursor.execute(SHARES.format(counts=counts), [*asked, *plan.edges, SAMPLE])
        found = cursor.fetchone()
    return {one: count / SAMPLE for one, count in zip(wanted, found, strict=True)}


def clear() -> None:
    """Nothing beside the documents' rows holds anything."""


def tidy() -> bool:
    """Work the newest words into the index: until then, every search reads through them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('search_document_words') > 0")
        return bool(cursor.fetchone()[0])


def purge() -> bool:
    """Nothing to do: what is deleted is out of the table, and its space is taken again."""
    return False


def faults() -> list[str]:
    """What is wrong inside the index, in sentences."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM library_searchdocument WHERE vector IS NULL")
        missing = cursor.fetchone()[0]
    return [f"The search index lacks the texts of {missing} articles."] if missing else []
