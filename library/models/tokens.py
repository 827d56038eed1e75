"""A token by which a program, and not a browser, comes to a reader's library."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from library.models.users import User

PREFIX = "cp_"
RANDOM_BYTES = 32
SHOWN = 4
NAME_LENGTH = 100
MOST_TOKENS = 50
# So that reading isn't a write each time.
USED_EVERY = timedelta(hours=1)


class Scope(models.TextChoices):
    """What a token may do. To write includes to read; to import is neither."""

    READ = "read", "Read"
    WRITE = "write", "Write"
    IMPORT = "import", "Import"


INCLUDED = {Scope.WRITE: {Scope.READ}}


def digest_of(secret: str) -> str:
    return sha256(secret.encode(errors="replace")).hexdigest()


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def standing(self) -> Self:
        """Those that were not revoked. Some may have expired."""
        return self.filter(revoked_at=None)

    def make(self, owner: User, name: str, scopes: Iterable[str], lifetime: timedelta | None) -> tuple[ApiToken, str]:
        """A new token and its secret, which is kept nowhere. Of revoked ones so many are remembered as may stand."""
        forgotten = self.filter(owner=owner).exclude(revoked_at=None).order_by("-revoked_at", "-id")[MOST_TOKENS:]
        self.filter(pk__in=[token.pk for token in forgotten]).delete()
        secret = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
        now = timezone.now()
        token = self.create(
            owner=owner,
            name=name,
            digest=digest_of(secret),
            ending=secret[-SHOWN:],
            scope=" ".join(each for each in Scope.values if each in set(scopes)),
            created_at=now,
            expires_at=now + lifetime if lifetime else None,
        )
        return token, secret

    def of_secret(self, secret: str) -> ApiToken | None:
        """Looked up by its SHA-256, so that no comparison takes longer the more of it is right."""
        return self.select_related("owner").filter(digest=digest_of(secret)).first()


class ApiToken(models.Model):
    """Its secret was shown once; here is its SHA-256, which needs no salt since it was made of 256 random bits."""

    owner = models.ForeignKey("library.User", on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=NAME_LENGTH)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    ending = models.CharField(max_length=SHOWN, help_text="Its last characters, to know it by.")
    scope = models.CharField(max_length=40, help_text="One or more of read, write and import, with blanks between.")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Blank: never.")
    used_at = models.DateTimeField(null=True, blank=True, help_text="To the hour.")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = "API token"
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"], condition=Q(revoked_at=None), name="token_name_once_per_owner"
            ),
            models.CheckConstraint(condition=~Q(scope=""), name="token_may_do_something"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scopes(self) -> list[str]:
        return self.scope.split()

    @property
    def scope_words(self) -> str:
        return ", ".join(Scope(each).label for each in self.scopes)

    def allows(self, scope: str) -> bool:
        return any(scope == each or scope in INCLUDED.get(Scope(each), ()) for each in self.scopes)

    def has_expired(self, now: datetime | None = None) -> bool:
        return self.expires_at is not None and self.expires_at <= (now or timezone.now())

    def note_use(self) -> bool:
        """Keep when it was used, at most once an hour. Whether this was its first use."""
        now, before = timezone.now(), self.used_at
        if before is not None and before > now - USED_EVERY:
            return False
        changed = ApiToken.objects.filter(pk=self.pk, used_at=before).update(used_at=now)
        return before is None and changed == 1
