"""How long a start takes, how much memory the whole needs, and what a browser fetches for its first view."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from bench import libraries, search, turns, views
from bench.browser import pages_a_second
from bench.figures import Chapter, Figure, at_most, median
from bench.pages import READERS, addresses_of
from bench.processes import megabytes
from bench.questions import questions
from bench.site import READER, Server, Site, free_port

STARTS, MOST_SECONDS = 5, 1.0
MOST_MEGABYTES, IDLE_SECONDS, BUSY_SECONDS = 200, 5, 2.0


def measure(work: Path, counts: Sequence[int]) -> Chapter:
    """With the largest library."""
    count = max(counts)
    site = libraries.get(count, [smaller for smaller in counts if smaller < count], work)
    figures = [start_figure(site), *memory_figures(site, count), *views.measure(site)]
    return Chapter(f"Start, memory and first view, with {count:,} articles", figures=figures)


def start_figure(site: Site) -> Figure:
    """The first start also collects the static files; it is left out."""
    seconds = [time_a_start(site) for _ in range(STARTS + 1)][1:]
    return at_most("first answer after the start", median(seconds), "s", MOST_SECONDS)


def time_a_start(site: Site) -> float:
    server = Server(Site(site.folder, free_port()))
    try:
        return server.wait_for_answer()
    finally:
        server.stop()


# --- memory


def memory_figures(site: Site, count: int) -> list[Figure]:
    found, asking = site.inside("look_around", READERS, 1), site.inside("reader_to_search", READER, turns.TURNS)
    searches = search.addresses(questions(count, asking["tag"], asking["phrases"], range(turns.TURNS)))
    addresses, cookie = {**addresses_of(found), **searches}, found["cookie"]
    with site.served() as server:
        time.sleep(IDLE_SECONDS)
        idle = megabytes(server.process.pid)
        for name in addresses:
            pages_a_second(server.site.port, cookie, addresses[name], READERS, BUSY_SECONDS)
        busy = megabytes(server.process.pid)
    return [
        at_most("memory of web and worker together, idle", idle, "MB", MOST_MEGABYTES),
        at_most(f"the same after pages for {READERS} readers at once", busy, "MB", MOST_MEGABYTES),
    ]
