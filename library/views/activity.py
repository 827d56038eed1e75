"""Activity: what changed, when and by whom, with undo while it is possible. An import is one entry, with its counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from library.highlighting import CHANGED, last_changes, place_again
from library.models import Author, BulkAct, Change, ImportRun, Kind, Link, RunState, User, undoing
from library.models.undoing import CHANGED_SINCE, IN_BIN, Present, present, why_not
from library.views import keys
from library.views.acts import words_of
from library.views.bulk import sentence
from library.views.imports import came_of
from library.views.reader import back_to, own_link
from library.views.requests import ReaderRequest
from library.views.rows import reader_path

PAGE = 50
WHO = {"you": ("You", Author.READER), "imports": ("Imports", Author.IMPORT), "models": ("Models", Author.MODEL)}
IMPORTS = "imports"
UNBEGUN = (RunState.CHECKING, RunState.CHECKED)  # what would come in was looked at, and nothing came in
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "states": ("Reading states", ("state",)),
    "favourites": ("Favourites", ("favourite",)),
    "tags": ("Tags", ("tags",)),
    "highlights": ("Highlights", ("highlight",)),
    "texts": ("Texts", tuple(Kind.values)),
    "details": ("Titles and details", ("title", "type", "url", "saved_at")),
    "bin": ("Bin", ("bin", "restore")),
    IMPORTS: ("Imports", ()),
}


Entry = Change | BulkAct | ImportRun
# An act on one article is told as its change, which names the article, until it is undone and that change is gone.
ALONE = Q(act=None) | Q(act__count=1)
OF_MANY = Q(count__gt=1) | Q(count=1, undone_at__isnull=False)
LETTERS = "rbc"  # what a key begins with: of an import (run), of a bulk act, of a change


@dataclass(frozen=True, slots=True)
class Stream:
    """What was done to a reader's articles, or to one of them, narrowed to an author and a kind of act.

    Changes, acts on many articles and imports are three tables, each paged by its own key; of one moment, imports come
    first. An act on many articles stands for the changes that it made, but in the activity of one of them.
    """

    user: User
    link: Link | None
    who: str
    kind: str
    after: str

    @classmethod
    def read(cls, user: User, link: Link | None, query: QueryDict) -> Stream:
        who, kind = query.get("who", ""), query.get("kind", "")
        return cls(user, link, who if who in WHO else "", kind if kind in KINDS else "", query.get("after", ""))

    def page(self) -> tuple[list[Entry], str]:
        """The newest of all past the key, and the key of the next page."""
        most = PAGE + 1
        found: list[Entry] = [*self._runs()[:most], *self._acts()[:most], *self._changes()[:most]]
        found.sort(key=_moment, reverse=True)
        return found[:PAGE], _key_of(found[PAGE - 1]) if len(found) > PAGE else ""

    def _changes(self) -> QuerySet[Change]:
        changes = self.user.changes.select_related("link").filter(self._past("c", "at"))
        changes = changes.filter(link=self.link) if self.link else changes.filter(ALONE)
        if self.who:
            changes = changes.filter(author=WHO[self.who][1])
        return changes.filter(what__in=KINDS[self.kind][1]) if self.kind else changes

    def _acts(self) -> QuerySet[BulkAct]:
        if self.link or (self.who and WHO[self.who][1] != Author.READER):
            return BulkAct.objects.none()
        acts = self.user.bulk_acts.filter(OF_MANY, self._past("b", "at"))
        return acts.filter(what__in=KINDS[self.kind][1]) if self.kind else acts

    def _runs(self) -> QuerySet[ImportRun]:
        if self.who not in ("", IMPORTS) or self.kind not in ("", IMPORTS):
            return ImportRun.objects.none()
        runs = self.user.import_runs.filter(self._past("r", "created_at"), dry_run=False).exclude(state__in=UNBEGUN)
        if self.link:
            runs = runs.filter(pk__in=self.link.imported_records.values("run"))
        return runs.defer("whole").order_by("-created_at", "-id")

    def _past(self, mine: str, field: str) -> Q:
        letter = self.after[:1]
        key = keys.read(self.after[1:]) if letter in LETTERS else None
        if key is None or letter == mine:
            return keys.beyond(field, key)
        return Q(**{f"{field}__lte" if LETTERS.index(mine) > LETTERS.index(letter) else f"{field}__lt": key[0]})

    def address(self, **more: str) -> str:
        query = {"who": self.who, "kind": self.kind, **more}
        return "?" + urlencode({name: value for name, value in query.items() if value})


def _moment(entry: Entry) -> datetime:
    return entry.created_at if isinstance(entry, ImportRun) else entry.at


def _key_of(entry: Entry) -> str:
    letter = LETTERS[(ImportRun, BulkAct, Change).index(type(entry))]
    return letter + keys.written(_moment(entry), entry.pk)


# --- pages


@require_safe
def index(request: ReaderRequest) -> HttpResponse:
    return page(request, None)


@require_safe
def article(request: ReaderRequest, pk: int) -> HttpResponse:
    return page(request, get_object_or_404(request.user.links, pk=pk))


def page(request: ReaderRequest, link: Link | None) -> HttpResponse:
    stream = Stream.read(request.user, link, request.GET)
    found, after = stream.page()
    context = {
        "link": link,
        "href": reader_path(link.pk, link.title) if link else "",
        "stream": stream,
        "who": [(name, words) for name, (words, _) in WHO.items()],
        "kinds": [(name, words) for name, (words, _) in KINDS.items()],
        "days": days(entries(found)),
        "newest": stream.address(),
        "older": stream.address(after=after) if after else "",
        "first_page": not stream.after,
    }
    return render(request, "activity/index.html", context)


def days(shown: Sequence[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    today = timezone.localdate()
    return [(day_words(day, today), list(part)) for day, part in groupby(shown, lambda entry: entry["at"].date())]


def day_words(day: date, today: date) -> str:
    if day in (today, today - timedelta(days=1)):
        return "Today" if day == today else "Yesterday"
    words = f"{day:%A}, {day.day} {day:%B}"
    return words if day.year == today.year else f"{words} {day.year}"


# --- entries: what `activity/entry.html` shows, whatever the act was


def entries(found: Sequence[Entry]) -> list[dict[str, Any]]:
    changes = [each for each in found if isinstance(each, Change)]
    now = present({each.link_id: each.link for each in changes}.values())
    marks = last_changes(changes)
    return [
        of_change(each, now[each.link_id], marks) if isinstance(each, Change) else of_many(each) for each in found
    ]


def of_many(entry: ImportRun | BulkAct) -> dict[str, Any]:
    return of_run(entry) if isinstance(entry, ImportRun) else of_act(entry)


def of_act(act: BulkAct) -> dict[str, Any]:
    done = sentence(act)
    return {
        "at": timezone.localtime(act.at),
        "who": "You",
        "verb": done[0].lower() + done[1:],
        "undo": "" if act.undone_at else reverse("bulk.undo", args=[act.pk]),
        "note": "Undone" if act.undone_at else "",
    }


def of_run(run: ImportRun) -> dict[str, Any]:
    return {
        "at": timezone.localtime(run.created_at),
        "who": "Import",
        "verb": "of",
        "title": run.label,
        "href": reverse("imports.run", args=[run.pk]),
        "rest": f": {came_of(run).removesuffix('.')}.",
    }


def of_change(change: Change, now: Present, marks: Mapping[int, int]) -> dict[str, Any]:
    """`marks` are the changes that are the last of a highlight, each with the highlight's id."""
    verb, rest = words_of(change)
    problem = why_not_mark(change, now, marks) if change.what == CHANGED else why_not(change, now)
    return {
        "at": timezone.localtime(change.at),
        "who": who(change),
        "verb": verb,
        "title": now.link.display_title,
        "href": reader_path(now.link.pk, now.link.title),
        "rest": f"{rest}.",
        "undo": "" if problem else undo_path(change, marks),
        "note": "Changed again since" if problem == CHANGED_SINCE else "",
        "compare": compare_path(change),
    }


def why_not_mark(change: Change, now: Present, marks: Mapping[int, int]) -> str:
    """A highlight goes back by its last change only."""
    if now.link.deleted_at is not None:
        return IN_BIN
    return "" if change.pk in marks else CHANGED_SINCE


def undo_path(change: Change, marks: Mapping[int, int]) -> str:
    if change.pk in marks:
        return reverse("highlights.undo", args=[marks[change.pk]])
    return reverse("bulk.undo", args=[change.act_id]) if change.act_id else reverse("activity.undo", args=[change.pk])


def who(change: Change) -> str:
    names = {Author.READER: "You", Author.IMPORT: "An import", Author.MODEL: "A model"}
    name = names[Author(change.author)]
    return f"{name}, {change.author_name}," if change.author_name and change.author != Author.READER else name


def compare_path(change: Change) -> str:
    """Where one sees what changed in a text."""
    version = change.before.get("version") if change.what in Kind.values and isinstance(change.before, dict) else None
    return reverse("versions.compare", args=[change.link_id, version]) if version else ""


# --- undo


@require_POST
@transaction.atomic
def undo(request: ReaderRequest, pk: int) -> HttpResponse:
    change = get_object_or_404(request.user.changes, pk=pk)
    link = own_link(request, change.link_id)
    if problem := undoing.undo(change, link):
        messages.error(request, problem)
    else:
        place_again([link.pk])
        newest = link.changes.first()
        again = reverse("activity.undo", args=[newest.pk]) if newest else ""
        messages.success(request, "Undone.", extra_tags=again)
    return back_to(request, link)
