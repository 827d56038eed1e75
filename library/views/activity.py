"""Activity: what changed, when and by whom, with undo while it is possible. An import is one entry, with its counts."""

from __future__ import annotations

from collections.abc import Sequence
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

from library.highlighting import place_again
from library.models import Author, Change, ImportRun, Kind, Link, User, undoing
from library.models.undoing import CHANGED_SINCE, Present, present, why_not
from library.views import keys
from library.views.acts import words_of
from library.views.imports import came_of
from library.views.reader import back_to, own_link
from library.views.requests import ReaderRequest
from library.views.rows import reader_path

PAGE = 50
WHO = {"you": ("You", Author.READER), "imports": ("Imports", Author.IMPORT), "models": ("Models", Author.MODEL)}
IMPORTS = "imports"
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "states": ("Reading states", ("state",)),
    "favourites": ("Favourites", ("favourite",)),
    "tags": ("Tags", ("tags",)),
    "texts": ("Texts", tuple(Kind.values)),
    "details": ("Titles and details", ("title", "type", "url", "saved_at")),
    "bin": ("Bin", ("bin", "restore")),
    IMPORTS: ("Imports", ()),
}


@dataclass(frozen=True, slots=True)
class Stream:
    """What was done to a reader's articles, or to one of them, narrowed to an author and a kind of act.

    Changes and imports are two tables, each paged by its own key; of one moment, imports come first.
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

    def page(self) -> tuple[list[Change | ImportRun], str]:
        """The newest of both past the key, and the key of the next page."""
        found: list[Change | ImportRun] = [*self._runs()[: PAGE + 1], *self._changes()[: PAGE + 1]]
        found.sort(key=_moment, reverse=True)
        return found[:PAGE], _key_of(found[PAGE - 1]) if len(found) > PAGE else ""

    def _changes(self) -> QuerySet[Change]:
        changes = self.user.changes.select_related("link").filter(self._past("c", "at"))
        if self.link:
            changes = changes.filter(link=self.link)
        if self.who:
            changes = changes.filter(author=WHO[self.who][1])
        return changes.filter(what__in=KINDS[self.kind][1]) if self.kind else changes

    def _runs(self) -> QuerySet[ImportRun]:
        if self.who not in ("", IMPORTS) or self.kind not in ("", IMPORTS):
            return ImportRun.objects.none()
        runs = self.user.import_runs.filter(self._past("r", "created_at"), dry_run=False)
        if self.link:
            runs = runs.filter(pk__in=self.link.imported_records.values("run"))
        return runs.order_by("-created_at", "-id")

    def _past(self, mine: str, field: str) -> Q:
        key = keys.read(self.after[1:])
        if key is None or self.after.startswith(mine):
            return keys.beyond(field, key)
        return Q(**{f"{field}__lte" if mine == "c" else f"{field}__lt": key[0]})

    def address(self, **more: str) -> str:
        query = {"who": self.who, "kind": self.kind, **more}
        return "?" + urlencode({name: value for name, value in query.items() if value})


def _moment(entry: Change | ImportRun) -> datetime:
    return entry.at if isinstance(entry, Change) else entry.created_at


def _key_of(entry: Change | ImportRun) -> str:
    return ("c" if isinstance(entry, Change) else "r") + keys.written(_moment(entry), entry.pk)


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


def entries(found: Sequence[Change | ImportRun]) -> list[dict[str, Any]]:
    now = present({each.link_id: each.link for each in found if isinstance(each, Change)}.values())
    return [of_change(each, now[each.link_id]) if isinstance(each, Change) else of_run(each) for each in found]


def of_run(run: ImportRun) -> dict[str, Any]:
    return {
        "at": timezone.localtime(run.created_at),
        "who": "Import",
        "verb": "of",
        "title": run.label,
        "href": reverse("imports.run", args=[run.pk]),
        "rest": f": {came_of(run).removesuffix('.')}.",
    }


def of_change(change: Change, now: Present) -> dict[str, Any]:
    verb, rest = words_of(change)
    problem = why_not(change, now)
    return {
        "at": timezone.localtime(change.at),
        "who": who(change),
        "verb": verb,
        "title": now.link.display_title,
        "href": reader_path(now.link.pk, now.link.title),
        "rest": f"{rest}.",
        "undo": "" if problem else reverse("activity.undo", args=[change.pk]),
        "note": "Changed again since" if problem == CHANGED_SINCE else "",
        "compare": compare_path(change),
    }


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
