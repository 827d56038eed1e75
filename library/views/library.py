"""The library: every article, narrowed and sorted by the address."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from library.views.browse import Browse
from library.views.listing import Filters
from library.views.requests import ReaderRequest
from library.views.tags import moved_address


@require_safe
def list_articles(request: ReaderRequest) -> HttpResponse:
    filters = Filters.read(request.GET)
    if moved := moved_address(request, filters):
        return redirect(moved)
    browse = Browse.of(request.user, filters, request.GET)
    return render(request, "library/list.html", browse.context())
