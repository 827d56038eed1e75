"""A library in a folder and a database of its own, which other processes open, are killed in, and open again."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from math import inf
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg
from psycopg.conninfo import conninfo_to_dict

from tests.faults.killing import Moment

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120
MIGRATED = "prepared"


class OwnLibrary:
    """`cluster` is the address of a PostgreSQL in which the library has a database of its own; without, SQLite."""

    def __init__(self, folder: Path, cluster: str = "", name: str = "own") -> None:
        self.folder, self.cluster, self.name = folder, cluster, f"commonplace_{name}"
        self.data, self.log = folder / "data", folder / "log"
        self.file, self.backups = self.data / "commonplace.sqlite3", self.data / "backups"
        folder.mkdir(parents=True, exist_ok=True)
        self.log.touch()
        self._nursery: subprocess.Popen[str] | None = None
        self._under_way = False

    @property
    def environment(self) -> dict[str, str]:
        places = {"DATA_DIR": str(self.data), "STATIC_ROOT": str(self.folder / "static"), "DATABASE_URL": self.address}
        places |= {"DJANGO_SETTINGS_MODULE": "library.settings", "BACKUP_FOLDER": str(self.backups)}
        return {"PATH": os.environ["PATH"], **places}

    @property
    def address(self) -> str:
        if not self.cluster:
            return ""
        found = conninfo_to_dict(self.cluster)
        return f"postgresql://{found['user']}@/{self.name}?host={quote(found['host'], safe='')}"

    # --- its database from outside

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query, or none of another statement; with ? for values on both databases."""
        if self.cluster:
            with psycopg.connect(self.address) as opened:
                found = opened.execute(query.replace("?", "%s"), values)
                return found.fetchall() if found.description else []
        with closing(sqlite3.connect(self.file, timeout=30)) as opened:
            rows = opened.execute(query, values).fetchall()
            opened.commit()
            return rows

    def one(self, query: str, *values: Any) -> Any:
        return self.ask(query, *values)[0][0]

    def ask_plainly(self, statement: str) -> None:
        """From beside the library, whatever state its own database is in."""
        with psycopg.connect(self.cluster, autocommit=True) as opened:
            opened.execute(statement)

    def become(self, other: "OwnLibrary") -> None:
        """A copy of another library, which nobody uses meanwhile, in the place of this one."""
        self._give_way()
        shutil.copytree(other.data, self.data)
        if self.cluster:
            self.make_database(other.name)

    def become_empty(self) -> None:
        self._give_way()
        self.data.mkdir()
        if self.cluster:
            self.make_database()

    def _give_way(self) -> None:
        """Also where a test broke off and left a child that nobody waited for."""
        if self._under_way:
            self.leave()
        shutil.rmtree(self.data, ignore_errors=True)
        self.log.write_bytes(b"")

    def make_database(self, template: str = "template0") -> None:
        with psycopg.connect(self.cluster, autocommit=True) as opened:
            opened.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
            opened.execute(f"CREATE DATABASE {self.name} TEMPLATE {template}")

    def let_time_pass(self) -> None:
        """What is waited for after a kill (30 seconds for a lease or a silent worker, an hour to tend) is over."""
        self.ask("UPDATE library_importrun SET lease_until = NULL")
        begun = "UPDATE django_tasks_database_dbtaskresult SET started_at = '2026-01-01 00:00:00' WHERE status = ?"
        self.ask(begun, "RUNNING")
        self.ask("DELETE FROM library_cache")

    # --- processes in it

    def begin(self, act: str, *said: Any, kill: Moment | None = None) -> int:
        """A child of the nursery begins an act of `tests.faults.acts`. Its process id; `ended` waits for it."""
        if self._nursery is None:
            self._nursery = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.nursery", str(self.log)],
                cwd=ROOT, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
        self._nursery.stdin.write(json.dumps({"act": act, "said": said, "kill": kill}) + "\n")
        self._nursery.stdin.flush()
        self._under_way = True
        return int(self._nursery.stdout.readline() or 0)

    def ended(self) -> int:
        """The exit status of what was begun last; minus nine where it was killed."""
        status = int(self._nursery.stdout.readline())
        self._under_way = False
        return status

    def do(self, act: str, *said: Any, kill: Moment | None = None) -> int:
        self.begin(act, *said, kill=kill)
        return self.ended()

    def killed(self, act: str, *said: Any, after: float) -> bool:
        """Begin an act and kill all its processes after so many seconds of its CPU time, so that a busy machine doesn't
        make it earlier. False where it had ended before.
        """
        child = self.begin(act, *said)
        while spent(child) < after:
            time.sleep(0.005)
        kill_family(child)
        status = self.ended()
        assert status in (0, -signal.SIGKILL), f"{act}{said} ended with {status}:\n{self.said()[-3000:]}"
        return status != 0

    def start(self, *command: str, **environment: str) -> subprocess.Popen[str]:
        """A command as a person types it, beside whatever else goes on."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "manage.py", *command],
                cwd=ROOT, env={**self.environment, **environment}, stdout=log, stderr=log, text=True,
            )  # fmt: skip

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """A command as a person types it."""
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT, env={**self.environment, **environment}, capture_output=True, text=True, timeout=PATIENCE,
        )  # fmt: skip

    def said(self, since: int = 0) -> str:
        with self.log.open("rb") as file:
            file.seek(since)
            return file.read().decode(errors="replace")

    def must(self, act: str, *said: Any) -> str:
        """Do an act that has to succeed. Answers what it printed."""
        before = self.log.stat().st_size
        status = self.do(act, *said)
        assert status == 0, f"{act}{said} ended with {status}:\n{self.said(before)[-3000:]}"
        return self.said(before)

    def leave(self) -> None:
        """No process of ours has it open any more."""
        if self._nursery is not None:
            self._nursery.stdin.close()
            self._nursery.wait(PATIENCE)
            self._nursery = None
            self._under_way = False

    def close(self) -> None:
        self.leave()
        if self.cluster:
            with psycopg.connect(self.cluster, autocommit=True) as opened:
                opened.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")


def spent(pid: int) -> float:
    """Seconds of CPU; endless where it has ended."""
    try:
        return sum(psutil.Process(pid).cpu_times()[:2])
    except psutil.NoSuchProcess:
        return inf


def kill_family(pid: int) -> None:
    """With all its children at once, as when the machine fails."""
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    kill_all(family)
    psutil.wait_procs(family[1:], timeout=PATIENCE)


def kill_all(processes: Iterable[psutil.Process]) -> None:
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
