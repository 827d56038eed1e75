"""Every file is accounted for, and a dry run foresees it."""

import json

import pytest
from django.db import IntegrityError

from library.importers import ledger
from library.importers.preparing import source_key
from library.models import ImportRun, Original, RunState
from library.models.writing import bin_link, delete_for_good
from library.search import indexing
from tests.importers.link_files import (
    MIXED,
    NEWER,
    OLDER,
    import_files,
    library_rows,
    link_file,
    outcomes,
    write,
)

pytestmark = pytest.mark.django_db


def test_every_file_is_accounted_for_with_a_reason(reader, tmp_path):
    run = import_files(reader, write(tmp_path / "e", MIXED))
    assert run.state == RunState.DONE
    assert (run.files, run.records) == (6, 5)
    assert (run.new, run.merged, run.unchanged, run.rejected, run.ignored) == (2, 1, 1, 1, 1)
    assert all(entry.message.endswith(".") for entry in run.entries.all())
    assert ledger.closing_sentence(run) == "5 articles: 2 new, 1 unchanged, 1 merged, 1 rejected. 1 file holds none."


def test_a_dry_run_says_the_same_and_writes_nothing(reader, tmp_path):
    folder = write(tmp_path / "e", MIXED)
    before = library_rows()
    foreseen = import_files(reader, folder, dry_run=True)
    assert library_rows() == before
    assert outcomes(foreseen) == outcomes(import_files(reader, folder))


def test_a_dry_run_of_changed_files_says_the_same(reader, link, folder):
    write(folder, {"ledger.md": link_file(content="Four."), "twin.md": link_file("Twin")})
    foreseen = import_files(reader, folder, dry_run=True)
    assert outcomes(foreseen) == outcomes(import_files(reader, folder)) == {"ledger.md": "updated", "twin.md": "merged"}


def test_the_database_refuses_a_done_run_that_does_not_add_up(reader, link):
    with pytest.raises(IntegrityError):
        ImportRun.objects.update(records=7)


def test_another_readers_articles_are_another_library(reader, other_reader, link, folder):
    assert outcomes(import_files(other_reader, folder)) == {"ledger.md": "new"}
    assert Original.objects.count() == 1


def test_what_an_import_changed_is_written_down(reader, link, folder):
    write(folder, {"ledger.md": link_file("New title", tags="['b']", content="Changed.")})
    changes = import_files(reader, folder).entries.get().changes
    assert changes["fields"] == {"title": "The ledger before the ledger"}
    assert (changes["tags_added"], changes["tags_removed"]) == (["b"], ["databases"])
    assert json.loads(json.dumps(changes)) == changes


def test_the_index_says_just_what_was_imported(reader, tmp_path):
    odd = link_file(content="") + "## Comments (from Lobsters)\n\nGood.\n\n## Fetched Content (from URL)\n\nFetched.\n"
    import_files(reader, write(tmp_path / "e", {**MIXED, "odd.md": odd, "1.md": OLDER, "2.md": NEWER}))
    assert indexing.pending_count() == 0
    assert list(indexing.differences()) == []


def test_what_a_file_was_before_it_changed_is_kept_as_long_as_its_article(reader, link, folder):
    first = (folder / "ledger.md").read_bytes()
    write(folder, {"ledger.md": link_file(content="Four.")})
    before = import_files(reader, folder).entries.get().changes["source_before"]["original"]
    assert Original.objects.get(pk=before).data == first
    assert not Original.objects.orphans().exists()
    bin_link(link)
    delete_for_good([link.pk])
    assert Original.objects.count() == 0


ODD = {
    "nul.md": link_file(url="https://a.example/1").replace("type: link", 'type: link\ncustom: "a\\0b"\n"k\\0": x'),
    "folds.md": link_file(url="https://a.example/2", tags="['" + "\ufdfa" * 90 + "']"),
    "字" * 80 + "/" + "字" * 80 + "/" + "字" * 80 + ".md": link_file(url="https://a.example/3"),
    "sections.md": link_file(url="https://a.example/4") + "## Note (x)\n\n## A (from B)\n\nb\n\n## C (from D)\n\nd\n",
}


def test_what_no_database_column_would_take_comes_in_all_the_same(reader, tmp_path):
    run = import_files(reader, write(tmp_path / "e", ODD))
    assert set(outcomes(run).values()) == {"new"}
    assert reader.links.get(url="https://a.example/1").extra == {"custom": "ab", "k": "x"}
    assert list(indexing.differences()) == []


def test_a_long_name_has_a_key_that_every_database_takes():
    assert len(source_key("字" * 5000).encode()) <= 2400
    assert source_key("a.md") == "a.md"
