"""`manage.py import_library`, as a reader types it."""

import json
import os
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from library.importers import running, watching
from library.management import database
from library.management.commands import import_library
from library.models import ImportRun, RunState, User
from tests.importers.link_files import link_file, write

pytestmark = pytest.mark.django_db


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("import_library", *map(str, arguments), stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "notes", {"a.md": link_file(), "b.md": "", "c.txt": "x"})


def test_it_ends_with_a_sentence_that_adds_up(reader, folder):
    assert run(folder).splitlines()[-1] == "2 articles: 1 new, 1 rejected. 1 file holds none."


def test_each_problem_is_named_with_its_file(reader, folder):
    assert "b.md: The file is empty. Export this page again, or leave it out." in run(folder)


def test_the_report_holds_every_outcome(reader, folder, tmp_path):
    run(folder, "--report", tmp_path / "report.json")
    report = json.loads((tmp_path / "report.json").read_text())
    entries = {entry["file"]: entry["outcome"] for entry in report["entries"]}
    assert entries == {"a.md": "new", "b.md": "rejected", "c.txt": "ignored"}
    assert report["entries"][0]["link"] == reader.links.get().pk
    counts = {name: report[name] for name in ("files", "records", "new", "rejected", "ignored", "warnings")}
    assert counts == {"files": 3, "records": 2, "new": 1, "rejected": 1, "ignored": 1, "warnings": 0}


def test_a_report_of_nothing_is_a_report(reader, tmp_path):
    (tmp_path / "empty").mkdir()
    run(tmp_path / "empty", "--report", tmp_path / "r.json")
    assert json.loads((tmp_path / "r.json").read_text())["entries"] == []


def test_one_that_is_about_to_begin_is_not_put_down_as_stopped_by_another(reader, folder, monkeypatch):
    begin = import_library.Command.run_with_bar
    others = iter([folder])

    def run_with_bar(command, import_run):
        for other in others:
            assert "1 new" in run(other)
        begin(command, import_run)

    monkeypatch.setattr(import_library.Command, "run_with_bar", run_with_bar)
    assert "1 unchanged" in run(folder)
    assert {each.state for each in ImportRun.objects.all()} == {RunState.DONE}


def test_a_dry_run_changes_no_article(reader, folder):
    run(folder, "--dry-run")
    assert reader.links.count() == 0


def test_strict_fails_when_a_file_was_rejected(reader, folder):
    with pytest.raises(CommandError) as failure:
        run(folder, "--strict")
    assert failure.value.returncode == 1
    assert reader.links.count() == 1


@pytest.mark.parametrize("arguments", [["nowhere"], ["FOLDER", "--user", "nobody"], ["FOLDER", "--format", "none"]])
def test_wrong_use_has_a_status_of_its_own(reader, folder, arguments):
    with pytest.raises(CommandError) as failure:
        run(*(folder if argument == "FOLDER" else argument for argument in arguments))
    assert failure.value.returncode in (1, 2) if "--format" in arguments else failure.value.returncode == 2


def test_a_report_that_cannot_be_written_is_said_before_anything_is_done(reader, folder, tmp_path):
    with pytest.raises(CommandError, match="can't be written"):
        run(folder, "--report", tmp_path / "no" / "report.json")
    assert not ImportRun.objects.exists()


def test_a_folder_whose_name_is_no_utf8_is_a_sentence(reader, tmp_path):
    odd = tmp_path / os.fsdecode(b"caf\xe9")
    write(odd, {"a.md": link_file()})
    with pytest.raises(CommandError, match="UTF-8"):
        run(os.fspath(odd))
    assert "1 new" in run(tmp_path)


def test_with_several_readers_one_must_be_named(reader, other_reader, folder):
    with pytest.raises(CommandError, match="--user"):
        run(folder)
    run(folder, "--user", "ben")
    assert other_reader.links.count() == 1


def test_without_a_reader_the_first_one_is_made_only_when_asked(db, folder):
    with pytest.raises(CommandError, match="no reader"):
        run(folder)
    run(folder, "--first-user")
    assert not User.objects.get().has_usable_password()
    assert User.objects.get().links.count() == 1


def test_an_interrupted_import_says_so_and_the_same_command_goes_on(reader, folder, monkeypatch):
    real = running._run_batch

    def interrupt(*args):
        real(*args)
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "_run_batch", interrupt)
    with pytest.raises(CommandError, match="same command"):
        run(folder)
    assert ImportRun.objects.get().state == RunState.STOPPED
    monkeypatch.setattr(running, "_run_batch", real)
    assert "1 unchanged" in run(folder)


def test_a_database_that_is_not_migrated_is_a_sentence(reader, folder, monkeypatch):
    monkeypatch.setattr(database, "migrations_there", lambda: set())
    with pytest.raises(CommandError, match="manage.py prepare"):
        run(folder)


def test_a_watched_folder_is_imported_and_then_what_changes_until_ctrl_c(reader, tmp_path, monkeypatch):
    folder = write(tmp_path / "notes", {"a.md": link_file()})

    def settled(folders):
        write(folder, {"b.md": link_file("B", url="https://b.example/")})
        yield [[str(folder / "b.md"), "b.md"]]
        raise KeyboardInterrupt

    monkeypatch.setattr(watching, "settled", settled)
    said = run("--watch", folder).splitlines()
    assert said[0] == said[2] == "1 article: 1 new."
    assert said[-1] == "No longer watching."
    assert reader.links.count() == 2


def test_only_a_folder_can_be_watched(reader, folder):
    with pytest.raises(CommandError) as failure:
        run("--watch", folder / "a.md")
    assert failure.value.returncode == 2
