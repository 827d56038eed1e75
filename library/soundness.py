"""Whether a library is sound: what `manage.py check_library` looks at, each fault a sentence.

Everything is read in batches, so that the memory it takes does not grow with the library.
"""

from __future__ import annotations

import hashlib
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from django.db import Error, connection
from django.db.models import Count, Exists, F, OuterRef, QuerySet

from library.backups import schedule
from library.content.facts import facts
from library.content.text import fold
from library.importers.restoring_run import WHOLE
from library.importers.taking_back import RESTORED
from library.models import (
    Attachment,
    ImportedRecord,
    ImportRun,
    Link,
    LinkTag,
    Original,
    Outcome,
    RunState,
    Section,
    Shelf,
    Source,
    TagAlias,
    User,
)
from library.models import triggers as database_triggers
from library.models.imports import COUNTED
from library.models.links import address_hash, title_key
from library.models.outages import outage
from library.search import indexing

BATCH = 250
SHOWN = 20
Faults = Iterator[str]


def faults(owner: User | None = None) -> Faults:
    """Everything that is wrong, for one reader or for all. What belongs to nobody is looked at either way."""
    try:
        for check in CHECKS:
            yield from check(owner)
    except Error as error:
        if not (why := outage(error)):
            raise
        yield f"{why} ({error}) {_way_back()}"


def _way_back() -> str:
    return f"`manage.py restore {schedule.newest() or 'FILE'}` puts a backup in the place of this library."


def database(owner: User | None) -> Faults:
    """Only SQLite is asked: PostgreSQL keeps checksums and its constraints by itself."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA integrity_check({SHOWN})")
        damages = [line for (line,) in cursor.fetchall() if line != "ok"]
        for line in damages:
            yield f"The database file is damaged: {line}."
        if damages:
            yield _way_back()
        cursor.execute("PRAGMA foreign_key_check")
        for table, row, parent, _ in cursor.fetchall():
            yield f"Row {row} of {table} refers to a row of {parent} that is not there."


def triggers(owner: User | None) -> Faults:
    for name in database_triggers.missing(connection):
        yield f"The database lacks the trigger {name}. `manage.py migrate` puts it back."


def originals(owner: User | None) -> Faults:
    """The kept files against their SHA-256, and those that nothing refers to."""
    kept = Original.objects.order_by("pk")
    if owner:
        of_owner = Source.objects.filter(original=OuterRef("pk"), owner=owner)
        attached = Attachment.objects.filter(original=OuterRef("pk"), link__owner=owner)
        kept = kept.filter(Exists(of_owner) | Exists(attached))
    for original in kept.iterator(chunk_size=50):
        if not _is_whole(original):
            yield f"The kept file {original.sha256} is damaged."
    if owner is None:
        for orphan in kept.orphans().values_list("pk", flat=True):
            yield f"The kept file {orphan} belongs to no article."


def _is_whole(original: Original) -> bool:
    try:
        data = original.data
    except zlib.error:
        return False
    return len(data) == original.size and hashlib.sha256(data).hexdigest() == original.sha256


def ledger(owner: User | None) -> Faults:
    """The totals of imports against their entries, and the entries against the links they speak of."""
    ended = _of(owner, ImportRun.objects.exclude(state__in=(RunState.RUNNING, RunState.CHECKING)))
    counted: dict[int, dict[str, int]] = defaultdict(dict)
    # A whole library that came back has one more, which tells of all together.
    entries = ImportedRecord.objects.filter(run__in=ended).exclude(changes__has_key=WHOLE).order_by()
    for run_id, outcome, number in entries.values_list("run_id", "outcome").annotate(Count("pk")):
        counted[run_id][outcome] = number
    for run in ended.order_by("pk").defer("whole").iterator():
        if run.cursor is not None or run.pk in counted:
            yield from _totals(run, counted[run.pk])
        if run.records != sum(getattr(run, outcome) for outcome in COUNTED):
            yield f"Import {run.pk} does not add up to its {run.records} records."
    for run in _of(owner, ImportRun.objects.abandoned()):
        yield f"Import {run.pk} was broken off. The worker goes on with it, or the same command does."
    strange = entries.filter(link__isnull=False).exclude(link__owner=F("run__owner"))
    for pk in strange.values_list("pk", flat=True).iterator():
        yield f"Entry {pk} of an import names an article of another reader."
    new = entries.filter(outcome=Outcome.NEW, link__isnull=False, run__dry_run=False)
    new = new.exclude(changes__has_key=RESTORED)  # the import that brought it first came back with it
    for link_id in new.values_list("link_id", flat=True).annotate(times=Count("pk")).filter(times__gt=1):
        yield f"Article {link_id} was counted as new more than once."


def _totals(run: ImportRun, counted: dict[str, int]) -> Faults:
    for outcome in Outcome.values:
        if getattr(run, outcome) != counted.get(outcome, 0):
            yield (
                f"Import {run.pk} says {getattr(run, outcome)} {outcome}, "
                f"and its entries say {counted.get(outcome, 0)}."
            )


def links(owner: User | None) -> Faults:
    """What is stored beside links against what it was computed from: gist, words, flags, keys, tags' dates, owners."""
    newest = 0
    while batch := list(_of(owner, Link.objects.filter(pk__gt=newest)).order_by("pk")[:BATCH]):
        newest = batch[-1].pk
        texts = _texts(batch[0].pk, newest)
        for link in batch:
            yield from _derived(link, texts[link.pk])
    tagged = LinkTag.objects.filter(**({"link__owner": owner} if owner else {}))
    for pk in tagged.exclude(saved_at=F("link__saved_at")).values_list("pk", flat=True).iterator():
        yield f"Tagging {pk} has another date than its article."
    for pk in tagged.exclude(tag__owner=F("link__owner")).values_list("pk", flat=True).iterator():
        yield f"Tagging {pk} puts one reader's tag on another's article."
    aliases = _of(owner, TagAlias.objects.all())
    for name in aliases.filter(owner__tags__name_key=F("name_key")).values_list("name", flat=True).iterator():
        yield f"“{name}” is a tag, and another name of a tag."
    for pk in aliases.exclude(tag__owner=F("owner")).values_list("pk", flat=True).iterator():
        yield f"Alias {pk} leads to another reader's tag."
    strange = _of(owner, Source.objects.exclude(owner=F("link__owner")))
    for pk in strange.values_list("pk", flat=True).iterator():
        yield f"Source {pk} belongs to another reader than its article."


def _texts(first: int, last: int) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    sections = Section.objects.filter(link_id__gte=first, link_id__lte=last).order_by("link_id", "position", "pk")
    for link_id, kind, text in sections.values_list("link_id", "kind", "text"):
        found[link_id].append((kind, text))
    return found


def _derived(link: Link, texts: list[tuple[str, str]]) -> Faults:
    found = facts(texts)
    wrong = [name for name in found.__slots__ if getattr(link, name) != getattr(found, name)]
    if link.title_key != title_key(link.title):
        wrong.append("title_key")
    if link.url_hash != address_hash(link.url):
        wrong.append("url_hash")
    if wrong:
        yield f"Article {link.pk} does not fit its texts: {', '.join(wrong)}."


def shelves(owner: User | None) -> Faults:
    for shelf in _of(owner, Shelf.objects.order_by("pk")).iterator():
        if shelf.name_key != fold(shelf.name):
            yield f"Shelf {shelf.pk} does not fit its name. Saving it anew mends it."


def search_index(owner: User | None) -> Faults:
    """Every part of it: places, texts, words that spelling is compared with, languages."""
    for fault in indexing.differences():
        yield f"{fault} `manage.py rebuild_search` makes the index anew."


def _of(owner: User | None, rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(owner=owner) if owner else rows


CHECKS: tuple[Callable[[User | None], Faults], ...] = (
    database,
    triggers,
    originals,
    ledger,
    links,
    shelves,
    search_index,
)
