"""The index in SQLite: an FTS5 table whose rowid is the document's number."""

from collections.abc import Sequence

from django.db import connection

from library.search.documents import Document

TAG_MARK = "\uf8fe"
EVERY_MARK = "\uf8ff"

INSERT_DOCUMENT = "INSERT INTO library_searchdocument (number, owner_id, link_id, checksum) VALUES (%s, %s, %s, %s)"
INSERT_TEXTS = (
    "INSERT OR REPLACE INTO library_searchindex (rowid, title, overview, summary, article, notes, tags) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s)"
)


def lock() -> None:
    """Nothing to do: a transaction that writes holds SQLite's one lock from its beginning."""


def insert(numbered: Sequence[tuple[int, Document]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            INSERT_DOCUMENT, [(number, one.owner_id, one.link_id, one.checksum) for number, one in numbered]
        )
        cursor.executemany(
            INSERT_TEXTS, [(number, *one.plain_texts(), tag_column(one.tags)) for number, one in numbered]
        )


def tag_column(tags: Sequence[tuple[int, str]]) -> str:
    """The tags' names; a word for each tag itself, so that C and C++ differ; a word that every document has.

    These words begin with characters for private use, which a query never holds.
    """
    return " ".join((*(f"{name} {TAG_MARK}{tag_id}" for tag_id, name in tags), EVERY_MARK))


def clear() -> None:
    """Empty the index, whatever state it is in."""
    with connection.cursor() as cursor:
        if _is_contentless():
            cursor.execute("INSERT INTO library_searchindex (library_searchindex) VALUES ('delete-all')")
        else:
            cursor.execute("DELETE FROM library_searchindex")


def faults() -> list[str]:
    """What is wrong inside the index, in sentences."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM library_searchdocument WHERE number NOT IN "
                       "(SELECT id FROM library_searchindex_docsize)")  # fmt: skip
        missing = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM library_searchindex_docsize WHERE id NOT IN "
                       "(SELECT number FROM library_searchdocument)")  # fmt: skip
        extra = cursor.fetchone()[0]
    found = []
    if missing:
        found.append(f"The search index lacks the texts of {missing} articles.")
    if extra:
        found.append(f"The search index holds {extra} texts that belong to no article.")
    return found


def _is_contentless() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql LIKE '%%content=''''%%' FROM sqlite_master WHERE name = 'library_searchindex'")
        return bool(cursor.fetchone()[0])
