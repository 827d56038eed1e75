"""A reader goes, with all that is theirs. The account is closed at once; what it holds is deleted piece by piece.

The pieces are small, so that other writers need not wait, and the work can be killed at any moment and begun again.
What is deleted follows from Django's registry: every model that refers to a reader.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import CASCADE, Model, QuerySet
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from library.exporters import kept
from library.importers import pieces, uploads
from library.models import (
    Departure,
    Export,
    Highlight,
    ImportedRecord,
    ImportRun,
    Link,
    Original,
    Rendering,
    Revision,
    RunState,
    SearchDocument,
    SearchLanguage,
    SearchPending,
    SearchWord,
    User,
)
from library.models.departures import staying
from library.models.imports import ACTIVE
from library.models.writing import originals_of
from library.search import indexing

# A piece takes about so long, on SQLite all of it as the one writer; then others have their turn.
SECONDS = 0.05
PAUSE = 0.02
FIRST, MOST = 10, 2000
# Their rows go with their files.
WITH_FILES = (ImportRun, Export)

Delete = Callable[[list[Any]], object]

LAST_STAFF = (
    "You are the last who runs this server, and other readers are on it. Give one of them staff rights first, "
    "or delete their accounts. Nothing was changed."
)


class Refused(Exception):
    """Why the account stays, in a sentence."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes with an account."""

    articles: int
    highlights: int
    notes: int
    imports: int
    exports: int


def contents(reader: User) -> Contents:
    return Contents(
        articles=reader.links.count(),
        highlights=Highlight.objects.filter(link__owner=reader).count(),
        notes=reader.links.filter(has_note=True).count(),
        imports=reader.import_runs.count(),
        exports=reader.exports.count(),
    )


# --- closing


def hold_staff() -> list[int]:
    """Those who can run the server, held until the end of the transaction: of two who go at once, one stays."""
    staff = User.objects.filter(is_staff=True, is_active=True).order_by("pk")
    return list(staff.select_for_update().values_list("pk", flat=True))


@transaction.atomic
def close(reader: User) -> None:
    """Nobody can log in to it any more, and its name is free. Raises Refused."""
    staff = hold_staff()
    reader.invitations.all().delete()
    if staff == [reader.pk] and staying().exclude(pk=reader.pk).exists():
        raise Refused(LAST_STAFF)
    for run in reader.import_runs.filter(state__in=ACTIVE):
        ImportRun.objects.filter(pk=run.pk).update(state=RunState.STOPPED, finished_at=timezone.now())
    User.objects.filter(pk=reader.pk).update(**_nobody(reader.pk))
    Departure.objects.get_or_create(reader=reader)
    end_sessions(reader.pk)


def _nobody(pk: int) -> dict[str, Any]:
    """A name that no form takes, since it holds a blank; and no password."""
    blank = User(username=f"deleted {pk}", is_active=False)
    blank.set_unusable_password()
    told = ("username", "first_name", "last_name", "email", "password", "is_active", "is_staff", "is_superuser")
    return {name: getattr(blank, name) for name in told}


def end_sessions(pk: int) -> None:
    """Log a reader out everywhere. Sessions say whose they are only inside."""
    theirs = [each.pk for each in Session.objects.iterator() if each.get_decoded().get(SESSION_KEY) == str(pk)]
    Session.objects.filter(pk__in=theirs).delete()


# --- deleting


def delete(pk: int) -> None:
    """Delete the closed account with everything of its reader. Can be done again after it was broken off."""
    reader = User.objects.filter(pk=pk, departure__isnull=False).first()
    if reader:
        _delete_work(reader)
        _in_pieces(reader.links.order_by("pk"), _delete_links)
        for rows in _owned(reader):
            _in_pieces(rows, delete_rows_of(rows.model))
        _delete_files(reader)
        reader.delete()
    if not User.objects.filter(pk=pk).exists():
        _delete_traces(pk)


def unfinished() -> list[int]:
    """Readers whose account was closed a while ago, and who are not deleted yet."""
    late = User.objects.filter(departure__at__lt=timezone.now() - timedelta(hours=1))
    return list(late.values_list("pk", flat=True))


def _delete_work(reader: User) -> None:
    """What the worker had to do for the reader, and what came of it."""
    runs = set(reader.import_runs.values_list("pk", flat=True))
    exports = set(reader.exports.values_list("pk", flat=True))
    for result in DBTaskResult.objects.iterator():
        of = {"run_import": runs, "run_export": exports}.get(result.task_path.rpartition(".")[2], set())
        if of.intersection(result.args_kwargs["args"]):
            result.delete()


def _owned(reader: User) -> Iterator[QuerySet[Any]]:
    """All rows that go with a reader: those by which the last statements are small come first."""
    yield ImportedRecord.objects.filter(run__owner=reader)
    for relation in User._meta.related_objects:
        if relation.on_delete is CASCADE and relation.related_model not in WITH_FILES:
            yield relation.related_model._base_manager.filter(**{relation.field.name: reader})
    told = LogEntry.objects.filter(content_type__app_label="library", content_type__model="user")
    yield told.filter(object_id=str(reader.pk))


def _delete_links(keys: list[int]) -> None:
    """With the kept files that no other link came from, and out of the index."""
    links = Link.objects.filter(pk__in=keys)
    originals = originals_of(links)
    links.delete()
    Original.objects.orphans().filter(pk__in=originals).drop()
    indexing.index_links(keys)


def _delete_files(reader: User) -> None:
    """Uploads and exports, with their rows."""
    pieces.remove_all(reader.pk)
    for run in reader.import_runs.all():
        uploads.remove(run)
        run.delete()
    for export in reader.exports.all():
        kept.delete(export)
    kept.sweep(timezone.now())


def _delete_traces(pk: int) -> None:
    """What no row refers to: the index and the revision. A rendering doesn't say whose it is, so all are made anew."""
    for rows in (SearchDocument.objects.filter(owner_id=pk), SearchPending.objects.filter(owner_id=pk)):
        _in_pieces(rows, delete_rows_of(rows.model))
    words = SearchWord.objects.filter(owner_id=pk)
    _in_pieces(words, lambda keys: words.filter(word__in=[word for _, word in keys]).delete())
    SearchLanguage.objects.filter(owner_id=pk).delete()
    Revision.objects.filter(owner_id=pk).delete()
    _in_pieces(Rendering.objects.all(), delete_rows_of(Rendering))
    while indexing.purge():
        time.sleep(PAUSE)


def delete_rows_of(model: type[Model]) -> Delete:
    return lambda keys: model._base_manager.filter(pk__in=keys).delete()


def _in_pieces(rows: QuerySet[Any], delete_piece: Delete) -> None:
    size = FIRST
    while keys := list(rows.values_list("pk", flat=True)[:size]):
        began = time.perf_counter()
        with transaction.atomic():
            delete_piece(keys)
        took = time.perf_counter() - began
        size = max(1, min(int(size * SECONDS / max(took, 0.001)), 2 * size, MOST))
        time.sleep(PAUSE)
