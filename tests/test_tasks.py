"""What the worker does by itself: nothing that was begun is forgotten, and what has had its time goes."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from library import importers, tasks
from library.models import ImportRun, Link, Original, Rendering, RunState, SearchPending
from library.worker import LibraryWorker
from tests.importers.link_files import link_file

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(minutes=10)


@pytest.fixture(autouse=True)
def nothing_remembered(db) -> None:
    cache.clear()


@pytest.fixture
def run(reader, tmp_path) -> ImportRun:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "one.md").write_text(link_file())
    return reader.import_runs.create(label="notes", paths=[str(folder)], uploaded=True)


@pytest.fixture
def work(transactional_db):
    """Do all that is queued, as the worker does."""
    return LibraryWorker(batch=True).run


def begun(run: ImportRun, *worker_ids: str) -> DBTaskResult:
    """The task of `run`, as a worker leaves it that is killed in the middle."""
    task = DBTaskResult.objects.get(pk=tasks.run_import.enqueue(run.pk).id)
    task.status, task.started_at = TaskResultStatus.RUNNING, timezone.now() - LONG_AGO
    task.worker_ids = list(worker_ids)
    task.save()
    return task


def test_an_import_of_the_browser_is_done_by_the_worker(run, work):
    tasks.run_import.enqueue(run.pk)
    work()
    run.refresh_from_db()
    assert (run.state, run.new) == (RunState.DONE, 1)


def test_a_task_of_a_killed_worker_is_done_by_another(run, work):
    begun(run, "killed")
    tasks.take_up_what_stopped()
    work()
    run.refresh_from_db()
    assert (run.state, run.new) == (RunState.DONE, 1)


def test_a_task_of_a_living_worker_is_left_to_it(run):
    task = begun(run, "busy")
    tasks.beat("busy")
    tasks.take_up_what_stopped()
    task.refresh_from_db()
    assert task.status == TaskResultStatus.RUNNING


def test_a_task_that_took_many_workers_with_it_is_given_up_with_its_import(run):
    task = begun(run, *"abcde")
    tasks.take_up_what_stopped()
    task.refresh_from_db()
    run.refresh_from_db()
    assert (task.status, run.state) == (TaskResultStatus.FAILED, RunState.FAILED)
    assert "not tried again" in run.error


def test_an_import_that_nobody_carries_on_is_queued_once(run):
    tasks.take_up_what_stopped()
    tasks.take_up_what_stopped()
    assert DBTaskResult.objects.ready().count() == 1


def test_stopping_the_worker_leaves_the_import_to_the_next_one_and_is_no_error(run, work, monkeypatch, caplog):
    def stopped(*args: object) -> None:
        raise KeyboardInterrupt

    task = tasks.run_import.enqueue(run.pk)
    with monkeypatch.context() as patch:
        patch.setattr(importers, "run", stopped)
        LibraryWorker(batch=True).run_task(DBTaskResult.objects.get(pk=task.id))
    assert DBTaskResult.objects.get(pk=task.id).status == TaskResultStatus.READY
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
    work()
    run.refresh_from_db()
    assert run.state == RunState.DONE


def test_an_import_that_breaks_says_so_on_its_page(run, work, monkeypatch):
    def broken(*args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(importers, "run", broken)
    tasks.run_import.enqueue(run.pk)
    work()
    run.refresh_from_db()
    assert (run.state, run.error) == (RunState.FAILED, tasks.BROKE_OFF)


def test_writes_by_anybody_reach_the_search_index(reader):
    reader.links.create(title="A ledger")
    tasks.drain_search()
    assert not SearchPending.objects.exists()


def test_what_has_had_its_time_goes(reader):
    old = timezone.now() - timedelta(days=400)
    kept = reader.links.create(title="Binned today", deleted_at=timezone.now())
    reader.links.create(title="Binned last year", deleted_at=old)
    Original.objects.create(sha256="0" * 64, size=0, compressed=b"")
    Rendering.objects.create(key="old", blocks=[], made_at=old)
    Session.objects.create(session_key="old", expire_date=old)
    tasks.tend()
    assert list(Link.objects.all()) == [kept]
    assert not any(model.objects.exists() for model in (Original, Rendering, Session))


def test_tending_is_done_once_an_hour_by_whichever_worker_comes_first(reader):
    tasks.tend()
    reader.links.create(title="Binned last year", deleted_at=timezone.now() - timedelta(days=400))
    tasks.tend()
    assert Link.objects.count() == 1
