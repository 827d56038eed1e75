"""A folder that is watched."""

import threading
import time

import pytest

from library.importers import files, watching
from tests.importers.link_files import import_files, link_file, outcomes, write


@pytest.fixture
def watched(tmp_path, monkeypatch):
    """A folder, and the names that have settled in it."""
    monkeypatch.setattr(watching, "SETTLED", 0.3)
    monkeypatch.setattr(watching, "LOOK", 50)
    folder = write(tmp_path / "notes", {"old.md": "old"})
    stop, seen = threading.Event(), []

    def look():
        for places in watching.settled([folder], stop):
            seen.extend(name for _, name in places)

    thread = threading.Thread(target=look)
    thread.start()
    time.sleep(0.5)
    yield folder, seen
    stop.set()
    thread.join(timeout=10)
    assert not thread.is_alive()


def wait_for(seen, count):
    deadline = time.monotonic() + 15
    while len(seen) < count and time.monotonic() < deadline:
        time.sleep(0.05)


def test_what_appears_or_changes_is_taken_once_it_has_settled(watched):
    folder, seen = watched
    with (folder / "slow.md").open("w") as slow:
        for _ in range(8):
            slow.write("more\n")
            slow.flush()
            time.sleep(0.1)
        early = list(seen)
    write(folder, {"old.md": "changed", "deep/new.md": "new"})
    wait_for(seen, 3)
    assert early == []
    assert sorted(seen) == ["deep/new.md", "old.md", "slow.md"]


def test_what_an_import_would_pass_over_is_passed_over(watched, tmp_path):
    folder, seen = watched
    write(tmp_path, {"secret.md": "s"})
    write(folder, {".hidden.md": "h", ".git/x.md": "x", "gone.md": "g"})
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    (folder / "gone.md").unlink()
    write(folder, {"kept.md": "k"})
    wait_for(seen, 1)
    time.sleep(0.6)
    assert seen == ["kept.md"]


@pytest.mark.django_db
def test_one_file_of_a_folder_is_called_as_in_an_import_of_the_folder(reader, tmp_path):
    folder = write(tmp_path / "notes", {"deep/thought.md": link_file("A thought", url="")})
    import_files(reader, folder)
    file = write(folder, {"deep/thought.md": link_file("A thought", url="", content="Second thoughts.")})
    place = [str(file / "deep" / "thought.md"), "deep/thought.md"]
    run = reader.import_runs.create(label="x", paths=[place])
    found = [each for _, each in files.walk(run.paths)]
    assert [(each.name, each.inner, list(each.package.names())) for each in found] == [
        ("deep/thought.md", "deep/thought.md", ["deep/thought.md"])
    ]
    assert files.count(run.paths) == 1
    assert outcomes(import_files(reader, folder)) == {"deep/thought.md": "updated"}
