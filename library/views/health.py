"""Whether the program runs and its database answers, and how old the last backup is: for those who watch it."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from library.backups import schedule
from library.models import User


@login_not_required
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """`ok`; with `?format=json` an object, with the seconds since the last scheduled backup."""
    try:
        User.objects.exists()
    except DatabaseError:
        return HttpResponse("The database does not answer.", status=503, content_type="text/plain")
    if request.GET.get("format") == "json":
        passed = schedule.age()
        seconds = None if passed is None else int(passed.total_seconds())
        return JsonResponse({"status": "ok", "last_backup_age": seconds})
    return HttpResponse("ok", content_type="text/plain")
