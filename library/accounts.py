"""How readers sign in: django-allauth's account app, without sign-up (a first reader comes in by /setup/)."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that `library.middleware.trusted_proxy` settled on."""
        return str(request.META.get("REMOTE_ADDR", ""))
