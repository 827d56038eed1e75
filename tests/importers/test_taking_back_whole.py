"""A library that was restored as a whole is undone as one import: all that it brought goes, what was touched stays."""

import json

import pytest

from library import exporters, highlighting, importers
from library.exporters import Chosen
from library.importers.taking_back import extent
from library.models import ImportRun, Original, RunState, Shelf, Tag, User
from library.models.bulk import carry_out
from library.models.writing import bin_link, change_state, set_tags, write_section
from library.soundness import ledger
from tests.exporters.libraries import held
from tests.importers.link_files import import_files, link_file, write
from tests.importers.test_taking_back import undo

pytestmark = pytest.mark.django_db
FILES = {
    "a.md": link_file("A", url="https://a.example/", tags="['shared', 'alone']"),
    "b.md": link_file("B", url="https://b.example/", tags="['shared']"),
    "c.md": link_file("C", url="https://c.example/", tags="['shared']"),
}


@pytest.fixture
def export(reader, tmp_path):
    """A library with something of everything, as a complete export."""
    import_files(reader, write(tmp_path / "files", FILES))
    first, second, third = reader.links.order_by("title")
    highlighting.mark(first.sections.get(kind="article"), highlighting.Anchor("merchant kept three"), "madder", "Note")
    write_section(second, "note", "Mine.")
    change_state(second, "finished")
    bin_link(third)
    carry_out(reader, "tags", {"add": ["many"], "remove": []}, [first.pk, second.pk])
    Shelf.objects.append(reader, "Money", query="tag:shared")
    Shelf.objects.append(reader, "Ledgers", query="ledger")
    User.objects.filter(pk=reader.pk).update(theme="sepia", text_size=22)
    reader.refresh_from_db()
    exporters.write(Chosen(reader), "json", tmp_path / "all.json")
    return tmp_path / "all.json"


@pytest.fixture
def restored(export, other_reader):
    run = import_files(other_reader, export)
    assert (run.state, run.new) == (RunState.DONE, 3)
    other_reader.refresh_from_db()
    return run


def test_all_that_it_brought_goes_and_nothing_of_anybody_else(export, reader, other_reader):
    theirs, before = held(reader), held(other_reader)
    run = import_files(other_reader, export)
    assert list(ledger(None)) == []
    found = extent(run)
    assert found[:4] == (3, 0, 0, 0)
    assert found.beside.told_to_go == "3 tags, 2 shelves, 1 act on many articles, 1 earlier import and 2 settings"
    assert found.beside.told_to_stay == ""
    undo(run)
    assert list(ledger(None)) == []
    assert {**held(other_reader), "imports": []} == before
    assert list(other_reader.import_runs.all()) == [run]
    assert held(reader) == theirs


def test_what_the_reader_touched_and_added_since_stays(restored, other_reader):
    link = other_reader.links.get(title="A")
    set_tags(link, ["shared", "alone", "mine"])
    shelf = other_reader.shelves.get(name="Money")
    shelf.set_name("Cash")
    shelf.save()
    Tag.objects.filter(owner=other_reader, name="many").update(description="Of many.")
    Tag.objects.ensure(other_reader.pk, ["unused"])
    User.objects.filter(pk=other_reader.pk).update(text_size=17)
    restored.refresh_from_db()
    found = extent(restored)
    assert found[:4] == (2, 1, 0, 0)
    assert found.beside.told_to_go == "1 shelf and 1 setting"
    told = "3 tags, 1 shelf, 1 act on many articles, 1 earlier import and 1 setting"
    assert (found.beside.told_to_stay, found.beside.number_stays) == (told, 7)
    undo(restored)
    other_reader.refresh_from_db()
    assert other_reader.links.get() == link
    assert set(other_reader.tags.values_list("name", flat=True)) == {"shared", "alone", "many", "mine", "unused"}
    assert other_reader.shelves.get().name == "Cash"
    assert (other_reader.theme, other_reader.text_size) == ("", 17)
    assert link.highlights.get().note == "Note"


@pytest.mark.parametrize("touch", ["note", "state", "out of the Bin", "a later import"])
def test_an_article_that_was_touched_since_stays(restored, other_reader, tmp_path, touch):
    title = "C" if touch == "out of the Bin" else "B"
    link = other_reader.links.get(title=title)
    if touch == "note":
        write_section(link, "note", "Mine, and longer.")
    elif touch == "state":
        change_state(link, "archived")
    elif touch == "out of the Bin":
        other_reader.links.filter(pk=link.pk).update(deleted_at=None)
    else:
        changed = link_file("B", url="https://b.example/", content="Later.", created="2026-01-01T00:00:00.000Z")
        import_files(other_reader, write(tmp_path / "later", {"b.md": changed}))
    assert extent(restored)[:2] == (2, 1)
    undo(restored)
    assert other_reader.links.get() == link


def test_a_look_at_files_is_no_later_import(restored, other_reader, tmp_path):
    import_files(other_reader, write(tmp_path / "later", {"b.md": FILES["b.md"] + "\nLater.\n"}), dry_run=True)
    assert extent(restored)[:2] == (3, 0)


def test_an_import_that_came_along_can_still_be_undone_by_itself(restored, other_reader):
    old = other_reader.import_runs.exclude(pk=restored.pk).get()
    assert extent(old)[:2] == (0, 3)  # the reader had done something with each
    other_reader.changes.all().delete()
    assert extent(old)[:2] == (1, 2)  # one is finished, one in the Bin


def test_files_that_another_article_comes_from_stay(restored, reader, other_reader):
    kept = set(Original.objects.values_list("pk", flat=True))
    undo(restored)
    assert set(Original.objects.values_list("pk", flat=True)) == kept
    undo(reader.import_runs.get())
    assert Original.objects.exists()  # of what the reader touched


def test_an_undo_that_was_cut_off_before_its_end_goes_on(restored, other_reader, monkeypatch):
    restored.state, restored.cursor = RunState.UNDOING, None
    restored.save()
    assert restored.claim("first")
    real = importers.taking_back.whole.take_back
    monkeypatch.setattr(importers.taking_back.whole, "take_back", lambda run: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        importers.run(restored, "first")
    monkeypatch.setattr(importers.taking_back.whole, "take_back", real)
    importers.run(ImportRun.objects.get(pk=restored.pk), "first")
    restored.refresh_from_db()
    assert restored.state == RunState.UNDONE
    assert not other_reader.tags.exists()
    assert not other_reader.shelves.exists()


def test_a_forged_export_cant_say_what_an_undo_takes_beside_articles(restored, export, other_reader, tmp_path):
    """Not even by the numbers of the reader's own tags and shelves."""
    undo(restored)
    document = json.loads(export.read_text())
    said = {"whole": {"tags": {"1": "x"}, "settings": {"theme": ["dark", "sepia"]}}}
    document["imports"] = [{**said, **document["imports"][0]}]
    (tmp_path / "forged.json").write_text(json.dumps(document))
    run = import_files(other_reader, tmp_path / "forged.json")
    assert run.state == RunState.DONE, run.error
    forged = other_reader.import_runs.exclude(pk__in=(run.pk, restored.pk)).get()
    assert (forged.whole, bool(run.whole)) == ({}, True)
    undo(forged)
    other_reader.refresh_from_db()
    assert (other_reader.theme, other_reader.tags.count(), other_reader.shelves.count()) == ("sepia", 3, 2)
