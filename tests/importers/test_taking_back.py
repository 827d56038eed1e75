"""An import is undone: what it brought and changed goes, and what the reader has touched since stays."""

import pytest

from library import highlighting, importers
from library.importers.taking_back import extent
from library.models import FormerOriginal, Highlight, Kind, Original, RunState, Source
from library.models.writing import note_change, set_tags, write_section
from library.search import indexing
from tests.importers.link_files import import_files, link_file, many, tag_names, texts, write
from tests.importers.many_records import bookmarks, install, write_lines

pytestmark = pytest.mark.django_db


def undo(run):
    run.state, run.cursor = RunState.UNDOING, None
    run.save()
    holder = importers.new_holder()
    assert run.claim(holder)
    importers.run(run, holder)
    run.refresh_from_db()
    assert run.state == RunState.UNDONE
    assert list(indexing.differences()) == []
    assert not Original.objects.orphans().exists()


def test_articles_that_nobody_has_touched_go(reader, tmp_path):
    run = import_files(reader, many(tmp_path, 60))
    assert extent(run)[:4] == (60, 0, 0, 0)
    undo(run)
    assert reader.links.count() == 0
    assert Source.objects.count() == Original.objects.count() == 0
    assert run.entries.count() == 60
    assert import_files(reader, tmp_path / "many").new == 60


@pytest.mark.parametrize("touch", ["tag", "note", "highlight", "state", "progress", "bin", "a later import"])
def test_an_article_that_was_touched_since_stays(reader, tmp_path, touch):
    folder = write(tmp_path / "e", {"a.md": link_file(), "b.md": link_file(url="https://b.example/")})
    run = import_files(reader, folder)
    link = reader.links.get(url="https://slow.example/ledger")
    if touch == "tag":
        set_tags(link, ["mine"])
    elif touch == "note":
        write_section(link, Kind.NOTE, "Mine.")
    elif touch == "highlight":
        highlighting.mark(link.sections.get(kind="article"), highlighting.Anchor("merchant kept three"), "madder")
    elif touch == "state":
        link.set_state("finished")
        link.save()
        note_change(link, "state", "inbox", "finished")
    elif touch == "a later import":
        import_files(reader, write(tmp_path / "later", {"a.md": link_file(content="Later.")}))
    else:
        field = {"progress": {"progress": 40}, "bin": {"deleted_at": link.saved_at}}[touch]
        reader.links.filter(pk=link.pk).update(**field)
    assert extent(run)[:2] == (1, 1)
    undo(run)
    assert reader.links.get() == link
    assert set(texts(reader.links.get())) >= {"article", "overview", "summary"}


def test_an_article_that_came_as_finished_is_not_touched_by_that(reader, tmp_path, monkeypatch):
    install(monkeypatch)
    folder = write_lines(tmp_path / "e" / "a.jsonl", bookmarks(2, state="archived", favourite=True, progress=30))
    run = import_files(reader, folder)
    undo(run)
    assert reader.links.count() == 0


CHANGED = link_file(
    "New title", url="https://slow.example/moved", type="Essay", tags="['history']", overview="", content="Four books."
)


def test_a_changed_article_is_as_it_was(reader, link, folder):
    was = (link.title, link.type, link.url, tag_names(link), texts(link))
    first = link.sources.get()
    write(folder, {"ledger.md": CHANGED + "## Fetched Content (from URL)\n\nFetched.\n"})
    run = import_files(reader, folder)
    assert extent(run)[:4] == (0, 0, 1, 0)
    undo(run)
    link = reader.links.get()
    assert (link.title, link.type, link.url, tag_names(link), texts(link)) == was
    source = link.sources.get()
    assert (source.said, source.original_id) == (first.said, first.original_id)
    assert FormerOriginal.objects.count() == 0
    assert link.sections.get(kind="article").versions.count() == 0
    assert {entry.outcome for entry in import_files(reader, folder).entries.all()} == {"updated"}


def test_what_the_reader_changed_since_stays_and_the_rest_goes_back(reader, link, folder):
    write(folder, {"ledger.md": link_file("Theirs", tags="['history']", overview="- Theirs", content="Four books.")})
    run = import_files(reader, folder)
    link.refresh_from_db()
    write_section(link, Kind.OVERVIEW, "Mine now")
    before, _ = link.title, link.set_title("My title")
    link.save()
    note_change(link, "title", before, "My title")
    undo(run)
    link.refresh_from_db()
    assert link.title == "My title"
    assert texts(link)["overview"] == "Mine now"
    assert texts(link)["article"] == "A merchant kept three books."
    assert tag_names(link) == {"databases"}


def test_what_a_later_import_changed_too_stays(reader, link, folder):
    write(folder, {"ledger.md": link_file(content="Four books.")})
    run = import_files(reader, folder)
    write(folder, {"ledger.md": link_file(content="Five books.")})
    import_files(reader, folder)
    assert extent(run)[:4] == (0, 0, 0, 1)
    undo(run)
    assert texts(link)["article"] == "Five books."


def test_a_second_file_with_the_address_goes_and_the_first_stays(reader, link, folder):
    write(folder, {"twin.md": link_file("Twin", content="Longer by far than the first one of the two.")})
    run = import_files(reader, folder)
    undo(run)
    link.refresh_from_db()
    assert link.title == "The ledger before the ledger"
    assert texts(link)["article"] == "A merchant kept three books."
    assert link.sources.count() == 1


def test_highlights_that_came_go_but_for_the_one_with_a_new_note(reader, link, tmp_path, monkeypatch):
    install(monkeypatch)
    marks = [{"title": "x", "url": link.url, "highlights": ["A merchant kept", "three books", "Intent first"]}]
    run = import_files(reader, write_lines(tmp_path / "m" / "a.jsonl", marks))
    highlighting.change(Highlight.objects.get(quote="three books"), "madder", "Mine")
    undo(run)
    assert list(Highlight.objects.values_list("quote", flat=True)) == ["three books"]
    assert reader.links.get() == link


def test_an_undo_that_was_cut_off_goes_on(reader, tmp_path, monkeypatch):
    run = import_files(reader, many(tmp_path, 60))
    run.state, run.cursor = RunState.UNDOING, None
    run.save()
    run.claim("first")
    real, calls = importers.taking_back._take_back, []

    def cut_off(run, chunk):
        calls.append(chunk)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(run, chunk)

    monkeypatch.setattr(importers.taking_back, "_take_back", cut_off)
    with pytest.raises(KeyboardInterrupt):
        importers.run(run, "first")
    assert reader.links.count() == 10
    run.refresh_from_db()
    importers.run(run, "first")
    run.refresh_from_db()
    assert (run.state, reader.links.count()) == (RunState.UNDONE, 0)
