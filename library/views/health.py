"""Whether the program runs and its database answers: for a container's health check."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from library.models import User


@login_not_required
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    try:
        User.objects.exists()
    except DatabaseError:
        return HttpResponse("The database does not answer.", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")
