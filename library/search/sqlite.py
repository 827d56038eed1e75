"""The index in SQLite: an FTS5 table whose rowid is the document's number.

A term stands in quotation marks wherever it reaches FTS5, so its query syntax never does.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from django.db import connection

from library.search.documents import FIELDS, WEIGHTS, Document
from library.search.plan import COMMON, Found, Plan, Scored, Shares, Tagged, has_words
from library.search.query import All, Either, Not, Words

SOURCE = "library_searchindex AS t"
KEY = "t.rowid"
# Terms of our own, among the tags, begin with characters for private use: no text is indexed with those.
TAG_MARK, EVERY, NEVER = "\uf8fd", '"\uf8ff"', '"\uf8fa"'
# The terms of these stand among the tags once more, each with its mark: to be found there without reading through
# those of all texts.
MARKS = {"title": "\uf8fe", "notes": "\uf8fc", "highlights": "\uf8fb"}
# bm25 takes 1 µs for each document that it looks at, besides the time to count each word's documents. Of more
# matches than RANKED, the newest and those with the words in their titles are ranked. The best BEST are shown.
# docs/architecture.md tells what these bounds cost in quality.
RANKED, TITLED, BEST = 3_000, 1_000, 1_000
# Of articles with some of the words, those with the rarest are looked at, about so many.
SOME_RANKED = 3_000
SAMPLE = 1_000
# Where no more than this part of the sample matches, all that match are read, if they are not MANY after all.
FEW_OF_SAMPLE = 1 / 100
MANY = 30_000
# A beginning of so many letters tells as little as a word that most articles have.
VAGUE = 3
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


def columns_of(document: Document) -> list[str]:
    """The terms of each field. Among the tags stand a term for each tag itself, so that C and C++ differ; the terms of
    MARKS; one that every document has."""
    terms = document.terms
    marked = (mark + term for name, mark in MARKS.items() for term in terms[name].split())
    tags = " ".join((terms["tags"], *map(_tag_term, document.tag_ids), *marked, EVERY.strip('"')))
    return [terms[name] for name in FIELDS[:-1]] + [tags]


def _tag_term(tag_id: int) -> str:
    return f"{TAG_MARK}{tag_id}"


def match(plan: Plan) -> tuple[str, list[Any]]:
    """The SQL condition that the plan's words and tags make, within its owner's documents."""
    sql = "library_searchindex MATCH %s AND t.rowid >= %s AND t.rowid < %s"
    return sql, [expression(plan), *plan.edges]


def contains(plan: Plan, part: Any) -> tuple[str, list[Any]]:
    """SQL that holds where the document called d matches a part of the plan's query."""
    sql = "d.number IN (SELECT t.rowid FROM library_searchindex AS t WHERE {0})"
    match_sql, parameters = match(plan.asking(part))
    return sql.format(match_sql), parameters


def expression(plan: Plan) -> str:
    """What FTS5 is asked for."""
    return _all(plan.index, plan.languages)


def _all(parts: Iterable[Any], languages: Sequence[str]) -> str:
    parts = list(parts)
    # Tags are rarer than most words; words stand as they are given, the rarest first.
    wanted = [part for part in parts if isinstance(part, Tagged)]
    wanted += [part for part in parts if not isinstance(part, Tagged | Not)]
    found = _one_by_one([_one(part, languages) for part in wanted]) or EVERY
    unwanted = " OR ".join(_one(part.part, languages) for part in parts if isinstance(part, Not))
    return f"({found}) NOT ({unwanted})" if unwanted else found


def _one_by_one(expressions: Sequence[str]) -> str:
    """All of these. Of a plain AND, FTS5 brings every word to each place to which one of them comes; of pairs, each
    inside the next, a word only to those where the rarer ones before it stand together: twelve words take it 0.8 ms in
    place of 15 (100,000 articles). It would take pairs of AND alone for a plain one, hence the OR."""
    found = expressions[0] if expressions else ""
    for place, other in enumerate(expressions[1:], 2):
        found = f"{found} AND {other}" if place == len(expressions) else f"(({found} AND {other}) OR {NEVER})"
    return found


def _one(part: Any, languages: Sequence[str]) -> str:
    if isinstance(part, Words):
        return quoted(part, languages)
    if isinstance(part, Tagged):
        return f'"{_tag_term(part.tag_id)}"'
    if isinstance(part, Either):
        return f"({' OR '.join(_one(each, languages) for each in part.parts) or EVERY})"
    return f"({_all(part.parts if isinstance(part, All) else [part], languages)})"


def quoted(words: Words, languages: Sequence[str]) -> str:
    """Words for FTS5, in quotation marks: the terms that they may have become, in the places where they count."""
    if words.places and set(words.places) <= MARKS.keys():
        asked = [one for place in words.places for one in _spelt(words, languages, MARKS[place])]
        return f"({' OR '.join(asked)})"
    found = f"({' OR '.join(_spelt(words, languages))})"
    return f"{{{' '.join(words.places)}}} : {found}" if words.places else found


def _spelt(words: Words, languages: Sequence[str], mark: str = "") -> list[str]:
    end = " *" if words.open_ended else ""
    return [f'"{" ".join(mark + term for term in terms)}"{end}' for terms in words.spellings(languages)]


def reading() -> nullcontext[None]:
    """Nothing has to be prepared for reading the index."""
    return nullcontext()


def best(plan: Plan, matches: Found, known: Shares, wanted: int, few: int) -> tuple[Scored, int]:
    """(number, score) of the `wanted` best matches, a lower score first, and how many match: RANKED means at least
    so many, any other number exactly so many.

    Ranked are the newest RANKED, and those with all the words in their titles; where the sample has few, up to MANY.
    Fewer than `few` are only found.
    """
    telling = list(_telling(plan, known))
    in_title = plan.with_index(*(_to_title(part) for part in plan.index))
    asked, are_few = plan.asking(*telling), not any(map(_is_vague, plan.index)) and _are_few(plan, known)
    if any(map(has_words, plan.index)) and not any(map(has_words, telling)):
        # Nothing tells them apart but their titles.
        newest = matches.newest(RANKED, few=are_few)
        numbers = list(dict.fromkeys((*matches.of(in_title, BEST), *newest)))
        return [(number, 0.0) for number in numbers[:wanted]], len(newest)
    if asked.index == plan.index:
        scored, size = _found_and_scored(matches, wanted, are_few)
    else:
        found = matches.newest(RANKED, few=are_few)
        scored, size = [(number, 0.0) for number in found], len(found)
        if size >= few:
            scored = list(_scores(expression(asked), found).items())
    if size == RANKED:
        both = f"({expression(asked)}) AND ({expression(in_title)})"
        scored = list({**dict(scored), **_scores(both, matches.of(in_title, TITLED))}.items())
    return sorted(scored, key=lambda each: (each[1], -each[0]))[:wanted], size


def _found_and_scored(matches: Found, wanted: int, are_few: bool) -> tuple[Scored, int]:
    """The best of the newest RANKED, or of all where these are few; and how many that is. The sample may err."""
    where, parameters = matches.where(RANKED)
    newest = f" LIMIT {MANY}" if are_few else f" ORDER BY t.rowid DESC LIMIT {RANKED}"
    with connection.cursor() as cursor:
        cursor.execute(FOUND_AND_SCORED.format(where=where, newest=newest), [*parameters, wanted])
        rows = cursor.fetchall()
    size = rows[0][2] if rows else 0
    if are_few and size == MANY:
        return _found_and_scored(matches, wanted, are_few=False)
    return [(number, score) for number, score, _ in rows], size


def _telling(plan: Plan, known: Shares) -> Iterator[Any]:
    """What to rank by: of phrases their words, since FTS5 would look for a phrase in all articles once more."""
    for part in plan.index:
        if isinstance(part, Words):
            yield from (one for one in _single(part) if known.get(one, 0) <= COMMON and not _is_vague(one))
        elif not _is_vague(part):
            yield part


def _single(words: Words) -> list[Words]:
    """Each word of a phrase by itself."""
    last = len(words.tokens) - 1
    return [replace(words, tokens=(one,), prefix=words.prefix and n == last) for n, one in enumerate(words.tokens)]


def _is_vague(part: Any) -> bool:
    """Whether very many words begin so: to rank by them, FTS5 would read the places of each, twice."""
    if isinstance(part, All | Either):
        return any(map(_is_vague, part.parts))
    return isinstance(part, Words) and part.open_ended and len(part.tokens[0]) <= VAGUE


def _to_title(part: Any) -> Any:
    """The same, with words that count in titles only."""
    if isinstance(part, All | Either):
        return type(part)(tuple(map(_to_title, part.parts)))
    return replace(part, places=("title",)) if isinstance(part, Words) and not part.places else part


def some(plan: Plan, found: list[int], matches: Found, known: Shares, size: int) -> Scored:
    """Like `best`, of those `found`, which have all of the plan's words, and of articles that have some of them, and
    whatever else it asks for, among `size` in all.

    The rarest words choose whom to rank: the others, in a long question, are nearly everywhere.
    """
    rest = [part for part in plan.index if not isinstance(part, Words)]
    telling = sorted((words for words in plan.words if known[words] <= COMMON), key=known.__getitem__) or plan.words
    seeds, room = telling[:1], SOME_RANKED - known[telling[0]] * size
    for words in telling[1:]:
        room -= known[words] * size
        if room > 0:
            seeds.append(words)
    looked_at = {*found, *matches.of(plan.with_index(*rest, Either(tuple(seeds))), SOME_RANKED, few=True)}
    others = Either((All(), *(words for words in telling if words not in seeds)))
    scores = _scores(expression(plan.asking(*rest, Either(tuple(seeds)), others)), sorted(looked_at, reverse=True))
    return sorted(scores.items(), key=lambda each: (each[1], -each[0]))


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
