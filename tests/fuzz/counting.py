"""How many inputs a test gives to what it tests, and the proof that it did.

A run of `make test` has 20,000 and is the same each time; the one of `make proofs` has a million, or FUZZ_INPUTS of
them, and differs each time.
"""

import os
import time
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from library.importers.formats import FORMATS

QUICK = 20_000
PROOF = int(os.environ.get("FUZZ_INPUTS", "1_000_000"))
SIZES = [QUICK, pytest.param(PROOF, marks=pytest.mark.proofs, id="proof")]
MOST_SECONDS = 2.0
# Hypothesis remembers all it has tried.
AT_ONCE = 5_000

# Of 20,000.
OTHERS = {
    "dates": 500,
    "addresses": 1_500,
    "queries": 1_500,
    "front matter": 1_000,
    "HTML to Markdown": 600,
    "words": 600,
    "sanitiser": 400,
    "patched link files": 1_000,
    "streamed JSON": 500,
    "zips": 300,
    "imports": 400,
    "words kept": 200,
}
FORMAT_SHARE = -(-(QUICK - sum(OTHERS.values())) // len(FORMATS))
Check = Callable[..., str | None]


def share(kind: str, size: int) -> int:
    """How many inputs of a kind belong to a run of `size`."""
    return -(-OTHERS.get(kind, FORMAT_SHARE) * size // QUICK)


class Fuzz:
    """Counts what was really run, and by what came of it."""

    def __init__(self, kind: str, size: int, record: Callable[[str, object], None]) -> None:
        self.kind, self.wanted, self._record = kind, share(kind, size), record
        self._fixed = size == QUICK
        self.ran = 0
        self.came: Counter[str] = Counter()
        self.slowest = 0.0

    def run(self, strategy: st.SearchStrategy[object], check: Check, each: int = 1) -> None:
        """Every input is checked, and takes no longer than two seconds of CPU; `each` counts for so many inputs."""
        while self.ran < self.wanted:
            before = self.ran
            self._some(strategy, check, each, min(AT_ONCE, -(-(self.wanted - before) // each)))
            assert self.ran > before, "Hypothesis ran out of inputs."
        self._record("fuzz", [self.kind, self.ran, dict(self.came), round(self.slowest, 2)])

    def _some(self, strategy: st.SearchStrategy[object], check: Check, each: int, inputs: int) -> None:
        @settings(
            max_examples=inputs,
            derandomize=self._fixed,
            database=None,
            deadline=None,
            print_blob=True,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def one(value: object) -> None:
            self._one(value, check, each)

        one()

    def _one(self, value: object, check: Check, each: int) -> None:
        start = time.process_time()
        outcome = check(value)
        took = (time.process_time() - start) / each
        self.ran += each
        self.slowest = max(self.slowest, took)
        if outcome:
            self.came[outcome] += 1
        assert took < MOST_SECONDS, f"It took {took:.1f} seconds."
