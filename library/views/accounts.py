"""Set-up, log in with its second step, once more before a sensitive change, log out, change password."""

import json
from typing import Any

from allauth.account import views as allauth_views
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.base import views as mfa_views
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as webauthn_views
from allauth.mfa.webauthn.internal import auth
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django.views.generic import FormView, TemplateView

from library import accounts
from library.accounts import sessions
from library.accounts.second_factors import WRONG_CODE, passkeys_of
from library.forms.accounts import LogInForm, PasswordForm, SetUpForm
from library.forms.security import (
    CodeAgainForm,
    CodeForm,
    FirstPasswordForm,
    PasskeyAgainForm,
    PasskeyStepForm,
    PasswordAgainForm,
)
from library.models import User
from library.views.requests import ReaderRequest

WRONG_TOKEN = "That isn’t the set-up address that was printed. Open the address from the server’s last start."  # noqa: S105 - a sentence
LONGEST_TOKEN = 100


class LogIn(allauth_views.LoginView):  # type: ignore[misc]
    template_name = "accounts/login.html"
    form_class = LogInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Without allauth's own, which wants its sign-up pages."""
        context = FormView.get_context_data(self, **kwargs)
        context["next"] = self.get_next_url() or ""
        context["unclaimed"] = accounts.setup_token() is not None
        context["oidc_name"] = settings.OIDC_NAME if settings.OIDC_ISSUER else ""
        context["passkeys"] = Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).exists()
        return context


class SecondStep(mfa_views.AuthenticateView):  # type: ignore[misc]
    """A code or a passkey after the password."""

    template_name = "accounts/second.html"
    form_class = CodeForm
    webauthn_form_class = PasskeyStepForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Without allauth's own, which wants its sign-up pages."""
        context = TemplateView.get_context_data(self, form=self.auth_form)
        return {**context, **passkey_options(self.stage.login.user), "problem": problem_of(self.webauthn_form)}


def passkey_options(reader: User) -> dict[str, str]:
    """What the browser is asked, where the reader has a passkey."""
    if not passkeys_of(reader).exists():
        return {}
    return {"options": json.dumps(auth.begin_authentication(reader))}


def problem_of(form: PasskeyStepForm) -> str:
    """What came of a passkey has no field on the page beside which it could stand."""
    return next(iter(form.errors.get("credential", [])), "") if form.is_bound else ""


@login_not_required
@require_POST
def start_again(request: HttpRequest) -> HttpResponse:
    """Out of the second step, to log in as somebody else."""
    clear_login(request)
    return redirect("login")


class Again:
    """The page before a sensitive change. There are several ways, and the page leads from each to the others."""

    template_name = "accounts/again.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {**context, "next": context["redirect_field_value"] or ""}


class AgainByPassword(Again, allauth_views.ReauthenticateView):  # type: ignore[misc]
    form_class = PasswordAgainForm


class AgainByCode(Again, mfa_views.ReauthenticateView):  # type: ignore[misc]
    form_class = CodeAgainForm


class AgainByPasskey(Again, webauthn_views.ReauthenticateWebAuthnView):  # type: ignore[misc]
    form_class = PasskeyAgainForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "form": None, "options": json.dumps(context["js_data"]["request_options"])}

    def form_invalid(self, form: PasskeyAgainForm) -> HttpResponse:
        messages.error(self.request, WRONG_CODE)
        answer: HttpResponse = redirect(self.passthrough_next_url(self.request.path))
        return answer


class LogOut(allauth_views.LogoutView):  # type: ignore[misc]
    template_name = "accounts/logout.html"


class ChangePassword(allauth_views.PasswordChangeView):  # type: ignore[misc]
    template_name = "accounts/password.html"
    form_class = PasswordForm
    success_url = reverse_lazy("security.index")

    def form_valid(self, form: PasswordForm) -> HttpResponse:
        messages.success(self.request, "Password changed. Other browsers are logged out.")
        response: HttpResponse = super().form_valid(form)
        sessions.end_others(self.request)
        return response


@method_decorator(reauthentication_required, name="dispatch")
class SetPassword(allauth_views.PasswordSetView):  # type: ignore[misc]
    template_name = "accounts/password.html"
    form_class = FirstPasswordForm
    success_url = reverse_lazy("security.index")

    def form_valid(self, form: FirstPasswordForm) -> HttpResponse:
        messages.success(self.request, "Password set. Other browsers are logged out.")
        response: HttpResponse = super().form_valid(form)
        sessions.end_others(self.request)
        return response


def password(request: ReaderRequest) -> HttpResponse:
    """Change it, or set the first one of a reader who came in another way until now."""
    view = ChangePassword if request.user.has_usable_password() else SetPassword
    response: HttpResponse = view.as_view()(request)
    return response


@login_not_required
@sensitive_post_parameters("password1", "password2", "token")
@never_cache
def setup(request: HttpRequest) -> HttpResponse:
    """The first reader's account, for whoever holds the token that the server printed; later, no page at all."""
    if accounts.setup_token() is None:
        raise Http404
    token = (request.POST.get("token") or request.GET.get("token") or "").strip()[:LONGEST_TOKEN]
    known = accounts.is_setup_token(token)
    form = SetUpForm(request.POST if known and request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return enter(request, form)
    problem = "" if known or not (token or request.method == "POST") else WRONG_TOKEN
    context = {"form": form, "token": token if known else "", "problem": problem}
    return render(request, "accounts/setup.html", context, status=403 if problem else 200)


def enter(request: HttpRequest, form: SetUpForm) -> HttpResponse:
    reader = accounts.claim(form.cleaned_data["username"], form.cleaned_data["password1"])
    if reader is None:
        raise Http404
    login(request, reader)
    return redirect("library.list")
