"""Settings, Log-in and security: every door of a reader on one page, and where they are logged in."""

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from library.accounts import UNKNOWN_ADDRESS, identities, sessions
from library.accounts.second_factors import MOST_PASSKEYS, factors_of, passkeys_of
from library.content.browsers import browser
from library.views.requests import ReaderRequest

SHOWN = 50


@never_cache
def index(request: ReaderRequest) -> HttpResponse:
    kinds = Authenticator.Type
    others = {factor.type: factor for factor in factors_of(request.user, kinds.TOTP, kinds.RECOVERY_CODES)}
    codes = others.get(kinds.RECOVERY_CODES)
    passkeys = list(passkeys_of(request.user)[:MOST_PASSKEYS])
    context = {
        "passkeys": passkeys,
        "app": others.get(kinds.TOTP),
        "second_step": bool(passkeys or kinds.TOTP in others),
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "oidc_name": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
        "identities": [identities.shown(each) for each in SocialAccount.objects.filter(user=request.user)[:SHOWN]],
        "sessions": [shown(request, each) for each in sessions.sessions_of(request.user)[: sessions.MOST_SESSIONS]],
        "minutes": settings.ACCOUNT_REAUTHENTICATION_TIMEOUT // 60,
    }
    return render(request, "security/index.html", context)


def shown(request: ReaderRequest, session: UserSession) -> dict[str, object]:
    return {
        "pk": session.pk,
        "browser": browser(session.user_agent),
        "address": "" if session.ip == UNKNOWN_ADDRESS else session.ip,
        "last_seen_at": session.last_seen_at,
        "current": session.session_key == request.session.session_key,
    }


@require_POST
def end(request: ReaderRequest, session: int) -> HttpResponse:
    """Log one browser out."""
    found = get_object_or_404(sessions.sessions_of(request.user), pk=session)
    answer: HttpResponse = end_one(request, found)
    return answer


@reauthentication_required  # type: ignore[untyped-decorator]
@transaction.atomic
def end_one(request: ReaderRequest, session: UserSession) -> HttpResponse:
    sessions.end(request, session)
    messages.success(request, "That browser is logged out.")
    return redirect("security.index")


@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]
@transaction.atomic
def end_others(request: ReaderRequest) -> HttpResponse:
    sessions.end_others(request)
    messages.success(request, "All other browsers are logged out.")
    return redirect("security.index")
