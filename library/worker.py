"""The background worker: django-tasks-db's, which here also keeps house and outlives a kill.

A second thread does what must not wait for a long import: it says that this worker lives, drains the search index,
and takes up what a killed worker left behind.
"""

from __future__ import annotations

import logging
import secrets
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from django.db import Error, close_old_connections, connection
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from library import tasks
from library.models.outages import outage

logger = logging.getLogger(__name__)

INTERRUPTED = "builtins.KeyboardInterrupt"


def is_no_stop(record: logging.LogRecord) -> bool:
    """A task that was told to stop is put back. That is no error, though django-tasks takes it for one."""
    return not (record.exc_info and isinstance(record.exc_info[1], KeyboardInterrupt))


logging.getLogger("django_tasks").addFilter(is_no_stop)


class LibraryWorker(Worker):
    def __init__(self, *, batch: bool = False) -> None:
        super().__init__(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=1,
            batch=batch,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=secrets.token_hex(16),
        )

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """Stop now. A running task is interrupted, and put back for the next worker."""
        if not self.running:
            return
        self.running = False
        if not self.running_task:
            sys.exit(0)
        raise KeyboardInterrupt

    def run(self) -> None:
        """Until it is stopped. A database that does not answer, or can't be written to, is waited for."""
        while self.running:
            try:
                super().run()
                return
            except Error as error:
                if self.batch or not (why := outage(error)):
                    raise
                logger.error("%s The worker waits for it. (%s)", why, str(error).strip())
                connection.close()
                time.sleep(tasks.BEAT)

    def run_task(self, db_task_result: DBTaskResult[Any, Any]) -> None:
        tasks.beat(self.worker_id)
        super().run_task(db_task_result)
        if db_task_result.exception_class_path == INTERRUPTED:
            tasks.put_back(db_task_result)


class Keeper(threading.Thread):
    """What is done every few seconds beside the tasks."""

    def __init__(self, worker: LibraryWorker) -> None:
        super().__init__(name="keeper", daemon=True)
        self.worker = worker
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.wait(tasks.BEAT):
            self.keep_house_if_possible()
        connection.close()

    def keep_house_if_possible(self) -> None:
        close_old_connections()
        try:
            self.keep_house()
        except Exception as error:
            if why := outage(error):
                logger.error("%s Housekeeping waits for it. (%s)", why, str(error).strip())
            else:
                logger.exception("A round of housekeeping failed; the next one follows.")
            connection.close()

    def keep_house(self) -> None:
        if self.worker.running_task:
            tasks.beat(self.worker.worker_id)
        tasks.drain_search()
        if self.worker.running_task:  # a long drain must not make this very worker look dead
            tasks.beat(self.worker.worker_id)
        tasks.take_up_what_stopped()
        tasks.tend()
        tasks.order_backup()

    def stop(self) -> None:
        self.stopping.set()
        self.join(timeout=5)


def run(*, batch: bool = False, ready: Callable[[], object] | None = None) -> None:
    """Work until a signal comes; with `batch`, until the queue is empty. `ready` is called once signals are heard."""
    worker = LibraryWorker(batch=batch)
    worker.configure_signals()
    if ready:
        ready()
    keeper = Keeper(worker)
    keeper.keep_house_if_possible()
    keeper.start()
    try:
        worker.run()
    finally:
        keeper.stop()
