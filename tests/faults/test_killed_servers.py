"""The same with all the processes of a server, in real time: nobody moves a clock, and the next start goes on."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.faults.serving import free_port
from tests.importers.link_files import link_file

pytestmark = pytest.mark.proofs

ROOT = Path(__file__).resolve().parents[2]
FILES = 3_000
KILLS = 6
PATIENCE = 300
BEGIN = """
import django; django.setup()
from library import accounts, tasks
run = accounts.first_reader().import_runs.create(label="notes", paths=[{notes!r}], uploaded=True)
tasks.run_import.enqueue(run.pk)
"""


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    places = {"DATA_DIR": str(tmp_path / "data"), "STATIC_ROOT": str(tmp_path / "static"), "PORT": str(free_port())}
    return {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "library.settings", **places}


@pytest.fixture
def notes(tmp_path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    for number in range(FILES):
        text = link_file(f"Article {number}", url=f"https://slow.example/{number}", content="Word by word. " * 300)
        (folder / f"{number}.md").write_text(text)
    return folder


def run(environment: dict[str, str], *command: str) -> None:
    subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=True)


def progress(environment: dict[str, str]) -> tuple[str, int]:
    opened = sqlite3.connect(Path(environment["DATA_DIR"]) / "commonplace.sqlite3")
    try:
        return opened.execute("SELECT state, files FROM library_importrun").fetchone()
    finally:
        opened.close()


def wait_for(environment: dict[str, str], files: int) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        state, done = progress(environment)
        if state != "running" or done >= files:
            return state
        time.sleep(0.01)
    pytest.fail(f"After {PATIENCE} seconds the import stands at {progress(environment)}.")


def kill_one_or_all(serving: subprocess.Popen[bytes]) -> None:
    """With the whole family at once, as when the machine fails; or the parent alone, as when memory runs out."""
    family = psutil.Process(serving.pid).children(recursive=True)
    serving.send_signal(signal.SIGKILL)
    for process in family if random.random() < 0.5 else []:
        process.kill()
    serving.wait()
    psutil.wait_procs(family, timeout=PATIENCE)


def test_killed_at_random_moments_an_import_loses_and_doubles_nothing(environment, notes):
    run(environment, "manage.py", "prepare")
    run(environment, "-c", BEGIN.format(notes=str(notes)))
    for kill in range(KILLS + 1):
        serving = subprocess.Popen([sys.executable, "manage.py", "serve"], cwd=ROOT, env=environment)
        last = kill == KILLS
        state = wait_for(environment, FILES + 1 if last else progress(environment)[1] + random.randint(1, 200))
        assert last or state == "running"
        kill_one_or_all(serving)
    assert (state, progress(environment)[1]) == ("done", FILES)
    run(environment, "manage.py", "check_library")
    with sqlite3.connect(Path(environment["DATA_DIR"]) / "commonplace.sqlite3") as opened:
        urls = [url for (url,) in opened.execute("SELECT url FROM library_link")]
    assert len(urls) == len(set(urls)) == FILES
