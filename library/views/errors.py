"""What a reader sees when a request is more than can be taken. Django's own views show the other error pages."""

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.views.defaults import server_error

from library.models.outages import outage

TOO_LONG = "This is longer than the {limit} that one form may hold. Nothing was changed. Split it, then send it again."
TOO_MANY = "This is more than one form may hold. Nothing was changed. Split it, then send it again."
TOO_OFTEN = "There were too many tries in a short time. Nothing was changed. Wait a minute, then try again."


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        limit = filesizeformat(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        return page(request, 413, "400.html", TOO_LONG.format(limit=limit))
    if isinstance(exception, TooManyFieldsSent | TooManyFilesSent):
        return page(request, 413, "400.html", TOO_MANY)
    return page(request, 400, "400.html")


def too_often(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 429, "429.html", TOO_OFTEN)


def broken(request: HttpRequest) -> HttpResponse:
    """Something that is not this request's fault. Where it is the disk's or the database's, say so.

    The connection that met it is not used again: one that was opened while nothing could be written never could.
    """
    sentence = outage(sys.exc_info()[1])
    if not sentence:
        return server_error(request)
    if not connection.in_atomic_block:
        connection.close()
    page = render_to_string("503.html", {"sentence": sentence})
    return HttpResponse(page, status=503, headers={"Retry-After": "30"})


def page(request: HttpRequest, status: int, template: str, sentence: str = "") -> HttpResponse:
    return render(request, template, {"sentence": sentence}, status=status)
