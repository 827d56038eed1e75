"""A full disk is told in a sentence; what was saved before is there, and with room again the rest goes on."""

import json

import pytest

from tests.faults.own_library import OwnLibrary
from tests.faults.test_killed_imports import is_whole, nothing_is_halfway

FILES = 120
FILL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF (SELECT count(*) FROM library_link) > {most} THEN
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
END IF; RETURN NEW; END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON library_section FOR EACH ROW EXECUTE FUNCTION full_disk();
"""
KINDS = ["quick", "all"]
EMPTY = "DROP TRIGGER full_disk ON library_section; DROP FUNCTION full_disk()"


def work_on_a_full_disk(library: OwnLibrary, room: int) -> None:
    """`room` is a number of pages on SQLite, and of articles on PostgreSQL, whose server says so by itself."""
    if not library.cluster:
        library.do("work_on_a_full_disk", room)
        return
    library.ask(FILL.format(most=room).replace("%", "%%"))
    library.do("work")
    library.ask(EMPTY)


@pytest.mark.parametrize("rooms", [(60,), pytest.param(range(1, 110, 3), marks=pytest.mark.proofs)], ids=KINDS)
def test_an_import_into_a_full_disk_says_so_and_goes_on_when_there_is_room(prepared, own_library, notes, done, rooms):
    folder = notes(FILES, words=200)
    for room in rooms:
        own_library.become(prepared)
        own_library.must("order_import", str(folder))
        work_on_a_full_disk(own_library, room)
        state, error, articles = own_library.ask(
            "SELECT state, error, (SELECT count(*) FROM library_link) FROM library_importrun"
        )[0]
        assert articles < FILES, "The disk was never full."
        assert state == "running" or (state, "The disk is full." in error) == ("failed", True), error
        assert nothing_is_halfway(own_library)
        own_library.must("try_again")
        own_library.let_time_pass()
        own_library.must("work")
        assert is_whole(own_library, FILES)
        done(imports_stopped_by_a_full_disk=1)


def test_the_command_says_that_the_disk_is_full_and_goes_on_later(own_library, notes, done):
    if own_library.cluster:
        own_library.ask(FILL.format(most=20).replace("%", "%%"))
    folder, before = str(notes(FILES)), own_library.log.stat().st_size
    room = 10_000 if own_library.cluster else 60
    assert own_library.do("command_on_a_full_disk", room, "import_library", folder) == 1
    said = own_library.said(before)
    assert "The disk is full." in said
    assert "Traceback" not in said
    assert nothing_is_halfway(own_library)
    if own_library.cluster:
        own_library.ask(EMPTY)
    own_library.must("command", "import_library", folder)
    assert is_whole(own_library, FILES)
    done(commands=1)


def test_an_upload_that_has_no_room_is_refused_in_a_sentence_and_leaves_nothing(own_library, tmp_path, done):
    told = tmp_path / "told"
    own_library.must("upload", 3_000_000, str(told), 1_000_000)
    assert "The server can’t keep these files" in told.read_text().replace("&#x27;", "’").replace("'", "’")
    assert [*(own_library.data / "uploads").iterdir()] == []
    assert own_library.one("SELECT count(*) FROM library_importrun") == 0
    own_library.must("upload", 3_000_000, str(told))
    assert told.read_text().startswith("302 /import/")
    done(uploads=2)


def test_a_backup_that_has_no_room_is_refused_and_leaves_no_half_a_file(own_library, notes, tmp_path, done):
    own_library.must("command", "import_library", str(notes(40)))
    file = tmp_path / "backups" / "one.zip"
    file.parent.mkdir()
    sizes = [1_000, 8_000]
    for size in sizes:
        before = own_library.log.stat().st_size
        assert own_library.do("command_with_bounded_files", size, "backup", str(file)) == 1
        assert "The backup was not written" in own_library.said(before)
        assert [*file.parent.iterdir()] == []
    own_library.must("command", "check_library")
    own_library.must("command", "backup", str(file))
    done(backups_refused=len(sizes))


@pytest.mark.sqlite
def test_a_page_of_a_full_disk_says_so_and_the_next_try_is_saved(own_library, tmp_path, done):
    told = tmp_path / "told"
    own_library.must("save_until_the_disk_is_full", str(told))
    found = json.loads(told.read_text())
    assert found["refused"].startswith("503") and "The disk is full." in found["refused"]
    there = {url for (url,) in own_library.ask("SELECT url FROM library_link")}
    assert set(found["saved"]) <= there and found["after"] == 302
    own_library.must("work")
    own_library.must("command", "check_library")
    done(saved_before=len(found["saved"]), refused=1)
