"""What a child of the nursery does in its library: each act is what the program itself does at that place."""

import json
import sys
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils import timezone

from library import preparing, tasks, worker
from library.models import Export, Kind, Link, RunState, User
from library.models.links import title_key
from library.models.writing import POSITIONS
from library.worker import LibraryWorker
from tests.faults import crowd

READER = "ada"
FORMER = "0020_newest_highlights"


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


def write_old_rows(number: int) -> None:
    """Into the tables of a former version, by its own models."""
    old = MigrationExecutor(connection).loader.project_state(("library", FORMER)).apps
    owner = old.get_model("library", "User").objects.create(username=READER, password="!")
    links, sections = old.get_model("library", "Link"), old.get_model("library", "Section")
    for place in range(number):
        text = f"The text of {place}."
        link = links.objects.create(
            owner=owner, title=f"Old {place}", title_key=title_key(f"Old {place}"), gist=text, words=4, minutes=1,
            has_article=True,
        )  # fmt: skip
        sections.objects.create(link=link, kind="article", position=POSITIONS[Kind.ARTICLE], text=text)
    connection.close()


def upgrade() -> None:
    """What `serve` does to the database before it serves."""
    preparing.migrate()


def order_undoing(folder: str) -> None:
    command("import_library", folder)
    run = reader().import_runs.latest("pk")
    run.state, run.uploaded = RunState.UNDOING, True
    run.save()
    tasks.run_import.enqueue(run.pk)


def order_export(folder: str) -> None:
    command("import_library", folder)
    found = Export.objects.create(owner=reader(), format="json")
    tasks.run_export.enqueue(found.pk)


def order_restoring(folder: str) -> None:
    """The complete export of another reader's library, for this empty one."""
    User.objects.create_user("ben", password="another long passphrase")
    command("import_library", folder, "--user", "ben")
    file = Path(settings.DATA_DIR) / "complete.zip"
    command("export_library", str(file), "--format", "json", "--user", "ben")
    order_import(str(file))


def order_backup(folder: str) -> None:
    command("import_library", folder)
    tasks.order_backup()


def bin_half_long_ago() -> None:
    half = Link.objects.order_by("pk").values_list("pk", flat=True)[: Link.objects.count() // 2]
    Link.objects.filter(pk__in=list(half)).update(deleted_at=timezone.now() - timedelta(days=400))


def keep_house() -> None:
    worker.Keeper(LibraryWorker(batch=True)).keep_house()
    connection.close()


def browser() -> Client:
    """Of the reader, logged in. What breaks is answered as a server answers it."""
    client = Client(raise_request_exception=False)
    client.force_login(reader(), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def gather_a_crowd(number: int, seconds: float, told: str) -> None:
    """What was acknowledged stands in the file `told` in the end."""
    clients, tally = [browser() for _ in range(number)], crowd.Tally()
    crowd.gather(clients, seconds, tally)
    found = {name: getattr(tally, name) for name in ("reads", "added", "failed", "longest")}
    Path(told).write_text(json.dumps(found))
