"""Daily review: five passages a day, one at a time, and all that it has shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from library.content.text import excerpt
from library.models import Review
from library.models.reviews import ReviewQuerySet, midnight, todays
from library.rendering import rendered
from library.views import keys
from library.views.anniversaries import on_this_day
from library.views.counts import Counts
from library.views.reader import back_to
from library.views.requests import ReaderRequest
from library.views.rows import reader_path, tags_of

PAGE = 50
LONGEST_QUOTE = 240
SELDOM, STOP = "seldom", "stop"
TOLD = {SELDOM: "It will come up less often.", STOP: "It won’t come up again."}
TAKEN_BACK = {SELDOM: "It comes up as often as the others again.", STOP: "It comes up again."}


def own_reviews(request: ReaderRequest) -> ReviewQuerySet:
    return Review.objects.of(request.user).kept()


@require_safe
def index(request: ReaderRequest) -> HttpResponse:
    """The first passage that was not seen today; after the last, that this was all."""
    cards = todays(request.user)
    unseen = next((place for place, card in enumerate(cards, 1) if not card.seen_today), 0)
    if unseen:
        return show(request, cards, unseen)
    seen = own_reviews(request).seen()
    context = {
        "rows": rows(list(seen.filter(seen_at__gte=midnight()).values_list("pk", flat=True))),
        "again": bool(cards),
        "shown": seen.exists(),
        "anniversaries": Counts.of(request.user).kept(
            lambda: on_this_day(request.user, timezone.localdate()), "on this day"
        ),
    }
    return render(request, "review/end.html", context)


def card(request: ReaderRequest, number: int) -> HttpResponse:
    if request.method == "POST":
        return go_on(request, number)
    cards = todays(request.user)
    if not 0 < number <= len(cards):
        raise Http404
    return show(request, cards, number)


def show(request: ReaderRequest, cards: Sequence[Review], number: int) -> HttpResponse:
    review = Review.objects.select_related("highlight__link").get(pk=cards[number - 1].pk)
    highlight = review.highlight
    link = highlight.link
    here = reverse("review.card", args=[number])
    note = f"n{highlight.pk}"
    context = {
        "review": review,
        "highlight": highlight,
        "link": link,
        "note": rendered({note: highlight.note})[note] if highlight.note else None,
        "tags": tags_of([link.pk]).get(link.pk, []),
        "number": number,
        "total": len(cards),
        "here": here,
        "href": f"{reader_path(link.pk, link.title)}?back={here}#hl-{highlight.pk}",
    }
    return render(request, "review/card.html", context)


@transaction.atomic
def go_on(request: ReaderRequest, number: int) -> HttpResponseRedirect:
    """Note that a passage was seen and, as the reader wants, let it come up less often or never; then the next one."""
    own = own_reviews(request)
    review = get_object_or_404(own, pk=keys.number(request.POST.get("passage", "")))
    own.note_seen(review.pk)
    act = request.POST.get("act", "")
    if act == SELDOM:
        own.let_come(review.pk, seldom=True)
    elif act == STOP:
        own.stop(review.pk, stopped=True)
    if act in TOLD:
        undo_by = f"{reverse('review.undo', args=[review.pk])}?act={act}"
        messages.success(request, TOLD[act], extra_tags=undo_by)
    following = number if act == STOP else number + 1
    return redirect("review.card", following) if following <= len(todays(request.user)) else redirect("review.index")


@require_POST
@transaction.atomic
def undo(request: ReaderRequest, pk: int) -> HttpResponse:
    """Let a passage come up again, as often as others. That it was seen stays so."""
    review = get_object_or_404(own_reviews(request).select_related("highlight__link"), pk=pk)
    act = SELDOM if request.GET.get("act") == SELDOM else STOP
    own = Review.objects.of(request.user)
    changed = own.let_come(pk, seldom=False) if act == SELDOM else own.stop(pk, stopped=False)
    if changed:
        messages.success(request, TAKEN_BACK[act])
    return back_to(request, review.highlight.link)


# --- all that was shown


@require_safe
def shown(request: ReaderRequest) -> HttpResponse:
    """Seen last first, paged by key; `?stopped=1`: only what won’t come up again."""
    stopped = "stopped" in request.GET
    seen = own_reviews(request).seen().reverse()
    wanted = seen.filter(stopped=True) if stopped else seen
    beyond = keys.beyond("seen_at", keys.read(request.GET.get("after", "")))
    found = list(wanted.filter(beyond).only("seen_at", "since")[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    context = {
        "rows": rows([review.pk for review in found[:PAGE]]),
        "stopped": stopped,
        "first_page": "after" not in request.GET,
        "after": keys.written(last.seen_at or last.since, last.pk) if last else "",
    }
    return render(request, "review/shown.html", context)


def rows(ids: Sequence[int]) -> list[dict[str, Any]]:
    """Passages in this order, with their articles: two queries for all."""
    known = Review.objects.select_related("highlight__link").in_bulk(ids)
    return [row(known[pk]) for pk in ids]


def row(review: Review) -> dict[str, Any]:
    highlight, link = review.highlight, review.highlight.link
    return {
        "review": review,
        "quote": excerpt(highlight.quote, LONGEST_QUOTE),
        "colour": highlight.colour,
        "title": link.display_title,
        "href": f"{reader_path(link.pk, link.title)}?back=/review/#hl-{highlight.pk}",
    }
