"""Logging in with an OpenID Connect provider: allauth's socialaccount app with a nonce, and every token checked."""

import logging
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from requests import RequestException

from library.accounts import setup_token
from library.accounts.second_factors import passkeys_of
from library.models import User

logger = logging.getLogger(__name__)

FAILED = "{name} didn’t let you in, or took too long. Nothing was changed here. Try again, or log in another way."
NO_ACCOUNT = (
    "Nobody here is connected with that identity. Log in another way, then connect it: "
    "Settings, Log-in and security."
)
AMISS = (RequestException, KeyError, TypeError, ValueError, AttributeError)
"""What comes of a provider that is down, or says what no provider says."""


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """No accounts by themselves, unless OIDC_SIGN_UP says so; problems in a sentence."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """The first reader comes in by /setup/ alone."""
        if settings.OIDC_SIGN_UP and setup_token() is None:
            return True
        messages.error(request, NO_ACCOUNT)
        raise ImmediateHttpResponse(redirect("login"))

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """Their name is all that is taken over."""
        sociallogin.email_addresses = []
        user: User = super().populate_user(request, sociallogin, {"username": data.get("username")})
        return user

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: SocialAccount) -> str:
        return reverse("security.index")

    def on_authentication_error(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        raise ImmediateHttpResponse(refused(request, kwargs.get("exception") or kwargs.get("error")))


class ProviderAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Believes an id token only from the issuer of the settings, signed by it, and made for this very log-in."""

    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        config: dict[str, Any] = super().openid_config
        if config["issuer"].rstrip("/") != settings.OIDC_ISSUER:
            raise OAuth2Error(f"The provider calls itself {config['issuer']}.")
        return config

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return settings.BASE_URL + reverse("identities.callback")

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> SocialLogin:
        try:
            found = super().complete_login(request, app, token, **kwargs)
            said = found.account.extra_data
            if said["id_token"]["sub"] != said["userinfo"]["sub"]:
                raise OAuth2Error("The id token is about somebody else.")
            if not self.nonce or not constant_time_compare(str(said["id_token"]["nonce"]), self.nonce):
                raise OAuth2Error("The id token was made for another log-in.")
        except AMISS as error:
            raise OAuth2Error(repr(error)) from error
        return found

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        """Checks the signature always: allauth trusts the connection, which may be plain HTTP at home."""
        decoded: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return decoded


def refused(request: HttpRequest, why: object) -> Any:
    """Back to where the reader came from, with a sentence; the log has the reason."""
    logger.warning("Log-in with %s failed: %r", settings.OIDC_ISSUER, why)
    messages.error(request, FAILED.format(name=settings.OIDC_NAME))
    return redirect("security.index" if request.user.is_authenticated else "login")


def may_disconnect(reader: User, identity: SocialAccount) -> bool:
    """Whether another way in is left."""
    others = SocialAccount.objects.filter(user=reader).exclude(pk=identity.pk)
    return reader.has_usable_password() or passkeys_of(reader).exists() or others.exists()


def may_remove_passkey(reader: User) -> bool:
    """Whether another way in is left."""
    identities = SocialAccount.objects.filter(user=reader)
    return reader.has_usable_password() or passkeys_of(reader).count() > 1 or identities.exists()


def shown(identity: SocialAccount) -> dict[str, object]:
    """What a reader knows it by."""
    said = {**identity.extra_data.get("id_token", {}), **identity.extra_data.get("userinfo", {})}
    name = str(said.get("preferred_username") or said.get("name") or identity.uid)
    return {"pk": identity.pk, "name": name, "issuer": identity.provider, "last_login": identity.last_login}
