"""What a reader sees when a request is more than can be taken. Django's own views show the other error pages."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat

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


def page(request: HttpRequest, status: int, template: str, sentence: str = "") -> HttpResponse:
    return render(request, template, {"sentence": sentence}, status=status)
