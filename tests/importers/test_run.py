"""What an import does to a library, told from the reader's side."""

import json
import os
import signal

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from library import importers
from library.importers import ledger, notion_links, running
from library.models import (
    FormerAddress,
    ImportedRecord,
    ImportRun,
    Kind,
    Link,
    Original,
    RunState,
    Section,
    SectionVersion,
    Source,
    Tag,
)
from library.models.writing import bin_link, set_tags, write_section
from library.search import indexing
from tests.importers.link_files import import_files, link_file, outcomes, write

pytestmark = pytest.mark.django_db


def texts(link: Link) -> dict[str, str]:
    return dict(link.sections.values_list("kind", "text"))


def tag_names(link: Link) -> set[str]:
    return set(link.tags.values_list("name", flat=True))


def library_rows() -> dict[str, list]:
    """Every row that an import may not touch without a reason."""
    models = (Link, Section, SectionVersion, Tag, Source, Original, FormerAddress)
    return {model.__name__: sorted(map(str, model.objects.values_list())) for model in models}


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "export", {"ledger.md": link_file()})


@pytest.fixture
def link(reader, folder) -> Link:
    import_files(reader, folder)
    return reader.links.get()


def test_a_link_file_becomes_an_article(link):
    assert (link.title, link.type, link.site) == ("The ledger before the ledger", "Tech Deep Dive", "slow.example")
    assert texts(link)["article"] == "A merchant kept three books."
    assert tag_names(link) == {"databases"}
    assert (link.gist, link.state) == ("Intent first.", "inbox")
    assert link.has_overview
    assert link.has_summary


def test_the_bytes_of_the_file_are_kept(link, folder):
    assert link.sources.get().original.data == (folder / "ledger.md").read_bytes()


def test_importing_twice_changes_nothing(reader, link, folder):
    before = library_rows()
    run = import_files(reader, folder)
    assert outcomes(run) == {"ledger.md": "unchanged"}
    assert library_rows() == before


def test_the_same_bytes_under_another_name_are_unchanged(reader, link, folder):
    (folder / "copy.md").write_bytes((folder / "ledger.md").read_bytes())
    assert outcomes(import_files(reader, folder)) == {"copy.md": "unchanged", "ledger.md": "unchanged"}


def test_two_copies_in_one_import_are_one_article(reader, tmp_path):
    run = import_files(reader, write(tmp_path / "e", {"a.md": link_file(), "b.md": link_file()}))
    assert outcomes(run) == {"a.md": "new", "b.md": "unchanged"}


def test_known_bytes_of_an_article_in_the_bin_stay_there(reader, link, folder):
    bin_link(link)
    run = import_files(reader, folder)
    assert outcomes(run) == {"ledger.md": "unchanged"}
    assert "Bin" in run.entries.get().message
    assert reader.links.kept().count() == 0


def test_known_bytes_count_only_while_their_article_exists(reader, link, folder):
    link.delete()
    assert outcomes(import_files(reader, folder)) == {"ledger.md": "new"}


def test_a_changed_file_updates_what_the_reader_has_not_edited(reader, link, folder):
    write_section(link, Kind.OVERVIEW, "My own view")
    write(folder, {"ledger.md": link_file("A new title", overview="- Changed", content="Four books.")})
    run = import_files(reader, folder)
    link.refresh_from_db()
    assert outcomes(run) == {"ledger.md": "updated"}
    assert link.title == "A new title"
    assert texts(link)["overview"] == "My own view"
    assert texts(link)["article"] == "Four books."
    versions = link.sections.get(kind="overview").versions.values_list("text", flat=True)
    assert "- Changed" in versions
    assert "Overview stays" in run.entries.get().message


def test_the_text_that_was_replaced_is_kept_as_a_version(reader, link, folder):
    write(folder, {"ledger.md": link_file(content="Four books.")})
    import_files(reader, folder)
    version = link.sections.get(kind="article").versions.get()
    assert (version.text, version.author) == ("A merchant kept three books.", "import")


def test_what_the_reader_decided_is_never_touched(reader, link, folder):
    write_section(link, Kind.NOTE, "Compare with Pacioli.")
    link.refresh_from_db()
    link.set_state("finished")
    link.favourite, link.progress = True, 80
    link.set_title("My title")
    link.save()
    write(folder, {"ledger.md": link_file("Another", content="Four.") + "## Note (from Commonplace)\n\nOld note\n"})
    import_files(reader, folder)
    after = reader.links.get()
    assert (after.title, after.state, after.favourite, after.progress) == ("My title", "finished", True, 80)
    assert after.finished_at == link.finished_at
    assert texts(after)["note"] == "Compare with Pacioli."


def test_a_tag_that_the_reader_took_off_stays_off_and_one_put_on_stays_on(reader, link, folder):
    set_tags(link, ["ledgers"])
    write(folder, {"ledger.md": link_file(tags="['databases', 'history']")})
    import_files(reader, folder)
    assert tag_names(link) == {"ledgers", "history"}


def test_a_tag_that_leaves_the_file_leaves_the_article(reader, link, folder):
    write(folder, {"ledger.md": link_file(tags="['history']")})
    import_files(reader, folder)
    assert tag_names(link) == {"history"}


def test_a_change_that_says_nothing_new_is_unchanged(reader, link, folder):
    write(folder, {"ledger.md": link_file() + "\n\n"})
    run = import_files(reader, folder)
    assert outcomes(run) == {"ledger.md": "unchanged"}
    assert link.sources.get().original.data.endswith(b"\n\n\n\n")


def test_a_changed_address_moves_the_article_and_the_old_one_still_finds_it(reader, link, folder):
    write(folder, {"ledger.md": link_file(url="https://slow.example/moved")})
    assert outcomes(import_files(reader, folder)) == {"ledger.md": "updated"}
    assert reader.links.get().url == "https://slow.example/moved"
    write(folder, {"other.md": link_file(content="An older copy")})
    assert outcomes(import_files(reader, folder))["other.md"] == "merged"


def test_an_article_without_an_address_is_known_again_by_its_file(reader, tmp_path):
    folder = write(tmp_path / "e", {"thought.md": link_file("A thought", url="")})
    import_files(reader, folder)
    write(folder, {"thought.md": link_file("A thought", url="", content="Second thoughts.")})
    assert outcomes(import_files(reader, folder)) == {"thought.md": "updated"}
    assert reader.links.count() == 1


def test_another_page_under_the_same_file_name_is_another_article(reader, tmp_path):
    import_files(reader, write(tmp_path / "a", {"Untitled.md": link_file("One", url="")}))
    other = link_file("Two", url="", created="2020-01-01T00:00:00.000Z")
    run = import_files(reader, write(tmp_path / "b", {"Untitled.md": other}))
    assert outcomes(run) == {"Untitled.md": "new"}
    assert reader.links.count() == 2


# --- two files, one address

OLDER = link_file("Older", content="The longest text of the two.", tags="['a']", created="2020-01-01T00:00:00.000Z")
NEWER = link_file("Newer", content="Newest text.", tags="['b']", created="2024-01-01T00:00:00.000Z")


@pytest.mark.parametrize("names", [("1.md", "2.md"), ("2.md", "1.md")])
@pytest.mark.parametrize("together", [True, False])
def test_two_files_with_one_address_make_one_article_that_says_what_the_newest_says(reader, tmp_path, names, together):
    folder = tmp_path / "e"
    for name, text in zip(names, (OLDER, NEWER), strict=True):
        write(folder, {name: text})
        if not together:
            import_files(reader, folder)
    run = import_files(reader, folder)
    link = reader.links.get()
    assert (link.title, texts(link)["article"], tag_names(link)) == ("Newer", "Newest text.", {"a", "b"})
    assert list(link.sections.get(kind="article").versions.values_list("text", flat=True)) == [
        "The longest text of the two."
    ]
    assert link.saved_at.year == 2024
    if together:
        assert sorted(outcomes(run).values()) == ["merged", "new"]


def test_importing_two_such_files_again_changes_nothing(reader, tmp_path):
    folder = write(tmp_path / "e", {"1.md": OLDER, "2.md": NEWER})
    import_files(reader, folder)
    before = library_rows()
    assert set(outcomes(import_files(reader, folder)).values()) == {"unchanged"}
    assert library_rows() == before


def test_a_changed_file_updates_only_the_text_that_came_from_it(reader, tmp_path):
    folder = write(tmp_path / "e", {"1.md": OLDER, "2.md": NEWER})
    import_files(reader, folder)
    write(folder, {"1.md": OLDER.replace("longest text", "most changed text")})
    assert outcomes(import_files(reader, folder))["1.md"] == "updated"
    section = reader.links.get().sections.get(kind="article")
    assert section.text == "Newest text."
    assert "The most changed text of the two." in section.versions.values_list("text", flat=True)


def test_the_longest_speaks_where_the_dates_agree(reader, tmp_path):
    short, long = link_file("S", content="Short."), link_file("L", content="Quite a bit longer.")
    import_files(reader, write(tmp_path / "e", {"1.md": long, "2.md": short}))
    assert texts(reader.links.get())["article"] == "Quite a bit longer."


def test_addresses_that_differ_only_in_dress_are_one(reader, tmp_path):
    a, b = link_file(url="https://Slow.example:443/x/?utm_source=feed#top"), link_file("B", url="https://slow.example/x")
    import_files(reader, write(tmp_path / "e", {"a.md": a, "b.md": b}))
    assert reader.links.count() == 1


def test_a_query_that_names_the_page_is_part_of_the_address(reader, tmp_path):
    urls = ["https://news.example/item?id=1", "https://news.example/item?id=2"]
    files = {f"{n}.md": link_file(str(n), url=url) for n, url in enumerate(urls)}
    import_files(reader, write(tmp_path / "e", files))
    assert reader.links.count() == 2


def test_known_addresses_can_be_left_as_they_are(reader, link, folder):
    write(folder, {"ledger.md": link_file(content="Changed.")})
    run = import_files(reader, folder, same_address="skip")
    assert outcomes(run) == {"ledger.md": "unchanged"}
    assert texts(link)["article"] == "A merchant kept three books."


# --- the ledger

MIXED = {
    "a.md": link_file("A", url="https://a.example/"),
    "b.md": link_file("B", url="https://a.example/"),
    "copy.md": link_file("A", url="https://a.example/"),
    "empty.md": "",
    "picture.png": b"\x89PNG",
    "readme.md": "# Read me\n\nNo front matter.",
}


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


# --- stopping and going on


def many(tmp_path, count=9):
    files = {f"{n}.md": link_file(f"Article {n}", url=f"https://a.example/{n}") for n in range(count)}
    return write(tmp_path / "many", files)


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
    real = running._take_in

    def take_in(batch, fresh):
        real(batch, fresh)
        ledger.finish(ImportRun.objects.get(pk=run.pk), RunState.STOPPED)

    monkeypatch.setattr(running, "_take_in", take_in)
    importers.run(run, "first")
    run.refresh_from_db()
    assert reader.links.count() == 0
    assert run.files == 0


def test_a_batch_that_meets_another_writer_is_done_again(reader, folder, monkeypatch):
    real, failures = running._take_in, [IntegrityError("somebody else"), IntegrityError("again")]

    def take_in(batch, fresh):
        real(batch, fresh)
        if failures:
            raise failures.pop()

    monkeypatch.setattr(running, "_take_in", take_in)
    assert outcomes(import_files(reader, folder)) == {"ledger.md": "new"}


def test_statements_grow_with_the_batches_and_not_with_the_files(reader, tmp_path, monkeypatch):
    monkeypatch.setattr(running, "BATCH_FILES", 100)
    counts = []
    for count in (30, 90):
        with CaptureQueriesContext(connection) as queries:
            import_files(reader, many(tmp_path / str(count), count))
        counts.append(len(queries))
    assert counts[1] < counts[0] + 15


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
