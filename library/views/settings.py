"""How a reader likes to read."""

from django.conf import settings as conf
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from library.accounts import is_own_path
from library.forms.settings import SECTIONS
from library.views.requests import ReaderRequest

SAVED = {"reading": "Saved how you read.", "theme": "Saved the theme.", "time": "Saved your time zone.", "keys": "Saved your shortcuts."}


def settings(request: ReaderRequest) -> HttpResponse:
    """Each section of the page saves itself; the reader's own panel posts here too, and says where to go back."""
    chosen = request.POST.get("section", "")
    data = request.POST if chosen in SECTIONS else None
    forms = {name: form(request.user, data if name == chosen else None) for name, form in SECTIONS.items()}
    if data is not None and forms[chosen].is_valid():
        forms[chosen].save()
        back = request.POST.get("next", "")
        if is_own_path(back):
            return redirect(back)
        messages.success(request, SAVED[chosen])
        return redirect("settings.settings")
    return render(request, "settings/settings.html", {"forms": forms, "bin_days": conf.BIN_DAYS})
