"""Searches in a library ten times the largest, of short articles. It takes long: only `--only large` measures it."""

from collections.abc import Sequence
from pathlib import Path

from bench import libraries, search
from bench.figures import Chapter

TIMES, MOST_GROWTH = 10, 3


def measure(work: Path, counts: Sequence[int]) -> Chapter:
    count = max(counts)
    site = libraries.get(count, [smaller for smaller in counts if smaller < count], work)
    short = libraries.get_short(TIMES * count, work)
    return search.chapter(work, [(count, site), (TIMES * count, short)], MOST_GROWTH)
