"""The index in SQLite: an FTS5 table whose rowid is the document's number."""

import json
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from django.db import connection

from library.search.documents import FIELDS, WEIGHTS, Document
from library.search.fts5 import columns_of, expression, quoted
from library.search.plan import COMMON, Edges, Found, Plan, Scored, Shares, has_words
from library.search.query import All, Either, Not, Words

SOURCE = "library_searchindex AS t"
KEY = "t.rowid"
# bm25 takes 1 µs for each document that it looks at, besides the time to count each word's documents. Of more
# matches than RANKED, the newest and those with the words in their titles are ranked. The best BEST are shown.
# docs/architecture.md tells what these bounds cost in quality.
RANKED, TITLED, BEST = 3_000, 1_000, 1_000
# Of articles with some of the words, those with the rarest are looked at, about so many.
SOME_RANKED = 3_000
# Besides those, words are ranked by as long as so many articles have them in all: bm25 counts 50 of them in 1 µs. Those
# of twelve words are fewer with 100,000 articles.
MOST_COUNTED = 1_000_000
SAMPLE = 1_000
# Where no more than this part of the sample matches, all that match are read, if they are not MANY after all.
FEW_OF_SAMPLE = 1 / 100
MANY = 30_000
# A beginning of so many letters tells as little as a word that most articles have.
VAGUE = 3
# To rank by a phrase FTS5 looks for it in all articles once more, and so reads through those of each of its words: a
# phrase is ranked by its words where these have more articles together. docs/architecture.md tells what that costs.
MOST_READ_TWICE = 50_000
# The words of a long phrase are more than FTS5 takes side by side: it is ranked by so many of them, the rarest.
MOST_TELLING = 30
# Its terms are looked up by name, if they are no more than these: each takes a little of every match.
FEW_TERMS = 200
LAST_LETTER = "\U0010ffff"
TERMS = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_beginnings USING fts5vocab(main, library_searchindex, row)"
TERMS_BEGINNING = "SELECT term FROM temp.search_beginnings WHERE term >= %s AND term < %s LIMIT %s"
MERGE_PAGES = 500
# The index is merged into one part when all others together are more than the SCATTERED-th part of the largest. What an
# import of 100,000 articles leaves, 36 parts, takes 9% more room than one, and searches for several words take up to
# twice as long.
SCATTERED = 4

INSERT_DOCUMENT = (
    "INSERT INTO library_searchdocument (number, owner_id, link_id, checksum, cut) VALUES (%s, %s, %s, %s, %s)"
)
COLUMNS, PLACES = ", ".join(FIELDS), ", ".join(["%s"] * len(FIELDS))
INSERT_TEXTS = f"INSERT OR REPLACE INTO library_searchindex (rowid, {COLUMNS}) VALUES (%s, {PLACES})"  # noqa: S608
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
BM25 = f"bm25(library_searchindex, {', '.join(map(str, WEIGHTS.values()))})"
SCORES = f"""
SELECT t.rowid, {BM25}
FROM library_searchindex AS t WHERE library_searchindex MATCH %s AND t.rowid BETWEEN %s AND %s
"""  # noqa: S608 - numbers of ours
FOUND_AND_SCORED = f"""
WITH found AS MATERIALIZED
    (SELECT t.rowid AS number, {BM25} AS score FROM library_searchindex AS t WHERE {{where}}{{newest}})
SELECT number, score, (SELECT count(*) FROM found) FROM found ORDER BY score, number DESC LIMIT %s
"""  # noqa: S608 - numbers of ours
FOUND_THEN_SCORED = f"""
WITH found AS MATERIALIZED
    (SELECT t.rowid AS number FROM library_searchindex AS t WHERE {{where}}{{newest}}),
edges AS MATERIALIZED (SELECT min(number) AS first, max(number) AS last FROM found)
SELECT t.rowid, {BM25} AS score, (SELECT count(*) FROM found) FROM library_searchindex AS t
WHERE library_searchindex MATCH %s AND t.rowid BETWEEN (SELECT first FROM edges) AND (SELECT last FROM edges)
AND +t.rowid IN (SELECT number FROM found) ORDER BY score, t.rowid DESC LIMIT %s
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
            INSERT_DOCUMENT,
            [(number, one.owner_id, one.link_id, one.checksum, one.is_cut) for number, one in numbered],
        )
        cursor.executemany(INSERT_TEXTS, [(number, *columns_of(one)) for number, one in numbered])


def match(plan: Plan, edges: Edges) -> tuple[str, list[Any]]:
    """The SQL condition that the plan's words and tags make, from one number to another.

    FTS5 goes by the first condition of a kind on the rowid alone: what else is said of it spares it nothing.
    """
    return "library_searchindex MATCH %s AND t.rowid >= %s AND t.rowid < %s", [expression(plan), *edges]


def contains(plan: Plan, part: Any) -> tuple[str, list[Any]]:
    """SQL that holds where the document called d matches a part of the plan's query."""
    sql = "d.number IN (SELECT t.rowid FROM library_searchindex AS t WHERE {0})"
    match_sql, parameters = match(plan.asking(part), plan.edges)
    return sql.format(match_sql), parameters


def spelt_out(plan: Plan) -> Plan:
    """The same, with all terms of words of which only the beginning is given, where these are few.

    FTS5 merges the lists of all of them before it gives the first match: 9 ms for three letters at 100,000 articles,
    where it takes 2 ms to ask for the terms and then for any of them.
    """
    return plan.with_index(*map(_spelt_out, plan.index))


def _spelt_out(part: Any) -> Any:
    if isinstance(part, All | Either):
        return type(part)(tuple(map(_spelt_out, part.parts)))
    if isinstance(part, Not):
        return Not(_spelt_out(part.part))
    if isinstance(part, Words) and len(part.tokens) == 1 and _is_vague(part):
        return replace(part, terms=_terms_beginning(part.tokens[0]))
    return part


def _in_one(words: Words) -> Words:
    """To rank by: what begins alike is as telling as all of it together, and not as each of its terms."""
    return replace(words, terms=())


def _terms_beginning(letters: str) -> tuple[str, ...]:
    """All terms that begin so; none where they are more than a few."""
    with connection.cursor() as cursor:
        cursor.execute(TERMS)
        cursor.execute(TERMS_BEGINNING, [letters, letters + LAST_LETTER, FEW_TERMS + 1])
        terms = tuple(term for (term,) in cursor.fetchall())
    return terms if len(terms) <= FEW_TERMS else ()


def reading() -> nullcontext[None]:
    """Nothing has to be prepared for reading the index."""
    return nullcontext()


def best(plan: Plan, matches: Found, known: Shares, wanted: int, few: int) -> tuple[Scored, int, bool]:
    """(number, score) of the `wanted` best matches, a lower score first; how many match at least, and whether there are
    no more.

    Ranked are the newest RANKED, and those with all the words in their titles; where the sample has few, up to MANY.
    """
    telling = _telling(plan, known, matches)
    in_title = plan.in_titles
    asked, are_few = plan.asking(*telling), not any(map(_is_open, plan.index)) and _are_few(plan, known)
    if any(map(has_words, plan.index)) and not any(map(has_words, telling)):
        # Nothing tells them apart but their titles.
        newest = matches.newest(BEST, few=are_few)
        numbers = list(dict.fromkeys((*matches.of(in_title, BEST), *newest)))
        return [(number, 0.0) for number in numbers[:wanted]], len(newest), len(newest) < BEST
    scored, size = _found_and_scored(matches, None if asked.index == plan.index else asked, wanted, are_few)
    if size == RANKED:
        both = f"({expression(asked)}) AND ({expression(in_title)})"
        scored = list({**dict(scored), **_scores(both, matches.of(in_title, TITLED))}.items())
    return sorted(scored, key=lambda each: (each[1], -each[0]))[:wanted], size, size != RANKED


def _found_and_scored(matches: Found, asked: Plan | None, wanted: int, are_few: bool) -> tuple[Scored, int]:
    """The best of the newest RANKED, or of all where these are few; and how many that is. The sample may err.

    Ranked by what is `asked`, where that is less than what they match.
    """
    where, parameters = matches.where(RANKED)
    newest = f" LIMIT {MANY}" if are_few else f" ORDER BY t.rowid DESC LIMIT {RANKED}"
    statement, more = (FOUND_THEN_SCORED, [expression(asked)]) if asked else (FOUND_AND_SCORED, [])
    with connection.cursor() as cursor:
        cursor.execute(statement.format(where=where, newest=newest), [*parameters, *more, wanted])
        rows = cursor.fetchall()
    size = rows[0][2] if rows else 0
    if are_few and size == MANY:
        return _found_and_scored(matches, asked, wanted, are_few=False)
    return [(number, score) for number, score, _ in rows], size


def _telling(plan: Plan, known: Shares, matches: Found) -> list[Any]:
    """What to rank by: all that is asked for, or, where something of it tells nothing or would take too long, the rest,
    and of phrases their words."""
    if all(_tells(part, known, matches) for part in plan.index):
        return list(plan.index)
    others = [part for part in plan.index if not isinstance(part, Words) and not _is_open(part)]
    words = dict.fromkeys(one for part in plan.words for one in _single(part))
    telling = (one for one in words if known.get(one, 0) <= COMMON and not _is_vague(one))
    return sorted(telling, key=lambda one: known.get(one, 0))[:MOST_TELLING] + others


def _tells(part: Any, known: Shares, matches: Found) -> bool:
    """Whether to rank by it as it is."""
    if _is_open(part) or known.get(part, 0) > COMMON:
        return False
    if not isinstance(part, Words) or len(part.tokens) == 1:
        return True
    return not part.prefix and sum(known[one] for one in _single(part)) * matches.size <= MOST_READ_TWICE


def _single(words: Words) -> list[Words]:
    """Each word of a phrase by itself."""
    last = len(words.tokens) - 1
    return [replace(words, tokens=(one,), prefix=words.prefix and n == last) for n, one in enumerate(words.tokens)]


def _is_open(part: Any) -> bool:
    """Whether there is nothing in it to rank by, but the titles in which it stands."""
    return _is_vague(part) or _is_of_many_stems(part)


def _is_vague(part: Any) -> bool:
    """Whether very many words begin so: to rank by them, FTS5 would read the places of each, twice."""
    if isinstance(part, All | Either):
        return any(map(_is_vague, part.parts))
    return isinstance(part, Words) and part.open_ended and len(part.tokens[0]) <= VAGUE


def _is_of_many_stems(part: Any) -> bool:
    """Whether it is one beginning of words of several stems, as `plan` makes it: bm25 would take the rarest of them,
    mostly a misspelling, for the most telling."""
    if not isinstance(part, Either) or not isinstance(part.parts[0], Words) or not part.parts[0].prefix:
        return False
    letters = part.parts[0].tokens[-1]
    return all(isinstance(one, Words) and one.tokens[-1].startswith(letters) for one in part.parts)


def some(plan: Plan, found: list[int], matches: Found, known: Shares) -> Scored:
    """Like `best`, of those `found`, which have all of the plan's words, and of articles that have some of them, and
    whatever else it asks for.

    The rarest words choose whom to rank: the others, in a long question, are nearly everywhere.
    """
    rest = [part for part in plan.index if not isinstance(part, Words)]
    telling = sorted((words for words in plan.words if known[words] <= COMMON), key=known.__getitem__) or plan.words
    seeds, size = telling[:1], matches.size
    room = SOME_RANKED - known[telling[0]] * size
    for words in telling[1:]:
        room -= known[words] * size
        if room > 0:
            seeds.append(words)
    looked_at = sorted({*found, *matches.of(plan.with_index(*rest, Either(tuple(seeds))), SOME_RANKED, few=True)})[::-1]
    seeded = (*rest, Either(tuple(map(_in_one, seeds))))
    scores = _scores(expression(plan.asking(*seeded)), looked_at)
    more = _countable([words for words in telling if words not in seeds], known, size)
    if others := tuple(map(_in_one, more)):
        # To rank by all of them at once, FTS5 would have to be asked for what every article has, and bm25 would count
        # all articles.
        scores |= _scores(expression(plan.asking(*seeded, Either(others))), looked_at)
    return sorted(scores.items(), key=lambda each: (each[1], -each[0]))


def _countable(words: Sequence[Words], known: Shares, size: int) -> Iterator[Words]:
    """Those of the words, which are given the rarest first, whose articles bm25 counts in a bearable time."""
    room: float = MOST_COUNTED
    for one in words:
        room -= known[one] * size
        if room < 0:
            return
        yield one


def _are_few(plan: Plan, known: Shares) -> bool:
    """Whether few of the newest articles have all of the plan's index: as few as have its rarest word, or fewer."""
    if any(known[words] <= FEW_OF_SAMPLE for words in plan.words if not words.open_ended):
        return True
    return (_sampled([expression(plan)], *plan.edges) or [0.0])[0] <= FEW_OF_SAMPLE


def shares(plan: Plan, words: Sequence[Words]) -> Shares:
    """In which part of the newest articles each of the words stands, and each word of a phrase: bm25 gives next to no
    weight to one that is in more than half of them, and it costs the most to rank by. Few articles tell nothing."""
    asked_for = dict.fromkeys([*words, *(single for one in words for single in _single(one))])
    wanted = [one for one in asked_for if not one.open_ended]
    found = _sampled([quoted(one, plan.languages) for one in wanted], *plan.edges)
    return dict.fromkeys(asked_for, 0.0) | dict(zip(wanted, found, strict=False))


def _sampled(expressions: Sequence[str], first: int, last: int) -> list[float]:
    """In which part of the newest SAMPLE documents each of these matches. Of fewer documents nothing is said."""
    if not expressions:
        return []
    counts = ", ".join([COUNT_FROM_SAMPLE] * len(expressions))
    asked = [value for one in expressions for value in (one, last)]
    with connection.cursor() as cursor:
        cursor.execute(SAMPLE_COUNTS.format(counts=counts), [*asked, first, last, SAMPLE - 1])
        return [count / SAMPLE for count in cursor.fetchone() or ()]


def _scores(asked: str, found: list[int]) -> dict[int, float]:
    """bm25 of `found` (newest first) for what is `asked`, which may find more."""
    if not found:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(SCORES + AMONG, [asked, found[-1], found[0], json.dumps(found)])
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
        cursor.execute("SELECT count(*) FROM library_searchindex_idx GROUP BY segid ORDER BY count(*) DESC")
        largest, *others = [pages for (pages,) in cursor.fetchall()] or [0]
        # A negative number merges all parts into one, a positive one only those that are many of a size.
        pages = -MERGE_PAGES if sum(others) * SCATTERED > largest else MERGE_PAGES
        before = cursor.connection.total_changes
        cursor.execute("INSERT INTO library_searchindex (library_searchindex, rank) VALUES ('merge', %s)", [pages])
        return bool(cursor.connection.total_changes - before > 1)


def purge() -> bool:
    """Merge some pages of all parts into one, so that no word of a deleted text stays. True if there is more to do."""
    with connection.cursor() as cursor:
        before = cursor.connection.total_changes
        cursor.execute(
            "INSERT INTO library_searchindex (library_searchindex, rank) VALUES ('merge', %s)", [-MERGE_PAGES]
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
