"""Writers stand in a line: whoever came first writes first, and waits for as long as is set."""

import os
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from library.models import waiting
from library.models.waiting import Patience, first_in_line

LOCKS = Path("/proc/locks")
OUTSIDE = {"connection": SimpleNamespace(in_atomic_block=False)}
INSIDE = {"connection": SimpleNamespace(in_atomic_block=True)}


@pytest.fixture
def clock(monkeypatch):
    """Stands still but for what is slept."""
    now = [100.0]
    monkeypatch.setattr(waiting.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(waiting.time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    return now


def looks(patience: Patience) -> int:
    tries = 0
    while patience.look_again(tries):
        tries += 1
    return tries


def test_a_wait_ends_after_the_seconds_that_are_set(clock, tmp_path):
    patience = Patience(0.01, tmp_path)
    assert 3 <= looks(patience) <= 5
    assert patience.look_again(0)


def test_the_time_in_the_line_counts(clock, tmp_path, monkeypatch):
    patience = Patience(0.01, tmp_path)

    def wait_long(folder):
        clock[0] += 0.01

    monkeypatch.setattr(waiting, "take_place", wait_long)
    assert patience(lambda *_: looks(patience), "BEGIN IMMEDIATE", None, False, OUTSIDE) == 0


@pytest.mark.parametrize(
    ("sql", "context", "stands"),
    [
        ("BEGIN IMMEDIATE", OUTSIDE, True),
        ('UPDATE "library_link" SET "title" = %s', OUTSIDE, True),
        ('UPDATE "library_link" SET "title" = %s', INSIDE, False),
        ("SELECT 1", OUTSIDE, False),
    ],
)
def test_only_who_has_no_transaction_and_begins_to_write_stands_in_the_line(sql, context, stands, tmp_path):
    patience = Patience(30, tmp_path)
    assert patience(lambda *_: patience.in_line, sql, None, False, context) == stands
    assert not patience.in_line


@pytest.mark.skipif(not LOCKS.exists(), reason="Only Linux tells who waits for a lock.")
def test_those_who_wait_come_in_their_order(tmp_path):
    """Each is a process, started when the one before it waits."""
    told, children = tmp_path / "told", []
    with first_in_line(tmp_path):
        for name in "abcde":
            children.append(in_the_line(tmp_path, told, name))
            wait_until_blocked(children[-1])
        assert not told.exists()
    for child in children:
        os.waitpid(child, 0)
    assert told.read_text() == "abcde"


def in_the_line(folder, told, name: str) -> int:
    child = os.fork()
    if child == 0:
        with first_in_line(folder), told.open("a") as file:
            file.write(name)
        os._exit(0)
    return child


def wait_until_blocked(child: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        waiting_for_a_lock = [line.split() for line in LOCKS.read_text().splitlines() if " -> " in line]
        if any(str(child) in line for line in waiting_for_a_lock):
            return
        time.sleep(0.005)
    pytest.fail("It does not wait.")


def test_who_was_forked_meanwhile_does_not_hold_the_line(tmp_path):
    read, write = os.pipe()
    with first_in_line(tmp_path):
        child = os.fork()
        if child == 0:
            os.read(read, 1)
            os._exit(0)
    with first_in_line(tmp_path):
        os.write(write, b"x")
    os.waitpid(child, 0)


def test_where_there_is_no_such_folder_nobody_waits(tmp_path):
    with first_in_line(tmp_path / "missing"):
        pass


class Connection:
    """As Django has it."""

    vendor = "sqlite"

    def __init__(self, raw: object, file: str) -> None:
        self.connection, self.settings_dict = raw, {"NAME": file, "OPTIONS": {"timeout": 30}}
        self.execute_wrappers: list[object] = []


def test_a_connection_that_can_takes_the_handler_and_one_that_is_made_again_stands_there_once(tmp_path):
    handlers = []
    connection = Connection(SimpleNamespace(set_busy_handler=handlers.append), str(tmp_path / "one.sqlite3"))
    waiting.wait_patiently(connection)
    waiting.wait_patiently(connection)
    (patience,) = connection.execute_wrappers
    assert handlers == [patience.look_again] * 2
    assert (patience.seconds, patience.folder) == (30, tmp_path)


def test_one_that_cannot_stands_in_the_line_with_the_timeout_of_its_own(tmp_path):
    connection = Connection(object(), str(tmp_path / "one.sqlite3"))
    waiting.wait_patiently(connection)
    assert len(connection.execute_wrappers) == 1
