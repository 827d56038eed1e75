"""What every page's rail shows: a context processor."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from library.models import User
from library.views.counts import Counts
from library.views.listing import Filters


def rail(request: HttpRequest) -> dict[str, Any]:
    """Counted only when a page shows the rail. A request that fails early has no user yet."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    return {"rail": {"counts": SimpleLazyObject(lambda: count(user))}}


def count(user: User) -> dict[str, str]:
    counts = Counts.of(user)
    return counts.kept(
        lambda: {
            "library": f"{counts.states(Filters())['']:,}",
            "tags": f"{len(counts.tags()):,}",
            "bin": f"{user.links.binned().count():,}",
        },
        "rail",
    )
