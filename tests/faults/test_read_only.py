"""A library that can be read but not written to is read, says so when somebody writes, and needs no restart after."""

import stat
import time

import pytest

from library.models.outages import READ_ONLY
from tests.faults.own_library import OwnLibrary

NO_WRITING = stat.S_IRUSR | stat.S_IXUSR


def forbid(library: OwnLibrary, what: str) -> None:
    """On SQLite the file, or the folder with all its files; on PostgreSQL what its server takes from this database."""
    if library.cluster:
        library.ask(f"ALTER DATABASE {library.name} SET default_transaction_read_only = on")
        return
    for file in [library.file] if what == "file" else [*library.data.rglob("*"), library.data]:
        file.chmod(NO_WRITING)


def allow(library: OwnLibrary) -> None:
    if library.cluster:
        library.ask_plainly(f"ALTER DATABASE {library.name} RESET default_transaction_read_only")
        return
    for file in [library.data, *library.data.rglob("*")]:
        file.chmod(0o700)


@pytest.fixture(params=["file", "folder"])
def forbidden(request, own_library, notes):
    own_library.must("command", "import_library", str(notes(5)))
    own_library.must("keep_session")
    forbid(own_library, request.param)
    yield own_library
    allow(own_library)


def test_a_write_is_refused_in_a_sentence_until_it_can_be_written_again(request, forbidden, tmp_path, done):
    what = request.node.callspec.params["forbidden"]
    ready, first, second = tmp_path / "ready", tmp_path / "told.1", tmp_path / "told.2"
    forbidden.begin("read_and_write", str(tmp_path / "told"), str(ready))
    deadline = time.monotonic() + 30
    while not first.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    allow(forbidden)
    ready.touch()
    assert forbidden.ended() == 0, forbidden.said()
    said = first.read_text()
    # SQLite needs a file beside the library's own even to read it: it can't be made in a folder that is read-only.
    readable = bool(forbidden.cluster) or what == "file"
    assert said.startswith("200 ") and "Article 4" in said if readable else said.startswith("503 ")
    assert "503 \n" in said and READ_ONLY in said
    assert "Traceback" not in said
    assert "\n302 /read/" in second.read_text()
    assert forbidden.one("SELECT count(*) FROM library_link WHERE title = ?", "Saved 2") == 1
    forbidden.must("work")
    forbidden.must("command", "check_library")
    done(writes_refused=1, writes_after=1)


def test_a_start_says_that_it_cannot_write_or_reads_and_the_next_needs_no_help(forbidden, done):
    before = forbidden.log.stat().st_size
    status = forbidden.do("serve_nothing")
    assert status in (0, 1), forbidden.said(before)
    assert "Traceback" not in forbidden.said(before)
    allow(forbidden)
    forbidden.must("serve_nothing")
    forbidden.must("command", "check_library")
    done(starts=2)
