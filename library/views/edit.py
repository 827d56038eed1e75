"""Edit an article, and add one by hand. Nothing is fetched from anywhere."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from library.content.text import excerpt
from library.forms.edit import AddForm, EditForm
from library.models import User
from library.views.counts import Counts
from library.views.listing import Filters
from library.views.requests import ReaderRequest
from library.views.rows import reader_path

NAMES_OFFERED = 40
TITLE_SHOWN = 60


def edit(request: ReaderRequest, pk: int) -> HttpResponse:
    if request.method != "POST":
        link = get_object_or_404(request.user.links.kept(), pk=pk)
        return page(request, EditForm(link))
    form = take(request, pk)
    if form.conflicts:
        return page(request, form, status=409)
    if form.errors:
        return page(request, form)
    messages.success(request, "Saved.")
    return redirect(reader_path(form.link.pk, form.link.title))


def take(request: ReaderRequest, pk: int) -> EditForm:
    """Save what was sent, unless something in it is wrong or was changed elsewhere meanwhile: then save nothing."""
    try:
        with transaction.atomic():
            link = get_object_or_404(request.user.links.kept().select_for_update(), pk=pk)
            form = EditForm(link, request.POST)
            if form.is_valid() and not form.conflicts:
                form.save()
    except IntegrityError:
        # Another article took the address in the same moment. Asked again, the form finds it.
        form = EditForm(get_object_or_404(request.user.links.kept(), pk=pk), request.POST)
        if form.is_valid():
            raise
    return form


def page(request: ReaderRequest, form: EditForm, status: int = 200) -> HttpResponse:
    taken = form.taken
    context = {
        "form": form,
        "link": form.link,
        "href": reader_path(form.link.pk, form.link.title),
        "taken_href": reader_path(taken.pk, taken.title) if taken else "",
    }
    return render(request, "edit/edit.html", {**context, **words(request.user)}, status=status)


def add(request: ReaderRequest) -> HttpResponse:
    """`?url=` and `?title=` fill the form, as a bookmarklet would."""
    if request.method != "POST":
        given = {name: request.GET.get(name, "") for name in ("url", "title")}
        return add_page(request, AddForm(request.user, initial=given))
    form = AddForm(request.user, request.POST)
    if not form.is_valid():
        return add_page(request, form)
    try:
        link = form.save()
    except IntegrityError:
        # The address came in by another way in the same moment. Asked again, the form finds it.
        form = AddForm(request.user, request.POST)
        if form.is_valid():
            raise
        return add_page(request, form)
    title = excerpt(link.display_title, TITLE_SHOWN)
    messages.success(request, f"Saved to your inbox: {title}.", extra_tags=reverse("reader.bin", args=[link.pk]))
    return redirect(reader_path(link.pk, link.title))


def add_page(request: ReaderRequest, form: AddForm) -> HttpResponse:
    known = form.known
    href = reader_path(known.pk, known.title) if known else ""
    return render(request, "edit/add.html", {"form": form, "known": known, "href": href, **words(request.user)})


def words(user: User) -> dict[str, Any]:
    """Types and tags in use, to choose from."""
    counts = Counts.of(user)
    return {
        "types": sorted(name for name, _ in counts.types(Filters())),
        "names": [name for _, name, _ in counts.frequent_tags(NAMES_OFFERED)],
    }
