"""How readers sign in: django-allauth's account app, without sign-up (a first reader comes in by /setup/)."""

from ipaddress import ip_address
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme

from library.content.text import fold
from library.models import Departure, User
from library.models.departures import staying

MISMATCH = "That name and password don’t match."
TOO_MANY = "Too many tries. Wait five minutes, then try again."
WRONG_PASSWORD = "That isn't your current password."  # noqa: S105 - a sentence
CLOSED = "This account is closed. The person who runs this library can open it again."
UNKNOWN_ADDRESS = "0.0.0.0"  # noqa: S104 - nothing listens here
SAID = {
    "mfa/messages/totp_activated.txt": "The authenticator app is set up. From now on the log-in asks for its code.",
    "mfa/messages/totp_deactivated.txt": "The authenticator app is switched off.",
    "mfa/messages/webauthn_added.txt": "The passkey is added.",
    "mfa/messages/webauthn_removed.txt": "The passkey is removed. Your device may offer it until you delete it there.",
    "socialaccount/messages/account_connected.txt": "Connected. From now on you can log in with it.",
    "socialaccount/messages/account_connected_updated.txt": "It was connected already.",
    "socialaccount/messages/account_connected_other.txt": "Nothing was changed: another reader here has connected it.",
}
"""What a message of allauth is here. Those that are not named are not shown."""
OTHER_WAYS = {
    "reauthenticate": "Use your password",
    "mfa_reauthenticate": "Use a code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth in this house's words: no sign-up, no mail, the same answer for every name."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": MISMATCH,
        "too_many_login_attempts": TOO_MANY,
        "enter_current_password": WRONG_PASSWORD,
        "incorrect_password": WRONG_PASSWORD,
        "rate_limited": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that `library.middleware.trusted_proxy` settled on, in a form that PostgreSQL takes."""
        try:
            return str(ip_address(request.META.get("REMOTE_ADDR", "").partition("%")[0]))
        except ValueError:
            return UNKNOWN_ADDRESS

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """To the proxy that logs in, where there is one: else it would log in again at once."""
        return str(settings.PROXY_LOGOUT_URL or super().get_logout_redirect_url(request))

    def is_safe_url(self, url: str) -> bool:
        return is_own_path(url)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """A reader whose account was closed gets the answer of a wrong password."""
        user = super().authenticate(request, **credentials)
        return user if user and user.is_active else None

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        messages.error(request, CLOSED)
        return redirect("login")

    def add_message(self, request: HttpRequest, level: int, message_template: str = "", *args: Any, **kw: Any) -> None:
        if message_template in SAID:
            messages.add_message(request, level, SAID[message_template])

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        return [{**way, "description": OTHER_WAYS[way["id"]]} for way in super().get_reauthentication_methods(user)]

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """There is no mail."""

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """The name alone: allauth adds the Host header, whose port a client may choose anew for each try.

        In capitals first, as PostgreSQL compares names: to it a dotless i is an i.
        """
        return fold(credentials.get("username", "").upper())


def is_own_path(url: str) -> bool:
    """Whether this is a path of this site, to which a form may lead back."""
    return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)


def someone_can_log_in() -> bool:
    """By password; or who runs the server, who may have a passkey, an identity or a proxy instead."""
    locked = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX) | Q(password="")  # the blank that raw SQL may leave
    return staying().exclude(locked, is_staff=False).exists()


def setup_token() -> str | None:
    """The one-time token of /setup/; None once a reader can log in.

    It follows from the secret key, from who has ever logged in and how many have left, so that every process knows
    it, an import before the set-up leaves it valid, and a used one never comes back.
    """
    if someone_can_log_in():
        return None
    logins = staying().filter(last_login__isnull=False).order_by("pk").values_list("pk", "last_login")
    state = repr([*logins, *Departure.objects.order_by("pk").values_list("pk", flat=True)])
    return salted_hmac("library.setup", state, algorithm="sha256").hexdigest()[:32]


def is_setup_token(token: str) -> bool:
    expected = setup_token()
    return expected is not None and constant_time_compare(token, expected)


def first_reader(name: str = "reader") -> User:
    """The reader to whom a library without readers belongs: made without a password, until /setup/ claims them."""
    first = staying().order_by("pk").first()
    return first or User.objects.get_or_create(username=name, defaults={"password": make_password(None)})[0]


@transaction.atomic
def claim(name: str, password: str) -> User | None:
    """Give the first reader a name, a password and the run of the server. None if somebody was quicker."""
    first = User.objects.select_for_update().get(pk=first_reader().pk)
    if someone_can_log_in():
        return None
    first.username = name
    first.is_staff = first.is_superuser = first.is_active = True
    first.set_password(password)
    first.save()
    return first
