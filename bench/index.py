"""The index of words: how large it is, that an edit is found at once, and that readers don't slow each other down."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from bench import libraries, turns
from bench.browser import Browser
from bench.figures import Chapter, Figure, median, written
from bench.questions import questions
from bench.search import addresses
from bench.site import READER, Site
from bench.turns import FLOOR, Opened, ask_in_turn, opened

MOST_OF_TEXT = 0.75
TEXT_SIZE = """
SELECT (SELECT sum(length(CAST(title AS BLOB))) FROM library_link)
    + (SELECT sum(length(CAST(text AS BLOB))) FROM library_section)
    + (SELECT coalesce(sum(length(CAST(quote AS BLOB)) + length(CAST(note AS BLOB))), 0) FROM library_highlight)
    + (SELECT coalesce(sum(length(CAST(tag.name AS BLOB))), 0)
        FROM library_linktag AS tagged JOIN library_tag AS tag ON tag.id = tagged.tag_id)
"""
INDEX_TABLES = ("library_searchindex", "library_searchdocument")
WORD_TABLES = ("library_searchword", "library_searchlanguage")
EDITS = 50
READERS = [f"reader-{number}" for number in range(5)]
MOST_BESIDE_ONE = 1.1


def measure(work: Path, counts: Sequence[int]) -> Chapter:
    """With the largest library."""
    count = max(counts)
    site = libraries.get(count, [smaller for smaller in counts if smaller < count], work)
    figures = [*sizes(site), *readers_beside_one(site, count, work), *edits(site)]
    return Chapter(f"The search index, with {count:,} articles", figures=figures)


def sizes(site: Site) -> list[Figure]:
    """The floor is the text itself."""
    with closing(sqlite3.connect(site.database)) as connection:
        text = connection.execute(TEXT_SIZE).fetchone()[0] / 1e6
        index, words = (freed(connection, tables) / 1e6 for tables in (INDEX_TABLES, WORD_TABLES))
    aim = f"at most {written(MOST_OF_TEXT)} ×"
    return [
        Figure("index, beside the text", index, "MB", text, aim, index <= MOST_OF_TEXT * text),
        Figure("words for spelling and beginnings, beside the text", words, "MB", text),
    ]


def freed(connection: sqlite3.Connection, tables: Sequence[str]) -> int:
    """Bytes of the file that would be free without these tables."""
    connection.execute("BEGIN")
    before = free_bytes(connection)
    for table in tables:
        connection.execute(f"DROP TABLE {table}")
    after = free_bytes(connection)
    connection.rollback()
    return after - before


def free_bytes(connection: sqlite3.Connection) -> int:
    pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_size"))
    return int(pages * size)


# --- several readers


def readers_beside_one(site: Site, count: int, work: Path) -> list[Figure]:
    """Searches of readers who share a library, in turns; the floor is one reader with as many articles as all."""
    shared = libraries.get_shared(READERS, count // len(READERS), work)
    with ExitStack() as stack:
        one = open_for(stack, site, count, [READER])
        several = open_for(stack, shared, count // len(READERS), READERS)
        for name in one.addresses:
            ask_in_turn([one, several], name)
        return [beside_one(name, several, one) for name in one.addresses if name != FLOOR]


def open_for(stack: ExitStack, site: Site, count: int, readers: Sequence[str]) -> Opened:
    found = [site.inside("reader_to_search", reader, turns.TURNS) for reader in readers]
    phrases = [found[number % len(found)]["phrases"][number] for number in range(turns.TURNS)]  # of whose turn it is
    asked = addresses(questions(count, found[0]["tag"], phrases, range(turns.TURNS)))
    server = stack.enter_context(site.served())
    return opened(stack, server, count, asked, *(each["cookie"] for each in found))


def beside_one(name: str, several: Opened, one: Opened) -> Figure:
    value, floor = several.median_ms(name), one.median_ms(name)
    met = value <= MOST_BESIDE_ONE * floor
    title = f"{len(READERS)} readers of {several.articles:,}: {name}"
    return Figure(title, value, "ms", floor, f"at most {written(MOST_BESIDE_ONE)} ×", met)


# --- edits


def edits(site: Site) -> list[Figure]:
    """A word that is new to the library is written into an article, and looked for in the next request."""
    found = site.inside("look_around", EDITS, 1)
    numbers = [re.findall(r"\d+", address)[0] for address in found["read"]]
    with site.served() as server:
        browser = Browser(server.site.port, found["cookie"])
        done = [edit(browser, number) for number in numbers]
        browser.close()
    writing, first, again = (median(times) * 1000 for times in zip(*(times for times, _ in done), strict=True))
    there = sum(is_there for _, is_there in done)
    return [
        Figure("edits that the next request finds", there, f"of {len(done)}", None, "all", there == len(done)),
        Figure("saving an edit, median", writing, "ms"),
        Figure("the search after it; floor: the same again", first, "ms", again),
    ]


def edit(browser: Browser, number: str) -> tuple[tuple[float, float, float], bool]:
    """Seconds of saving, of the next search and of the same again; and whether that next search found the article."""
    word = f"edited{number}anew"
    saving = browser.send(f"/read/{number}/edit/", {"overview": f"- It was {word}."})
    searching, page = browser.read(f"/search/?q={word}")
    again, _ = browser.read(f"/search/?q={word}")
    return (saving, searching, again), f'href="/read/{number}-' in page
