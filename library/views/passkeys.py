"""Passkeys: add, rename, remove, log in with one. The browser's part is static/js/passkeys.js."""

import json
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth, flows
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from library.accounts.identities import may_remove_passkey
from library.accounts.second_factors import MOST_PASSKEYS, WRONG_CODE, passkeys_of
from library.forms.security import PasskeyForm, PasskeyLogInForm, PasskeyNameForm
from library.views.codes import show_codes
from library.views.requests import ReaderRequest

ENOUGH = f"There are {MOST_PASSKEYS} passkeys already. Remove one that you don’t use, then add this one."
LAST_WAY = "Nothing was changed: this passkey is your only way in. Set a password first."


class LogIn(LoginWebAuthnView):  # type: ignore[misc]
    form_class = PasskeyLogInForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Asked as seldom as the log-in, since each question is kept in a session."""
        refused: HttpResponse | None = ratelimit.consume_or_429(request, action="login", limit_get=True)
        return refused or super().get(request, *args, **kwargs)

    def form_invalid(self, form: PasskeyLogInForm) -> HttpResponse:
        messages.error(self.request, WRONG_CODE)
        return redirect("login")


@never_cache
@reauthentication_required  # type: ignore[untyped-decorator]
def add(request: ReaderRequest) -> HttpResponse:
    if passkeys_of(request.user).count() >= MOST_PASSKEYS:
        messages.error(request, ENOUGH)
        return redirect("security.index")
    form = PasskeyForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_bound and form.is_valid():
        return keep(request, form)
    options = json.dumps(auth.begin_registration(request.user, passwordless=True))
    return render(request, "passkeys/add.html", {"form": form, "options": options})


@transaction.atomic
def keep(request: ReaderRequest, form: PasskeyForm) -> HttpResponse:
    said = form.cleaned_data
    _, codes = flows.add_authenticator(request, name=said["name"], credential=said["credential"])
    return show_codes(request) if codes else redirect("security.index")


@never_cache
def edit(request: ReaderRequest, passkey: int) -> HttpResponse:
    found = get_object_or_404(passkeys_of(request.user), pk=passkey)
    form = PasskeyNameForm(request.POST if request.method == "POST" else None, instance=found)
    if form.is_bound and form.is_valid():
        form.save()
        return redirect("security.index")
    return render(request, "passkeys/edit.html", {"form": form, "passkey": found})


@require_POST
def remove(request: ReaderRequest, passkey: int) -> HttpResponse:
    found = get_object_or_404(passkeys_of(request.user), pk=passkey)
    answer: HttpResponse = remove_one(request, found)
    return answer


@reauthentication_required  # type: ignore[untyped-decorator]
@transaction.atomic
def remove_one(request: ReaderRequest, passkey: Authenticator) -> HttpResponse:
    if may_remove_passkey(request.user):
        flows.remove_authenticator(request, passkey)
    else:
        messages.error(request, LAST_WAY)
    return redirect("security.index")
