"""The readers of this server, for those who run it: who there is, who is invited, who is shut out."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from library import leaving, tasks
from library.accounts import household
from library.content.text import single_line
from library.models import Event, Invitation, Link, User
from library.models.departures import staying
from library.models.invitations import KEPT, NOTE_LENGTH
from library.security_log import note
from library.views.requests import ReaderRequest

SHOWN = 50
MOST_OPEN = 100
NEW_ADDRESS = "invitation-address"
TOO_MANY = f"{MOST_OPEN} invitations are open. Withdraw some that nobody needs, then make new ones."
TOO_LONG = f"A note has at most {NOTE_LENGTH} characters. No invitation was made."
WRONG_NAME = "That isn’t the name of this account. Nothing was deleted."
ACTS: dict[str, tuple[dict[str, bool], str]] = {
    "shut-out": ({"is_active": False}, "{} is shut out."),
    "let-in": ({"is_active": True}, "{} can log in again."),
    "give": ({"is_staff": True}, "{} runs this server too now."),
    "take": ({"is_staff": False}, "{} no longer runs this server."),
}


def staff_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """To anybody else there is no such page."""

    @wraps(view)
    def guarded(request: ReaderRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_staff:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@staff_only
@never_cache
def index(request: ReaderRequest) -> HttpResponse:
    """By when they came, paged by key. The address of a new invitation is shown this once."""
    after = request.GET.get("after", "")
    key = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0
    readers = list(staying().filter(pk__gt=key).order_by("pk")[: SHOWN + 1])
    context = {
        "rows": with_articles(readers[:SHOWN]),
        "total": staying().count(),
        "after": readers[SHOWN - 1].pk if len(readers) > SHOWN else None,
        "first_page": not key,
        "invitations": Invitation.objects.open().select_related("made_by")[:MOST_OPEN],
        "address": request.session.pop(NEW_ADDRESS, ""),
        "days": KEPT.days,
        "note_length": NOTE_LENGTH,
    }
    return render(request, "readers/index.html", context)


def with_articles(readers: list[User]) -> list[dict[str, Any]]:
    """Each with how many articles there are, asked for at once."""
    counted = Link.objects.kept().filter(owner__in=readers).order_by().values_list("owner").annotate(Count("pk"))
    articles = dict(counted)
    return [{"reader": reader, "articles": articles.get(reader.pk, 0)} for reader in readers]


@staff_only
@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]
def invite(request: ReaderRequest) -> HttpResponse:
    if Invitation.objects.open().count() >= MOST_OPEN:
        messages.error(request, TOO_MANY)
        return redirect("readers.index")
    about = single_line(request.POST.get("note", ""))
    if len(about) > NOTE_LENGTH:
        messages.error(request, TOO_LONG)
        return redirect("readers.index")
    invitation, token = Invitation.objects.invite(request.user, about)
    note(Event.INVITATION_MADE, request, request.user, f"invitation {invitation.pk}")
    request.session[NEW_ADDRESS] = f"{settings.BASE_URL}{reverse('invitation.index')}?token={token}"
    return redirect("readers.index")


@staff_only
@require_POST
def withdraw(request: ReaderRequest, invitation: int) -> HttpResponse:
    """One that was used meanwhile stays used, and is told as what it is."""
    found = get_object_or_404(Invitation, pk=invitation)
    if Invitation.objects.open().filter(pk=found.pk).update(withdrawn_at=timezone.now()):
        note(Event.INVITATION_WITHDRAWN, request, request.user, f"invitation {found.pk}")
        messages.success(request, "The invitation is withdrawn.")
    else:
        messages.error(request, "This invitation was open no more.")
    return redirect("readers.index")


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def reader(request: ReaderRequest, reader: int) -> HttpResponse:
    """What can be done about one reader; each act says what it means."""
    found = get_object_or_404(staying(), pk=reader)
    if request.POST.get("act", "") not in ACTS:
        return render(request, "readers/reader.html", with_articles([found])[0])
    answer: HttpResponse = change(request, found)
    return answer


@reauthentication_required  # type: ignore[untyped-decorator]
def change(request: ReaderRequest, found: User) -> HttpResponse:
    rights, done = ACTS[request.POST["act"]]
    try:
        household.change(request.user, found.pk, **rights)
        note(Event.RIGHTS_CHANGED, request, request.user, f"reader {found.pk}: {request.POST['act']}")
        messages.success(request, done.format(found.username))
    except household.Refused as problem:
        messages.error(request, str(problem))
    return redirect("readers.reader", found.pk)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: ReaderRequest, reader: int) -> HttpResponse:
    """Only of a reader who is shut out, so that nobody goes by a slip."""
    found = get_object_or_404(staying().filter(is_active=False).exclude(pk=request.user.pk), pk=reader)
    context = {"reader": found, "goes": leaving.contents(found)}
    if request.method != "POST":
        return render(request, "readers/delete.html", context)
    if request.POST.get("name", "").strip() != found.username:
        return render(request, "readers/delete.html", {**context, "problem": WRONG_NAME}, status=400)
    answer: HttpResponse = close(request, found)
    return answer


@reauthentication_required  # type: ignore[untyped-decorator]
def close(request: ReaderRequest, found: User) -> HttpResponse:
    with transaction.atomic():
        leaving.close(found)
        tasks.delete_reader.enqueue(found.pk)
        note(Event.ACCOUNT_DELETED, request, request.user, f"reader {found.pk}")
    messages.success(request, f"The account of {found.username} is closed, and is being deleted.")
    return redirect("readers.index")
