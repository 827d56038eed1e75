"""A library that is served: its pages over HTTP, as the reader whose session `keep_session` left."""

import http.client
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from tests.faults.acts import SESSION
from tests.faults.own_library import OwnLibrary, kill_all

PATIENCE = 60


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def served(library: OwnLibrary, port: int) -> Iterator[subprocess.Popen[str]]:
    serving = library.start("serve", PORT=str(port))
    family = psutil.Process(serving.pid)
    try:
        until(library, port, "/library/", 200)
        yield serving
    finally:
        kill_all([family, *family.children(recursive=True)])
        serving.wait()


def asked(library: OwnLibrary, port: int, page: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", page, headers={"Cookie": f"session={(library.data / SESSION).read_text()}"})
    answer = connection.getresponse()
    said = answer.status, answer.read().decode()
    connection.close()
    return said


def until(library: OwnLibrary, port: int, page: str, status: int) -> str:
    """What the page says once it is answered with that status."""
    deadline, found = time.monotonic() + PATIENCE, (0, "")
    while found[0] != status and time.monotonic() < deadline:
        try:
            found = asked(library, port, page)
        except OSError:
            time.sleep(0.1)
    assert found[0] == status, f"{found}\n{library.said()[-3000:]}"
    return found[1]
