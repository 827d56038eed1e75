"""What the tests of the doors share: codes, and the password given again."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore

from library.models import Invitation, User
from tests.views.authenticator import Device

PASSWORD = "correct horse battery"  # that of the fixture `reader`
PAGE = "/settings/security/"
STEP = 30


def again(client, password=PASSWORD, address=PAGE, **more):
    return client.post("/login/again/", {"password": password, "next": address}, **more)


def log_in(client, name="ada", password=PASSWORD, **more):
    return client.post("/login/", {"login": name, "password": password, **more})


def code(secret: str, steps: int = 0) -> str:
    """What the app shows now, or so many steps later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // STEP + steps))


def with_app(reader: User) -> str:
    """The secret of the app that the reader set up."""
    secret = generate_totp_secret()
    TOTP.activate(reader, secret)
    return secret


def with_recovery_codes(reader: User) -> list[str]:
    return RecoveryCodes.activate(reader).generate_codes()


def with_passkey(reader: User, name="My key") -> Authenticator:
    """One that is listed, and that no browser has."""
    question = {"publicKey": {"user": {"id": ""}, "challenge": "A" * 22}}
    data = {"name": name, "credential": Device().make(question)}
    return Authenticator.objects.create(user=reader, type=Authenticator.Type.WEBAUTHN, data=data)


def with_session(reader: User, agent="A browser") -> UserSession:
    store = SessionStore()
    store.create()
    return UserSession.objects.create(user=reader, session_key=store.session_key, ip="203.0.113.9", user_agent=agent)


def ways_in(reader: User, words: str) -> dict[str, int]:
    """One of each, by the names that addresses have for them."""
    identity = SocialAccount.objects.create(user=reader, provider="https://id.example", uid=str(reader.pk))
    return {
        "passkey": with_passkey(reader, words).pk,
        "session": with_session(reader, words).pk,
        "identity": identity.pk,
        "invitation": Invitation.objects.invite(reader, words[:150])[0].pk,
        "reader": reader.pk,
    }
