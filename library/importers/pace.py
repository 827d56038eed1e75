"""How many files go into one transaction, so that other writers need not wait long (docs/architecture.md)."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

# SQLite has one writer at a time. Longer batches import faster (each commit writes out a piece of the search index,
# and pieces are merged), shorter ones let others in sooner: docs/architecture.md has what was measured. No pause is
# needed between them: whoever waits stands in line before the next batch (library.models.waiting).
SECONDS = 0.08
FEWEST, MOST = 10, 1000


class Pace:
    """Batches that take about SECONDS each: few files where each is much work, many where they are known already."""

    def __init__(self, files: int) -> None:
        self.files = files

    @contextmanager
    def measured(self, files: int) -> Iterator[None]:
        """Around the work on a batch: its time tells how many come into the next one."""
        began = time.perf_counter()
        yield
        took = time.perf_counter() - began
        fitting = int(files * SECONDS / max(took, 0.001))
        self.files = max(FEWEST, min(fitting, 2 * self.files, MOST))
