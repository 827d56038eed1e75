"""A worker is killed in each kind of task, and the next one does the task as if nothing had been."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from django_tasks.base import Task

from library import tasks
from tests.faults.killing import Moment
from tests.faults.own_library import OwnLibrary

FILES = 30
Library = OwnLibrary


class Situation(NamedTuple):
    """`ready` makes the task wait, the worker is killed at each of `moments`, and `holds` once it was done again."""

    task: str
    ready: Callable[[Library, Path], object]
    moments: tuple[Moment, ...]
    holds: Callable[[Library, Path], bool]


def state(library: Library, table: str = "library_importrun") -> str:
    return str(library.one(f"SELECT state FROM {table} ORDER BY id DESC LIMIT 1"))


def articles(library: Library) -> int:
    return int(library.one("SELECT count(*) FROM library_link"))


def around(*steps: str) -> tuple[Moment, ...]:
    return tuple(Moment(step, 1, after) for step in steps for after in (False, True))


SITUATIONS = {
    "an import": Situation(
        "run_import",
        lambda library, notes: library.must("order_import", str(notes)),
        around("library.importers.running.Batch.write", "library.tasks.uploads.remove"),
        lambda library, notes: (state(library), articles(library)) == ("done", FILES),
    ),
    "a check of an import": Situation(
        "run_import",
        lambda library, notes: library.must("order_import", str(notes), "check"),
        around("library.importers.running.Batch.write", "library.importers.ledger.finish"),
        lambda library, notes: (state(library), articles(library)) == ("checked", 0),
    ),
    "an undoing of an import": Situation(
        "run_import",
        lambda library, notes: library.must("order_undoing", str(notes)),
        around("library.importers.taking_back.keep_lease", "library.importers.ledger.finish"),
        lambda library, notes: state(library) == "undone" and library.one(KEPT) == 0,
    ),
    "a complete export that comes back": Situation(
        "run_import",
        lambda library, notes: library.must("order_restoring", str(notes)),
        around("library.importers.restoring.restore", "library.importers.ledger.finish"),
        lambda library, notes: (state(library), articles(library)) == ("done", 2 * FILES),
    ),
    "an export": Situation(
        "run_export",
        lambda library, notes: library.must("order_export", str(notes)),
        around("library.exporters.write", "library.models.exports.Export.finish"),
        lambda library, notes: state(library, "library_export") == "done" and exported(library),
    ),
    "a reader who leaves": Situation(
        "delete_reader",
        lambda library, notes: library.must("order_leaving", str(notes)),
        around("library.leaving._delete_work", "library.leaving._delete_links"),
        lambda library, notes: articles(library) == library.one("SELECT count(*) FROM library_user") == 0,
    ),
    "a backup": Situation(
        "run_backup",
        lambda library, notes: library.must("order_backup", str(notes)),
        around("library.backups.making.verify", "library.backups.making.sync"),
        lambda library, notes: len(list(library.backups.glob("commonplace-*.zip"))) == 1,
    ),
}
UNDONE = "SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE status <> 'SUCCESSFUL'"
KEPT = "SELECT count(*) FROM library_link WHERE deleted_at IS NULL"
HOUSEKEEPING = ["library.search.indexing.drain", "library.tasks.purge_bin", "library.tasks.uploads.sweep"]


def exported(library: Library) -> bool:
    return any(file.stat().st_size for file in (library.data / "exports").rglob("*") if file.is_file())


def kinds() -> list[str]:
    """Every task of the program, so that a new one is asked for here before anyone remembers it."""
    return sorted(name for name, found in vars(tasks).items() if isinstance(found, Task))


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_of_task_has_its_situation(kind):
    assert kind in {situation.task for situation in SITUATIONS.values()}, f"No worker was ever killed in {kind}."


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_next_worker_does_what_a_killed_one_had_begun(prepared, own_library, notes, done, name):
    situation, folder = SITUATIONS[name], notes(FILES, words=20)
    for moment in situation.moments:
        own_library.become(prepared)
        situation.ready(own_library, folder)
        status = own_library.do("work", kill=moment)
        assert status == -9, f"The worker ended with {status}, and was never killed {moment}."
        own_library.let_time_pass()
        own_library.must("work")
        assert own_library.one(UNDONE) == 0
        assert situation.holds(own_library, folder), moment
        own_library.must("command", "check_library")
        done(kills=1)


@pytest.mark.parametrize("step", HOUSEKEEPING)
def test_a_worker_that_was_killed_over_housekeeping_leaves_it_to_the_next(prepared, own_library, notes, done, step):
    own_library.must("command", "import_library", str(notes(FILES, words=20)))
    own_library.must("bin_half_long_ago")
    assert own_library.do("keep_house", kill=Moment(step, 1, True)) == -9
    own_library.let_time_pass()
    for _ in range(2):  # what goes in one round leaves the index in the next
        own_library.must("keep_house")
    assert articles(own_library) == FILES // 2
    assert own_library.one("SELECT count(*) FROM library_searchpending") == 0
    own_library.must("command", "check_library")
    done(kills=1)
