"""A backup is a backup: whole, of one moment, and able to come back; a damaged one replaces nothing."""

import sqlite3
import threading
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from library.models import Link, User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]


@pytest.fixture
def backup(reader, tmp_path) -> Path:
    """Of a library with one article, "Kept"; afterwards it holds another."""
    kept = save(reader, "Kept")
    call_command("backup", str(tmp_path / "backup.sqlite3"))
    kept.delete()
    save(reader, "Came later")
    return tmp_path / "backup.sqlite3"


def save(reader: User, title: str) -> Link:
    link = Link(owner=reader)
    link.set_title(title)
    link.save()
    return link


def titles() -> set[str]:
    return set(Link.objects.values_list("title", flat=True))


def test_a_backup_comes_back(backup):
    call_command("restore", str(backup))
    assert titles() == {"Kept"}
    call_command("check_library")


def test_what_a_restore_replaces_is_kept_as_a_backup(backup, settings):
    call_command("restore", str(backup))
    (before,) = settings.DATA_DIR.glob("before-restore-*")
    call_command("restore", str(before))
    assert titles() == {"Came later"}


def test_counts_that_were_cached_before_a_restore_are_not_believed_after_it(backup, reader):
    seen = reader.revision
    call_command("restore", str(backup))
    assert reader.revision > seen


def damage(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[4096 : len(data) // 2] = b"\0" * (len(data) // 2 - 4096)
    file.write_bytes(data)


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:20_000])


def put_something_else(file: Path) -> None:
    file.write_text("A shopping list")


def empty_database(file: Path) -> None:
    file.unlink()
    sqlite3.connect(file).execute("CREATE TABLE shopping (item)").connection.close()


def from_the_future(file: Path) -> None:
    with sqlite3.connect(file) as opened:
        opened.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('library', '9999_later', '')")


@pytest.mark.parametrize("spoil", [damage, cut_short, put_something_else, empty_database, from_the_future, Path.unlink])
def test_a_backup_that_is_none_is_refused_before_anything_is_replaced(backup, spoil, settings):
    spoil(backup)
    with pytest.raises(CommandError):
        call_command("restore", str(backup))
    assert titles() == {"Came later"}
    assert not list(settings.DATA_DIR.glob("before-restore-*"))


def test_a_backup_never_overwrites_a_file(backup):
    before = backup.read_bytes()
    with pytest.raises(CommandError, match="there already"):
        call_command("backup", str(backup))
    assert backup.read_bytes() == before


def test_a_backup_that_can_not_be_written_leaves_nothing_behind(reader, tmp_path):
    with pytest.raises(CommandError, match="was not written"):
        call_command("backup", str(tmp_path / "no" / "such" / "folder"))
    assert list(tmp_path.iterdir()) == []


def test_a_backup_taken_while_others_write_is_of_one_moment(reader, tmp_path):
    stopping = threading.Event()

    def write_pairs() -> None:
        while not stopping.is_set():
            with transaction.atomic():
                reader.links.create(title="One")
                reader.links.create(title="Two")
        connection.close()

    writer = threading.Thread(target=write_pairs)
    writer.start()
    try:
        for number in range(5):
            call_command("backup", str(tmp_path / f"{number}.sqlite3"))
    finally:
        stopping.set()
        writer.join()
    counts = [count(tmp_path / f"{number}.sqlite3") for number in range(5)]
    assert counts == sorted(counts)
    assert not any(number % 2 for number in counts)
    assert counts[-1] > 0


def count(file: Path) -> int:
    return sqlite3.connect(file).execute("SELECT count(*) FROM library_link").fetchone()[0]


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_library_of_postgres_is_left_to_its_own_tools(reader, monkeypatch, command):
    monkeypatch.setattr(connection, "vendor", "postgresql")
    with pytest.raises(CommandError, match="pg_dump"):
        call_command(command, "library.dump")
