"""`python -m bench [--only NAME] [--counts 1000,10000]`: the table, and build/bench/results.json."""

import argparse
import json
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import imports, index, large, libraries, pages, search, start
from bench.figures import Chapter
from bench.site import CantMeasure

RESULTS = libraries.KEPT / "results.json"
Measure = Callable[[Path, Sequence[int]], Chapter]


def measure_imports(work: Path, counts: Sequence[int]) -> Chapter:
    return imports.measure(work, min(max(counts), imports.FILES))


MEASURES: dict[str, Measure] = {
    "imports": measure_imports,
    "pages": pages.measure,
    "search": search.measure,
    "index": index.measure,
    "start": start.measure,
    "large": large.measure,
}
USUAL = [name for name in MEASURES if name != "large"]


def main(arguments: Sequence[str]) -> int:
    options = parser().parse_args(arguments)
    chapters: dict[str, Chapter] = {}
    machine = this_machine()
    try:
        for name in [options.only] if options.only else USUAL:
            chapters[name] = measure(name, options.counts)
            sys.stdout.write("\n".join(chapters[name].lines()) + "\n")
            sys.stdout.flush()
    except CantMeasure as reason:
        sys.stderr.write(f"{name} can't be measured. {reason}\n")
        return 1
    machine["load_after"] = os.getloadavg()
    write(chapters, machine)
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    made.add_argument("--only", choices=sorted(MEASURES), help="Leave the others out; large is out anyway.")
    made.add_argument("--counts", type=sizes, default=pages.COUNTS, help="Articles in the libraries, as 1000,10000.")
    return made


def sizes(text: str) -> list[int]:
    found = sorted({int(each) for each in text.split(",")})
    if found[0] < 1:
        raise ValueError(text)
    return found


def measure(name: str, counts: Sequence[int]) -> Chapter:
    """In a folder of its own, which is gone when it is done."""
    libraries.KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="running-", dir=libraries.KEPT) as work:
        return MEASURES[name](Path(work), counts)


def this_machine() -> dict[str, Any]:
    """What the figures depend on, and whether the machine had something else to do."""
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "load_before": os.getloadavg(),
    }


def write(chapters: dict[str, Chapter], machine: dict[str, Any]) -> None:
    results = {"machine": machine, **{name: chapter.as_data() for name, chapter in chapters.items()}}
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(f"All figures are in {RESULTS}.\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
