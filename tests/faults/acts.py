"""What a child of the nursery does in its library: each act is what the program itself does at that place."""

import sys

from django.core.management import call_command
from django.db import connection

from library import tasks
from library.models import User
from library.worker import LibraryWorker

READER = "ada"


def make_reader() -> None:
    User.objects.create_user(READER, password="correct horse battery")


def reader() -> User:
    return User.objects.get(username=READER)


def command(*words: str) -> None:
    """A command of manage.py. Its failure is the exit status 1, as at the prompt."""
    try:
        call_command(*words)
    except Exception as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        sys.exit(1)


def order_import(folder: str, *options: str) -> None:
    """As the page does it: a run, and a task for the worker."""
    state = "checking" if "check" in options else "running"
    run = reader().import_runs.create(label="notes", paths=[folder], uploaded=True, state=state)
    tasks.run_import.enqueue(run.pk)


def work() -> None:
    """All that waits, as the worker of `serve` does it, with one round of housekeeping before."""
    tasks.take_up_what_stopped()
    tasks.drain_search()
    LibraryWorker(batch=True).run()
    connection.close()
