"""How fast each kind of search is: of one reader, of five who share a library, and in a very large library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from bench import libraries
from bench.browser import Answer, Browser
from bench.corpus import CHINESE_WORDS, TAGS, VOCABULARY
from bench.figures import MET, Chapter, Figure, at_most, median, percentile, written
from bench.processes import cpu_seconds
from bench.site import Server, Site

WARM, REQUESTS, BURST = 10, 60, 5
READERS = 5
MOST_MS, MOST_MS_OF_95 = 15.0, 40.0
LONG_MS, LONG_MS_OF_95 = 50.0, 120.0
MOST_GROWTH, MOST_INDEX, EDITS = 3.0, 0.75, 50
FLOOR = "/healthz"
COLUMNS = ("", "library", "median ms", "95% ms", "cpu ms", "floor ms", "of the floor", "aim", "", "growth")
QUESTION = "A question of twelve words"


def word(number: int, first: int, end: int) -> str:
    """Another word for each number, of those between these ranks."""
    return VOCABULARY[first + number * 7919 % (end - first)]


def question(number: int) -> str:
    """Twelve words as somebody asks: five that are everywhere, four frequent ones, three that tell."""
    words = [VOCABULARY[(number + place) % 20] for place in range(5)]
    words += [word(4 * number + place, 20, 400) for place in range(4)]
    return " ".join([*words, *(word(3 * number + place, 400, 4_000) for place in range(3))])


KINDS: dict[str, Callable[[int], str]] = {
    "a rare word": lambda number: word(number, 20_000, 50_000),
    "a frequent word": lambda number: word(number, 20, 120),
    "a word of nearly every article": lambda number: VOCABULARY[number % 10],
    "four words": lambda number: " ".join(
        (word(number, 30, 100), word(number, 100, 400), word(number, 400, 2_000), word(number, 2_000, 9_000))
    ),
    "a phrase": lambda number: f'"{word(number, 20, 120)} {word(number, 120, 400)}"',
    "three letters and *": lambda number: f"{word(number, 20, 3_000)[:3]}*",
    "a Chinese word": lambda number: CHINESE_WORDS[50 + number * 7 % 350],
    "words, a tag and a date": lambda number: (
        f"{word(number, 30, 300)} {word(number, 300, 900)} tag:{TAGS[number % 10]} saved:{2015 + number % 10}"
    ),
    QUESTION: question,
}


@dataclass(frozen=True)
class SearchFigure:
    """One kind of search in one library. `floor_ms`: an answer of /healthz, and FTS5 alone asked for the same words."""

    kind: str
    library: str
    median_ms: float
    percentile_95_ms: float
    cpu_ms: float
    floor_ms: float
    growth: float | None

    @property
    def met(self) -> bool:
        most, most_of_95 = (LONG_MS, LONG_MS_OF_95) if self.kind == QUESTION else (MOST_MS, MOST_MS_OF_95)
        return self.median_ms <= most and self.percentile_95_ms <= most_of_95

    def cells(self) -> list[str]:
        times = (self.median_ms, self.percentile_95_ms, self.cpu_ms, self.floor_ms)
        aim = f"{written(LONG_MS)}/{written(LONG_MS_OF_95)}" if self.kind == QUESTION else "15/40"
        growth = "" if self.growth is None else f"{self.growth:.2f} ×"
        share = f"{self.median_ms / self.floor_ms:.1f} ×"
        return [self.kind, self.library, *map(written, times), share, aim, MET[self.met], growth]


@dataclass
class Asked:
    """A library that is being served, and what its reader was answered."""

    name: str
    site: Site
    server: Server
    browser: Browser
    floors: dict[str, float] = field(default_factory=dict)
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)

    def ask(self, kind: str, numbers: range) -> None:
        """What comes first, to warm up, counts for nothing."""
        begun = cpu_seconds(self.server.process.pid)
        answers = [self.browser.get(address(kind, number)) for number in numbers]
        if numbers.start >= WARM:
            self.cpu[kind] = self.cpu.get(kind, 0) + cpu_seconds(self.server.process.pid) - begun
            self.answers.setdefault(kind, []).extend(answers)

    def median_ms(self, kind: str) -> float:
        return median(answer.seconds for answer in self.answers[kind]) * 1000

    def figure(self, kind: str, other: Asked | None) -> SearchFigure:
        return SearchFigure(
            kind=kind,
            library=self.name,
            median_ms=self.median_ms(kind),
            percentile_95_ms=percentile((answer.seconds for answer in self.answers[kind]), 95) * 1000,
            cpu_ms=self.cpu[kind] / len(self.answers[kind]) * 1000,
            floor_ms=self.median_ms(FLOOR) + self.floors[kind] * 1000,
            growth=self.median_ms(kind) / other.median_ms(kind) if other else None,
        )


def address(kind: str, number: int) -> str:
    return FLOOR if kind == FLOOR else f"/search/?q={quote_plus(KINDS[kind](number))}"


def measure(work: Path, counts: Sequence[int], large: int = 0) -> Chapter:
    """Libraries are asked in turn, some requests in a row, so that what else the machine does meets them alike.

    `growth` of one of five readers is over a reader who has as many articles alone; of the large library, over the
    first one.
    """
    count = max(counts)
    share = max(1, count // READERS)
    collect_static(work)
    with ExitStack() as stack:
        whole = opened(stack, f"{count:,}", libraries.get(count, smaller(counts, count), work))
        alone = opened(stack, f"{share:,}", libraries.get(share, smaller(counts, share), work))
        beside = opened(stack, f"{READERS} × {share:,}", libraries.get_shared(share, READERS, work))
        beside_what: dict[str, Asked | None] = {whole.name: None, alone.name: None, beside.name: alone}
        asked = [whole, alone, beside]
        if large:
            asked.append(opened(stack, f"{large:,} short", libraries.get_short(large, work)))
            beside_what[asked[-1].name] = whole
        for kind in (FLOOR, *KINDS):
            ask_in_turn(asked, kind)
        figures: list[Any] = [one.figure(kind, beside_what[one.name]) for kind in KINDS for one in asked]
    return Chapter(f"Searches under gunicorn, {REQUESTS} of each kind by one reader", COLUMNS, figures)


def collect_static(work: Path) -> None:
    Site(work / "nothing").manage("collectstatic", "--noinput", "--verbosity=0")


def smaller(counts: Sequence[int], count: int) -> list[int]:
    return [each for each in counts if each < count]


def opened(stack: ExitStack, name: str, site: Site) -> Asked:
    queries = {kind: [make(number) for number in range(WARM, WARM + REQUESTS)] for kind, make in KINDS.items()}
    floors = site.inside("floors_of_searches", queries)
    cookie = site.inside("cookie")
    server = stack.enter_context(site.served())
    browser = Browser(server.site.port, cookie)
    stack.callback(browser.close)
    return Asked(name, site, server, browser, floors)


def ask_in_turn(asked: list[Asked], kind: str) -> None:
    for start in range(0, WARM + REQUESTS, BURST):
        for one in asked:
            one.ask(kind, range(start, start + BURST))


def measure_index(work: Path, counts: Sequence[int]) -> Chapter:
    """What the index takes and whether it is never behind, in the largest library."""
    collect_static(work)
    site = libraries.get(max(counts), smaller(counts, max(counts)), work)
    sizes, edits = site.inside("index_size"), site.inside("edits_found", EDITS)
    share = sizes["index"] / sizes["text"]
    return Chapter(
        f"The index of {max(counts):,} articles",
        figures=[
            Figure("text", sizes["text"] / 1e6, "MB"),
            at_most("index, of the text", share, "×", MOST_INDEX),
            Figure("edits found by the next request", edits["found"], f"of {EDITS}", aim="all",
                   met=edits["found"] == EDITS),
            Figure("an edit, from form to page", edits["edit_ms"], "ms"),
            Figure("the search after it", edits["search_ms"], "ms", floor=edits["again_ms"]),
        ],
    )  # fmt: skip
