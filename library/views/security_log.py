"""Settings, Security log: what happened to a reader's account, the newest first."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from library.content.browsers import browser
from library.models.security import KEPT
from library.views import keys
from library.views.requests import ReaderRequest

SHOWN = 50


def program(agent: str) -> str:
    """A browser in words, and any other program as it calls itself."""
    return browser(agent) if agent.startswith("Mozilla/") else agent


@require_safe
@never_cache
def index(request: ReaderRequest) -> HttpResponse:
    key = keys.read(request.GET.get("before", ""))
    found = request.user.security_events.filter(keys.beyond("at", key)).order_by("-at", "-id")
    events = list(found[: SHOWN + 1])
    shown = events[:SHOWN]
    context = {
        "events": [(event, program(event.agent)) for event in shown],
        "older": keys.written(shown[-1].at, shown[-1].pk) if len(events) > SHOWN else "",
        "first_page": key is None,
        "days": KEPT.days,
    }
    return render(request, "security_log/index.html", context)
