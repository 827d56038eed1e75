"""Readers of one server: who invites whom, who runs it, and who is shut out."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from library.leaving import end_sessions, hold_staff
from library.models import Invitation, User
from library.models.departures import staying

NOT_ONESELF = "Nothing was changed: you can’t do this to your own account. Another reader who runs the server can."
LAST_STAFF = "Nothing was changed: without this reader nobody could run the server."
NAME_TAKEN = "Somebody has this name already. Choose another."


class Refused(Exception):
    """Why nothing was changed, in a sentence."""


def accept(token: str, name: str, password: str) -> User | None:
    """Make the account of who was invited. None if the invitation is open no more; of two at once, one gets it.

    Raises Refused when somebody took the name meanwhile.
    """
    try:
        with transaction.atomic():
            invitation = Invitation.objects.of_token(token).select_for_update().first()
            if invitation is None:
                return None
            reader = User(username=name)
            reader.set_password(password)
            reader.save()
            invitation.used_at, invitation.used_by = timezone.now(), reader
            invitation.save(update_fields=["used_at", "used_by"])
    except IntegrityError as error:
        raise Refused(NAME_TAKEN) from error
    return reader


@transaction.atomic
def change(by: User, pk: int, **rights: bool) -> User:
    """Set `is_active` or `is_staff` of another reader. Raises Refused, and User.DoesNotExist."""
    staff = hold_staff()
    reader = staying().select_for_update(of=("self",)).get(pk=pk)
    if reader.pk == by.pk:
        raise Refused(NOT_ONESELF)
    if not all(rights.values()) and staff == [reader.pk]:
        raise Refused(LAST_STAFF)
    for name, value in rights.items():
        setattr(reader, name, value)
    if "is_staff" in rights:
        reader.is_superuser = reader.is_staff
    reader.save(update_fields=[*rights, "is_superuser"])
    if not reader.is_active:
        end_sessions(reader.pk)
    return reader
