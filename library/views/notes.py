"""The reader's notes on an article as a whole: written below the article, or on a page of their own."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from library.forms.notes import NoteForm
from library.highlighting import place_again
from library.models import Kind, Link
from library.models.writing import write_section
from library.rendering import render as render_text
from library.views.reader import back_to
from library.views.requests import ReaderRequest
from library.views.rows import reader_path


def edit(request: ReaderRequest, pk: int) -> HttpResponse:
    """`preview` shows what was written as it would stand there, and saves nothing."""
    if request.method == "POST" and "preview" not in request.POST:
        return save(request, pk)
    link = get_object_or_404(request.user.links.kept(), pk=pk)
    form = NoteForm(note_of(link), request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return page(request, link, form, preview=render_text(form.cleaned_data["note"], "preview"))
    return page(request, link, form)


@transaction.atomic
def save(request: ReaderRequest, pk: int) -> HttpResponse:
    link = get_object_or_404(request.user.links.kept().select_for_update(), pk=pk)
    form = NoteForm(note_of(link), request.POST)
    if not form.is_valid():
        return page(request, link, form, status=409)
    note = form.cleaned_data["note"]
    if note != form.now:
        write_section(link, Kind.NOTE, note)
        place_again([link.pk])
        change = link.changes.filter(what=Kind.NOTE).first()
        words = "Saved your notes." if note else "Your notes are empty now."
        messages.success(request, words, extra_tags=reverse("activity.undo", args=[change.pk]) if change else "")
    return back_to(request, link, "#notes")


def note_of(link: Link) -> str:
    return link.sections.filter(kind=Kind.NOTE).values_list("text", flat=True).first() or ""


def page(request: ReaderRequest, link: Link, form: NoteForm, status: int = 200, **more: object) -> HttpResponse:
    href = reader_path(link.pk, link.title)
    context = {"link": link, "noting": form, "href": href, "here": request.POST.get("next", href), **more}
    return render(request, "notes/edit.html", context, status=status)
