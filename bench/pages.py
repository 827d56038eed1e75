"""How fast pages are under the server that `make run` starts, and how little that depends on the library's size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from bench import libraries
from bench.browser import Answer, Browser, pages_a_second
from bench.corpus import VOCABULARY
from bench.figures import MET, Chapter, median, percentile, written
from bench.site import Server

COUNTS = (1_000, 10_000, 100_000)
WARM, REQUESTS = 24, 200
TURNS = WARM + REQUESTS
READERS, SECONDS = 8, 3.0
PAGE, ARTICLES = 100, WARM  # each article is opened once while warming up
MOST_MS, MOST_GROWTH = 15.0, 1.5
FLOOR = "/healthz (the floor)"
COLUMNS = (
    "", "articles", "median ms", "95% ms", "of the floor", f"pages/s of {READERS}", "queries", "bytes",
    f"at most {written(MOST_MS)} ms", "growth", f"at most {MOST_GROWTH} ×",
)  # fmt: skip


@dataclass(frozen=True)
class PageFigure:
    """One page of one library. `growth` is its time divided by its time in the smallest library."""

    page: str
    articles: int
    median_ms: float
    percentile_95_ms: float
    floor_ms: float
    pages_a_second: float
    queries: int
    bytes: int
    growth: float | None

    def cells(self) -> list[str]:
        times = [written(self.median_ms), written(self.percentile_95_ms), f"{self.median_ms / self.floor_ms:.1f} ×"]
        counts = [written(self.pages_a_second), str(self.queries), f"{self.bytes:,}"]
        growth = "" if self.growth is None else f"{self.growth:.2f} ×"
        met = [MET[self.median_ms <= MOST_MS], growth, MET[None if self.growth is None else self.growth <= MOST_GROWTH]]
        return [self.page, f"{self.articles:,}", *times, *counts, *met]


@dataclass(frozen=True)
class Opened:
    """A library that is being served, what to ask it for, and a browser that is logged in."""

    articles: int
    server: Server
    cookie: str
    addresses: dict[str, list[str]]
    queries: dict[str, int]
    browser: Browser
    answers: dict[str, list[Answer]] = field(default_factory=dict)

    def ask(self, page: str, number: int) -> None:
        addresses = self.addresses[page]
        self.answers.setdefault(page, []).append(self.browser.get(addresses[number % len(addresses)]))

    def warm_answers(self, page: str) -> list[Answer]:
        return self.answers[page][WARM:]

    def median_ms(self, page: str) -> float:
        return median(answer.seconds for answer in self.warm_answers(page)) * 1000


def measure(work: Path, counts: Sequence[int] = COUNTS) -> Chapter:
    """All libraries are served at once and asked in turn, so that what else the machine does meets them alike."""
    with ExitStack() as stack:
        opened = [open_library(stack, work, count, counts) for count in counts]
        names = list(opened[0].addresses)
        for name in names:
            ask_in_turn(opened, name)
        figures = [figure(library, name, opened[0]) for name in names for library in opened]
        title = f"Pages under gunicorn: {REQUESTS} requests of one reader, and {READERS} readers at once"
        return Chapter(title, COLUMNS, figures)


def open_library(stack: ExitStack, work: Path, count: int, counts: Sequence[int]) -> Opened:
    site = libraries.get(count, [smaller for smaller in counts if smaller < count], work)
    addresses = addresses_of(site.inside("places", ARTICLES, PAGE))
    firsts = {name: each[0] for name, each in addresses.items() if name != FLOOR}
    queries, cookie = site.inside("queries", firsts), site.inside("log_in")
    server = stack.enter_context(site.served())
    browser = Browser(server.site.port, cookie)
    stack.callback(browser.close)
    return Opened(count, server, cookie, addresses, {FLOOR: 1, **queries}, browser)


def addresses_of(places: dict[str, Any]) -> dict[str, list[str]]:
    """What is asked for under each name. Searches are for ever other words, so that nothing kept answers them."""
    pairs = map(" ".join, zip(VOCABULARY[20 : 20 + TURNS], VOCABULARY[300 : 300 + TURNS], strict=True))
    return {
        FLOOR: ["/healthz"],
        "Library": ["/library/"],
        "a frequent tag": [f"/tags/{places['tag']}/"],
        f"page {PAGE} of the Library": [places["page"]],
        "search: a rare word": searches(VOCABULARY[30_000 : 30_000 + TURNS]),
        "search: a word of nearly every article": searches(VOCABULARY[:10]),
        "search: two words and a tag": searches(f"{pair} tag:{places['tag_name']}" for pair in pairs),
        "reader": places["read"],
    }


def searches(queries: Iterable[str]) -> list[str]:
    return [f"/search/?q={quote_plus(query)}" for query in queries]


def ask_in_turn(opened: list[Opened], name: str) -> None:
    for number in range(TURNS):
        for library in opened:
            library.ask(name, number)


def figure(library: Opened, name: str, smallest: Opened) -> PageFigure:
    warm = library.warm_answers(name)
    return PageFigure(
        page=name,
        articles=library.articles,
        median_ms=library.median_ms(name),
        percentile_95_ms=percentile((answer.seconds for answer in warm), 95) * 1000,
        floor_ms=library.median_ms(FLOOR),
        pages_a_second=pages_a_second(
            library.server.site.port, library.cookie, library.addresses[name], READERS, SECONDS
        ),
        queries=library.queries[name],
        bytes=round(median(answer.size for answer in warm)),
        growth=None if library is smallest else library.median_ms(name) / smallest.median_ms(name),
    )
