"""`check_library` is told of every part of the index that says something else than the library, whoever spoilt it."""

import pytest
from django.db import connection

from library.models import Highlight, Link, SearchDocument, SearchWord
from library.search import documents, indexing, search
from library.search.documents import OWNER_SHIFT
from tests.views.shelf import article

pytestmark = pytest.mark.django_db

OTHER_TEXTS = "The search index has other words than those of article {pk}."
EVERYWHERE = {
    "a word of the vocabulary": (
        "DELETE FROM library_searchword WHERE word = 'vellum'",
        "The words that spelling is compared with lack “vellum” of reader {owner}.",
    ),
    "all of the vocabulary": (
        "DELETE FROM library_searchword",
        "The words that spelling is compared with lack “ledger” and {others} more of reader {owner}.",
    ),
    "words of a reader who is gone": (
        "INSERT INTO library_searchword (owner_id, word) VALUES (1000, 'secret')",
        "The search index still holds words of reader 1000, who is not there.",
    ),
    "languages of a reader who is gone": (
        "INSERT INTO library_searchlanguage (owner_id, language) VALUES (1000, 'de')",
        "The search index still holds languages of reader 1000, who is not there.",
    ),
    "a language": (
        "DELETE FROM library_searchlanguage",
        "Search does not ask for stems in the language “en”, which texts of reader {owner} have.",
    ),
    "whether all of it is indexed": (
        "UPDATE library_searchdocument SET cut = NOT cut",
        "The search index is wrong about how much of article {pk} it has.",
    ),
    "the owner": (
        "UPDATE library_searchdocument SET owner_id = owner_id + 1",
        "The search index has article {pk} among those of another reader.",
    ),
    "the checksum": (
        "UPDATE library_searchdocument SET checksum = checksum + 1",
        "The search index says something else than article {pk}.",
    ),
    "the article": ("DELETE FROM library_searchdocument", "The search index lacks article {pk}."),
}
ON_SQLITE = {
    "one word for another": (
        "INSERT OR REPLACE INTO library_searchindex (rowid, article, title, tags) "
        "SELECT number, 'written on paper', 'a ledger', '' FROM library_searchdocument",
        OTHER_TEXTS,
    ),
    "the texts": ("DELETE FROM library_searchindex", OTHER_TEXTS),
    "texts of no article": (
        "INSERT INTO library_searchindex (rowid, article) VALUES (7, 'left over')",
        "The search index holds 1 texts that belong to no article.",
    ),
    "pages of the index itself": ("UPDATE library_searchindex_data SET block = x'00' WHERE id > 10", OTHER_TEXTS),
}
ON_POSTGRES = {
    "one word for another": (
        "UPDATE library_searchdocument SET vector = replace(vector::text, 'vellum', 'velour')::tsvector",
        OTHER_TEXTS,
    ),
    "the layers": ("UPDATE library_searchdocument SET layers = ''::tsvector", OTHER_TEXTS),
    "the texts": ("UPDATE library_searchdocument SET vector = NULL", OTHER_TEXTS),
}
PARTS = EVERYWHERE | (ON_SQLITE if connection.vendor == "sqlite" else ON_POSTGRES)


@pytest.fixture
def link(reader) -> Link:
    link = article(reader, "A ledger", ("skins",), article="Written on vellum.", note="Mine.")
    Highlight.objects.create(link=link, quote="on vellum", note="Which skin?")
    indexing.drain()
    assert list(indexing.differences()) == []
    return link


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("part", PARTS)
def test_each_part_that_is_spoilt_is_told_and_mended_by_a_rebuild(link, part):
    statement, sentence = PARTS[part]
    others = SearchWord.objects.count() - 1
    sql(statement)
    assert sentence.format(pk=link.pk, owner=link.owner_id, others=others) in list(indexing.differences())
    indexing.rebuild()
    assert list(indexing.differences()) == []
    assert search(link.owner, "vellum skin").total == 1


def test_an_article_at_another_date_or_among_those_of_another_reader_is_told(link):
    row = SearchDocument.objects.get()
    elsewhere = {row.number - 9: "at another date", (row.owner_id + 1) << OWNER_SHIFT: "of another reader"}
    for number, sentence in elsewhere.items():
        SearchDocument.objects.update(number=number)
        assert any(fault.endswith(f"{sentence}.") for fault in indexing.differences())
    indexing.rebuild()
    assert list(indexing.differences()) == []


def test_highlights_are_compared_too(link):
    Highlight.objects.update(quote="on parchment")
    indexing.SearchPending.objects.all().delete()
    assert list(indexing.differences()) == [f"The search index says something else than article {link.pk}."]


def test_of_a_long_article_what_is_indexed_is_compared(reader, monkeypatch):
    monkeypatch.setattr(documents, "MOST_BYTES", 200)
    article(reader, article="vellum parchment " * 40)
    indexing.drain()
    assert SearchDocument.objects.get().cut
    assert list(indexing.differences()) == []


def test_what_is_indexed_while_the_library_is_compared_is_no_fault(link, monkeypatch):
    """The index is read before the articles are."""
    read = indexing.read_documents

    def write_first(link_ids):
        monkeypatch.setattr(indexing, "read_documents", read)
        link.sections.filter(kind="article").update(text="Written on paper.")
        indexing.drain()
        return read(link_ids)

    monkeypatch.setattr(indexing, "read_documents", write_first)
    assert list(indexing.differences()) == []
