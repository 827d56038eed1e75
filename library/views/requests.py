"""What a view is given: `LoginRequiredMiddleware` lets nobody else in."""

from django.http import HttpRequest

from library.accounts import is_own_path
from library.models import User


class ReaderRequest(HttpRequest):
    """The request of a reader who is logged in."""

    user: User


def came_from(request: HttpRequest) -> str:
    """The page of ours that the browser names, as a path with its query; blank where it names none."""
    host, slash, rest = request.headers.get("Referer", "").partition("://")[2].partition("/")
    there = slash + rest.partition("#")[0]
    return there if host == request.get_host() and is_own_path(there) else ""
