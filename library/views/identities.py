"""Logging in with the OpenID Connect provider of the settings, and being connected with it."""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.decorators import rate_limit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.signals import social_account_removed
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import DisallowedRedirect
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from library.accounts.identities import AMISS, ProviderAdapter, may_disconnect, refused
from library.views.requests import ReaderRequest

LAST_WAY = "Nothing was changed: this is your only way in. Set a password or add a passkey first."
View = Callable[..., HttpResponse]


class Callback(OAuth2CallbackView):  # type: ignore[misc]
    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[dict[str, Any] | None, HttpResponse | None]:
        """The nonce goes with the state, which is this browser's."""
        state, answer = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce", "")
        return state, answer


def with_provider(view: View) -> View:
    """No page without a provider; a sentence where it is down or talks nonsense."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not settings.OIDC_ISSUER:
            raise Http404
        try:
            return view(request)
        except (OAuth2Error, DisallowedRedirect, *AMISS) as error:
            answer: HttpResponse = refused(request, error)
            return answer

    return guarded


@login_not_required
@never_cache
@require_POST
@rate_limit(action="login")  # type: ignore[untyped-decorator]
@with_provider
def log_in(request: HttpRequest) -> HttpResponse:
    return leave(request, AuthProcess.LOGIN)


@never_cache
@require_POST
@rate_limit(action="login")  # type: ignore[untyped-decorator]
@with_provider
@reauthentication_required  # type: ignore[untyped-decorator]
def connect(request: ReaderRequest) -> HttpResponse:
    return leave(request, AuthProcess.CONNECT)


@login_not_required
@never_cache
@with_provider
def callback(request: HttpRequest) -> HttpResponse:
    """Where the provider sends the reader back to."""
    answer: HttpResponse = Callback.adapter_view(ProviderAdapter(request, settings.OIDC_ISSUER))(request)
    return answer


def leave(request: HttpRequest, process: str) -> HttpResponse:
    """By a page that goes on by itself: the policy on forms forbids one that is answered with another site."""
    provider = get_adapter().get_provider(request, settings.OIDC_ISSUER)
    provider.oauth2_adapter_class = ProviderAdapter
    nonce = secrets.token_urlsafe(24)
    answer = provider.redirect(
        request, process, next_url=get_next_redirect_url(request), auth_params={"nonce": nonce}, nonce=nonce
    )
    return render(request, "identities/leave.html", {"address": answer.url, "name": settings.OIDC_NAME})


@require_POST
def disconnect(request: ReaderRequest, identity: int) -> HttpResponse:
    found = get_object_or_404(SocialAccount.objects.filter(user=request.user), pk=identity)
    answer: HttpResponse = disconnect_one(request, found)
    return answer


@reauthentication_required  # type: ignore[untyped-decorator]
@transaction.atomic
def disconnect_one(request: ReaderRequest, identity: SocialAccount) -> HttpResponse:
    if not may_disconnect(request.user, identity):
        messages.error(request, LAST_WAY)
        return redirect("security.index")
    identity.delete()
    social_account_removed.send(sender=SocialAccount, request=request, socialaccount=identity)
    messages.success(request, "Disconnected. It no longer logs you in.")
    return redirect("security.index")
