"""Where a reader is logged in."""

from typing import Any

from allauth.usersessions.internal import flows
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from library.accounts import AccountAdapter
from library.models import Event, User
from library.security_log import note

MOST_SESSIONS = 50
LONGEST_AGENT = UserSession._meta.get_field("user_agent").max_length


def note_seen(request: HttpRequest) -> None:
    """In one statement, since it stands before a page."""
    seen = UserSession(
        user=request.user,
        session_key=request.session.session_key,
        ip=AccountAdapter(request).get_client_ip(request),
        user_agent=request.headers.get("User-Agent", "")[:LONGEST_AGENT],
    )
    seen_now = ["user", "ip", "user_agent", "last_seen_at"]
    UserSession.objects.bulk_create(
        [seen], update_conflicts=True, unique_fields=["session_key"], update_fields=seen_now
    )


def sessions_of(reader: User) -> QuerySet[UserSession]:
    """Those that still hold, the last seen first."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    found: QuerySet[UserSession] = UserSession.objects.filter(user=reader, session_key__in=alive)
    return found.order_by("-last_seen_at", "-pk")


def make_room(reader: User) -> None:
    """Before one more log-in: the browsers that were not seen for longest are logged out."""
    oldest = list(sessions_of(reader)[MOST_SESSIONS - 1 :])
    Session.objects.filter(session_key__in=[each.session_key for each in oldest]).delete()
    UserSession.objects.filter(pk__in=[each.pk for each in oldest]).delete()


def one_more(sender: Any, user: User, **kwargs: Any) -> None:
    make_room(user)


def listen() -> None:
    """Once, at the start."""
    user_logged_in.connect(one_more)


def end(request: HttpRequest, session: UserSession) -> None:
    flows.sessions.end_sessions(request, [session])
    note(Event.SESSION_ENDED, request, request.user)


def end_others(request: HttpRequest) -> None:
    flows.sessions.end_other_sessions(request, request.user)
    note(Event.SESSION_ENDED, request, request.user, "all others")
