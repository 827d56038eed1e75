"""Set-up, log in, log out, change password."""

from typing import Any

from allauth.account import views as allauth_views
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from library import accounts
from library.forms.accounts import LogInForm, PasswordForm, SetUpForm

WRONG_TOKEN = "That isn't the set-up address that was printed. Open the address from the server's last start."  # noqa: S105 - a sentence
LONGEST_TOKEN = 100


class LogIn(allauth_views.LoginView):  # type: ignore[misc]
    template_name = "accounts/login.html"
    form_class = LogInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Without allauth's own, which wants its sign-up pages."""
        context = FormView.get_context_data(self, **kwargs)
        return {**context, "next": self.get_next_url() or "", "unclaimed": accounts.setup_token() is not None}


class LogOut(allauth_views.LogoutView):  # type: ignore[misc]
    template_name = "accounts/logout.html"


class ChangePassword(allauth_views.PasswordChangeView):  # type: ignore[misc]
    template_name = "accounts/password.html"
    form_class = PasswordForm
    success_url = reverse_lazy("settings.settings")

    def form_valid(self, form: PasswordForm) -> HttpResponse:
        messages.success(self.request, "Password changed. Other browsers are logged out.")
        response: HttpResponse = super().form_valid(form)
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
