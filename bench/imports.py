"""How fast an import is, beside plain sqlite3 doing the same work a moment before and after."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bench import corpus
from bench.figures import Chapter, Figure, at_most, median, percentile
from bench.site import CantMeasure, Ran, Site, read_answer

FILES, ROUNDS = 10_000, 3
SHARE_OF_FLOOR = 0.6
SLOWEST_WRITE_MS, ALONE_SECONDS = 80, 4
WRITE_EVERY = 0.02


@dataclass(frozen=True)
class Task:
    """So many files in a folder, so many of them to a commit."""

    folder: Path
    files: int
    commit: int


@dataclass(frozen=True)
class Speed:
    """Files per second: while the work was done, and over the whole process with its start and end.

    `cpu_ms` is the processors' time for a file, of all processes that took part.
    """

    inside: float
    whole: float
    cpu_ms: float


@dataclass(frozen=True)
class Round:
    """New files, then the same ones again; the floor's figures beside ours."""

    floor: Speed
    ours: Speed
    floor_again: Speed
    ours_again: Speed
    peak_bytes: int


def measure(work: Path, files: int = FILES) -> Chapter:
    folder = work / "files"
    corpus.write(folder, range(files))
    empty = Site(work / "empty")
    empty.make()
    task = Task(folder, files, empty.inside("files_to_a_commit"))
    done = [one_round(empty.copy_to(work / f"import-{number}"), task) for number in range(ROUNDS)]
    alone, beside = writes_of_another(empty.copy_to(work / "written"), folder)
    cpu = beside_floor("processor time for a file", [(each.ours.cpu_ms, each.floor.cpu_ms) for each in done], "ms")
    memory = Figure("most memory that it took", median(each.peak_bytes for each in done) / 1e6, "MB")
    title = f"Import of {files:,} files of 6 kB (median of {ROUNDS} rounds)"
    return Chapter(title, figures=[*speeds(done), cpu, memory, *waits(alone, beside)])


def waits(alone: list[float], beside: list[float]) -> list[Figure]:
    """How long a small write takes while an import runs; its floor is the time that it takes alone."""
    name = "small write by another process"
    often = percentile(beside, 95)
    return [
        at_most(f"{name}, 95th percentile", often, "ms", SLOWEST_WRITE_MS, floor=percentile(alone, 95)),
        Figure(f"{name}, median", median(beside), "ms", floor=median(alone)),
        Figure(f"{name}, slowest", max(beside), "ms", floor=max(alone)),
    ]


def speeds(done: list[Round]) -> list[Figure]:
    """New files are held against their floor; for unchanged ones it only stands beside."""
    new = [(each.ours, each.floor) for each in done]
    again = [(each.ours_again, each.floor_again) for each in done]
    return [
        held_to_floor("import, while it runs", [(ours.inside, floor.inside) for ours, floor in new]),
        held_to_floor("import, the whole command", [(ours.whole, floor.whole) for ours, floor in new]),
        beside_floor("unchanged files again, while it runs", [(ours.inside, floor.inside) for ours, floor in again]),
        beside_floor("unchanged files again, the whole command", [(ours.whole, floor.whole) for ours, floor in again]),
    ]


def beside_floor(name: str, pairs: list[tuple[float, float]], unit: str = "files/s") -> Figure:
    """The round whose share of its own floor is the median one."""
    ours, floor = sorted(pairs, key=lambda pair: pair[0] / pair[1])[len(pairs) // 2]
    return Figure(name, ours, unit, floor)


def held_to_floor(name: str, pairs: list[tuple[float, float]]) -> Figure:
    found = beside_floor(name, pairs)
    share = found.value / (found.floor or 1)
    return replace(found, aim=f"at least {SHARE_OF_FLOOR} ×", met=share >= SHARE_OF_FLOOR)


def one_round(site: Site, task: Task) -> Round:
    floor = measure_floor(site, task)
    ours, peak = measure_import(site, task, new=task.files)
    floor_again = measure_floor(site, task)
    ours_again, _ = measure_import(site, task, unchanged=task.files)
    shutil.rmtree(site.folder)
    return Round(floor, ours, floor_again, ours_again, peak)


def measure_floor(site: Site, task: Task) -> Speed:
    ran = site.run("-m", "bench.floor", str(task.folder), str(site.folder / "floor.sqlite3"), str(task.commit))
    inside = json.loads((site.folder.parent / "said").read_text())
    return speed(inside, ran)


def measure_import(site: Site, task: Task, **wanted: int) -> tuple[Speed, int]:
    """With what must come of it: a quick import that left something out would be no figure."""
    ran = site.manage("import_library", str(task.folder))
    run = site.inside("last_run")
    if {name: run[name] for name in wanted} != wanted:
        raise CantMeasure(f"The import did not take in what it was given: {run}.")
    return speed(run, ran), ran.peak_bytes


def speed(inside: dict[str, float], ran: Ran) -> Speed:
    files = inside["files"]
    return Speed(files / inside["seconds"], files / ran.seconds, 1000 * ran.cpu_seconds / files)


def writes_of_another(site: Site, folder: Path) -> tuple[list[float], list[float]]:
    """Milliseconds of small writes: with nothing else going on, and while an import runs."""
    writer = begin_writes(site)
    time.sleep(ALONE_SECONDS)
    alone = end_writes(writer)
    writer = begin_writes(site)
    try:
        site.manage("import_library", str(folder))
    finally:
        beside = end_writes(writer)
    return alone, beside


def begin_writes(site: Site) -> subprocess.Popen[str]:
    writer = site.begin_inside("write_until_told", WRITE_EVERY)
    assert writer.stdout
    writer.stdout.readline()
    return writer


def end_writes(writer: subprocess.Popen[str]) -> list[float]:
    answer, _ = writer.communicate("")
    found = read_answer("write_until_told", writer.returncode, answer)
    return [wait * 1000 for seconds in found for wait in with_those_meanwhile(seconds)]


def with_those_meanwhile(seconds: float) -> Iterator[float]:
    """A write, and those that would have begun while it waited: each would have waited for what was left."""
    while seconds > 0:
        yield seconds
        seconds -= WRITE_EVERY
