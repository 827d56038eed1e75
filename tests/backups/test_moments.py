"""Backups that are taken while others write: each is the library after one of their transactions."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from itertools import count

import pytest
from django.core.management import call_command
from django.db import close_old_connections, connection, transaction

from library.backups import restoring, write_backup
from library.backups.connecting import library_file
from library.models import Kind, Link, SecurityEvent, Shelf, User
from library.models.writing import write_section
from tests.backups.comparing import held, here

pytestmark = pytest.mark.django_db(transaction=True)

PAIRS = 5


@pytest.fixture
def writing(reader, put_up) -> Iterator[threading.Event]:
    """Somebody writes until this is set. After transaction n there are the pairs up to n, and the shelf says n."""
    put_up("Counter", "0")
    stopping, begun = threading.Event(), threading.Event()

    def write() -> None:
        for number in count(1):
            if stopping.is_set():
                break
            add_a_pair(reader, number)
            begun.set()
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait(30)
    yield stopping
    stopping.set()
    writer.join()


@transaction.atomic
def add_a_pair(reader: User, number: int) -> None:
    Shelf.objects.filter(owner=reader).update(query=str(number))
    for half in ("a", "b"):
        link = Link(owner=reader)
        link.set_title(f"{number}{half}")
        link.save()
        write_section(link, Kind.NOTE, f"The text of {number}{half}")
    Link.objects.filter(title__in=[f"{number - PAIRS}a", f"{number - PAIRS}b"]).delete()


def is_of_one_moment(rows: dict[str, list[dict[str, object]]]) -> bool:
    number = int(str(rows["library.Shelf"][0]["query"]))
    expected = [f"{n}{half}" for n in range(max(1, number - PAIRS + 1), number + 1) for half in ("a", "b")]
    titles = [row["title"] for row in rows["library.Link"]]
    texts = [row["text"] for row in rows["library.Section"]]
    return number > 0 and titles == expected and texts == [f"The text of {title}" for title in expected]


@pytest.mark.parametrize("times", [3, pytest.param(100, marks=pytest.mark.proofs)])
def test_a_backup_taken_while_others_write_is_of_one_moment_and_comes_back(writing, tmp_path, times):
    files = [tmp_path / f"{number}.zip" for number in range(times)]
    for file in files:
        write_backup(file)
    writing.set()
    close_old_connections()
    moments = [held(file) for file in files]
    assert all(is_of_one_moment(rows) for rows in moments)
    for file, rows in list(zip(files, moments, strict=True))[:: 2 if times == 3 else 1]:
        restored(file)
        assert here(tmp_path) == rows


def restored(file) -> None:
    """The worker, or a search, would index what comes back: here nobody does but the command."""
    call_command("restore", str(file), verbosity=0)
    call_command("check_library")
    SecurityEvent.objects.all().delete()  # that it was restored


@pytest.mark.sqlite
def test_what_is_written_while_a_restore_begins_is_in_one_of_the_two_libraries(reader, tmp_path, monkeypatch):
    write_backup(tmp_path / "all.zip")
    found: list[str] = []
    copy = restoring.copy_sqlite

    def write() -> None:
        """By a program that waits for its turn."""
        with closing(sqlite3.connect(library_file(), timeout=30, isolation_level=None)) as other:
            other.execute("UPDATE library_user SET first_name = 'Written'")
            found.append("written")

    writer = threading.Thread(target=write)

    def copy_with_a_writer_at_the_door(source, target) -> None:
        copy(source, target)
        writer.start()
        writer.join(0.3)

    def open_once_the_writer_had_its_turn(file):
        if writer.ident:
            writer.join(5)
        return open_plainly(file)

    open_plainly = restoring.plainly
    monkeypatch.setattr(restoring, "copy_sqlite", copy_with_a_writer_at_the_door)
    monkeypatch.setattr(restoring, "plainly", open_once_the_writer_had_its_turn)
    before = restoring.restore(tmp_path / "all.zip")
    writer.join()
    with closing(sqlite3.connect(before)) as old:
        kept = old.execute("SELECT first_name FROM library_user").fetchall()
    close_old_connections()
    assert found == ["written"]
    assert [("Written",)] in (kept, list(User.objects.values_list("first_name")))
