"""Bombs through the true import, in a process of its own: a clear sentence, in bounded time and memory; and meanwhile
the pages of other readers are as quick as ever.
"""

import http.client
import json
import os
import socket
import sqlite3
import statistics
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
MOST_SECONDS, MOST_MEMORY, PATIENCE = 30, 512 * MB, 600
PAGE_SECONDS = 1.0
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
HEAVY = ("one-word.md", "astral.md", "stars.md", "entities-in.json", "cells.csv", "headings.md", "overlap.zip")
LOG_IN = """
import django; django.setup()
from django.conf import settings
from django.test import Client
from library import accounts, tasks
from library.models import User
ben, _ = User.objects.get_or_create(username="ben")
client = Client()
client.force_login(ben, backend=settings.AUTHENTICATION_BACKENDS[0])
print(settings.SESSION_COOKIE_NAME + "=" + client.cookies[settings.SESSION_COOKIE_NAME].value)
run = accounts.first_reader().import_runs.create(label="bombs", paths=[{folder!r}], uploaded=True)
tasks.run_import.enqueue(run.pk)
print(run.pk)
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> dict[str, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place = tmp_path_factory.mktemp("library")
    places = {"DATA_DIR": str(place / "data"), "STATIC_ROOT": str(place / "static"), "PORT": str(port)}
    found = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "library.settings", **places}
    subprocess.run([sys.executable, "manage.py", "prepare"], cwd=ROOT, env=found, check=True, capture_output=True)
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


@pytest.mark.proofs
def test_pages_of_other_readers_are_quick_while_bombs_are_imported(environment, tmp_path, record_property):
    folder = tmp_path / "bombs"
    folder.mkdir()
    for name in HEAVY:
        BOMBS[name](folder / name)
    script = LOG_IN.format(folder=str(folder))
    made = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, check=True, capture_output=True)
    cookie, number = made.stdout.decode().split()
    serving = subprocess.Popen(
        [sys.executable, "manage.py", "serve"], cwd=ROOT, env=environment, stdout=subprocess.PIPE
    )
    try:
        times = list(pages(environment, cookie, number))
    finally:
        for process in children(psutil.Process(serving.pid)):
            process.terminate()
        serving.terminate()
        serving.wait(PATIENCE)
    middle, longest = statistics.median(times), max(times)
    record_property("bomb", [f"{len(times)} pages meanwhile", round(middle, 3), 0, f"the slowest {longest:.2f} s"])
    assert len(times) > 10 and middle < PAGE_SECONDS


def pages(environment, cookie, number):
    """How long pages take from the first that is answered to the end of the import."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        start = time.monotonic()
        try:
            status = fetch(environment, cookie, "/")
        except OSError:
            time.sleep(0.2)
            continue
        assert status == 200
        yield time.monotonic() - start
        if is_done(environment, number):
            return
        time.sleep(0.2)
    pytest.fail("The import did not end.")


def fetch(environment, cookie, path) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", int(environment["PORT"]), timeout=PATIENCE)
    connection.request("GET", path, headers={"Cookie": cookie, "Host": f"localhost:{environment['PORT']}"})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status


def is_done(environment, number) -> bool:
    with sqlite3.connect(Path(environment["DATA_DIR"]) / "commonplace.sqlite3") as opened:
        (state,) = opened.execute("SELECT state FROM library_importrun WHERE id = ?", [number]).fetchone()
    return state != "running"
