"""How long a start takes, how much memory the whole needs, and what a browser fetches for its first view."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from bench import libraries, views
from bench.browser import pages_a_second
from bench.figures import Chapter, Figure, at_most, median
from bench.pages import READERS, addresses_of
from bench.site import CantMeasure, Server, Site, free_port

STARTS, MOST_SECONDS = 5, 1.0
MOST_MEGABYTES, IDLE_SECONDS, BUSY_SECONDS = 200, 5, 2.0
KILOBYTE = 1024


def measure(work: Path, counts: Sequence[int]) -> Chapter:
    """With the largest library."""
    count = max(counts)
    site = libraries.get(count, [smaller for smaller in counts if smaller < count], work)
    figures = [start_figure(site), *memory_figures(site), *views.measure(site)]
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


def memory_figures(site: Site) -> list[Figure]:
    addresses = addresses_of(site.inside("places", READERS, 1))
    cookie = site.inside("log_in")
    with site.served() as server:
        time.sleep(IDLE_SECONDS)
        idle = megabytes(server)
        for name in addresses:
            pages_a_second(server.site.port, cookie, addresses[name], READERS, BUSY_SECONDS)
        busy = megabytes(server)
    return [
        at_most("memory of web and worker together, idle", idle, "MB", MOST_MEGABYTES),
        at_most(f"the same after pages for {READERS} readers at once", busy, "MB", MOST_MEGABYTES),
    ]


def megabytes(server: Server) -> float:
    """Proportional set size of the server and all below it: memory that several share is counted once."""
    return sum(proportional_bytes(pid) for pid in family(server.process.pid)) / 1e6


def family(pid: int) -> list[int]:
    """The process and all that descend from it."""
    parents = {int(status.parent.name): parent_of(status) for status in Path("/proc").glob("[0-9]*/status")}
    found = [pid]
    for member in found:
        found.extend(child for child, parent in parents.items() if parent == member)
    return found


def parent_of(status: Path) -> int:
    """0 for a process that has ended meanwhile."""
    try:
        lines = status.read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("PPid:")), 0)


def proportional_bytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * KILOBYTE
    raise CantMeasure("This system does not tell a process's proportional memory.")
