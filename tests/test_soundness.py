"""`check_library` finds what a fault leaves behind, and nothing else."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from library.models import ImportedRecord, Link, LinkTag, Original, SearchDocument, Section, Shelf, Tag, TagAlias
from library.search import indexing
from tests.importers.link_files import link_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def library(reader, tmp_path) -> Link:
    """A library of one imported article, all in order."""
    (tmp_path / "one.md").write_text(link_file())
    call_command("import_library", str(tmp_path / "one.md"))
    return Link.objects.get()


def faults(capsys, *options: str) -> str:
    capsys.readouterr()
    with pytest.raises(CommandError):
        call_command("check_library", *options)
    return capsys.readouterr().out


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_library_in_order_is_said_to_be(library, reader, capsys):
    library.deleted_at = timezone.now()
    library.save()
    call_command("check_library")
    call_command("check_library", "--user", reader.username)
    assert capsys.readouterr().out.endswith("Everything is in order.\nEverything is in order.\n")


def test_a_reader_who_is_not_there_can_not_be_checked(library):
    with pytest.raises(CommandError, match='no reader "eve"'):
        call_command("check_library", "--user", "eve")


@pytest.mark.parametrize("bytes_kept", [b"no zlib", b"x\x9cc\x00\x00\x00\x01\x00\x01"])
def test_a_kept_file_whose_bytes_changed(library, capsys, bytes_kept):
    Original.objects.update(compressed=bytes_kept)
    assert f"The kept file {Original.objects.get().pk} is damaged." in faults(capsys)


def test_a_kept_file_of_nobody(library, capsys):
    library.sources.all().delete()
    assert "belongs to no article" in faults(capsys)


def test_a_ledger_that_says_something_else_than_its_entries(library, capsys):
    ImportedRecord.objects.all().delete()
    assert "says 1 new, and its entries say 0" in faults(capsys)


def test_an_import_that_was_broken_off(library, reader, capsys):
    reader.import_runs.create(label="notes", state="running")
    assert "was broken off" in faults(capsys)


def test_an_article_that_came_in_twice(library, capsys):
    entry = ImportedRecord.objects.get()
    entry.pk = None
    entry.save()
    assert f"Article {library.pk} was counted as new more than once." in faults(capsys)


def test_an_entry_of_another_readers_article(library, other_reader, capsys):
    Link.objects.update(owner=other_reader)
    assert "names an article of another reader" in faults(capsys)


def test_facts_that_do_not_fit_the_texts(library, capsys):
    Section.objects.filter(kind="article").update(text="Two words")
    indexing.drain()
    assert f"Article {library.pk} does not fit its texts: words" in faults(capsys)


def test_a_tag_of_another_reader(library, other_reader, capsys):
    tag = Tag.objects.ensure(other_reader.pk, ["theirs"])["theirs"]
    LinkTag.objects.create(link=library, tag=tag, saved_at=library.saved_at)
    assert "one reader's tag on another's article" in faults(capsys)


def test_another_name_of_a_tag_that_is_a_tag_itself_or_another_readers(library, other_reader, capsys):
    mine, theirs = (Tag.objects.ensure(owner.pk, ["db"])["db"] for owner in (library.owner, other_reader))
    TagAlias.objects.create(owner=library.owner, tag=mine, name="DB", name_key="db", slug="db-2")
    TagAlias.objects.create(owner=library.owner, tag=theirs, name="x", name_key="x", slug="x")
    found = faults(capsys)
    assert "“DB” is a tag, and another name of a tag." in found
    assert "leads to another reader's tag" in found


def test_an_index_that_lacks_an_article(library, capsys):
    SearchDocument.objects.all().delete()
    assert f"The search index lacks article {library.pk}." in faults(capsys)


def test_every_fault_of_the_index_says_what_to_do(library, capsys):
    sql("DELETE FROM library_searchword")
    said = faults(capsys).splitlines()
    assert len(said) == 1
    assert said[0].endswith("`manage.py rebuild_search` makes the index anew.")


def test_a_shelf_that_is_kept_under_another_name(library, reader, capsys):
    shelf = Shelf.objects.append(reader, "Slow reads", query="ledger")
    sql("UPDATE library_shelf SET name = 'Long reads'")
    assert f"Shelf {shelf.pk} does not fit its name. Saving it anew mends it." in faults(capsys)


def test_a_trigger_that_a_migration_dropped(library, capsys):
    name = "link_tag_follows_saved_at"
    sql(f"DROP TRIGGER {name}" + ("" if connection.vendor == "sqlite" else " ON library_link"))
    assert f"lacks the trigger {name}" in faults(capsys)


def test_the_index_can_be_made_anew(library, capsys):
    SearchDocument.objects.all().delete()
    call_command("rebuild_search")
    call_command("check_library")
    assert capsys.readouterr().out.endswith("Indexed anew: 1.\nEverything is in order.\n")
