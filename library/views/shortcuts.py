"""The keyboard shortcuts as a page: the same table that ? shows over any page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from library.views.requests import ReaderRequest


@require_safe
def index(request: ReaderRequest) -> HttpResponse:
    return render(request, "shortcuts/index.html")
