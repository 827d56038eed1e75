"""Who comes back: the session and its reader, who are looked up before every page of theirs.

By SQL that is written out: to put it together anew from the models takes longer than to ask it.
"""

from __future__ import annotations

from allauth.account import auth_backends
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from library.models import User

SESSION = "SELECT * FROM django_session WHERE session_key = %s"
READER = "SELECT * FROM library_user WHERE id = %s"


class SessionStore(db.SessionStore):
    """Django's sessions in the database."""

    def _get_session_from_db(self) -> Session | None:
        for session in Session.objects.raw(SESSION, [self.session_key]):
            if session.expire_date > timezone.now():
                return session
        self._session_key = None
        return None


class AuthenticationBackend(auth_backends.AuthenticationBackend):  # type: ignore[misc]
    """allauth's log-in by name and password."""

    def get_user(self, user_id: int) -> User | None:
        """None for one who was deleted or shut out."""
        for reader in User.objects.raw(READER, [user_id]):
            if self.user_can_authenticate(reader):
                return reader
        return None
