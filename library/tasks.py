"""Every background job, and what follows what. The work itself is done in the rooms below."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from library import exporters, importers, leaving
from library.backups import BackupProblem, schedule
from library.exporters import kept
from library.importers import ledger, server_folders, uploads
from library.models import Export, ImportRun, Original, Rendering, RunState, SecurityEvent
from library.models.exports import Progress
from library.models.imports import ACTIVE
from library.models.outages import outage
from library.models.writing import purge_bin
from library.search import indexing

logger = logging.getLogger(__name__)

# A worker with a task says every BEAT seconds that it lives; one silent for LOST seconds is gone.
BEAT = 5
LOST = 30
ATTEMPTS = 5
RESULTS_KEPT = timedelta(days=14)
RENDERINGS_KEPT = timedelta(days=180)
TEND_SECONDS = 60 * 60
MERGES = 5
# A backup that failed is tried again after this, or when the next is due.
BACKUP_RETRY = timedelta(hours=1)

GAVE_UP = f"The program was stopped in the middle of it {ATTEMPTS} times, so it is not tried again."
ENDED = (TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED)
NOT_WRITTEN = "The server can’t write the file ({reason}). Your library is as it was."
NOT_MADE = "Something in the library can’t be exported by this version. Your library is as it was; try another format."
OUT_OF_ORDER = "{why} What came before it is in the library. Try again when that is mended: it goes on with the rest."
BROKE_OFF = "Something in it can’t be imported by this version. What came before it is in the library."


@task()
def run_import(run_id: int) -> None:
    """Take an import that was made in the browser to its end, from where it stands."""
    run = ImportRun.objects.filter(pk=run_id).first()
    holder = importers.new_holder()
    if run is None or not run.claim(holder):
        return
    if run.on_server and run.state != RunState.UNDOING and not server_folders.are_here(run):
        ledger.finish(run, RunState.FAILED, server_folders.GONE)
        return
    try:
        importers.run(run, holder)
        if run.state == RunState.DONE and not run.rejected:
            uploads.remove(run)
    except KeyboardInterrupt:
        ImportRun.objects.filter(pk=run_id, lease_holder=holder).update(lease_until=None)
        raise
    except OSError as error:
        ledger.finish(run, RunState.FAILED, f"The files can't be read: {error.strerror}.")
    except Exception as error:
        why = outage(error)
        ledger.finish(run, RunState.FAILED, OUT_OF_ORDER.format(why=why) if why else BROKE_OFF)
        raise


def order_import(run_id: int) -> None:
    """Queue an import, unless it waits in the queue already: pausing and going on a hundred times is one task."""
    if not _of_run(run_id).filter(status=TaskResultStatus.READY).exists():
        run_import.enqueue(run_id)


@task()
def run_export(export_id: int) -> None:
    """Make the file that a reader asked for. What a killed worker left of it is written over."""
    export = Export.objects.filter(pk=export_id).unfinished().first()
    if export is None:
        return
    try:
        kept.make(export)
    except exporters.Refused as problem:
        export.finish(Progress.FAILED, error=str(problem))
    except OSError as error:
        export.finish(Progress.FAILED, error=NOT_WRITTEN.format(reason=error.strerror))
    except Exception:
        export.finish(Progress.FAILED, error=NOT_MADE)
        raise


@task()
def run_backup() -> None:
    """Make the backup that is due. What goes wrong stands in the log, and on the admin's first page."""
    if not schedule.is_due():
        return
    try:
        logger.info("A backup was made: %s", schedule.make())
    except BackupProblem as problem:
        logger.error("The backup that was due could not be made. %s", problem)
        raise


@task()
def delete_reader(pk: int) -> None:
    """Delete everything of a reader whose account was closed. A killed worker's work is gone on with."""
    leaving.delete(pk)


def order_backup() -> None:
    """Queue a backup when one is due, whichever of the workers comes first."""
    if not schedule.is_due() or _backups().exclude(status__in=ENDED).exists():
        return
    if cache.add("library.backup", "", min(BACKUP_RETRY, settings.BACKUP_EVERY).total_seconds()):
        run_backup.enqueue()


def why_no_backup() -> str:
    """What went wrong with the last backup that was due; nothing where it was made."""
    last = _backups().filter(status__in=ENDED).order_by("-finished_at").first()
    if last is None or last.status != TaskResultStatus.FAILED:
        return ""
    said = str(last.traceback).strip()
    _, known, sentence = said.rpartition(f"{BackupProblem.__module__}.{BackupProblem.__qualname__}: ")
    return sentence if known else said.splitlines()[-1]


def drain_search() -> None:
    """Bring the search index up to date with every write that it has not seen, and merge a little of what grew."""
    while indexing.drain():
        pass
    for _ in range(MERGES):
        if not indexing.tidy():
            return


def tend() -> None:
    """Clear away what has had its time. Once an hour, whichever of the workers comes first."""
    if not cache.add("library.tended", "", TEND_SECONDS):
        return
    now = timezone.now()
    purged = purge_bin(now)
    if purged:
        logger.info("The Bin: %s articles were there for their time, and are deleted for good.", purged)
    DBTaskResult.objects.finished().filter(finished_at__lt=now - RESULTS_KEPT).delete()
    Rendering.objects.filter(made_at__lt=now - RENDERINGS_KEPT).delete()
    SecurityEvent.objects.over(now).delete()
    SecurityEvent.objects.too_many().delete()
    Original.objects.orphans().drop()
    SessionStore.clear_expired()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    uploads.sweep(now)
    kept.sweep(now)
    for pk in leaving.unfinished():
        delete_reader.enqueue(pk)


# --- work of workers that were killed


def beat(worker_id: str) -> None:
    """Say that this worker lives and has a task."""
    cache.set(_beat_key(worker_id), "", LOST)


def take_up_what_stopped() -> None:
    """Queue again what was running in a worker that is gone, and imports that nobody is carrying on."""
    long_ago = timezone.now() - timedelta(seconds=LOST)
    running = list(DBTaskResult.objects.running().filter(started_at__lt=long_ago))
    alive = cache.get_many([_beat_key(result.worker_ids[-1]) for result in running])
    for result in running:
        if _beat_key(result.worker_ids[-1]) not in alive:
            queue_again(result)
    for run in ImportRun.objects.abandoned().filter(Q(uploaded=True) | Q(on_server=True) | Q(state=RunState.UNDOING)):
        if not _of_run(run.pk).exclude(status__in=ENDED).exists():
            run_import.enqueue(run.pk)


def put_back(result: DBTaskResult[Any, Any]) -> None:
    """Queue a task again that was interrupted in good order, as if it had not been begun."""
    begun = {"started_at": None, "finished_at": None, "exception_class_path": "", "traceback": ""}
    _same(result).update(status=TaskResultStatus.READY, worker_ids=result.worker_ids[:-1], **begun)


def queue_again(result: DBTaskResult[Any, Any]) -> None:
    """Let another worker have the task of a killed one, unless it took several with it already."""
    if len(result.worker_ids) < ATTEMPTS:
        _same(result).update(status=TaskResultStatus.READY, started_at=None)
        return
    _same(result).update(status=TaskResultStatus.FAILED, finished_at=timezone.now(), traceback=GAVE_UP)
    logger.error("%s: %s", result.task_path, GAVE_UP)
    if result.task_path == run_import.module_path:
        for run in ImportRun.objects.filter(pk__in=result.args_kwargs["args"], state__in=ACTIVE):
            ledger.finish(run, RunState.FAILED, GAVE_UP)
    if result.task_path == run_export.module_path:
        for export in Export.objects.filter(pk__in=result.args_kwargs["args"]).unfinished():
            export.finish(Progress.FAILED, error=GAVE_UP)


def _same(result: DBTaskResult[Any, Any]) -> QuerySet[DBTaskResult[Any, Any]]:
    """This task as long as nobody else has begun it since."""
    return DBTaskResult.objects.filter(pk=result.pk, started_at=result.started_at)


def _of_run(run_id: int) -> QuerySet[DBTaskResult[Any, Any]]:
    return DBTaskResult.objects.filter(
        task_path=run_import.module_path, args_kwargs={"args": [run_id], "kwargs": {}}
    )


def _backups() -> QuerySet[DBTaskResult[Any, Any]]:
    return DBTaskResult.objects.filter(task_path=run_backup.module_path)


def _beat_key(worker_id: str) -> str:
    return f"library.worker.{worker_id}"
