"""A complete export that was sent to the import page: checked, restored under a lease, and stopped."""

import pytest
from django.db import connection
from django.utils import timezone

from library import exporters, importers
from library.exporters import Chosen
from library.importers import restoring, restoring_run, zips
from library.models import ImportRun, RunState
from library.tasks import run_import
from tests.views.shelf import article

pytestmark = pytest.mark.django_db


@pytest.fixture
def export(reader, tmp_path):
    article(reader, "One", article="Text.")
    article(reader, "Two", article="Text.")
    exporters.write(Chosen(reader), "json", tmp_path / "all.json")
    return tmp_path / "all.json"


@pytest.fixture
def begun(export, other_reader):
    def begin(state=RunState.RUNNING, **more):
        return ImportRun.objects.create(owner=other_reader, label="all.json", paths=[str(export)], state=state, **more)

    return begin


def carried_out(run):
    run_import.call(run.pk)
    run.refresh_from_db()
    return run


def test_a_check_foresees_that_it_will_be_restored_as_a_whole(begun, other_reader, monkeypatch):
    monkeypatch.setattr(zips, "MAX_FILE_BYTES", 10)
    run = carried_out(begun(RunState.CHECKING))
    assert (run.state, run.records, run.new, run.total_files) == (RunState.CHECKED, 2, 2, 1)
    (entry,) = run.entries.all()
    assert "will be restored as a whole: 2 articles" in entry.message
    assert not other_reader.links.exists()


def test_it_is_restored_with_totals_and_an_entry(begun, other_reader):
    run = carried_out(begun())
    assert (run.state, run.records, run.new, run.files) == (RunState.DONE, 2, 2, 1)
    told, *each = [entry.message for entry in run.entries.all()]
    assert told == "Restored: 2 articles, with all that belongs to the library."
    assert each == ["Restored as it was."] * 2
    assert other_reader.links.count() == 2


def test_one_that_was_made_for_another_format_is_none(begun):
    assert not restoring_run.takes(begun(format="netscape"))


def test_a_damaged_one_fails_with_a_sentence(begun, export, other_reader):
    export.write_text(export.read_text()[:-30])
    run = carried_out(begun())
    assert (run.state, "Nothing was restored" in run.error) == (RunState.FAILED, True)
    assert not other_reader.links.exists()


def stopped_when(monkeypatch, run, name):
    """Somebody stops the run as this function of `restoring` is called."""
    function = getattr(restoring, name)

    def called(*args):
        ImportRun.objects.filter(pk=run.pk).update(state=RunState.STOPPED, lease_until=None, lease_holder="")
        return function(*args)

    monkeypatch.setattr(restoring, name, called)


@pytest.mark.parametrize("name", ["is_empty", "index_links"])
def test_a_stop_before_the_end_takes_all_back_and_says_so(begun, other_reader, monkeypatch, name):
    run = begun()
    holder = importers.new_holder()
    assert run.claim(holder)
    stopped_when(monkeypatch, run, name)
    restoring_run.carry_out(run, holder)
    assert not other_reader.links.exists()
    assert not run.entries.exists()


def test_one_that_was_stopped_before_it_began_says_that_nothing_was_restored(begun, other_reader):
    run = begun()
    holder = importers.new_holder()
    assert run.claim(holder)
    ImportRun.objects.filter(pk=run.pk).update(state=RunState.STOPPED, lease_until=None, lease_holder="")
    restoring_run.carry_out(run, holder)
    assert (run.state, run.error) == (RunState.STOPPED, restoring_run.STOPPED)
    assert not other_reader.links.exists()


@pytest.mark.postgres  # SQLite's transaction holds the database itself
@pytest.mark.django_db(transaction=True)
def test_the_lease_is_renewed_while_a_restore_goes_on(begun, monkeypatch):
    run = begun()
    holder = importers.new_holder()
    assert run.claim(holder)
    ImportRun.objects.filter(pk=run.pk).update(lease_until=timezone.now())
    monkeypatch.setattr(restoring_run, "EACH", 0.05)
    with restoring_run._lease_kept(run, holder):
        until = timezone.now() + restoring_run.LEASE / 2
        for _ in range(100):
            run.refresh_from_db()
            if run.lease_until > until:
                break
            connection.cursor().execute("SELECT pg_sleep(0.05)")
    assert run.lease_until > until
