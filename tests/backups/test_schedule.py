"""Backups that are made by themselves: when they are due, how many stay, and who is told."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from library import tasks
from library.backups import schedule, verify
from library.models import User
from library.worker import LibraryWorker

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    cache.clear()
    settings.BACKUP_FOLDER, settings.BACKUP_EVERY, settings.BACKUP_KEEP = tmp_path / "backups", DAY, 3
    return settings.BACKUP_FOLDER


@pytest.fixture
def running(client):
    """The browser of who runs the server."""
    client.force_login(User.objects.create_superuser("root", password="x"))
    return client


def made(folder: Path, *days: float) -> list[str]:
    """Empty files, as if backups were made so many days ago."""
    folder.mkdir(exist_ok=True)
    names = [(timezone.now() - day * DAY).strftime(schedule.NAME) for day in days]
    for name in names:
        (folder / name).touch()
    return names


def work() -> None:
    tasks.order_backup()
    LibraryWorker(batch=True).run()


def front(browser) -> str:
    return browser.get("/admin/").content.decode()


def test_the_worker_makes_a_backup_when_one_is_due(reader, folder):
    work()
    (file,) = folder.iterdir()
    assert verify(file)["library.User"] == 1


def test_none_is_made_before_its_time(folder):
    made(folder, 0.9)
    work()
    assert len(list(folder.iterdir())) == 1


def test_none_is_made_where_no_folder_is_named(folder, settings):
    settings.BACKUP_FOLDER = None
    work()
    assert not folder.exists()
    assert not DBTaskResult.objects.exists()


def test_two_workers_order_one_backup(folder):
    for _ in range(2):
        tasks.order_backup()
    assert DBTaskResult.objects.count() == 1


def test_the_oldest_go_and_other_files_stay(folder):
    names = made(folder, 2, 3, 4, 5)
    others = ["commonplace-before-the-move.zip", "holiday.jpg"]
    for name in others:
        (folder / name).touch()
    work()
    left = {file.name for file in folder.iterdir()}
    assert left - {schedule.newest().name} == {*names[:2], *others}


def test_a_backup_that_fails_deletes_none_and_is_told(folder, running, caplog):
    names = made(folder, 2, 3, 4, 5)
    cramped = folder.with_name("a-file")
    cramped.touch()
    schedule.settings.BACKUP_FOLDER = cramped
    work()
    assert "could not be made. The folder" in caplog.text
    assert f"The last backup failed. The folder {cramped} can&#x27;t be used: " in front(running)
    assert {file.name for file in folder.iterdir()} == set(names)


def test_a_failure_is_forgotten_once_a_backup_was_made(folder, running):
    folder.touch()
    work()
    assert "The last backup failed" in front(running)
    folder.unlink()
    cache.clear()
    work()
    page = front(running)
    assert "The last backup failed" not in page
    assert "The last backup was made 0\xa0minutes ago" in page


def test_who_runs_the_server_sees_how_old_the_last_backup_is(folder, running, settings):
    assert f"There is no backup in {folder} yet." in front(running)
    made(folder, 1.5)
    page = front(running)
    assert "The last backup was made 1\xa0day, 12\xa0hours ago" in page
    assert "A backup is late." not in page
    settings.BACKUP_EVERY = timedelta(hours=12)
    assert "A backup is late. Is the worker running?" in front(running)
    settings.BACKUP_FOLDER = None
    assert "No backups are made by themselves" in front(running)


def test_the_health_check_has_the_age_of_the_last_backup_for_who_asks(folder, client):
    assert client.get("/healthz").content == b"ok"
    assert client.get("/healthz?format=json").json() == {"status": "ok", "last_backup_age": None}
    made(folder, 0.5)
    assert client.get("/healthz").content == b"ok"
    assert client.get("/healthz?format=json").json()["last_backup_age"] // 60 == 12 * 60


def test_what_a_killed_backup_left_is_cleared_away(folder):
    made(folder)
    draft, fresh = (folder / f".commonplace-2026010{day}-000000.zip.7.part" for day in (1, 2))
    for file in (draft, fresh):
        file.touch()
    os.utime(draft, (0, 0))
    schedule.make()
    assert (draft.exists(), fresh.exists()) == (False, True)
