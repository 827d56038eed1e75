"""A file with many records."""

import pytest
from django.db import connection

from library import importers
from library.importers import preparing, running, taking
from library.importers.record import ImportFile
from library.models import Original, RunState
from library.models.writing import bin_link, delete_for_good
from library.search import indexing
from tests.importers.link_files import import_files, library_rows
from tests.importers.many_records import bookmarks, install, write_lines

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lines(monkeypatch) -> None:
    install(monkeypatch)


def counted(run) -> dict[str, int]:
    names = ("new", "updated", "unchanged", "merged", "rejected", "ignored")
    return {name: getattr(run, name) for name in names if getattr(run, name)}


def test_each_record_becomes_an_article_and_they_share_the_file(reader, tmp_path):
    folder = write_lines(tmp_path / "e" / "all.jsonl", bookmarks(5, article="Some words."))
    run = import_files(reader, folder)
    assert (run.files, run.records, counted(run)) == (1, 5, {"new": 5})
    assert list(run.entries.values_list("position", flat=True)) == [0, 1, 2, 3, 4]
    assert Original.objects.count() == 1
    assert set(reader.sources.values_list("format", "records")) == {("lines", 5)}
    assert list(indexing.differences()) == []


def test_the_index_says_the_same_whatever_the_order_of_the_tags(reader, tmp_path):
    records = bookmarks(2)
    records[0]["tags"], records[1]["tags"] = ["a", "b", "c"], ["c", "a", "b"]
    import_files(reader, write_lines(tmp_path / "e" / "all.jsonl", records))
    assert list(indexing.differences()) == []


def test_a_record_that_cannot_be_taken_says_why_and_the_others_go_on(reader, tmp_path):
    records = [*bookmarks(2), {"title": "A folder", "refused": "It has no address."}]
    folder = write_lines(tmp_path / "e" / "all.jsonl", records)
    run = import_files(reader, folder)
    assert counted(run) == {"new": 2, "rejected": 1}
    entry = run.entries.get(outcome="rejected")
    assert (entry.message, entry.position, entry.about["title"]) == ("It has no address.", 2, "A folder")
    assert counted(import_files(reader, folder)) == {"unchanged": 2, "rejected": 1}


def test_a_file_that_holds_none_is_passed_over_with_its_sentence(reader, tmp_path):
    folder = write_lines(tmp_path / "e" / "index.jsonl", [])
    (folder / "index.jsonl").write_text("contents")
    (folder / "empty.jsonl").write_text("")
    run = import_files(reader, folder)
    assert counted(run) == {"ignored": 2}
    assert set(run.entries.values_list("message", flat=True)) == {"A table of contents.", "The file holds no articles."}


def test_the_same_file_again_is_unchanged_record_by_record(reader, tmp_path):
    folder = write_lines(tmp_path / "e" / "all.jsonl", bookmarks(3))
    import_files(reader, folder)
    before = library_rows()
    (folder / "copy.jsonl").write_bytes((folder / "all.jsonl").read_bytes())
    run = import_files(reader, folder)
    assert (run.files, counted(run)) == (2, {"unchanged": 6})
    assert library_rows() == before


def test_two_copies_in_one_import_are_one_set_of_articles(reader, tmp_path):
    folder = write_lines(tmp_path / "e" / "all.jsonl", bookmarks(3))
    write_lines(folder / "copy.jsonl", bookmarks(3))
    foreseen = import_files(reader, folder, dry_run=True)
    assert counted(foreseen) == {"new": 3, "unchanged": 3}
    assert counted(import_files(reader, folder)) == {"new": 3, "unchanged": 3}


def test_a_record_whose_article_was_deleted_for_good_comes_back_alone(reader, tmp_path):
    folder = write_lines(tmp_path / "e" / "all.jsonl", bookmarks(3))
    import_files(reader, folder)
    gone = reader.links.get(title="Page 1")
    bin_link(gone)
    assert counted(import_files(reader, folder)) == {"unchanged": 3}
    delete_for_good([gone.pk])
    run = import_files(reader, folder)
    assert counted(run) == {"new": 1, "unchanged": 2}
    assert list(run.entries.values_list("position", flat=True)) == [0, 1, 2]


def test_in_a_file_that_changed_only_the_records_that_changed_are_updated(reader, tmp_path):
    records = bookmarks(4, article="Old words.")
    folder = write_lines(tmp_path / "e" / "all.jsonl", records)
    import_files(reader, folder)
    records[2]["article"] = "New words."
    write_lines(folder / "all.jsonl", [{"title": "First", "url": "https://b.example/"}, *records])
    foreseen = import_files(reader, folder, dry_run=True)
    run = import_files(reader, folder)
    assert counted(run) == counted(foreseen) == {"new": 1, "updated": 1, "unchanged": 3}
    assert reader.links.get(title="Page 2").sections.get().text == "New words."
    assert counted(import_files(reader, folder)) == {"unchanged": 5}
    assert reader.sources.filter(original_id=run.entries.first().sha256).count() == 5


def test_a_record_with_an_id_is_known_again_wherever_it_stands(reader, tmp_path):
    folder = write_lines(tmp_path / "e" / "a.jsonl", [{"title": "Mine", "key": "7", "article": "One."}])
    import_files(reader, folder)
    (folder / "a.jsonl").unlink()
    moved = [{"title": "New title", "key": "7", "url": "https://c.example/", "article": "Two."}, *bookmarks(1)]
    write_lines(folder / "b.jsonl", moved)
    assert counted(import_files(reader, folder)) == {"updated": 1, "new": 1}
    assert reader.links.get(title="New title").url == "https://c.example/"


def test_records_without_an_address_are_known_by_their_titles(reader, tmp_path):
    texts = [{"title": title, "article": title} for title in ("One", "Two", "Two")]
    folder = write_lines(tmp_path / "e" / "a.jsonl", texts)
    assert counted(import_files(reader, folder)) == {"new": 3}
    write_lines(folder / "a.jsonl", [{"title": "Zero", "article": "0"}, *texts])
    assert counted(import_files(reader, folder)) == {"new": 1, "unchanged": 3}


def test_one_address_twice_in_a_file_is_one_article(reader, tmp_path):
    twins = [*bookmarks(1), {"title": "Page again", "url": "https://a.example/0#top"}]
    folder = write_lines(tmp_path / "e" / "a.jsonl", twins)
    assert counted(import_files(reader, folder)) == {"new": 1, "merged": 1}
    assert counted(import_files(reader, folder)) == {"unchanged": 2}
    write_lines(folder / "a.jsonl", [*twins, {"title": "More", "url": "https://b.example/"}])
    assert counted(import_files(reader, folder)) == {"unchanged": 2, "new": 1}


def test_a_large_file_is_taken_in_parts_and_goes_on_within_it(reader, tmp_path, monkeypatch):
    monkeypatch.setattr(running, "BATCH_FILES", 10)
    folder = write_lines(tmp_path / "e" / "all.jsonl", bookmarks(35))
    write_lines(folder / "last.jsonl", bookmarks(36)[35:])
    run = reader.import_runs.create(label="e", paths=[str(folder)])
    real, calls = taking.take_in, []

    def take_in(batch, fresh, words):
        calls.append(len(fresh))
        if len(calls) == 3:
            raise KeyboardInterrupt
        real(batch, fresh, words)

    monkeypatch.setattr(taking, "take_in", take_in)
    assert run.claim("first")
    with pytest.raises(KeyboardInterrupt):
        importers.run(run, "first")
    run.refresh_from_db()
    assert (run.files, run.records, run.cursor) == (0, sum(calls[:2]), [0, ["all.jsonl"], sum(calls[:2])])
    assert run.claim("first")
    importers.run(run, "first")
    run.refresh_from_db()
    assert (run.state, run.files, run.total_files, counted(run)) == (RunState.DONE, 2, 2, {"new": 36})
    assert reader.links.count() == 36
    positions = run.entries.filter(file="all.jsonl").values_list("position", flat=True)
    assert list(positions) == list(range(35))


def test_one_record_that_the_database_cannot_take_is_left_out_and_the_rest_goes_on(reader, tmp_path):
    records = bookmarks(4)
    records[2]["type"] = "x" * 200_000
    folder = write_lines(tmp_path / "e" / "all.jsonl", records)
    run = import_files(reader, folder)
    assert (run.records, run.state) == (4, RunState.DONE)
    assert {*counted(run)} <= {"new", "rejected"}
    assert run.new >= 3


def test_a_large_file_needs_few_statements_when_little_of_it_changed(
    reader, tmp_path, django_assert_max_num_queries
):
    folder = write_lines(tmp_path / "e" / "all.jsonl", bookmarks(90))
    import_files(reader, folder)
    write_lines(folder / "all.jsonl", bookmarks(91))
    with django_assert_max_num_queries(60):
        assert counted(import_files(reader, folder)) == {"new": 1, "unchanged": 90}


def test_no_part_of_a_file_looks_at_the_records_of_the_others(reader, tmp_path, monkeypatch):
    """Else a file of 100,000 would be looked at a thousand times."""
    looked_at = []

    class Counted(tuple):
        def __getitem__(self, place):
            looked_at.append(place)
            return super().__getitem__(place)

        def __iter__(self):
            raise AssertionError("All records were looked at.")

    refused = Counted((number, None) for number in range(100_000))
    reading = preparing.Reading(ImportFile("x"), refused=refused)
    assert [position for position, _ in reading.refused_of(50_000, 50_100)] == list(range(50_000, 50_100))
    assert len(looked_at) < 50


def test_what_cant_be_stored_is_told_in_a_transaction_of_its_own(reader, tmp_path, monkeypatch):
    def broken(*args):
        raise ValueError("No.")

    written = []
    write = running.Batch.write

    def noted(batch, *args):
        written.append(len(connection.savepoint_ids))
        write(batch, *args)

    monkeypatch.setattr(running.taking, "take_in", broken)
    monkeypatch.setattr(running.Batch, "write", noted)
    outside = len(connection.savepoint_ids)
    run = import_files(reader, write_lines(tmp_path / "e" / "all.jsonl", bookmarks(1)))
    assert counted(run) == {"rejected": 1}
    assert [depth > outside for depth in written] == [True]
