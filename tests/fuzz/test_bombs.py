"""Bombs through the true import, in a process of its own: a clear sentence, in bounded time and memory."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from library import rendering
from library.content.child import CPU_SECONDS
from tests.fuzz.bombs import BOMBS, DEFINITIONS, MB
from tests.fuzz.oracle import SENTENCE_ENDS

pytestmark = pytest.mark.sqlite
ROOT = Path(__file__).resolve().parents[2]
MOST_SECONDS, MOST_MEMORY = 30, 512 * MB
# The others take longer to make or to read.
ALWAYS = {
    "overlap.zip",
    "zips.zip",
    "attachment.zip",
    "aliases.md",
    "yaml-dashes.md",
    "deep.json",
    "cells.csv",
    "clippings.txt",
}
EACH = [pytest.param(name, marks=[] if name in ALWAYS else pytest.mark.proofs) for name in BOMBS]


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> dict[str, str]:
    place = tmp_path_factory.mktemp("library")
    places = {"DATA_DIR": str(place / "data"), "STATIC_ROOT": str(place / "static")}
    found = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "library.settings", **places}
    subprocess.run([sys.executable, "manage.py", "migrate"], cwd=ROOT, env=found, check=True, capture_output=True)
    return found


@dataclass
class Cost:
    """Of a process and those it started: CPU seconds, and the most memory at one time, shared pages shared out."""

    seconds: float = 0.0
    memory: int = 0

    def watch(self, process: psutil.Popen) -> None:
        spent: dict[int, float] = {}
        while process.poll() is None:
            self.memory = max(self.memory, sum(self._of(each, spent) for each in [process, *children(process)]))
            self.seconds = sum(spent.values())
            time.sleep(0.05)

    def _of(self, process: psutil.Process, spent: dict[int, float]) -> int:
        try:
            spent[process.pid] = sum(process.cpu_times()[:2])
            return process.memory_full_info().pss
        except psutil.Error:
            return 0


def children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


@pytest.mark.parametrize("name", EACH)
def test_a_bomb_gets_a_sentence_and_takes_little(name, environment, tmp_path, record_property):
    bomb, report = tmp_path / name, tmp_path / "report.json"
    BOMBS[name](bomb)
    command = [sys.executable, "manage.py", "import_library", str(bomb), "--first-user", "--report", str(report)]
    with (tmp_path / "said").open("w+") as said:
        process = psutil.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said)
        cost = Cost()
        cost.watch(process)
        said.seek(0)
        told = said.read()
    bomb.unlink()
    assert process.returncode == 0 and "Traceback" not in told, told
    entries = json.loads(report.read_text())["entries"]
    assert entries and all(entry["message"].endswith(SENTENCE_ENDS) for entry in entries)
    outcome = f"{entries[0]['outcome']}: {entries[0]['message']}"
    record_property("bomb", [name, round(cost.seconds, 1), cost.memory // MB, outcome])
    assert cost.seconds < MOST_SECONDS and cost.memory < MOST_MEMORY, cost


def test_a_text_of_link_definitions_is_shown_in_bounded_time():
    before = os.times()
    rendering.render(DEFINITIONS)
    spent = os.times()
    took = spent.children_user + spent.children_system - before.children_user - before.children_system
    assert took < CPU_SECONDS + 1
