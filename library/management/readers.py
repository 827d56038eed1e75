"""Whose library a command is about."""

from django.core.management.base import CommandError

from library.models import User

WRONG_USE = 2


def named(name: str | None) -> User | None:
    """The reader named, or the only one; None where there is none yet. Raises CommandError (status 2)."""
    if name:
        found = User.objects.filter(username=name).first()
        if found is None:
            raise CommandError(f'There is no reader "{name}".', returncode=WRONG_USE)
        return found
    readers = list(User.objects.order_by("pk")[:2])
    if len(readers) > 1:
        raise several("There is more than one reader")
    return readers[0] if readers else None


def several(problem: str) -> CommandError:
    return CommandError(f"{problem}. Say whose library it is: --user NAME.", returncode=WRONG_USE)
