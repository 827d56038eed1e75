"""A reader deletes their own account, with all that is theirs."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from library import leaving, tasks
from library.forms.leaving import LeavingForm
from library.models import Event
from library.security_log import note
from library.views.requests import ReaderRequest

CLOSED = "Your account is closed. What was in it is being deleted now."


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: ReaderRequest) -> HttpResponse:
    """Counts first; then the account is closed, and the worker deletes."""
    refused: HttpResponse | None = ratelimit.consume_or_429(request, action="reauthenticate", user=request.user)
    if refused:
        return refused
    form = LeavingForm(request.user, request.POST if request.method == "POST" else None)
    if not (form.is_bound and form.is_valid()):
        return page(request, form, 400 if form.is_bound else 200)
    try:
        with transaction.atomic():
            leaving.close(request.user)
            tasks.delete_reader.enqueue(request.user.pk)
            note(Event.ACCOUNT_DELETED, request, None, f"reader {request.user.pk}")
    except leaving.Refused as problem:
        form.add_error(None, str(problem))
        return page(request, form, 400)
    logout(request)
    messages.success(request, CLOSED)
    return redirect("login")


def page(request: ReaderRequest, form: LeavingForm, status: int) -> HttpResponse:
    context = {"form": form, "goes": leaving.contents(request.user)}
    return render(request, "leaving/index.html", context, status=status)
