"""What happened to accounts and at the doors of the library."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F
from django.utils import timezone

AGENT_LENGTH = 200
DETAIL_LENGTH = 200
KEPT = timedelta(days=180)
TOGETHER = timedelta(minutes=1)
# From strangers. More of them in a minute are counted without their address, and more in all are cleared away.
MOST_A_MINUTE = 20
MOST_KEPT = 100_000


class Event(models.TextChoices):
    LOGGED_IN = "logged_in", "Logged in"
    LOGIN_FAILED = "login_failed", "Log-in failed"
    LOGGED_OUT = "logged_out", "Logged out"
    PASSWORD_CHANGED = "password_changed", "Password changed"
    FACTOR_ADDED = "factor_added", "Second step of the log-in added"
    FACTOR_REMOVED = "factor_removed", "Second step of the log-in removed"
    PASSKEY_ADDED = "passkey_added", "Passkey added"
    PASSKEY_REMOVED = "passkey_removed", "Passkey removed"
    SESSION_ENDED = "session_ended", "Another browser logged out"
    TOKEN_MADE = "token_made", "API token made"
    TOKEN_FIRST_USED = "token_first_used", "API token used for the first time"
    TOKEN_REVOKED = "token_revoked", "API token revoked"
    TOKEN_REFUSED = "token_refused", "API token refused"
    INVITATION_MADE = "invitation_made", "Invitation made"
    INVITATION_USED = "invitation_used", "Invitation used"
    INVITATION_WITHDRAWN = "invitation_withdrawn", "Invitation withdrawn"
    RIGHTS_CHANGED = "rights_changed", "A reader’s rights changed"
    ACCOUNT_DELETED = "account_deleted", "Account deleted"
    DENIED = "denied", "Access denied"
    IMPORT_STARTED = "import_started", "Import started"
    EXPORT_MADE = "export_made", "Export asked for"
    EXPORT_DOWNLOADED = "export_downloaded", "Export downloaded"
    BACKUP_RESTORED = "backup_restored", "Backup restored"


BY_STRANGERS = (Event.LOGIN_FAILED, Event.TOKEN_REFUSED, Event.DENIED)


class SecurityEventQuerySet(models.QuerySet["SecurityEvent"]):
    def add(self, kind: Event, owner_id: int | None, address: str, agent: str, detail: str) -> None:
        """A new event, or one more of the same within a minute. So nobody can fill the disk by trying doors."""
        now = timezone.now()
        if kind in BY_STRANGERS and self._many_since(now - TOGETHER):
            address = agent = ""
        same = self.filter(at__gt=now - TOGETHER, kind=kind, owner_id=owner_id, address=address, detail=detail)
        newest = same.order_by("-at", "-id").values_list("pk", flat=True).first()
        if newest is None or not self.filter(pk=newest).update(count=F("count") + 1):
            self.create(kind=kind, owner_id=owner_id, at=now, address=address, agent=agent, detail=detail)

    def _many_since(self, moment: datetime) -> bool:
        return self.filter(at__gt=moment, kind__in=BY_STRANGERS).count() >= MOST_A_MINUTE

    def over(self, now: datetime) -> Self:
        """Those whose time is over."""
        return self.filter(at__lt=now - KEPT)

    def too_many(self) -> Self:
        """The oldest of what strangers did, where it is more than is kept."""
        theirs = self.filter(kind__in=BY_STRANGERS)
        last = theirs.order_by("-id").values_list("pk", flat=True)[MOST_KEPT : MOST_KEPT + 1].first()
        return theirs.filter(pk__lte=last) if last else self.none()


class SecurityEvent(models.Model):
    """Without an owner where nobody is known. Never holds a password, token, address of a page, or text."""

    owner = models.ForeignKey(
        "library.User", on_delete=models.CASCADE, null=True, blank=True, related_name="security_events"
    )
    kind = models.CharField(max_length=20, choices=Event)
    at = models.DateTimeField(default=timezone.now)
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField("browser or program", max_length=AGENT_LENGTH, blank=True)
    detail = models.CharField(max_length=DETAIL_LENGTH, blank=True)
    count = models.PositiveIntegerField(default=1, help_text="How often it happened within the minute.")

    objects = SecurityEventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-at", "-id"], name="event_newest_of_owner"),
            models.Index(fields=["-at", "-id"], name="event_newest"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
