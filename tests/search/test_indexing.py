"""The index says what the library says, whoever wrote."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from library.content.words import indexed
from library.models import Highlight, Kind, Link, LinkTag, SearchDocument, SearchPending, Tag
from library.models.bulk import carry_out
from library.search import everything, indexing, search
from library.search.documents import Document, first_number

pytestmark = pytest.mark.django_db


def save(reader, title: str = "A ledger", text: str = "kept by hand", **fields) -> Link:
    link = reader.links.create(title=title, **fields)
    link.sections.create(kind=Kind.ARTICLE, text=text)
    return link


def found(word: str) -> list[int]:
    """Links whose document holds the word, asked of the database's index itself."""
    if connection.vendor == "sqlite":
        where = "number IN (SELECT rowid FROM library_searchindex WHERE library_searchindex MATCH %s)"
    else:
        where = "vector @@ %s::tsquery"
    with connection.cursor() as cursor:
        quote = '"' if connection.vendor == "sqlite" else "'"
        asked = f"{quote}{indexed(word, 'en').terms}{quote}"
        cursor.execute(f"SELECT link_id FROM library_searchdocument WHERE {where} ORDER BY number", [asked])
        return [row[0] for row in cursor.fetchall()]


def test_a_new_article_is_indexed_by_the_next_drain(reader):
    link = save(reader)
    assert indexing.drain() == 1
    assert found("ledger") == found("hands") == [link.pk]
    assert indexing.pending_count() == 0


def test_an_article_with_many_changes_keeps_no_other_waiting(reader):
    many = save(reader)
    for number in range(30):
        Highlight.objects.create(link=many, quote=f"passage {number}")
    other = save(reader, "Zebra")
    assert indexing.drain(2) == 2
    assert found("zebra") == [other.pk]


def test_more_than_a_search_takes_in_is_said_and_is_found_by_what_takes_all(reader, monkeypatch):
    monkeypatch.setattr("library.search.indexing.drain.__defaults__", (2, None))
    for number in range(5):
        save(reader, f"Ledger {number}")
    results = search(reader, "ledger", "newest")
    assert (results.total, len(results.sentences)) == (2, 1)
    assert "as soon as all are indexed" in results.sentences[0]
    assert len(everything(reader, "ledger")) == search(reader, "ledger", "newest").total == 5


def test_a_changed_text_is_found_and_the_old_one_is_not(reader):
    link = save(reader, text="parchment")
    indexing.drain()
    link.sections.update(text="vellum")
    indexing.drain()
    assert found("vellum") == [link.pk]
    assert found("parchment") == []


def test_every_layer_and_the_tags_are_indexed(reader):
    link = save(reader, text="article")
    for kind in (Kind.OVERVIEW, Kind.SUMMARY, Kind.NOTE, Kind.OTHER):
        link.sections.create(kind=kind, text=f"layer{kind}")
    tag = Tag.objects.ensure(reader.pk, ["codices"])["codices"]
    LinkTag.objects.create(link=link, tag=tag, saved_at=link.saved_at)
    indexing.drain()
    for word in ("layeroverview", "layersummary", "layernote", "layerother", "codices"):
        assert found(word) == [link.pk]


def test_markdown_that_is_not_seen_is_not_found(reader):
    save(reader, text="See [the page](https://hidden.example/secret).")
    indexing.drain()
    assert found("page")
    assert found("secret") == []


def test_an_article_in_the_bin_leaves_the_index_and_comes_back(reader):
    link = save(reader)
    indexing.drain()
    Link.objects.filter(pk=link.pk).update(deleted_at=timezone.now())
    indexing.drain()
    assert found("ledger") == []
    Link.objects.filter(pk=link.pk).update(deleted_at=None)
    indexing.drain()
    assert found("ledger") == [link.pk]


def test_a_deleted_article_leaves_the_index(reader):
    save(reader).delete()
    indexing.drain()
    assert found("ledger") == []
    assert not SearchDocument.objects.exists()


def test_indexing_some_links_leaves_the_others_waiting(reader):
    first, second = save(reader), save(reader)
    indexing.index_links([first.pk])
    assert set(SearchPending.objects.values_list("link_id", flat=True)) == {second.pk}
    assert found("ledger") == [first.pk]


def test_texts_in_memory_are_indexed_as_they_are_given(reader):
    link = save(reader)
    indexing.index_documents([Document(reader.pk, link.pk, link.saved_at, "A ledger", {"article": ["kept by hand"]})])
    assert found("hand") == [link.pk]
    assert indexing.pending_count() == 0
    assert list(indexing.differences()) == []


def test_documents_stand_in_the_order_in_which_they_were_saved(reader):
    dates = [datetime(1969, 7, 20, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)]
    links = [save(reader, saved_at=date) for date in dates]
    indexing.drain()
    assert found("ledger") == [links[1].pk, links[0].pk, links[2].pk]


def test_articles_saved_in_one_second_all_get_a_number(reader):
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    same = [save(reader, saved_at=moment) for _ in range(4)]
    after = save(reader, saved_at=moment + timedelta(seconds=1))
    indexing.index_links([same[0].pk, same[1].pk])
    indexing.index_links([same[2].pk, after.pk])
    indexing.index_links([same[3].pk])
    assert set(found("ledger")) == {link.pk for link in (*same, after)}
    assert list(indexing.differences()) == []


def test_an_article_moved_to_another_date_moves_in_the_index(reader):
    first = save(reader, saved_at=datetime(2020, 1, 1, tzinfo=UTC))
    second = save(reader, saved_at=datetime(2021, 1, 1, tzinfo=UTC))
    indexing.drain()
    Link.objects.filter(pk=first.pk).update(saved_at=datetime(2022, 1, 1, tzinfo=UTC))
    indexing.drain()
    assert found("ledger") == [second.pk, first.pk]


def test_a_renamed_tag_is_found_by_its_new_name(reader):
    link = save(reader)
    tag = Tag.objects.ensure(reader.pk, ["codices"])["codices"]
    LinkTag.objects.create(link=link, tag=tag, saved_at=link.saved_at)
    indexing.drain()
    Tag.objects.filter(pk=tag.pk).update(name="Scrolls")
    indexing.drain()
    assert found("scrolls") == [link.pk]
    assert found("codices") == []


def test_an_article_given_to_another_reader_stands_among_theirs(reader, other_reader):
    link = save(reader)
    indexing.drain()
    Link.objects.filter(pk=link.pk).update(owner=other_reader)
    indexing.drain()
    assert [row.number >= first_number(other_reader.pk) for row in SearchDocument.objects.all()] == [True]
    assert list(indexing.differences()) == []


def test_one_readers_changes_can_be_drained_alone(reader, other_reader):
    save(reader)
    theirs = save(other_reader)
    assert indexing.drain(owner_id=other_reader.pk) == 1
    assert found("ledger") == [theirs.pk]


def test_what_the_index_lacks_or_holds_too_much_is_named(reader):
    changed, lacking, gone = (save(reader) for _ in range(3))
    indexing.drain()
    changed.sections.update(text="something else")
    SearchDocument.objects.filter(link_id=lacking.pk).delete()
    SearchDocument.objects.filter(link_id=gone.pk).update(link_id=10**6)
    SearchPending.objects.all().delete()
    assert set(indexing.differences()) == {
        f"The search index says something else than article {changed.pk}.",
        f"The search index lacks article {lacking.pk}.",
        f"The search index lacks article {gone.pk}.",
        "The search index still holds article 1000000, which is not in the library.",
    }


def test_what_waits_to_be_indexed_is_no_difference(reader):
    save(reader)
    assert list(indexing.differences()) == []


def test_a_rebuild_mends_whatever_was_wrong(reader, other_reader):
    links = [save(reader), save(other_reader)]
    save(reader, deleted_at=timezone.now())
    indexing.drain()
    SearchDocument.objects.update(checksum=1)
    SearchDocument.objects.filter(link_id=links[0].pk).update(link_id=10**6)
    assert indexing.rebuild() == 2
    assert list(indexing.differences()) == []
    assert set(found("ledger")) == {link.pk for link in links}


def test_tidying_changes_nothing_that_is_found(reader):
    for number in range(6):
        save(reader, f"Ledger {number}")
        indexing.drain()
    for _ in range(20):
        if not indexing.tidy():
            break
    assert len(found("ledger")) == 6
    assert list(indexing.differences()) == []


def test_tidying_makes_one_part_of_many_and_then_leaves_it_alone(reader):
    for number in range(8):
        save(reader, f"Ledger {number} {' '.join(f'word{number}x{place}' for place in range(2000))}")
        indexing.drain()
    assert parts() > 2 or connection.vendor == "postgresql"  # whose index has no parts
    while indexing.tidy():
        pass
    assert parts() == 1
    save(reader, "One more ledger")
    indexing.drain()
    assert connection.vendor == "postgresql" or not indexing.tidy()
    assert len(found("ledger")) == 9


def parts() -> int:
    if connection.vendor == "postgresql":
        return 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT segid) FROM library_searchindex_idx")
        return cursor.fetchone()[0]


def test_a_search_that_cannot_take_in_all_that_waits_finds_tags_and_leaves_out_the_bin(reader):
    links = [reader.links.create(title=f"Ledger {number}") for number in range(160)]
    while indexing.drain():
        pass
    carry_out(reader, "tags", {"add": ["alpha", "beta"], "remove": []}, [link.pk for link in links])
    assert search(reader, "tag:alpha").total == 160
    while indexing.drain():
        pass
    carry_out(reader, "bin", True, [link.pk for link in links])
    results = search(reader, "ledger")
    assert (results.total, results.links) == (0, [])
