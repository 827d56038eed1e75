"""An address by which somebody else becomes a reader of this server."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.utils import timezone

from library.models.users import User

KEPT = timedelta(days=7)
NOTE_LENGTH = 150
BYTES_OF_TOKEN = 32


def expiry() -> datetime:
    return timezone.now() + KEPT


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> Self:
        """Those that can still be used."""
        return self.filter(used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=timezone.now())

    def of_token(self, token: str) -> Self:
        return self.open().filter(token_hash=hash_of(token))

    def invite(self, made_by: User, note: str) -> tuple[Invitation, str]:
        """The invitation and its token, which is known at this moment and never again."""
        token = secrets.token_urlsafe(BYTES_OF_TOKEN)
        return self.create(made_by=made_by, note=note, token_hash=hash_of(token)), token


class Invitation(models.Model):
    """For one new reader. It goes with the account of who made it, and with that of who used it."""

    made_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    note = models.CharField(max_length=NOTE_LENGTH, blank=True, help_text="For whom it is.")
    token_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token.")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=expiry)
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="invitations_used")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"invitation {self.pk}"
