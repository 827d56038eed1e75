"""Shelves: searches that have a name. A shelf has no list of its own: its address leads to its search."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBadRequest, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from library.content.text import NO_TAG, clean_text, fold, single_line
from library.forms.shelves import SORT_WORDS, ShelfForm
from library.models import Shelf, User
from library.models.shelves import hold
from library.search.query import Chip, filters, parse
from library.views.counts import Counts
from library.views.requests import ReaderRequest

# How long a page may count shelves whose counts are old.
SECONDS = 1.0
STEPS = {"up": -1, "down": 1}
STARTERS = (
    ("Under ten minutes", "length:<10 is:unread"),
    ("Unread longest", "is:unread sort:oldest"),
    ("No tags yet", "tag:none"),
    ("Worth rereading", "is:fav is:finished"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A shelf as pages name it."""

    slug: str
    name: str
    query: str
    sort: str
    in_rail: bool

    @property
    def href(self) -> str:
        return search_path(self.query, self.sort)

    @property
    def chips(self) -> list[Chip]:
        return parse(self.query).chips

    @property
    def words(self) -> str:
        """What no chip stands for."""
        return parse(self.query).text

    def lost_tags(self, names: Container[str], slugs: Container[str]) -> list[str]:
        """Tags that its search names and that are none of these, folded names and slugs, as search looks for them."""
        named = dict.fromkeys(one.value for one in filters(parse(self.query).tree) if one.field == "tag")
        return [name for name in named if fold(name) not in names and name not in slugs]

    @property
    def sort_words(self) -> str:
        sort = parse(self.query).sort or self.sort
        return SORT_WORDS.get(sort, sort)


def search_path(query: str, sort: str) -> str:
    pairs = {"q": query, "sort": sort} if sort else {"q": query}
    return f"{reverse('search.search')}?{urlencode(pairs)}"


def entries(owner: User) -> list[Entry]:
    return [Entry(*values) for values in owner.shelves.in_order().values_list(*Entry.__slots__)]


# --- pages ---------------------------------------------------------------------------------------------------------


@require_safe
def index(request: ReaderRequest) -> HttpResponse:
    """`moved` and `way` name the button that was pressed last: it has the focus again."""
    found, counts = entries(request.user), Counts.of(request.user)
    numbers, tags = counts.searches([shelf.query for shelf in found], SECONDS), counts.tags()
    names = {NO_TAG, *(fold(name) for _, name, _ in tags.values())}
    context = {
        "shelves": [(shelf, numbers[shelf.query], shelf.lost_tags(names, tags)) for shelf in found],
        "starters": [] if found else [Entry("", name, query, "", in_rail=True) for name, query in STARTERS],
        "moved": request.GET.get("moved", ""),
        "way": request.GET.get("way", ""),
    }
    return render(request, "shelves/index.html", context)


@require_safe
def show(request: ReaderRequest, slug: str) -> HttpResponse:
    shelf = own_shelf(request, slug)
    return redirect(search_path(shelf.query, shelf.sort))


def new(request: ReaderRequest) -> HttpResponse:
    """`?q=` and `?sort=` fill the form: this is where "Save as shelf" leads."""
    if request.method != "POST":
        given = {"query": single_line(request.GET.get("q", "")), "sort": request.GET.get("sort", ""), "in_rail": True}
        return render(request, "shelves/edit.html", {"form": ShelfForm(request.user, given=given)})
    form = take(request)
    if form.errors:
        return render(request, "shelves/edit.html", {"form": form})
    messages.success(request, f"Saved as the shelf “{form.cleaned_data['name']}”.")
    return redirect(search_path(form.cleaned_data["query"], form.cleaned_data["sort"]))


def edit(request: ReaderRequest, slug: str) -> HttpResponse:
    if request.method != "POST":
        form = ShelfForm(request.user, own_shelf(request, slug))
        return render(request, "shelves/edit.html", {"form": form, "shelf": form.shelf})
    form = take(request, slug)
    if form.errors:
        return render(request, "shelves/edit.html", {"form": form, "shelf": form.shelf})
    messages.success(request, f"Saved the shelf “{form.cleaned_data['name']}”.")
    return redirect("shelves.index")


@transaction.atomic
def take(request: ReaderRequest, slug: str = "") -> ShelfForm:
    """Save what was sent, as a new shelf or as that of the slug, unless something in it is wrong."""
    hold(request.user)
    form = ShelfForm(request.user, own_shelf(request, slug) if slug else None, request.POST)
    if form.is_valid():
        form.save()
    return form


def delete(request: ReaderRequest, slug: str) -> HttpResponse:
    shelf = own_shelf(request, slug)
    if request.method != "POST":
        return render(request, "shelves/delete.html", {"shelf": shelf})
    shelf.delete()
    messages.success(request, f"Deleted the shelf “{shelf.name}”.")
    return redirect("shelves.index")


@require_POST
@transaction.atomic
def move(request: ReaderRequest, slug: str) -> HttpResponse:
    """Where its buttons or its being dragged put it. What is first stays first."""
    hold(request.user)
    shelf, shelves = own_shelf(request, slug), list(request.user.shelves.in_order())
    place = wanted_place(request.POST, shelves.index(shelf))
    if place is None:
        return HttpResponseBadRequest("Which way? up or down.")
    shelves.remove(shelf)
    shelves.insert(max(place, 0), shelf)
    Shelf.objects.arrange(shelves)
    button = urlencode({"moved": slug, "way": request.POST.get("direction", "")})
    return redirect(f"{reverse('shelves.index')}?{button}")


def wanted_place(asked: QueryDict, now: int) -> int | None:
    """Counted from 0, where `place` counts from 1."""
    way, place = asked.get("direction", ""), asked.get("place", "")
    if way in STEPS:
        return now + STEPS[way]
    return int(place) - 1 if re.fullmatch("[0-9]{1,3}", place) else None


@require_POST
@transaction.atomic
def starters(request: ReaderRequest) -> HttpResponse:
    """Some shelves to begin with. Those whose names are there already are left out."""
    hold(request.user)
    known = set(request.user.shelves.values_list("name_key", flat=True))
    added = [(name, query) for name, query in STARTERS if fold(name) not in known]
    for name, query in added:
        Shelf.objects.append(request.user, name, query=query)
    messages.success(request, f"{len(added)} shelves added." if added else "You have these shelves already.")
    return redirect("shelves.index")


def own_shelf(request: ReaderRequest, slug: str) -> Shelf:
    return get_object_or_404(request.user.shelves, slug=clean_text(slug))
