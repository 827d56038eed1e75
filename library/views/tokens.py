"""Settings, API tokens: made, shown once, and revoked."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from library.forms.tokens import ABOUT, TokenForm
from library.models import ApiToken, Event
from library.models.shelves import hold
from library.security_log import note
from library.views.requests import ReaderRequest


@never_cache
def index(request: ReaderRequest) -> HttpResponse:
    """The list, with the form of a new one."""
    return make(request) if request.method == "POST" else page(request, TokenForm(request.user))


def page(request: ReaderRequest, form: TokenForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "scopes": list(zip(form["scopes"], ABOUT.values(), strict=True)),
        "tokens": request.user.tokens.standing().order_by("-id"),
    }
    return render(request, "tokens/index.html", context, status=status)


@reauthentication_required  # type: ignore[untyped-decorator]
def make(request: ReaderRequest) -> HttpResponse:
    """The answer itself shows the token, so that it is kept in no session and stands in no address."""
    with transaction.atomic():
        hold(request.user)
        form = TokenForm(request.user, request.POST)
        if not form.is_valid():
            return page(request, form, 400)
        chosen = form.cleaned_data
        token, secret = ApiToken.objects.make(request.user, chosen["name"], chosen["scopes"], form.lifetime)
        note(Event.TOKEN_MADE, request, request.user, token.name)
    return render(request, "tokens/made.html", {"token": token, "secret": secret})


@never_cache
def revoke(request: ReaderRequest, token: int) -> HttpResponse:
    found = get_object_or_404(request.user.tokens.standing(), pk=token)
    if request.method != "POST":
        return render(request, "tokens/revoke.html", {"token": found})
    response: HttpResponse = revoke_one(request, found)
    return response


@reauthentication_required  # type: ignore[untyped-decorator]
@transaction.atomic
def revoke_one(request: ReaderRequest, token: ApiToken) -> HttpResponse:
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    note(Event.TOKEN_REVOKED, request, request.user, token.name)
    messages.success(request, f"Revoked the token “{token.name}”. It opens nothing any more.")
    return redirect("tokens.index")
