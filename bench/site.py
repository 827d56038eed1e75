"""A library of the bench's own: its data folder, its commands, and the server exactly as `make run` starts it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "commonplace.sqlite3"
HOST = "127.0.0.1"
# What a process needs to run at all. Settings of a library that is in use here must not reach the bench's own.
KEPT = ("PATH", "HOME", "LANG", "TMPDIR")
PATIENCE = 30
SERVE = "serve"
READER = "bench"  # the one reader of a library, where it has but one


class CantMeasure(Exception):
    """Why there are no figures, in a sentence."""


@dataclass(frozen=True)
class Ran:
    """A process that came to its end."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class Site:
    folder: Path
    port: int = 0
    database_url: str = ""  # blank: SQLite in the folder

    @property
    def database(self) -> Path:
        return self.folder / DATABASE

    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        own = {"DATA_DIR": self.folder, "STATIC_ROOT": self.folder.parent / "static", "PORT": self.port or 8000}
        return {**kept, **{name: str(value) for name, value in own.items()}, "DATABASE_URL": self.database_url}

    def process(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        command = [sys.executable, *arguments]
        return subprocess.Popen(command, cwd=ROOT, env=self.environment(), text=True, **options)  # noqa: S603

    def run(self, *arguments: str) -> Ran:
        """Run Python with these arguments to its end. Raises CantMeasure with what it said when it fails."""
        said = self.folder.parent / "said"
        begun = time.perf_counter()
        with said.open("w") as stream:
            process = self.process(*arguments, stdout=stream, stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - begun
        if process.returncode:
            raise CantMeasure(f"{' '.join(arguments)} failed:\n{said.read_text()[-2000:]}")
        return Ran(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)

    def manage(self, *arguments: str) -> Ran:
        return self.run("manage.py", *arguments)

    def inside(self, name: str, *arguments: Any) -> Any:
        """The answer of a function of `bench.inside`, which runs in a process of this library."""
        process = self.begin_inside(name, *arguments)
        answer, _ = process.communicate()
        return read_answer(name, process.returncode, answer)

    def begin_inside(self, name: str, *arguments: Any) -> subprocess.Popen[str]:
        call = f"from bench import inside; inside.answer({name!r}, {json.dumps(arguments)!r})"
        command = ("manage.py", "shell", "--no-imports", "--verbosity=0", "--command", call)
        return self.process(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def make(self) -> None:
        """An empty library of one reader."""
        self.folder.mkdir(parents=True)
        self.manage("migrate", "--verbosity=0")
        self.inside("make_reader")

    def copy_to(self, folder: Path) -> Site:
        """The same library at another place. Nothing may have it open."""
        shutil.copytree(self.folder, folder)
        return Site(folder)

    def warm(self) -> None:
        """Read the database once, so that it lies in the system's memory as that of a library in daily use does."""
        with self.database.open("rb") as stream:
            while stream.read(1 << 20):
                pass

    @contextmanager
    def served(self) -> Iterator[Server]:
        """The running server, from its first answer until the end of the block."""
        server = Server(Site(self.folder, free_port()))
        try:
            server.wait_for_answer()
            self.warm()
            yield server
        finally:
            server.stop()


class Server:
    """`manage.py serve`: gunicorn and the worker."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.begun = time.perf_counter()
        self.process = site.process("manage.py", SERVE, stdout=subprocess.DEVNULL, start_new_session=True)

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.site.port}"

    def wait_for_answer(self) -> float:
        """Seconds from the start to the first answer."""
        while time.perf_counter() - self.begun < PATIENCE and self.process.poll() is None:
            if is_answering(self.site.port):
                return time.perf_counter() - self.begun
            time.sleep(0.005)
        raise CantMeasure(f"The server on {self.address} did not answer.")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def is_answering(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def read_answer(name: str, status: int, answer: str) -> Any:
    if status:
        raise CantMeasure(f"bench.inside.{name} failed.")
    return json.loads(answer.splitlines()[-1])
