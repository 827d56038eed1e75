"""How fast pages are under the server that `make run` starts, and how little that depends on the library's size."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import libraries, turns
from bench.browser import pages_a_second
from bench.figures import MET, Chapter, written
from bench.site import Site
from bench.turns import FLOOR, Opened, ask_in_turn, opened

COUNTS = (1_000, 10_000, 100_000)
READERS, SECONDS = 8, 3.0
PAGE, ARTICLES = 100, turns.WARM  # each article is opened once while warming up
MOST_MS, MOST_GROWTH = 15.0, 1.5
COLUMNS = (
    "", "articles", "median ms", "95% ms", "cpu ms", "of the floor", f"pages/s of {READERS}", "queries", "bytes",
    f"at most {written(MOST_MS)} ms", "growth", f"at most {MOST_GROWTH} ×",
)  # fmt: skip


@dataclass(frozen=True)
class PageFigure:
    """One page of one library. `cpu_ms` is the processors' time of all the server's processes for one answer;
    `growth` the page's time divided by its time in the smallest library.
    """

    page: str
    articles: int
    median_ms: float
    percentile_95_ms: float
    cpu_ms: float
    floor_ms: float
    pages_a_second: float
    queries: int
    bytes: int
    growth: float | None

    def cells(self) -> list[str]:
        times = [written(value) for value in (self.median_ms, self.percentile_95_ms, self.cpu_ms)]
        times.append(f"{self.median_ms / self.floor_ms:.1f} ×")
        counts = [written(self.pages_a_second), str(self.queries), f"{self.bytes:,}"]
        growth = "" if self.growth is None else f"{self.growth:.2f} ×"
        met = [MET[self.median_ms <= MOST_MS], growth, MET[None if self.growth is None else self.growth <= MOST_GROWTH]]
        return [self.page, f"{self.articles:,}", *times, *counts, *met]


@dataclass(frozen=True)
class Pages:
    """A library to be asked for its pages, and how many queries each takes."""

    library: Opened
    cookie: str
    queries: dict[str, int]


def measure(work: Path, counts: Sequence[int] = COUNTS) -> Chapter:
    Site(work / "nothing").manage("collectstatic", "--noinput", "--verbosity=0")
    with ExitStack() as stack:
        pages = [open_library(stack, work, count, counts) for count in counts]
        names = list(pages[0].library.addresses)
        for name in names:
            ask_in_turn([each.library for each in pages], name)
        figures = [figure(each, name, pages[0].library) for name in names for each in pages]
        title = f"Pages under gunicorn: {turns.REQUESTS} requests of one reader, and {READERS} readers at once"
        return Chapter(title, COLUMNS, figures)


def open_library(stack: ExitStack, work: Path, count: int, counts: Sequence[int]) -> Pages:
    site = libraries.get(count, [smaller for smaller in counts if smaller < count], work)
    found = site.inside("look_around", ARTICLES, PAGE)
    addresses, cookie = addresses_of(found), found["cookie"]
    queries = site.inside("queries", {name: each[0] for name, each in addresses.items()})
    server = stack.enter_context(site.served())
    return Pages(opened(stack, server, count, addresses, cookie), cookie, {FLOOR: 1, **queries})


def addresses_of(found: dict[str, Any]) -> dict[str, list[str]]:
    """What is asked for under each name."""
    return {
        "Library": ["/library/"],
        "a frequent tag": [f"/tags/{found['tag']}/"],
        f"page {PAGE} of the Library": [found["page"]],
        "reader": found["read"],
    }


def figure(pages: Pages, name: str, smallest: Opened) -> PageFigure:
    library = pages.library
    return PageFigure(
        page=name,
        articles=library.articles,
        median_ms=library.median_ms(name),
        percentile_95_ms=library.percentile_95_ms(name),
        cpu_ms=library.cpu_ms(name),
        floor_ms=library.median_ms(FLOOR),
        pages_a_second=pages_a_second(
            library.server.site.port, pages.cookie, library.addresses[name], READERS, SECONDS
        ),
        queries=pages.queries[name],
        bytes=library.bytes(name),
        growth=None if library is smallest else library.median_ms(name) / smallest.median_ms(name),
    )
