"""What an import does to a library, told from the reader's side."""

import pytest

from library.models import Kind
from library.models.bulk import carry_out, undo
from library.models.undoing import undo as undo_one
from library.models.writing import bin_link, set_tags, write_section
from tests.importers.link_files import (
    import_files,
    library_rows,
    link_file,
    outcomes,
    tag_names,
    texts,
    write,
)

pytestmark = pytest.mark.django_db


def test_a_link_file_becomes_an_article(link):
    assert (link.title, link.type, link.site) == ("The ledger before the ledger", "Tech Deep Dive", "slow.example")
    assert texts(link)["article"] == "A merchant kept three books."
    assert tag_names(link) == {"databases"}
    assert (link.gist, link.state) == ("Intent first.", "inbox")
    assert link.has_overview
    assert link.has_summary


def test_a_text_that_was_fetched_later_is_a_version_of_the_article(reader, folder):
    fetched = "## Fetched Content (from URL)\n\nFetched later.\n"
    write(folder, {"ledger.md": link_file() + fetched, "alone.md": link_file(url="", content="") + fetched})
    import_files(reader, folder)
    beside, alone = reader.links.get(url__gt=""), reader.links.get(url="")
    assert texts(beside)["article"] == "A merchant kept three books."
    assert beside.sections.get(kind="article").versions.get().text == "Fetched later."
    assert texts(alone)["article"] == "Fetched later."


def test_a_fetched_text_that_comes_with_a_changed_file_is_a_version_too(reader, link, folder):
    write(folder, {"ledger.md": link_file() + "## Fetched Content (from URL)\n\nFetched later.\n"})
    assert outcomes(import_files(reader, folder)) == {"ledger.md": "updated"}
    assert link.sections.get(kind="article").versions.get().text == "Fetched later."


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


def test_a_tag_whose_adding_was_undone_may_come_from_a_file_later(reader, link, folder):
    set_tags(link, ["databases", "ledgers"])
    undo_one(link.changes.first(), link)
    link.refresh_from_db()
    assert (tag_names(link), link.removed_tags) == ({"databases"}, [])
    write(folder, {"ledger.md": link_file(tags="['databases', 'ledgers']")})
    import_files(reader, folder)
    assert tag_names(link) == {"databases", "ledgers"}


def test_a_tag_whose_removal_was_undone_is_the_files_again(reader, link, folder):
    set_tags(link, [])
    undo_one(link.changes.first(), link)
    link.refresh_from_db()
    assert (tag_names(link), link.removed_tags) == ({"databases"}, [])
    assert not link.link_tags.get().by_reader
    undo_one(link.changes.first(), link)
    link.refresh_from_db()
    assert (tag_names(link), link.removed_tags) == (set(), ["databases"])
    undo_one(link.changes.first(), link)
    write(folder, {"ledger.md": link_file(tags="['history']")})
    import_files(reader, folder)
    assert tag_names(link) == {"history"}


def test_what_was_decided_for_many_at_once_is_not_touched_either_until_it_is_undone(reader, link, folder):
    untagged = carry_out(reader, "tags", {"add": ["ledgers"], "remove": ["databases"]}, [link.pk])
    typed = carry_out(reader, "type", "Mine", [link.pk])
    write(folder, {"ledger.md": link_file(tags="['databases', 'history']", type="Theirs")})
    import_files(reader, folder)
    link.refresh_from_db()
    assert (tag_names(link), link.type) == ({"ledgers", "history"}, "Mine")
    undo(untagged)
    undo(typed)
    write(folder, {"ledger.md": link_file(tags="['databases', 'history', 'more']", type="Theirs")})
    import_files(reader, folder)
    link.refresh_from_db()
    assert tag_names(link) == {"databases", "history", "more"}


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
