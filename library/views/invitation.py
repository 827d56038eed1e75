"""Who was invited chooses a name and a password, and has a library of their own.

The token comes in once, then stays in the session: no later address holds it, so none can tell it to anybody.
"""

from allauth.core import ratelimit
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from library.accounts import household
from library.forms.accounts import InvitedForm
from library.models import Event, Invitation
from library.security_log import note

TOKEN = "invitation"  # noqa: S105 - a key of the session


@login_not_required
@sensitive_post_parameters("password1", "password2")
@never_cache
def index(request: HttpRequest) -> HttpResponse:
    """An invitation that was used, withdrawn, is too old or never was: to all of them the same answer."""
    refused: HttpResponse | None = ratelimit.consume_or_429(request, action="invitation", limit_get=True)
    if refused:
        return refused
    answer = begin(request) if "token" in request.GET else go_on(request)
    answer.headers["Referrer-Policy"] = "same-origin" if answer.status_code == 200 else "no-referrer"
    return answer


def begin(request: HttpRequest) -> HttpResponse:
    token = request.GET["token"].strip()
    if not Invitation.objects.of_token(token).exists():
        return gone(request)
    request.session[TOKEN] = token
    return redirect("invitation.index")


def go_on(request: HttpRequest) -> HttpResponse:
    token = request.session.get(TOKEN, "")
    if not token or not Invitation.objects.of_token(token).exists():
        return gone(request)
    form = InvitedForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return enter(request, form, token)
    return render(request, "invitation/index.html", {"form": form})


def enter(request: HttpRequest, form: InvitedForm, token: str) -> HttpResponse:
    try:
        reader = household.accept(token, form.cleaned_data["username"], form.cleaned_data["password1"])
    except household.Refused as problem:
        form.add_error("username", str(problem))
        return render(request, "invitation/index.html", {"form": form})
    if reader is None:
        return gone(request)
    request.session.flush()
    note(Event.INVITATION_USED, request, reader)
    login(request, reader)
    return redirect("library.list")


def gone(request: HttpRequest) -> HttpResponse:
    return render(request, "invitation/gone.html", status=404)
