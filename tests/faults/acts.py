"""What a child of the nursery does in its library: each act is what the program itself does at that place."""

import json
import resource
import secrets
import signal
import sys
import time
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.db.backends.signals import connection_created
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils import timezone

from library import leaving, preparing, tasks, worker
from library.backups import schedule
from library.models import Export, Kind, Link, RunState, User
from library.models.links import title_key
from library.models.writing import POSITIONS
from library.worker import LibraryWorker
from tests.faults import crowd
from tests.faults.rights import drop_rights

READER = "ada"
PARTS = 10
SESSION = "session-of-the-test"
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


def order_for_another(file: str) -> None:
    """An import into the library of another reader."""
    other, _ = User.objects.get_or_create(username="ben")
    run = other.import_runs.create(label="notes", paths=[file], uploaded=True)
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
    file = Path(settings.DATA_DIR) / "complete.json"
    command("export_library", str(file), "--format", "json", "--user", "ben")
    order_import(str(file))


def order_backup(folder: str) -> None:
    command("import_library", folder)
    tasks.order_backup()


def order_leaving(folder: str) -> None:
    command("import_library", folder)
    leaving.close(reader())
    tasks.delete_reader.enqueue(User.objects.get().pk)


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
    """In ten processes, half of each writes. What was acknowledged stands in files that begin like `told`."""
    clients = [browser() for _ in range(number)]
    crowd.read_once(clients[0])  # so that all have the site loaded
    connection.close()
    parts = [clients[place::PARTS] for place in range(PARTS)]
    processes = [
        get_context("fork").Process(target=crowd.take_part, args=(place, part, seconds, f"{told}.{place}"))
        for place, part in enumerate(parts)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()


# --- a disk that fails


def fill_disk(pages: int) -> None:
    """SQLite's own way: the database may grow by so many pages, and answers then as on a full disk. On PostgreSQL it is
    the server that has none.
    """

    def limit(connection: object, **kwargs: object) -> None:
        with connection.cursor() as cursor:
            size = cursor.execute("PRAGMA page_count").fetchone()[0]
            cursor.execute(f"PRAGMA max_page_count = {size + pages}")

    if connection.vendor == "sqlite":
        connection_created.connect(limit, weak=False)


def bound_files(size: int) -> None:
    """No file of this process grows beyond `size`: what a full disk does to any of them, with another number."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def work_on_a_full_disk(pages: int) -> None:
    fill_disk(pages)
    work()


def command_on_a_full_disk(pages: int, *words: str) -> None:
    fill_disk(pages)
    command(*words)


def command_with_bounded_files(size: int, *words: str) -> None:
    reader()  # has the library open already
    bound_files(size)
    command(*words)


def upload(size: int, told: str, bound: int = 0) -> None:
    """Send a zip of that size with the form. What the reader sees stands in the file `told`."""
    client = browser()
    page = client.get("/import/", headers=crowd.HOST)
    assert page.status_code == 200
    if bound:
        bound_files(bound)
    file = SimpleUploadedFile("notes.zip", secrets.token_bytes(size))
    tell(told, client.post("/import/", {"files": file}, headers=crowd.HOST))


# --- what a reader sees


def tell(told: str, *answers: Any) -> None:
    with open(told, "w") as file:
        for answer in answers:
            file.write(f"{answer.status_code} {answer.get('Location', '')}\n")
            file.write(b"".join(answer).decode() if answer.streaming else answer.content.decode())


def look_at(told: str, *pages: str) -> None:
    client = browser()
    tell(told, *(client.get(page, headers=crowd.HOST) for page in pages))


def be_bound_by_modes() -> None:
    """The socket of a PostgreSQL that runs as somebody else is another matter."""
    if connection.vendor == "sqlite":
        drop_rights()


def read_and_write(told: str, ready: str = "") -> None:
    """Look at the library and save an article; when there is a file `ready`, do the same again in this process."""
    be_bound_by_modes()
    client = browser_of_before()
    tell(f"{told}.1", client.get("/library/", headers=crowd.HOST), crowd.save(client, 1))
    while ready and not Path(ready).exists():
        time.sleep(0.02)
    tell(f"{told}.2", client.get("/library/", headers=crowd.HOST), crowd.save(client, 2))


def browser_of_before() -> Client:
    """With the session that `keep_session` left."""
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = (Path(settings.DATA_DIR) / SESSION).read_text()
    return client


def keep_session() -> None:
    (Path(settings.DATA_DIR) / SESSION).write_text(browser().cookies[settings.SESSION_COOKIE_NAME].value)
    connection.close()


def serve_nothing() -> None:
    """All that `serve` does before it serves, with no more rights than the files give."""
    be_bound_by_modes()
    command("prepare")


def try_again() -> None:
    """As the page of a failed import does it; one that is still under way goes on by itself."""
    for run in reader().import_runs.filter(state=RunState.FAILED):
        run.state, run.finished_at = RunState.RUNNING, None
        run.save()
        tasks.run_import.enqueue(run.pk)


def save_until_the_disk_is_full(told: str) -> None:
    """And once more when it is not full any more."""
    client, saved = browser(), []
    connection.close()
    fill_disk(8)
    for number in range(5_000):
        answer = crowd.save(client, number)
        if answer.status_code >= 400:
            break
        saved.append(f"https://one.example/{number}")
    connection_created.receivers.pop()
    connection_created.sender_receivers_cache.clear()
    connection.close()
    after = crowd.save(client, 9_999).status_code
    refused = f"{answer.status_code} {answer.content.decode()}"
    Path(told).write_text(json.dumps({"saved": saved, "refused": refused, "after": after}))


def make_backup() -> None:
    schedule.make()


def restore_the_last_backup() -> None:
    command("restore", str(schedule.newest()))
