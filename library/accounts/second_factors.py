"""Authenticator apps, recovery codes and passkeys: allauth's mfa app in this house's words."""

import base64
import logging

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet, InvalidToken
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac
from qrcode import make
from qrcode.image.svg import SvgPathFillImage

from library.content.browsers import browser
from library.models import User

logger = logging.getLogger(__name__)

WRONG_CODE = "That isn’t right, or it is too old. Nothing was changed. Try again with a new code or a passkey."
MOST_PASSKEYS = 20


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": WRONG_CODE}

    def encrypt(self, text: str) -> str:
        return fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """After a change of SECRET_KEY nobody knows the secret any more: then it is a new one, which no code fits."""
        try:
            return fernet().decrypt(encrypted_text).decode()
        except InvalidToken:
            logger.warning("A second factor can't be read, since SECRET_KEY is another: manage.py reset_log_in NAME.")
            return str(generate_totp_secret())

    def build_totp_svg(self, url: str) -> str:
        return str(make(url, image_factory=SvgPathFillImage).to_string(encoding="unicode"))

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        return browser(context.request.headers.get("User-Agent", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": context.request.get_host().rsplit(":", 1)[0], "name": "Commonplace"}


def fernet() -> Fernet:
    key = salted_hmac("library.second_factors", "", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))


def factors_of(reader: User, *types: Authenticator.Type) -> QuerySet[Authenticator]:
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user=reader, type__in=types)
    return found


def passkeys_of(reader: User) -> QuerySet[Authenticator]:
    """The newest first."""
    return factors_of(reader, Authenticator.Type.WEBAUTHN).order_by("-pk")


def forget_factors(reader: User) -> int:
    """Take away all second factors and passkeys, and end every session. How many there were."""
    Session.objects.filter(session_key__in=UserSession.objects.filter(user=reader).values("session_key")).delete()
    UserSession.objects.filter(user=reader).delete()
    taken: int = Authenticator.objects.filter(user=reader).delete()[0]
    return taken
