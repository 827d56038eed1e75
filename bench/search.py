"""How fast the search is under the server that `make run` starts, search by search, and what SQLite alone takes."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_plus

from bench import libraries, turns
from bench.figures import MET, Chapter, median, written
from bench.pages import MOST_GROWTH
from bench.questions import QUESTION, questions
from bench.site import READER, Site
from bench.turns import FLOOR, Opened, ask_in_turn, opened

# What the page asks for while a reader types: only what lies below the box.
TYPING = {"HX-Request": "true", "HX-Request-Type": "partial"}
MOST_MS = (15.0, 40.0)  # median and 95th percentile
MOST_MS_OF_QUESTION = (50.0, 120.0)
ALONE, RESULTS = 20, 20  # so many searches are asked of SQLite alone, for so many results
BEST = """
SELECT rowid FROM library_searchindex
WHERE library_searchindex MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rank LIMIT ?
"""


@dataclass(frozen=True)
class SearchFigure:
    """Searches of one kind in one library. `sqlite_ms` is what its index of words takes for the best results, asked by
    a process that does nothing else; `growth` the time divided by that in the first library.
    """

    search: str
    articles: int
    median_ms: float
    percentile_95_ms: float
    cpu_ms: float
    floor_ms: float
    sqlite_ms: float
    bytes: int
    most_ms: tuple[float, float]
    met: bool
    growth: float | None
    growth_met: bool | None

    def cells(self) -> list[str]:
        times = [self.median_ms, self.percentile_95_ms, self.cpu_ms, self.floor_ms, self.sqlite_ms]
        aim = " and ".join(map(written, self.most_ms))
        growth = "" if self.growth is None else f"{self.growth:.2f} ×"
        return [self.search, f"{self.articles:,}", *map(written, times), f"{self.bytes:,}", aim, MET[self.met], growth,
                MET[self.growth_met]]  # fmt: skip


@dataclass(frozen=True)
class Searched:
    """A library that is asked for whole pages, and for what comes while a reader types."""

    page: Opened
    typing: Opened
    sqlite_ms: Mapping[str, float]


def measure(work: Path, counts: Sequence[int]) -> Chapter:
    sites = ((n, libraries.get(n, [smaller for smaller in counts if smaller < n], work)) for n in counts)
    return chapter(work, sites, MOST_GROWTH)


def chapter(work: Path, sites: Iterable[tuple[int, Site]], most_growth: float) -> Chapter:
    """Libraries of so many articles."""
    Site(work / "nothing").manage("collectstatic", "--noinput", "--verbosity=0")
    columns = (
        "", "articles", "median ms", "95% ms", "cpu ms", "/healthz ms", "SQLite alone ms", "bytes", "at most", "",
        "growth", f"at most {written(most_growth)} ×",
    )  # fmt: skip
    with ExitStack() as stack:
        searched = [open_to_search(stack, *each) for each in sites]
        for name in searched[0].page.addresses:
            ask_in_turn([way for library in searched for way in (library.page, library.typing)], name)
        figures = list(all_figures(searched, most_growth))
    return Chapter(f"Search under gunicorn: {turns.REQUESTS} requests of one reader", columns, figures)


def open_to_search(stack: ExitStack, articles: int, site: Site) -> Searched:
    found = site.inside("reader_to_search", READER, 2 * turns.TURNS)
    cookie, asked = found["cookie"], questions(articles, found["tag"], found["phrases"], range(2 * turns.TURNS))
    alone = ask_alone(site, {name: each[-ALONE:] for name, each in asked.items()})
    server = stack.enter_context(site.served())
    pages = addresses({name: each[: turns.TURNS] for name, each in asked.items()})
    partials = addresses({name: each[turns.TURNS :] for name, each in asked.items()})
    return Searched(
        opened(stack, server, articles, pages, cookie),
        opened(stack, server, articles, partials, cookie, headers=TYPING),
        alone,
    )


def addresses(asked: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {name: [f"/search/?q={quote_plus(query)}" for query in each] for name, each in asked.items()}


def ask_alone(site: Site, asked: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Milliseconds that SQLite takes for each kind, in the middle."""
    expressions = site.inside("expressions", READER, asked)
    with closing(sqlite3.connect(site.database)) as connection:
        return {name: 1000 * median(times_alone(connection, each)) for name, each in expressions.items()}


def times_alone(connection: sqlite3.Connection, asked: Sequence[tuple[str, int, int]]) -> Iterator[float]:
    for expression, first, last in asked:
        begun = time.perf_counter()
        connection.execute(BEST, (expression, first, last, RESULTS)).fetchall()
        yield time.perf_counter() - begun


def all_figures(searched: Sequence[Searched], most_growth: float) -> Iterator[SearchFigure]:
    for name in searched[0].page.addresses:
        for library in searched if name != FLOOR else ():
            yield figure(name, library.page, library, searched[0].page, most_growth)
        for library in searched if name != FLOOR else ():
            yield figure(name, library.typing, library, searched[0].typing, most_growth)


def figure(name: str, way: Opened, library: Searched, smallest: Opened, most_growth: float) -> SearchFigure:
    times = way.median_ms(name), way.percentile_95_ms(name)
    most = MOST_MS_OF_QUESTION if name == QUESTION else MOST_MS
    growth = None if way is smallest else times[0] / smallest.median_ms(name)
    return SearchFigure(
        search=name if way is library.page else f"{name}, while typing",
        articles=way.articles,
        median_ms=times[0],
        percentile_95_ms=times[1],
        cpu_ms=way.cpu_ms(name),
        floor_ms=way.median_ms(FLOOR),
        sqlite_ms=library.sqlite_ms[name],
        bytes=way.bytes(name),
        most_ms=most,
        met=times[0] <= most[0] and times[1] <= most[1],
        growth=growth,
        growth_met=None if growth is None else growth <= most_growth,
    )
