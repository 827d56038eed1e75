"""Every file is accounted for, and a dry run foresees it."""

import json

import pytest
from django.db import IntegrityError

from library.importers import ledger
from library.models import ImportRun, Original, RunState
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
    assert (run.new, run.merged, run.unchanged, run.rejected, run.ignored) == (1, 1, 1, 2, 1)
    assert all(entry.message.endswith(".") for entry in run.entries.all())
    assert ledger.closing_sentence(run) == "5 articles: 1 new, 1 unchanged, 1 merged, 2 rejected. 1 file holds none."


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
