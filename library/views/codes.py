"""The authenticator app and the recovery codes."""

import time
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import flows as recovery
from allauth.mfa.totp.internal import flows as totp
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from library.accounts.second_factors import MFAAdapter, factors_of
from library.forms.security import AppForm
from library.views.requests import ReaderRequest

KINDS = Authenticator.Type
SHOWN_UNTIL = "library.recovery_codes_shown_until"
SHOWN_FOR = 10 * 60


@never_cache
@reauthentication_required  # type: ignore[untyped-decorator]
def app(request: ReaderRequest) -> HttpResponse:
    """Set the app up: scan, then show that it worked."""
    if factors_of(request.user, KINDS.TOTP).exists():
        return redirect("security.index")
    form = AppForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_bound and form.is_valid():
        _, made = totp.activate_totp(request, form)
        return show_codes(request) if made else redirect("security.index")
    picture = MFAAdapter().build_totp_svg(MFAAdapter().build_totp_url(request.user, form.secret))
    context = {"form": form, "secret": in_fours(form.secret), "picture": mark_safe(picture)}  # noqa: S308 - our own drawing
    return render(request, "codes/app.html", context)


def in_fours(secret: str) -> str:
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]
@transaction.atomic
def app_off(request: ReaderRequest) -> HttpResponse:
    totp.deactivate_totp(request, get_object_or_404(factors_of(request.user, KINDS.TOTP)))
    return redirect("security.index")


@never_cache
@reauthentication_required  # type: ignore[untyped-decorator]
def index(request: ReaderRequest) -> HttpResponse:
    """The codes, for ten minutes after they were made and in the browser that made them."""
    codes = just_made(request)
    return render(request, "codes/index.html", {"codes": codes}) if codes else redirect("security.index")


@never_cache
@reauthentication_required  # type: ignore[untyped-decorator]
def download(request: ReaderRequest) -> HttpResponse:
    codes = just_made(request)
    if not codes:
        raise Http404
    about = f"Recovery codes of {request.user.get_username()} at Commonplace. Each opens once.\n\n"
    answer = HttpResponse(about + "\n".join(codes) + "\n", content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return answer


@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]
def make_anew(request: ReaderRequest) -> HttpResponse:
    """The ones before them open nothing any more."""
    if not factors_of(request.user, KINDS.TOTP, KINDS.WEBAUTHN).exists():
        return redirect("security.index")
    recovery.generate_recovery_codes(request)
    return show_codes(request)


@require_POST
def done(request: ReaderRequest) -> HttpResponse:
    """The reader has kept the codes."""
    request.session.pop(SHOWN_UNTIL, None)
    return redirect("security.index")


def show_codes(request: ReaderRequest) -> HttpResponse:
    request.session[SHOWN_UNTIL] = time.time() + SHOWN_FOR
    return redirect("codes.index")


def just_made(request: ReaderRequest) -> list[str]:
    """None once they have been shown."""
    found: Any = factors_of(request.user, KINDS.RECOVERY_CODES).first()
    if not found or time.time() > request.session.get(SHOWN_UNTIL, 0):
        return []
    codes: list[str] = found.wrap().get_unused_codes()
    return codes
