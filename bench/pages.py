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
from bench.corpus import VOCABULARY, VOCABULARY_SIZE
from bench.figures import MET, Chapter, median, percentile, written
from bench.processes import cpu_seconds
from bench.site import Server, Site

COUNTS = (1_000, 10_000, 100_000)
WARM, REQUESTS, BURST = 25, 200, 5
TURNS = WARM + REQUESTS
READERS, SECONDS = 8, 3.0
PAGE, ARTICLES = 100, WARM  # each article is opened once while warming up
MOST_MS, MOST_GROWTH = 15.0, 1.5
FLOOR = "/healthz (the floor)"
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
class Opened:
    """A library that is being served, what to ask it for, and a browser that is logged in."""

    articles: int
    server: Server
    cookie: str
    addresses: dict[str, list[str]]
    queries: dict[str, int]
    browser: Browser
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    cpu_seconds: dict[str, float] = field(default_factory=dict)

    def ask_often(self, page: str, numbers: range) -> None:
        """Ask for one page after the other. What comes first, to warm up, counts for nothing."""
        addresses, answers = self.addresses[page], self.answers.setdefault(page, [])
        begun = self.cpu_so_far()
        answers.extend(self.browser.get(addresses[number % len(addresses)]) for number in numbers)
        if numbers.start >= WARM:
            self.cpu_seconds[page] = self.cpu_seconds.get(page, 0) + self.cpu_so_far() - begun

    def cpu_so_far(self) -> float:
        return cpu_seconds(self.server.process.pid)

    def warm_answers(self, page: str) -> list[Answer]:
        return self.answers[page][WARM:]

    def median_ms(self, page: str) -> float:
        return median(answer.seconds for answer in self.warm_answers(page)) * 1000


def measure(work: Path, counts: Sequence[int] = COUNTS) -> Chapter:
    """All libraries are served at once and asked in turn, so that what else the machine does meets them alike; and
    some requests in a row, since each process finds the processors' caches full of another's data at first.
    """
    Site(work / "nothing").manage("collectstatic", "--noinput", "--verbosity=0")
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
    found = site.inside("look_around", ARTICLES, PAGE)
    addresses, cookie = addresses_of(count, found), found["cookie"]
    firsts = {name: each[0] for name, each in addresses.items() if name != FLOOR}
    queries = site.inside("queries", firsts)
    server = stack.enter_context(site.served())
    browser = Browser(server.site.port, cookie)
    stack.callback(browser.close)
    return Opened(count, server, cookie, addresses, {FLOOR: 1, **queries}, browser)


def addresses_of(articles: int, found: dict[str, Any]) -> dict[str, list[str]]:
    """What is asked for under each name. Searches are for ever other words, so that nothing kept answers them."""
    rare = rank_of_rare_words(articles)
    pairs = map(" ".join, zip(VOCABULARY[20 : 20 + TURNS], VOCABULARY[300 : 300 + TURNS], strict=True))
    return {
        FLOOR: ["/healthz"],
        "Library": ["/library/"],
        "a frequent tag": [f"/tags/{found['tag']}/"],
        f"page {PAGE} of the Library": [found["page"]],
        "search: a rare word": searches(VOCABULARY[rare : rare + TURNS]),
        "search: a word of nearly every article": searches(VOCABULARY[:10]),
        "search: two words and a tag": searches(f"{pair} tag:{found['tag_name']}" for pair in pairs),
        "reader": found["read"],
    }


def rank_of_rare_words(articles: int) -> int:
    """Words that about thirty articles have, in every library: all answers are a full page. The vocabulary's rarest
    are in one article of 700.
    """
    return min(articles * 7 // 3, VOCABULARY_SIZE - TURNS)


def searches(queries: Iterable[str]) -> list[str]:
    return [f"/search/?q={quote_plus(query)}" for query in queries]


def ask_in_turn(opened: list[Opened], name: str) -> None:
    """Some requests of each library, again and again."""
    for start in range(0, TURNS, BURST):
        for library in opened:
            library.ask_often(name, range(start, min(start + BURST, TURNS)))


def figure(library: Opened, name: str, smallest: Opened) -> PageFigure:
    warm = library.warm_answers(name)
    return PageFigure(
        page=name,
        articles=library.articles,
        median_ms=library.median_ms(name),
        percentile_95_ms=percentile((answer.seconds for answer in warm), 95) * 1000,
        cpu_ms=library.cpu_seconds[name] / REQUESTS * 1000,
        floor_ms=library.median_ms(FLOOR),
        pages_a_second=pages_a_second(
            library.server.site.port, library.cookie, library.addresses[name], READERS, SECONDS
        ),
        queries=library.queries[name],
        bytes=round(median(answer.size for answer in warm)),
        growth=None if library is smallest else library.median_ms(name) / smallest.median_ms(name),
    )
