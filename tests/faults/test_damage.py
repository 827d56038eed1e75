"""Bytes that changed on the disk are found and named, and pages say a sentence: nothing damaged is taken for sound."""

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from library.models.outages import DAMAGED
from tests.faults.own_library import OwnLibrary

FILES = 200
PLACES = ["library_link", "an index"]


@pytest.fixture
def library(own_library, notes) -> OwnLibrary:
    own_library.must("command", "import_library", str(notes(FILES)))
    own_library.must("keep_session")
    own_library.must("make_backup")
    return own_library


def check(library: OwnLibrary) -> str:
    """What check_library says of a library that is not in order."""
    before = library.log.stat().st_size
    assert library.do("command", "check_library") == 1
    said = library.said(before)
    assert "Traceback" not in said
    return said


# --- SQLite: its pages, and copies of its file


def settle(library: OwnLibrary) -> bytes:
    """What the log held goes into the file. Answers the file's bytes."""
    with closing(sqlite3.connect(library.file)) as opened:
        assert opened.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    return library.file.read_bytes()


def root_of(library: OwnLibrary, name: str) -> int:
    """The page from which a table or an index is reached; all is in the one file afterwards."""
    settle(library)
    with closing(sqlite3.connect(library.file)) as opened:
        return int(opened.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [name]).fetchone()[0])


def overwrite(library: OwnLibrary, page: int) -> None:
    with closing(sqlite3.connect(library.file)) as opened:
        size = opened.execute("PRAGMA page_size").fetchone()[0]
    with library.file.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(random.Random(page).randbytes(size // 2))


@pytest.mark.sqlite
@pytest.mark.parametrize("name", [*PLACES, pytest.param("library_section", marks=pytest.mark.proofs)])
def test_a_damaged_page_is_found_and_what_brings_it_back_is_named(library, tmp_path, done, name):
    index = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'library_link' AND sql <> '' LIMIT 1"
    place = root_of(library, library.one(index) if name == "an index" else name)
    overwrite(library, place)
    said = check(library)
    assert "file is damaged" in said
    assert f"`manage.py restore {next(library.backups.glob('*.zip'))}`" in said
    library.must("read_and_write", str(tmp_path / "told"))
    told = (tmp_path / "told.1").read_text()
    assert "Traceback" not in told
    assert DAMAGED in told or told.startswith("200")
    library.must("restore_the_last_backup")
    library.must("work")
    library.must("command", "check_library")
    assert library.one("SELECT count(*) FROM library_link") == FILES
    done(pages_damaged=1)


@pytest.mark.sqlite
@pytest.mark.parametrize("times", [5, pytest.param(50, marks=pytest.mark.proofs)])
def test_a_torn_copy_is_told_or_it_is_a_state_that_was_committed(own_library, notes, done, times):
    """The file is copied without its log, half before a checkpoint and half after: as `cp` does while others write."""
    told = 0
    own_library.must("command", "import_library", str(notes(60, "first")))
    before = settle(own_library)
    own_library.must("command", "import_library", str(notes(FILES, "second")))
    without_its_log, after = own_library.file.read_bytes(), settle(own_library)
    for number in range(times):
        torn = random.Random(number).randrange(1, len(before) // 4096) * 4096 if number else 0
        for left in own_library.data.glob("commonplace.sqlite3-*"):
            left.unlink()
        own_library.file.write_bytes(before[:torn] + after[torn:] if number else without_its_log)
        status = own_library.do("command", "check_library")
        if status == 0:
            links = own_library.one("SELECT count(*) FROM library_link")
            assert links == own_library.one("SELECT COALESCE(sum(new), 0) FROM library_importrun")
            assert links == own_library.one("SELECT count(DISTINCT link_id) FROM library_section")
        told += status != 0
    done(copies=times, told=told)


# --- a kept file


def change_bytes(library: OwnLibrary, how: Callable[[bytes], bytes]) -> str:
    sha256, data = library.ask("SELECT sha256, compressed FROM library_original ORDER BY sha256 LIMIT 1")[0]
    library.ask("UPDATE library_original SET compressed = ? WHERE sha256 = ?", how(bytes(data)), sha256)
    return str(sha256)


@pytest.mark.parametrize("place", [0.5, *(pytest.param(at, marks=pytest.mark.proofs) for at in (0, 0.25, 0.99))])
def test_a_damaged_kept_file_is_named(library, done, place):
    def flip(data: bytes) -> bytes:
        at = int(place * (len(data) - 1))
        return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]

    name = change_bytes(library, flip)
    assert f"The kept file {name} is damaged." in check(library)
    change_bytes(library, flip)
    library.must("command", "check_library")
    done(files_damaged=1)
