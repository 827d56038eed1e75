"""Codes, passkeys, and the password once more."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.forms import ReauthenticateForm, SetPasswordForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeAgain
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as webauthn
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.core.cache import cache

from library.forms.accounts import LENGTH_RULE, NEW_LABELS, both_the_same
from library.forms.fields import one_line, secret

LONGEST_NAME = 60
ATTESTED = ("clientDataJSON", "attestationObject")
CODE_LIVES = 120
APP_OR_RECOVERY = "From your authenticator app, or one of your recovery codes."
SIX_DIGITS = "The six digits that the app shows now."
NOT_THE_APPS = "This isn’t the code of this secret. Nothing was changed. Write the one that the app shows now."


def code_field(help_text: str) -> forms.CharField:
    typed = one_line(autocomplete="one-time-code", inputmode="numeric", spellcheck="false", autofocus="autofocus")
    return forms.CharField(label="Code", max_length=40, widget=typed, help_text=help_text)


@contextmanager
def well_formed() -> Iterator[None]:
    """What no browser sends is answered like a wrong code."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise get_adapter().validation_error("incorrect_code") from error


class OneTime:
    """A code opens once. allauth remembers one for 30 seconds only, and it holds for 90."""

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        if not cache.add(f"library.code.{self.user.pk}.{''.join(code.split())}", "", CODE_LIVES):  # type: ignore[attr-defined]
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(OneTime, AuthenticateForm):  # type: ignore[misc]
    """The second step of the log-in."""

    code = code_field(APP_OR_RECOVERY)


class CodeAgainForm(OneTime, CodeAgain):  # type: ignore[misc]
    code = code_field(APP_OR_RECOVERY)


class AppForm(ActivateTOTPForm):  # type: ignore[misc]
    """Shows that the app has the secret."""

    code = code_field(SIX_DIGITS)

    def clean_code(self) -> str:
        try:
            return str(super().clean_code())
        except forms.ValidationError as error:
            if error.code == "incorrect_code":
                error.message = NOT_THE_APPS
            raise


class PasswordAgainForm(ReauthenticateForm):  # type: ignore[misc]
    password = forms.CharField(label="Password", strip=False, widget=secret("current-password", autofocus="autofocus"))


class FirstPasswordForm(SetPasswordForm):  # type: ignore[misc]
    """For who has come in without one until now."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("password1", "password2"):
            field = self.fields[name]
            field.label, field.help_text = NEW_LABELS[name], LENGTH_RULE if name == "password1" else ""
            field.widget = secret("new-password")

    def clean(self) -> dict[str, Any]:
        return both_the_same(self)


def name_field() -> forms.CharField:
    """May be left out: the passkey exists on the device by then, and shall not be lost for that."""
    return forms.CharField(label="Name", max_length=LONGEST_NAME, required=False, widget=one_line(autocomplete="off"))


class PasskeyForm(webauthn.AddWebAuthnForm):  # type: ignore[misc]
    name = name_field()
    passwordless = None

    def clean_name(self) -> str:
        return str(super().clean_name())[:LONGEST_NAME]

    def clean(self) -> dict[str, Any]:
        """Keeps no more of the answer than is needed to know the passkey again."""
        with well_formed():
            cleaned: dict[str, Any] = super().clean()
            if said := cleaned.get("credential"):
                response = {part: said["response"][part] for part in ATTESTED}
                cleaned["credential"] = {name: said[name] for name in ("id", "rawId", "type")} | {"response": response}
        return cleaned


class PasskeyNameForm(webauthn.EditWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(label="Name", max_length=LONGEST_NAME, widget=one_line(autocomplete="off"))


class Opened:
    """By a passkey."""

    def clean_credential(self) -> Authenticator:
        with well_formed():
            return super().clean_credential()  # type: ignore[misc]


class PasskeyLogInForm(Opened, webauthn.LoginWebAuthnForm):  # type: ignore[misc]
    def clean_credential(self) -> Authenticator:
        """Alone it opens only if the device looked who holds it: the question of a second step doesn't ask for that."""
        said = self.cleaned_data["credential"]
        found = super().clean_credential()
        if not auth.parse_authentication_response(said).response.authenticator_data.is_user_verified():
            raise get_adapter().validation_error("incorrect_code")
        return found


class PasskeyStepForm(Opened, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class PasskeyAgainForm(Opened, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    pass
