"""The security log: `note` keeps what happened, and writes one line of it for programs such as fail2ban.

Details are names of tokens, numbers of imports and names of pages: never a secret, a query string or a text. The name
that somebody tried to log in with is not kept unless a reader has it: people type passwords there.
"""

import logging
import re
from ipaddress import ip_address
from typing import Any

from allauth.account.signals import password_changed, password_set
from allauth.mfa import signals as mfa
from django.contrib.auth import signals
from django.http import HttpRequest

from library.content.text import single_line
from library.models import Event, SecurityEvent, User
from library.models.security import AGENT_LENGTH, BY_STRANGERS, DETAIL_LENGTH

logger = logging.getLogger("library.security")

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
PASSKEY = "webauthn"  # allauth's name of it
FACTORS = {"totp": "authenticator app", "recovery_codes": "recovery codes"}


def note(kind: Event, request: HttpRequest | None, user: Any = None, detail: str = "") -> None:
    """Keep that this happened, to `user` if anybody is known. `detail` is short and holds no secret."""
    owner_id = user.pk if user is not None and user.is_authenticated else None
    address, agent = address_of(request), agent_of(request)
    detail = plain(detail)[:DETAIL_LENGTH]
    level = logging.WARNING if kind in BY_STRANGERS else logging.INFO
    logger.log(level, "%s address=%s reader=%s detail=%s", kind.value, address or "-", owner_id or "-", detail or "-")
    SecurityEvent.objects.add(kind, owner_id, address, agent, detail)


def plain(text: str) -> str:
    """On one line, without what could make a log say something else."""
    return single_line(CONTROL.sub(" ", text))


def address_of(request: HttpRequest | None) -> str:
    """What `library.middleware.trusted_proxy` settled on, if it is an IP address at all."""
    given = str(request.META.get("REMOTE_ADDR", "")) if request else ""
    try:
        return str(ip_address(given.partition("%")[0]))
    except ValueError:
        return ""


def agent_of(request: HttpRequest | None) -> str:
    return plain(request.headers.get("User-Agent", ""))[:AGENT_LENGTH] if request else ""


# --- what Django and allauth tell


def logged_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    note(Event.LOGGED_IN, request, user)


def logged_out(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        note(Event.LOGGED_OUT, request, user)


def login_failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    name = str(credentials.get("username") or "").replace("\0", "")
    note(Event.LOGIN_FAILED, request, User.objects.filter(username__iexact=name).first())


def new_password(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    note(Event.PASSWORD_CHANGED, request, user)


def factor_added(sender: Any, request: HttpRequest, user: User, authenticator: Any, **kwargs: Any) -> None:
    kind = Event.PASSKEY_ADDED if authenticator.type == PASSKEY else Event.FACTOR_ADDED
    note(kind, request, user, FACTORS.get(authenticator.type, ""))


def factor_removed(sender: Any, request: HttpRequest, user: User, authenticator: Any, **kwargs: Any) -> None:
    kind = Event.PASSKEY_REMOVED if authenticator.type == PASSKEY else Event.FACTOR_REMOVED
    note(kind, request, user, FACTORS.get(authenticator.type, ""))


def code_failed(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    note(Event.LOGIN_FAILED, request, user, "second step")


def listen() -> None:
    """Once, at the start."""
    signals.user_logged_in.connect(logged_in)
    signals.user_logged_out.connect(logged_out)
    signals.user_login_failed.connect(login_failed)
    password_changed.connect(new_password)
    password_set.connect(new_password)
    mfa.authenticator_added.connect(factor_added)
    mfa.authenticator_reset.connect(factor_added)
    mfa.authenticator_removed.connect(factor_removed)
    mfa.authentication_failed.connect(code_failed)
