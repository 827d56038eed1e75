"""The Bin: what can still be restored, and how it goes for good."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from library.models import Link, SectionVersion
from library.models.links import LinkQuerySet
from library.models.writing import PURGE_BATCH, delete_for_good
from library.views import keys
from library.views.requests import ReaderRequest
from library.views.rows import reader_path

PAGE = 50
FIELDS = ("id", "title", "url", "site", "type", "deleted_at")
# Well under what a server waits for an answer. What is left then stays in the Bin, and the page says so.
EMPTYING_SECONDS = 15


def index(request: ReaderRequest) -> HttpResponse:
    """Newest first, paged by key: `?after=` and the moment and id of the last row above."""
    binned = request.user.links.binned()
    beyond = keys.beyond("deleted_at", keys.read(request.GET.get("after", "")))
    found = list(binned.filter(beyond).order_by("-deleted_at", "-id").values(*FIELDS)[: PAGE + 1])
    rows = [row(link) for link in found[:PAGE]]
    context = {
        "rows": rows,
        "total": binned.count(),
        "days": settings.BIN_DAYS,
        "first_page": "after" not in request.GET,
        "after": keys.written(found[PAGE - 1]["deleted_at"], found[PAGE - 1]["id"]) if len(found) > PAGE else "",
    }
    return render(request, "bin/index.html", context)


def row(link: dict[str, Any]) -> dict[str, Any]:
    return {
        **link,
        "href": reader_path(link["id"], link["title"]),
        "title": Link(title=link["title"], url=link["url"]).display_title,
        "goes_at": link["deleted_at"] + timedelta(days=settings.BIN_DAYS),
    }


def delete(request: ReaderRequest, pk: int) -> HttpResponse:
    """Counts first; then one article goes for good."""
    link = get_object_or_404(request.user.links.binned(), pk=pk)
    if request.method != "POST":
        return render(request, "bin/delete.html", {"link": link, "goes": contents(link)})
    delete_for_good([link.pk])
    messages.success(request, "Deleted for good.")
    return redirect("bin.index")


def contents(link: Link) -> dict[str, int]:
    """What goes with an article."""
    return {
        "texts": link.sections.exclude(text="").count(),
        "versions": SectionVersion.objects.filter(section__link=link).count(),
        "files": link.sources.count(),
    }


def empty(request: ReaderRequest) -> HttpResponse:
    """Counts first; then all that was counted goes for good, and nothing that came into the Bin since."""
    if request.method != "POST":
        binned = request.user.links.binned()
        context = {"total": binned.count(), "noted": binned.filter(has_note=True).count()}
        return render(request, "bin/empty.html", {**context, "until": keys.microseconds(timezone.now())})
    until = keys.moment_of(request.POST.get("until", ""))
    binned = request.user.links.binned().filter(deleted_at__lte=until or timezone.now())
    gone = delete_many(binned)
    left = binned.count()
    more = f" {left:,} are left: empty the Bin again." if left else ""
    messages.success(request, f"{gone:,} {'article' if gone == 1 else 'articles'} deleted for good.{more}")
    return redirect("bin.index")


def delete_many(links: LinkQuerySet) -> int:
    """Batch after batch, each a transaction of its own, so that other writers need not wait for all of them."""
    gone, end = 0, monotonic() + EMPTYING_SECONDS
    while monotonic() < end and (batch := list(links.values_list("pk", flat=True)[:PURGE_BATCH])):
        gone += delete_for_good(batch)
    return gone
