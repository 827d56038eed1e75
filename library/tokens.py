"""The door of the API: a program shows a token in its Authorization header, and nothing else opens."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from library.models import ApiToken, Event
from library.security_log import note

LONGEST = 200
WRONG_RATE = {"token": "30/m/ip"}
REALM = 'Bearer realm="Commonplace"'
NO_TOKEN = "Send an API token in the header “Authorization: Bearer cp_…”. Tokens are made in the settings."  # noqa: S105
UNKNOWN = "This API token is not known here. Look whether it was copied whole, or make a new one in the settings."
REVOKED = "This API token was revoked. Make a new one in the settings."
EXPIRED = "This API token has expired. Make a new one in the settings."
CLOSED = "The account of this API token is closed. Ask the person who runs this library."
TOO_OFTEN = "There were too many wrong tokens from this address. Wait a minute, then try again."
NOT_ALLOWED = "This API token may not do this. Make one with the scope “{scope}” in the settings."

View = Callable[..., HttpResponse]


class TokenRequest(HttpRequest):
    """The request of a program that showed a good token; `user` is the token's owner."""

    token: ApiToken


def shown(request: HttpRequest) -> str:
    """What stands in the Authorization header as a bearer's token; blank where there is none."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip()[: LONGEST + 1] if scheme.lower() == "bearer" else ""


def authenticate(request: HttpRequest) -> ApiToken | None:
    """The good token that the request shows. Its use is kept."""
    secret = shown(request)
    token = ApiToken.objects.of_secret(secret) if secret else None
    if token is None or problem_of(token):
        return None
    if token.note_use():
        note(Event.TOKEN_FIRST_USED, request, token.owner, token.name)
    return token


def problem_of(token: ApiToken | None) -> str:
    """Why it does not open, in a sentence; blank where it does."""
    if token is None:
        return UNKNOWN
    if token.revoked_at is not None:
        return REVOKED
    if token.has_expired():
        return EXPIRED
    return "" if token.owner.is_active else CLOSED


def token_required(scope: str = "") -> Callable[[View], View]:
    """For a view of the API: let in who shows a token that allows `scope`, as the token's owner.

    Sessions count for nothing here, so the view is free of the check against forged forms: a browser sends no token
    unasked, and without one nothing is done.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: TokenRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            token = authenticate(request)
            if token is None:
                return refuse(request)
            if scope and not token.allows(scope):
                return refuse_scope(request, token, scope)
            request.token, request.user = token, token.owner
            return view(request, *args, **kwargs)

        guard: View = csrf_exempt(login_not_required(never_cache(guarded)))
        return guard

    return decorate


def refuse(request: HttpRequest) -> HttpResponse:
    secret = shown(request)
    if not secret:
        return refusal(401, NO_TOKEN, REALM)
    if not ratelimit.consume(request, app="library", action="token", config=WRONG_RATE, limit_get=True):
        return refusal(429, TOO_OFTEN, f'{REALM}, error="invalid_token"')
    token = ApiToken.objects.of_secret(secret)
    note(Event.TOKEN_REFUSED, request, token and token.owner, token.name if token else "")
    return refusal(401, problem_of(token) or UNKNOWN, f'{REALM}, error="invalid_token"')


def refuse_scope(request: HttpRequest, token: ApiToken, scope: str) -> HttpResponse:
    note(Event.TOKEN_REFUSED, request, token.owner, f"{token.name}: {scope}")
    return refusal(403, NOT_ALLOWED.format(scope=scope), f'{REALM}, error="insufficient_scope", scope="{scope}"')


def refusal(status: int, sentence: str, challenge: str) -> HttpResponse:
    response = JsonResponse({"error": sentence}, status=status, json_dumps_params={"ensure_ascii": False})
    response.headers["WWW-Authenticate"] = challenge
    if status == 429:
        response.headers["Retry-After"] = "60"
    return response
