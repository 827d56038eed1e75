"""“Database is locked” does not happen: many write and read while an import and a backup run beside them."""

import json

import pytest

CROWD = 100


@pytest.mark.parametrize("seconds", [10, pytest.param(60, marks=pytest.mark.proofs)])
def test_fifty_write_beside_fifty_who_read_an_import_and_a_backup(own_library, notes, done, seconds, tmp_path):
    folder, told = notes(40 * seconds), tmp_path / "told.json"
    own_library.must("command", "import_library", str(notes(60, "before")))
    own_library.begin("gather_a_crowd", CROWD, seconds, str(told))
    beside = [
        own_library.start("import_library", str(folder)),
        own_library.start("backup", str(tmp_path / "crowded.zip")),
    ]
    assert own_library.ended() == 0, own_library.said()
    assert [process.wait(300) for process in beside] == [0, 0], own_library.said()
    found = [json.loads(file.read_text()) for file in tmp_path.glob("told.json.*")]
    assert len(found) == 10
    assert [sentence for part in found for sentence in part["failed"]] == []
    added = [url for part in found for url in part["added"]]
    there = {url for (url,) in own_library.ask("SELECT url FROM library_link")}
    assert set(added) <= there
    own_library.must("work")
    own_library.must("command", "check_library")
    done(writes_acknowledged=len(added), reads_acknowledged=sum(part["reads"] for part in found))
    longest = {kind: round(max(part[f"longest_{kind}"] for part in found), 1) for kind in ("read", "write")}
    done(seconds_at_most_for_a_write=longest["write"], for_a_read=longest["read"], articles=len(there))


@pytest.mark.parametrize("files", [1_500, pytest.param(4_000, marks=pytest.mark.proofs)])
def test_two_imports_of_one_folder_at_once_bring_each_article_once(own_library, notes, done, files):
    folder = str(notes(files))
    both = [own_library.start("import_library", folder) for _ in range(2)]
    assert [process.wait(600) for process in both] == [0, 0], own_library.said()
    runs = own_library.ask("SELECT created_at, finished_at, records, new, state FROM library_importrun ORDER BY id")
    (began, ended, *_), (later, *_) = runs
    assert str(began) <= str(later) < str(ended), "They were not at once."
    assert [row[2:3] + row[4:] for row in runs] == [(files, "done")] * 2
    urls = [url for (url,) in own_library.ask("SELECT url FROM library_link")]
    assert len(urls) == len(set(urls)) == files == sum(row[3] for row in runs)
    own_library.must("command", "check_library")
    done(files=files, new_in_the_first=runs[0][3], imports=2)
