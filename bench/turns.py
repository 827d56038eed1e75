"""Libraries that are served at once and asked in turn, so that what else the machine does meets them alike; and some
requests in a row, since each process finds the processors' caches full of another's data at first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from bench.browser import Answer, Browser
from bench.figures import median, percentile
from bench.processes import cpu_seconds
from bench.site import Server, Site

WARM, REQUESTS, BURST = 25, 200, 5
TURNS = WARM + REQUESTS
FLOOR, FLOOR_ADDRESS = "/healthz (the floor)", "/healthz"


@dataclass(frozen=True)
class Opened:
    """A library that is being served, what to ask it for, and a browser that is logged in."""

    articles: int
    site: Site
    server: Server
    addresses: Mapping[str, Sequence[str]]
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

    def cpu_ms(self, page: str) -> float:
        return self.cpu_seconds[page] / REQUESTS * 1000

    def warm_answers(self, page: str) -> list[Answer]:
        return self.answers[page][WARM:]

    def median_ms(self, page: str) -> float:
        return median(answer.seconds for answer in self.warm_answers(page)) * 1000

    def percentile_95_ms(self, page: str) -> float:
        return percentile((answer.seconds for answer in self.warm_answers(page)), 95) * 1000

    def bytes(self, page: str) -> int:
        return round(median(answer.size for answer in self.warm_answers(page)))


def opened(stack: ExitStack, server: Server, articles: int, addresses: Mapping[str, Sequence[str]],
           *cookies: str, headers: Mapping[str, str] | None = None) -> Opened:  # fmt: skip
    browser = Browser(server.site.port, *cookies, headers=headers)
    stack.callback(browser.close)
    return Opened(articles, server.site, server, {FLOOR: [FLOOR_ADDRESS], **addresses}, browser)


def ask_in_turn(libraries: Sequence[Opened], name: str) -> None:
    """Some requests of each library, again and again."""
    for start in range(0, TURNS, BURST):
        for library in libraries:
            library.ask_often(name, range(start, min(start + BURST, TURNS)))
