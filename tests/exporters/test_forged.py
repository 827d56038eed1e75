"""Anybody can write a complete export: what its ledger tells, an undo believes only of the reader's own."""

import base64
import hashlib
import json

import pytest

from library import importers
from library.importers import restoring, server_folders, uploads
from library.models import RunState, Source
from tests.exporters.libraries import do_attach
from tests.views.shelf import article

pytestmark = pytest.mark.django_db
SAID = {"url": "", "saved_at": "2026-01-01T00:00:00+00:00"}


def test_it_leads_no_import_to_files_of_this_server(other_reader, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    run = {"id": 1, "label": "x", "state": "stopped", "uploaded": True, "on_server": True, "paths": ["/etc"]}
    (tmp_path / "forged.json").write_text(json.dumps({"commonplace": 1, "articles": [], "imports": [run]}))
    restoring.restore(other_reader, [str(tmp_path / "forged.json")])
    restored = other_reader.import_runs.get()
    uploads.folder(restored.pk).mkdir(parents=True)  # left by an import of before a backup was restored
    assert not uploads.are_here(restored)
    assert not server_folders.are_here(restored)


@pytest.fixture
def undone(other_reader, tmp_path):
    """A forged ledger is restored, and the import that it tells of is undone."""

    def undo(changes, **article):
        entries = [{"file": "a.md", "outcome": "updated", "link": 1, "changes": changes}]
        run = {"id": 1, "label": "x", "state": "done", "records": 1, "updated": 1, "entries": entries}
        articles = [{"id": 1, "title": "Bait", **SAID, **article}]
        carried = [{"data": base64.b64encode(b"own").decode()}]
        forged = {"commonplace": 1, "originals": carried, "articles": articles, "imports": [run]}
        (tmp_path / "forged.json").write_text(json.dumps(forged))
        restoring.restore(other_reader, [str(tmp_path / "forged.json")])
        run, holder = other_reader.import_runs.get(), importers.new_holder()
        run.state = RunState.UNDOING
        run.save()
        assert run.claim(holder)
        importers.run(run, holder)

    return undo


def test_it_takes_no_article_of_another_reader(undone, reader, other_reader):
    link = article(reader, "Diary", article="Mine alone.")
    undone({"fields": {"id": link.pk}})
    link.refresh_from_db()
    assert (link.owner, link.title) == (reader, "Diary")
    assert [link.title for link in other_reader.links.all()] == ["Bait"]


def test_it_puts_no_article_into_the_library_of_another_reader(undone, reader, other_reader):
    undone({"fields": {"owner_id": reader.pk}})
    assert not reader.links.exists()
    assert [link.title for link in other_reader.links.all()] == ["Bait"]


def test_it_claims_no_file_of_another_reader_by_its_number(undone, reader, other_reader, tmp_path):
    do_attach(reader, article(reader, "Diary"), 1, "photo.png", "bytes", tmp_path)
    theirs = reader.links.get().attachments.get().original_id
    own = {"id": 1, "key": "a.md", "format": "markdown", "original": hashlib.sha256(b"own").hexdigest()}
    undone({"source": 1, "source_before": {"original": theirs, "said": {}}}, sources=[own])
    assert Source.objects.get(owner=other_reader).original_id == own["original"]
