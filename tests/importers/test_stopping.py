"""An import that is cut off, stopped, or meets somebody else."""

import os
import signal

import pytest
from django.db import DataError, IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from library import importers
from library.importers import ledger, preparing, running, taking
from library.importers.formats import notion_links
from library.models import ImportedRecord, ImportRun, RunState, SearchWord
from library.search.indexing import differences
from tests.importers.link_files import (
    import_files,
    link_file,
    many,
    outcomes,
    write,
)

pytestmark = pytest.mark.django_db


def test_a_run_that_was_cut_off_goes_on_with_the_next_file(reader, tmp_path, monkeypatch):
    monkeypatch.setattr(running, "BATCH_FILES", 4)
    run = ImportRun.objects.create(owner=reader, label="many", paths=[str(many(tmp_path))])
    run.claim("first")

    def stop_after_one(seen):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importers.run(run, "first", stop_after_one)
    run.refresh_from_db()
    assert (run.state, run.files, reader.links.count()) == (RunState.RUNNING, 4, 4)
    ImportRun.objects.update(lease_until=None)
    assert run.claim("second")
    importers.run(run, "second")
    run.refresh_from_db()
    assert (run.state, run.records, run.new) == (RunState.DONE, 9, 9)
    assert ImportedRecord.objects.count() == 9


def test_two_processes_never_hold_one_run(reader, tmp_path):
    run = ImportRun.objects.create(owner=reader, label="many", paths=[str(many(tmp_path))])
    assert run.claim("first")
    assert not run.claim("second")
    importers.run(run, "second")
    assert reader.links.count() == 0


def test_a_run_that_is_stopped_meanwhile_ends_without_its_batch(reader, tmp_path, monkeypatch):
    run = ImportRun.objects.create(owner=reader, label="many", paths=[str(many(tmp_path))])
    run.claim("first")
    real = taking.take_in

    def take_in(batch, fresh, words):
        real(batch, fresh, words)
        ledger.finish(ImportRun.objects.get(pk=run.pk), RunState.STOPPED)

    monkeypatch.setattr(taking, "take_in", take_in)
    importers.run(run, "first")
    run.refresh_from_db()
    assert reader.links.count() == 0
    assert run.files == 0


def test_a_batch_that_meets_another_writer_is_done_again(reader, folder, monkeypatch):
    real, failures = taking.take_in, [IntegrityError("somebody else"), IntegrityError("again")]

    def take_in(batch, fresh, words):
        real(batch, fresh, words)
        if failures:
            raise failures.pop()

    monkeypatch.setattr(taking, "take_in", take_in)
    assert outcomes(import_files(reader, folder)) == {"ledger.md": "new"}


def test_statements_grow_with_the_batches_and_not_with_the_files(reader, tmp_path, monkeypatch):
    monkeypatch.setattr(running, "BATCH_FILES", 100)
    counts = []
    for count in (30, 90):
        with CaptureQueriesContext(connection) as queries:
            import_files(reader, many(tmp_path / str(count), count))
        counts.append(len(queries))
    assert counts[1] < counts[0] + 15


def test_files_that_change_nothing_are_not_indexed_again_and_the_aliases_are_read_once(reader, tmp_path, monkeypatch):
    folder = many(tmp_path, 5)
    import_files(reader, folder)
    for file in folder.iterdir():
        file.write_text(file.read_text() + "\n\n")
    indexed = []
    monkeypatch.setattr(taking, "index_links", indexed.extend)
    monkeypatch.setattr(taking, "place_again", indexed.extend)
    with CaptureQueriesContext(connection) as queries:
        run = import_files(reader, folder)
    assert (run.records, run.unchanged) == (5, 5)
    assert indexed == []
    assert reader.sources.filter(formers__isnull=False).count() == 5
    assert sum('FROM "library_tagalias"' in each["sql"] for each in queries) == 1


def test_a_large_import_is_prepared_beside_and_ends_the_same(reader, tmp_path, monkeypatch):
    monkeypatch.setattr(running, "BATCH_FILES", 3)
    folder = write(many(tmp_path, 8), {"9.md": "", "copy.md": link_file("Article 1", url="https://a.example/1")})
    run = import_files(reader, folder)
    assert (run.records, run.new, run.unchanged, run.rejected) == (10, 8, 1, 1)


def test_a_file_that_kills_whoever_reads_it_is_left_out_and_the_rest_goes_on(reader, tmp_path, monkeypatch):
    def read(file):
        if b"killer" in file.data:
            os.kill(os.getpid(), signal.SIGKILL)
        return notion_links_read(file)

    notion_links_read = notion_links.read
    monkeypatch.setattr(notion_links, "read", read)
    monkeypatch.setattr(running, "BATCH_FILES", 4)
    run = import_files(reader, write(many(tmp_path, 6), {"3.md": link_file("killer")}))
    assert (run.state, run.new, run.rejected) == (RunState.DONE, 5, 1)
    assert "breaks off" in run.entries.get(file="3.md").message


def test_a_file_that_the_database_cannot_take_is_left_out_and_the_rest_goes_on(reader, tmp_path, monkeypatch):
    real = taking.take_in

    def take_in(batch, fresh, words):
        if any(item.record.title == "Article 3" for item in fresh):
            raise DataError("value too long")
        real(batch, fresh, words)

    monkeypatch.setattr(taking, "take_in", take_in)
    run = import_files(reader, many(tmp_path, 6))
    assert (run.state, run.records, run.new, run.rejected) == (RunState.DONE, 6, 5, 1)
    assert "can't take" in run.entries.get(file="3.md").message


def test_words_of_a_file_that_was_left_out_are_known_when_they_come_again(reader, tmp_path, monkeypatch):
    real = taking.take_in

    def take_in(batch, fresh, words):
        if any(item.record.title == "Refused" for item in fresh):
            raise DataError("value too long")
        real(batch, fresh, words)

    names = ("first", "a-twin", "later", "last")
    files = {f"{name}.md": link_file(name, url=f"https://slow.example/{name}", content="Lindworms") for name in names}
    files["a.md"] = link_file("Refused", url="https://slow.example/refused", content="Lindworms and wyverns")
    monkeypatch.setattr(taking, "take_in", take_in)
    monkeypatch.setattr(running, "BATCH_FILES", 2)
    run = import_files(reader, write(tmp_path, files))
    assert (run.new, run.rejected) == (4, 1)
    assert SearchWord.objects.filter(owner_id=reader.pk, word="lindworms").exists()
    assert list(differences()) == []


def test_a_preparing_process_that_dies_between_two_batches_is_replaced(reader, tmp_path, monkeypatch):
    real = preparing.Preparer.next

    def next_one(self, batch):
        if self._process:
            self._process.kill()
            self._process.join()
        return real(self, batch)

    monkeypatch.setattr(running, "BATCH_FILES", 2)
    monkeypatch.setattr(preparing.Preparer, "next", next_one)
    assert import_files(reader, many(tmp_path, 7)).new == 7
