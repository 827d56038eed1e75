"""Log-in by what a trusted reverse proxy says. In doubt, nobody is logged in."""

from __future__ import annotations

import logging
import unicodedata

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from library.accounts import someone_can_log_in
from library.models import Event, User
from library.models.departures import staying
from library.security_log import note

NAME_LENGTH = 150
BY_PROXY = "by_proxy"  # in a session that holds only as long as the proxy names its reader

logger = logging.getLogger(__name__)
is_a_name = UnicodeUsernameValidator()


def settle(request: HttpRequest, said: str | None) -> None:
    """Make the request that of the reader whom the proxy names, whoever was logged in before.

    Where it names nobody, who came in by a name of the proxy is logged out; who came in by a password stays.
    """
    if said is None:
        if request.session.get(BY_PROXY):
            logout(request)
        return
    name = read_name(said)
    if name and request.user.is_authenticated and request.user.get_username() == name:
        return
    if request.user.is_authenticated:
        logout(request)
    reader = name and reader_of(name)
    if not reader:
        logger.warning("The proxy named %r, who can't be logged in.", said[:NAME_LENGTH])
        note(Event.LOGIN_FAILED, request, None, "named by the proxy")
        return
    login(request, reader, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[BY_PROXY] = True


def read_name(said: str) -> str:
    """The name that the header holds; blank for several values and for what no name can be."""
    try:
        name = unicodedata.normalize("NFC", said.encode("latin-1").decode())
        is_a_name(name)
    except (UnicodeError, ValidationError):
        return ""
    return name if len(name) <= NAME_LENGTH else ""


def reader_of(name: str) -> User | None:
    """The active reader of this name. A new one has no rights, and comes in only after somebody set up the server."""
    found = staying().filter(username=name).first()
    if found is None and settings.PROXY_LOGIN_SIGN_UP and someone_can_log_in():
        found = make(name)
    return found if found and found.is_active else None


def make(name: str) -> User | None:
    """None where another has this name in other letters, or came in at the same moment."""
    if User.objects.filter(username__iexact=name).exists():
        return None
    reader = User(username=name)
    reader.set_unusable_password()
    try:
        with transaction.atomic():
            reader.save()
    except IntegrityError:
        return User.objects.filter(username=name).first()
    return reader
