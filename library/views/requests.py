"""What a view is given: `LoginRequiredMiddleware` lets nobody else in."""

from django.http import HttpRequest

from library.models import User


class ReaderRequest(HttpRequest):
    """The request of a reader who is logged in."""

    user: User
