"""Keeping the index equal to the library. Triggers note in SearchPending whatever changed, whoever changed it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

from django.db import connection, connections, transaction
from django.db.models import QuerySet

from library.models import (
    Highlight,
    HighlightTag,
    Kind,
    Link,
    LinkTag,
    SearchDocument,
    SearchPending,
    Section,
)
from library.search import comparing, vocabulary
from library.search.backends import backend
from library.search.documents import Document
from library.search.numbers import free_numbers

BATCH = 250
# Sections of kind `other` are found as part of the article.
FIELD_OF_KIND = {
    Kind.OVERVIEW: "overview",
    Kind.SUMMARY: "summary",
    Kind.ARTICLE: "article",
    Kind.OTHER: "article",
    Kind.NOTE: "notes",
}


joined = transaction.atomic(savepoint=False)


@joined
def index_links(link_ids: Sequence[int]) -> None:
    """Make the index say what these links say now; binned and deleted ones leave it.

    Runs in the caller's transaction, as its last act: on PostgreSQL it takes a lock that is kept until the commit.
    """
    if not link_ids:
        return
    backend().lock()
    # Before the texts are read: a change that is committed in between notes itself again.
    _cross_off(link_ids)
    documents = read_documents(link_ids)
    kept = _forget_all_but_unchanged(link_ids, documents)
    _write([document for document in documents if document.link_id not in kept])


@joined
def index_documents(documents: Sequence[Document], words: set[str] | None = None) -> None:
    """As `index_links`, for texts that the caller has just written in this transaction and still has in memory.

    On PostgreSQL only for links that nobody else can be changing: the ones made in this transaction, or locked by it.
    `words` are those that a Lexicon met in them: the documents are of one owner then.
    """
    if not documents:
        return
    link_ids = [document.link_id for document in documents]
    backend().lock()
    _cross_off(link_ids)
    kept = _forget_all_but_unchanged(link_ids, documents)
    _write([document for document in documents if document.link_id not in kept], words)


def drain(limit: int = 100, owner_id: int | None = None) -> int:
    """Index up to `limit` links that wait, of one owner or of all. Returns how many were done."""
    waiting = SearchPending.objects.all() if owner_id is None else SearchPending.objects.filter(owner_id=owner_id)
    if not waiting.exists():
        return 0
    with transaction.atomic():  # on SQLite this is BEGIN IMMEDIATE: nobody writes between reading and indexing
        backend().lock()
        link_ids = _first_waiting(waiting, limit)
        index_links(link_ids)
    return len(link_ids)


def _first_waiting(waiting: QuerySet[SearchPending], limit: int) -> list[int]:
    """Up to `limit` links in the order in which they changed first. One may wait for many changes."""
    found: dict[int, None] = {}
    last = 0
    while rows := list(waiting.filter(pk__gt=last).order_by("pk").values_list("pk", "link_id")[:limit]):
        found |= dict.fromkeys(link_id for _, link_id in rows)
        if len(found) >= limit:
            break
        last = rows[-1][0]
    return list(found)[:limit]


def is_behind(owner_id: int) -> bool:
    """Whether changes of this owner wait to be indexed."""
    return SearchPending.objects.filter(owner_id=owner_id).exists()


def tidy() -> bool:
    """A short piece of housekeeping: after a large import, searches get twice as quick. True if more may be left."""
    return bool(backend().tidy())


def purge() -> bool:
    """A short piece of the work after which nothing of deleted texts is in the index. True if more may be left."""
    return bool(backend().purge())


def note_missing(alias: str) -> None:
    """Let every kept link wait that the index of this database has no document of."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "INSERT INTO library_searchpending (owner_id, link_id) SELECT owner_id, id FROM library_link "
            "WHERE deleted_at IS NULL AND id NOT IN (SELECT link_id FROM library_searchdocument)"
        )


def pending_count() -> int:
    """How many links wait to be indexed."""
    return SearchPending.objects.values("link_id").distinct().count()


def cut_links(link_ids: Sequence[int]) -> list[int]:
    """Those of the links whose texts are longer than what is indexed of one."""
    return list(SearchDocument.objects.filter(link_id__in=link_ids, cut=True).values_list("link_id", flat=True))


def rebuild(owner_id: int | None = None) -> int:
    """Index everything anew while the library stays in use; a search finds what is done so far. Returns how many."""
    documents = SearchDocument.objects.all() if owner_id is None else SearchDocument.objects.filter(owner_id=owner_id)
    with transaction.atomic():
        backend().lock()
        if owner_id is None:
            backend().clear()
        documents.delete()
        vocabulary.forget(owner_id)
        _note_all(owner_id)
    done = 0
    while count := drain(BATCH, owner_id):
        done += count
    return done


def differences() -> Iterator[str]:
    """What the index says otherwise than the library, in sentences. What still waits to be indexed is none."""
    links = Link.objects.kept().order_by("pk").values_list("pk", flat=True)
    same = comparing.texts()
    for batch in _batches(links.iterator(), BATCH):
        yield from _differing(batch, same)
    gone = SearchDocument.objects.exclude(link_id__in=Link.objects.kept().values("pk"))
    for document in gone.exclude(link_id__in=SearchPending.objects.values("link_id")).iterator():
        yield f"The search index still holds article {document.link_id}, which is not in the library."
    yield from comparing.of_nobody()
    yield from backend().faults()


def read_documents(link_ids: Sequence[int]) -> list[Document]:
    """The documents of those of the links that are kept, as the database has them now."""
    links = Link.objects.kept().filter(pk__in=link_ids).order_by("pk")
    texts, tags = _texts(link_ids), _tags(link_ids)
    return [
        Document(owner_id, pk, saved_at, title, texts[pk], tags[pk])
        for pk, owner_id, saved_at, title in links.values_list("pk", "owner_id", "saved_at", "title")
    ]


def _texts(link_ids: Sequence[int]) -> dict[int, dict[str, list[str]]]:
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    sections = Section.objects.filter(link_id__in=link_ids).order_by("link_id", "position", "id")
    for link_id, kind, text in sections.values_list("link_id", "kind", "text"):
        found[link_id][FIELD_OF_KIND[Kind(kind)]].append(text)
    highlights = Highlight.objects.filter(link_id__in=link_ids).order_by("link_id", "id")
    tags = _names_on_highlights(link_ids)
    for pk, link_id, quote, note in highlights.values_list("pk", "link_id", "quote", "note"):
        found[link_id]["highlights"] += filter(None, (quote, ", ".join(tags[pk])))
        found[link_id]["notes"] += filter(None, (note,))
    return found


def _names_on_highlights(link_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    tagged = HighlightTag.objects.filter(highlight__link_id__in=link_ids).order_by("highlight_id", "tag_id")
    for pk, name in tagged.values_list("highlight_id", "tag__name"):
        found[pk].append(name)
    return found


def _tags(link_ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    tagged = LinkTag.objects.filter(link_id__in=link_ids).order_by("link_id", "tag_id")
    for link_id, tag_id, name in tagged.values_list("link_id", "tag_id", "tag__name"):
        found[link_id].append((tag_id, name))
    return found


def _cross_off(link_ids: Sequence[int]) -> None:
    SearchPending.objects.filter(link_id__in=link_ids).delete()


def _forget_all_but_unchanged(link_ids: Sequence[int], documents: Iterable[Document]) -> set[int]:
    """Take these links out of the index, except those that it has as they are. Returns those."""
    rows = SearchDocument.objects.filter(link_id__in=link_ids)
    indexed = {link_id: known for link_id, *known in rows.values_list("link_id", "owner_id", "checksum")}
    if not indexed:
        return set()
    kept = {one.link_id for one in documents if indexed.get(one.link_id) == [one.owner_id, one.checksum]}
    SearchDocument.objects.filter(link_id__in=indexed.keys() - kept).delete()
    return kept


def _write(documents: list[Document], words: set[str] | None = None) -> None:
    if documents:
        numbers = free_numbers([document.wanted_number for document in documents])
        # In the order of their numbers: FTS5 writes out all it holds in memory whenever a lower one comes.
        vocabulary.learn(documents, words)
        backend().insert(sorted(zip(numbers, documents, strict=True), key=itemgetter(0)))


def _note_all(owner_id: int | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO library_searchpending (owner_id, link_id) SELECT owner_id, id FROM library_link "
            "WHERE deleted_at IS NULL AND (%s IS NULL OR owner_id = %s)",
            [owner_id, owner_id],
        )


def _differing(link_ids: list[int], same: comparing.Same) -> Iterator[str]:
    waiting = set(SearchPending.objects.filter(link_id__in=link_ids).values_list("link_id", flat=True))
    yield from comparing.faults([one for one in read_documents(link_ids) if one.link_id not in waiting], same)


def _batches(values: Iterable[int], size: int) -> Iterator[list[int]]:
    batch: list[int] = []
    for value in values:
        batch.append(value)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
