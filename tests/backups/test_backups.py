"""A backup is a backup: whole, of one moment, and able to come back; a damaged one replaces nothing."""

import json
import os
import random
import sqlite3
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from library.backups import making
from library.backups.manifest import DERIVED
from library.models import ApiToken, Event, Invitation, Link, SearchPending, SecurityEvent, Tag, User
from library.models.writing import set_tags
from library.search import indexing
from tests.backups.comparing import held, here, models, rewrite, rewrite_manifest
from tests.backups.library import write_library

pytestmark = pytest.mark.django_db(transaction=True)

KEPT = sorted(Path(__file__).parent.glob("*.zip"))


@pytest.fixture
def backup(reader, tmp_path) -> Path:
    """Of a library with one article, "Kept"; afterwards it holds another."""
    kept = save(reader, "Kept")
    call_command("backup", str(tmp_path / "backup.zip"))
    kept.delete()
    save(reader, "Came later")
    return tmp_path / "backup.zip"


def save(reader: User, title: str) -> Link:
    link = Link(owner=reader)
    link.set_title(title)
    link.save()
    return link


def titles() -> set[str]:
    return set(Link.objects.values_list("title", flat=True))


def before_restore(settings) -> Path:
    (file,) = settings.DATA_DIR.glob("before-restore-*")
    return file


def test_a_backup_comes_back(backup):
    call_command("restore", str(backup))
    assert titles() == {"Kept"}
    call_command("check_library")


def test_every_row_of_every_model_comes_back_as_it_was(tmp_path):
    write_library()
    call_command("backup", str(tmp_path / "backup.zip"))
    was = held(tmp_path / "backup.zip")
    User.objects.all().delete()
    call_command("restore", str(tmp_path / "backup.zip"))
    SecurityEvent.objects.get(kind=Event.BACKUP_RESTORED).delete()  # the one row that is new
    assert here(tmp_path) == was
    call_command("check_library")


def test_the_library_of_the_tests_has_every_model_that_a_backup_carries(tmp_path):
    """A new model has a row in `tests.backups.library`, or its reason in DERIVED."""
    write_library()
    rows = here(tmp_path)
    assert [label for label, found in rows.items() if not found] == []
    assert rows.keys() | DERIVED.keys() == set(models())


def test_what_a_restore_replaces_is_kept_as_a_backup(backup, settings):
    call_command("restore", str(backup))
    call_command("restore", str(before_restore(settings)))
    assert titles() == {"Came later"}
    call_command("check_library")


def test_counts_that_were_cached_before_a_restore_are_not_believed_after_it(backup, reader):
    seen = reader.revision
    call_command("restore", str(backup))
    assert reader.revision > seen


def test_after_a_restore_everybody_logs_in_again(reading, backup):
    assert reading.get("/library/").status_code == 200
    call_command("restore", str(backup))
    assert not Session.objects.exists()
    assert reading.get("/library/").status_code == 302


def test_a_restore_says_that_what_was_revoked_since_works_again(reader, tmp_path, capsys):
    token, secret = ApiToken.objects.make(reader, "Phone", ["read"], None)
    Invitation.objects.invite(reader, "for Ben")
    call_command("backup", str(tmp_path / "backup.zip"))
    ApiToken.objects.update(revoked_at=timezone.now())
    call_command("restore", str(tmp_path / "backup.zip"))
    assert ApiToken.objects.of_secret(secret).revoked_at is None
    assert "API tokens: 1, open invitations: 1. Those that were revoked" in capsys.readouterr().out


def test_where_there_is_neither_token_nor_invitation_a_restore_says_nothing_of_them(backup, capsys):
    call_command("restore", str(backup))
    assert "revoked" not in capsys.readouterr().out


def test_what_was_restored_is_found_by_a_search(backup, reading, reader):
    call_command("restore", str(backup))
    assert not SearchPending.objects.exists()
    reading.force_login(reader, backend=django_settings.AUTHENTICATION_BACKENDS[0])
    assert "Kept" in reading.get("/search/?q=kept").content.decode()
    assert list(indexing.differences()) == []


def test_what_is_written_after_a_restore_is_new(backup, reader):
    """Sequences and triggers are in their places."""
    call_command("restore", str(backup))
    kept = Link.objects.get()
    set_tags(save(reader, "New"), ["fresh"])
    assert titles() == {"Kept", "New"}
    assert Link.objects.exclude(pk=kept.pk).get().pk > kept.pk
    assert SearchPending.objects.exists()
    assert Tag.objects.get().name == "fresh"


def test_a_backup_says_what_it_left_out_and_why(backup):
    manifest = json.loads(ZipFile(backup).read("manifest.json"))
    assert manifest["derived"] == DERIVED
    assert manifest["models"]["library.Link"]["rows"] == 1
    assert not set(manifest["models"]) & set(DERIVED)


@pytest.mark.parametrize("file", KEPT, ids=lambda file: file.name)
def test_a_backup_of_a_former_version_or_the_other_database_comes_back(file, reader, settings, tmp_path):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    call_command("restore", str(file))
    call_command("check_library")
    now = here(tmp_path)
    for label, rows in held(file).items():
        if label.startswith("library."):
            assert [row | was for row, was in zip(now[label], rows, strict=True)] == now[label], label
    assert User.objects.get().check_password("a long enough phrase")


# --- what is no backup


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-200])


def put_something_else(file: Path) -> None:
    file.write_text("A shopping list")


def empty(file: Path) -> None:
    file.write_bytes(b"")


def another_zip(file: Path) -> None:
    with ZipFile(file, "w") as archive:
        archive.writestr("notes/one.md", "A note")


def empty_database(file: Path) -> None:
    file.unlink()
    sqlite3.connect(file).execute("CREATE TABLE shopping (item)").connection.close()


def change_a_row(file: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        members["rows/library.Link.jsonl"] = members["rows/library.Link.jsonl"].replace(b"Kept", b"Lost")

    rewrite(file, change)


def lose_a_model(file: Path) -> None:
    rewrite(file, lambda members: members.pop("rows/library.Tag.jsonl"))


def lose_the_owner(file: Path) -> None:
    """Whole by its hashes, but its article belongs to nobody."""
    rewrite(file, lambda members: members.update({"rows/library.User.jsonl": b""}))
    nothing = {"rows": 0, "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
    rewrite_manifest(file, lambda manifest: manifest["models"]["library.User"].update(nothing))


def of_another_program(file: Path) -> None:
    rewrite_manifest(file, lambda manifest: manifest.update(format="photographs"))


def of_a_newer_format(file: Path) -> None:
    rewrite_manifest(file, lambda manifest: manifest.update(version=99))


def from_the_future(file: Path) -> None:
    rewrite_manifest(file, lambda manifest: manifest["migrations"]["library"].append("9999_later"))


SPOILT = {
    cut_short: "is no backup of Commonplace, or is damaged",
    put_something_else: "is no backup of Commonplace, or is damaged",
    empty: "is no backup of Commonplace, or is damaged",
    another_zip: "is no backup of Commonplace",
    empty_database: "is damaged: no such table",
    change_a_row: "the rows of library.Link are not those that were written",
    lose_a_model: "does not hold what it says",
    lose_the_owner: "is damaged: .*foreign key",
    of_another_program: "is no backup of Commonplace",
    of_a_newer_format: "newer Commonplace",
    from_the_future: "newer Commonplace, with 9999_later",
    Path.unlink: "There is no file",
}


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda spoil: spoil.__name__)
def test_a_backup_that_is_none_is_refused_before_anything_is_replaced(backup, spoil, settings):
    spoil(backup)
    with pytest.raises(CommandError, match=SPOILT[spoil]):
        call_command("restore", str(backup))
    assert titles() == {"Came later"}
    assert [file.name for file in settings.DATA_DIR.iterdir() if file != backup] == []


def test_no_changed_byte_makes_a_backup_say_something_else(tmp_path):
    write_library()
    file = tmp_path / "backup.zip"
    making.write_backup(file)
    sound, was = file.read_bytes(), held(file)
    chance = random.Random(5)
    for place in chance.sample(range(len(sound)), 300):
        file.write_bytes(sound[:place] + bytes([sound[place] ^ (1 << chance.randrange(8))]) + sound[place + 1 :])
        try:
            assert held(file) == was
        except making.BackupProblem:
            continue


def test_a_backup_never_overwrites_a_file(backup):
    before = backup.read_bytes()
    with pytest.raises(CommandError, match="there already"):
        call_command("backup", str(backup))
    assert backup.read_bytes() == before


def test_a_backup_that_can_not_be_written_leaves_nothing_behind(reader, tmp_path):
    with pytest.raises(CommandError, match="was not written"):
        call_command("backup", str(tmp_path / "no" / "such" / "folder"))
    assert list(tmp_path.iterdir()) == []


def test_only_the_owner_of_the_process_may_read_a_backup(backup):
    assert backup.stat().st_mode & 0o777 == 0o600


@pytest.mark.sqlite
def test_without_the_write_ahead_log_a_copy_is_looked_at(backup, settings, tmp_path):
    settings.SQLITE_WAL_SAFE = False
    call_command("backup", str(tmp_path / "second.zip"))
    assert [row["title"] for row in held(tmp_path / "second.zip")["library.Link"]] == ["Came later"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.zip", "second.zip"]


@pytest.mark.sqlite
def test_a_library_that_can_not_be_opened_is_left_where_it_is(tmp_path):
    (tmp_path / "commonplace.sqlite3").write_text("This was a database once. " * 100)
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)}
    command = [sys.executable, "manage.py", "restore", str(KEPT[0])]
    run = subprocess.run(command, cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True)
    assert run.returncode == 1
    assert "The present library can't be opened" in run.stderr
    assert "Traceback" not in run.stderr
    assert (tmp_path / "commonplace.sqlite3").read_text().startswith("This was a database once.")


@pytest.mark.sqlite
def test_the_sqlite_file_of_former_versions_comes_back(reader, tmp_path):
    save(reader, "Kept")
    with sqlite3.connect(connection.settings_dict["NAME"]) as library, sqlite3.connect(tmp_path / "old") as copy:
        library.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    save(reader, "Came later")
    call_command("restore", str(tmp_path / "old"))
    assert titles() == {"Kept"}
    call_command("check_library")
