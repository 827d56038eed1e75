"""The library: every article, narrowed and sorted by the address."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from library.views.browse import Browse
from library.views.listing import Filters
from library.views.requests import ReaderRequest


@require_safe
def list_articles(request: ReaderRequest) -> HttpResponse:
    browse = Browse.of(request.user, Filters.read(request.GET), request.GET)
    return render(request, "library/list.html", browse.context())
