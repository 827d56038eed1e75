"""Whoever writes, the search queue, the revision and the tags' dates stay true."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from library.models import Kind, Link, LinkTag, SearchPending, Section, Shelf, Tag, triggers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nothing_pending(db) -> None:
    """Emptying the database after the test before fires triggers, too."""
    SearchPending.objects.all().delete()


@pytest.fixture
def link(reader) -> Link:
    return reader.links.create(title="A ledger", saved_at=timezone.now())


@pytest.fixture
def tag(reader, link) -> Tag:
    tag = Tag.objects.ensure(reader.pk, ["databases"])["databases"]
    LinkTag.objects.create(link=link, tag=tag, saved_at=link.saved_at)
    return tag


def pending_links() -> set[int]:
    found = set(SearchPending.objects.values_list("link_id", flat=True))
    SearchPending.objects.all().delete()
    return found


def test_every_trigger_is_installed_by_migrate():
    assert triggers.missing(connection) == []


def test_installing_again_changes_nothing():
    triggers.install(connection)
    assert triggers.missing(connection) == []


def test_a_new_link_waits_to_be_indexed(link):
    assert pending_links() == {link.pk}


def test_raw_sql_is_noticed_too(link):
    pending_links()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE library_link SET title = 'Changed' WHERE id = %s", [link.pk])
    assert pending_links() == {link.pk}


def test_reading_on_does_not_index_again(link):
    pending_links()
    Link.objects.filter(pk=link.pk).update(progress=40, state="reading")
    assert pending_links() == set()


def test_a_section_written_changed_or_removed_is_noticed(link):
    section = Section.objects.create(link=link, kind=Kind.ARTICLE, text="one")
    assert pending_links() == {link.pk}
    Section.objects.filter(pk=section.pk).update(text="two")
    assert pending_links() == {link.pk}
    section.delete()
    assert pending_links() == {link.pk}


def test_a_renamed_tag_is_noticed_on_all_its_links(link, tag):
    pending_links()
    Tag.objects.filter(pk=tag.pk).update(name="Databases")
    assert pending_links() == {link.pk}


def test_a_deleted_link_is_noticed(link, tag):
    pending_links()
    pk = link.pk
    link.delete()
    assert pending_links() == {pk}


def test_a_tags_list_follows_the_links_date(link, tag):
    moved = link.saved_at - timedelta(days=400)
    Link.objects.filter(pk=link.pk).update(saved_at=moved)
    assert LinkTag.objects.get(link=link).saved_at == moved


def test_the_revision_grows_with_each_change_of_a_list(reader, link, tag):
    before = reader.revision
    Link.objects.filter(pk=link.pk).update(state="finished")
    after_state = reader.revision
    LinkTag.objects.filter(link=link).delete()
    assert before < after_state < reader.revision


def test_the_revision_grows_with_each_change_of_a_shelf(reader):
    shelf = Shelf.objects.append(reader, "Unread", query="is:unread")
    added = reader.revision
    Shelf.objects.filter(pk=shelf.pk).update(position=2)
    moved = reader.revision
    shelf.delete()
    assert 0 < added < moved < reader.revision


def test_one_transaction_may_change_a_link_many_times(reader, link):
    before = reader.revision
    with transaction.atomic():
        for progress in range(5):
            Link.objects.filter(pk=link.pk).update(progress=progress)
    assert reader.revision > before


def test_another_readers_change_leaves_the_revision(reader, other_reader, link):
    before = reader.revision
    other_reader.links.create(title="Elsewhere")
    assert reader.revision == before
