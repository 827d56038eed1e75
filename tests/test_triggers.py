"""Whoever writes, the search queue, the revision and the tags' dates stay true."""

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from library.models import (
    Highlight,
    HighlightTag,
    Kind,
    Link,
    LinkTag,
    Review,
    SearchPending,
    Section,
    Shelf,
    Tag,
    triggers,
)
from library.search import count, indexing

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
    Link.objects.filter(pk=link.pk).update(progress=40, place=7, state="reading")
    assert pending_links() == set()


def test_reading_on_leaves_the_counts_that_are_kept(reader, link):
    before = reader.revision
    Link.objects.filter(pk=link.pk).update(progress=40, place=7)
    assert reader.revision == before


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


@pytest.fixture
def whole(reader, link, tag) -> Link:
    """A link with a row in every table that its document is read from, and others to move them to."""
    section = Section.objects.create(link=link, kind=Kind.ARTICLE, text="one")
    Section.objects.create(link=link, kind=Kind.OTHER, text="two")
    marked = [Highlight.objects.create(link=link, section=section, quote="one", note="mine") for _ in range(2)]
    HighlightTag.objects.create(highlight=marked[0], tag=tag)
    reader.links.create(title="Another")
    Tag.objects.ensure(reader.pk, ["scrolls"])
    indexing.drain()
    return link


def columns_of_documents(link: Link) -> list[tuple[type[models.Model], models.Field]]:
    """What a document is made of: every column that the search index asks for, but for the keys of rows."""
    with CaptureQueriesContext(connection) as captured:
        indexing.read_documents([link.pk])
    asked = {name for query in captured for name in re.findall(r'"(library_\w+)"\."(\w+)"', query["sql"])}
    tables = {model._meta.db_table: model for model in apps.get_models()}
    fields = {(tables[table], field) for table, column in asked for field in tables[table]._meta.fields
              if field.column == column and not field.primary_key}  # fmt: skip
    return sorted(fields, key=lambda each: (each[0]._meta.db_table, each[1].column))


def another_value(row: models.Model, field: models.Field) -> object:
    """For a column of this row: what it could be instead."""
    now = getattr(row, field.attname)
    if field.related_model:
        return field.related_model.objects.exclude(pk=now).values_list("pk", flat=True).first()
    if field.choices:
        return next(value for value, _ in field.choices if value != now)
    if isinstance(field, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value((now or timezone.now()) - timedelta(days=1))
    return now + 9 if isinstance(now, int) else "changed"


def test_every_column_that_goes_into_a_document_is_noticed_when_it_changes(whole, other_reader):
    columns = columns_of_documents(whole)
    assert {model for model, _ in columns} == {Link, Section, LinkTag, Tag, Highlight, HighlightTag}
    for model, field in columns:
        row = model.objects.order_by("pk").first()
        table, value = model._meta.db_table, another_value(row, field)
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {field.column} = %s WHERE id = %s", [value, row.pk])
        noticed = set(SearchPending.objects.values_list("link_id", flat=True))
        wanted = {whole.pk, value} if field.name == "link" else {whole.pk}
        assert noticed == wanted, f"{table}.{field.column}"
        indexing.drain()
        assert list(indexing.differences()) == [], f"{table}.{field.column}"
        model.objects.bulk_update([row], [field.name])
        indexing.drain()


def test_every_row_that_goes_into_a_document_is_noticed_when_it_comes_and_goes(whole):
    for model in {model for model, _ in columns_of_documents(whole)} - {Tag}:
        table, row = model._meta.db_table, model.objects.order_by("pk").first()
        with transaction.atomic(), connection.cursor() as cursor:  # what refers to the row finds it again at the end
            cursor.execute(f"SELECT * FROM {table} WHERE id = %s", [row.pk])
            values, names = cursor.fetchone(), [column[0] for column in cursor.description]
            cursor.execute(f"DELETE FROM {table} WHERE id = %s", [row.pk])
            assert pending_links() == {whole.pk}, f"{table}: gone"
            quoted, places = (", ".join(each) for each in ([f'"{name}"' for name in names], ["%s"] * len(names)))
            cursor.execute(f"INSERT INTO {table} ({quoted}) VALUES ({places})", values)
            assert pending_links() == {whole.pk}, f"{table}: come"


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
        for minutes in range(5):
            Link.objects.filter(pk=link.pk).update(minutes=minutes)
    assert reader.revision > before


def test_another_readers_change_leaves_the_revision(reader, other_reader, link):
    before = reader.revision
    other_reader.links.create(title="Elsewhere")
    assert reader.revision == before


def test_an_article_knows_when_its_newest_highlight_was_made(reader, link):
    now = timezone.now()
    first, last = (Highlight.objects.create(link=link, quote="one", created_at=now - timedelta(days=d)) for d in (2, 1))
    assert reader.links.get(pk=link.pk).marked_at == last.created_at
    last.delete()
    assert reader.links.get(pk=link.pk).marked_at == first.created_at
    Highlight.objects.filter(pk=first.pk).update(created_at=now)
    assert reader.links.get(pk=link.pk).marked_at == now
    other = reader.links.create(title="Another")
    Highlight.objects.update(link=other)
    assert list(reader.links.order_by("pk").values_list("marked_at", flat=True)) == [None, now]


def test_the_revision_grows_with_each_change_of_a_highlights_tags(reader, link, tag):
    marked = Highlight.objects.create(link=link, quote="one")
    before = reader.revision
    put_on = HighlightTag.objects.create(highlight=marked, tag=tag)
    added = reader.revision
    put_on.delete()
    assert before < added < reader.revision


def test_a_link_that_goes_to_another_reader_leaves_the_lists_of_the_first(link, reader, other_reader):
    assert count(reader, "ledger") == 1
    before = reader.revision
    Link.objects.filter(pk=link.pk).update(owner=other_reader)
    assert reader.revision > before
    assert (count(reader, "ledger"), count(other_reader, "ledger")) == (0, 1)


def test_each_highlight_has_its_place_in_the_review_of_its_links_owner(link, reader, other_reader):
    made = Highlight.objects.bulk_create([Highlight(link=link, quote=quote) for quote in ("One", "Two")])
    rows = Review.objects.of(reader).values_list("highlight_id", "turns", "since", "stopped")
    assert set(rows) == {(each.pk, 0, each.created_at, False) for each in made}
    Link.objects.filter(pk=link.pk).update(owner=other_reader)
    assert Review.objects.of(other_reader).count() == 2
    made[0].delete()
    assert Review.objects.count() == 1
