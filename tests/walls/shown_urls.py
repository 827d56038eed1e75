"""The site, and beside it what it answered to something that was sent, so that a browser can look at that too."""

from copy import copy

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from library.urls import urlpatterns as urls_of_the_site

SHOWN: dict[int, HttpResponse] = {}


@login_not_required
def show(request: HttpRequest, number: int) -> HttpResponse:
    return copy(SHOWN[number])


urlpatterns = [path("shown/<int:number>/", show), *urls_of_the_site]
