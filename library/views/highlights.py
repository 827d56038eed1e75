"""Mark a passage, change what was marked, take it back."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from library.content.anchors import Anchor
from library.content.paint import extents, plain_text
from library.content.quotation import quotation
from library.content.sentences import sentences
from library.forms.highlights import HighlightForm, MarkForm, PassageForm
from library.highlighting import Done, Refused, change, mark, undo
from library.highlighting import delete as delete_highlight
from library.models import Colour, Highlight, Link, Section
from library.rendering import rendered_sections
from library.views import reader
from library.views.reader import own_link
from library.views.requests import ReaderRequest, came_from
from library.views.rows import reader_path

UNDONE_BY = {Done.MADE: "highlights.delete", Done.CHANGED: "highlights.undo", Done.NOTHING: ""}
NOT_UNDERSTOOD = "Nothing was marked: the page didn’t say which passage. Load it again and select it anew."


def own_highlight(request: ReaderRequest, pk: int) -> Highlight:
    return get_object_or_404(Highlight.objects.of(request.user).select_related("link"), pk=pk)


def back_to(request: ReaderRequest, link: Link, highlight: Highlight | None = None) -> HttpResponseRedirect:
    """To the page that asked, at the passage."""
    return reader.back_to(request, link, f"#hl-{highlight.pk}" if highlight else "")


def as_open(request: ReaderRequest, link: Link) -> str:
    """The article as it was open: with its search and its way back."""
    there = came_from(request)
    shown = there if there.startswith(f"/read/{link.pk}-") else ""
    return request.POST.get("next") or shown or reader_path(link.pk, link.title)


def say_marked(request: ReaderRequest, highlight: Highlight, done: Done) -> None:
    route = UNDONE_BY[done]
    undo_by = reverse(route, args=[highlight.pk]) if route else ""
    messages.success(request, f"Marked in {Colour(highlight.colour).label.lower()}.", extra_tags=undo_by)


@require_POST
@transaction.atomic
def add(request: ReaderRequest, pk: int) -> HttpResponse:
    """A passage that the page's script found. What can't be marked is said on the page that it leads to."""
    link = own_link(request, pk)
    form = PassageForm(request.POST)
    section = link.sections.filter(pk=form.cleaned_data["section"]).first() if form.is_valid() else None
    try:
        if section is None:
            raise Refused(next(iter(form.errors.get("note", [])), NOT_UNDERSTOOD))
        given = form.cleaned_data
        highlight, done = mark(section, form.passage, given["colour"], given["note"])
    except Refused as refused:
        messages.error(request, str(refused))
        return back_to(request, link)
    say_marked(request, highlight, done)
    return back_to(request, link, highlight)


# --- a paragraph at a time, without a script


def by_hand(request: ReaderRequest, pk: int) -> HttpResponse:
    """One paragraph, of which sentences or words are chosen."""
    if request.method != "POST":
        return choose(request, get_object_or_404(request.user.links, pk=pk))
    with transaction.atomic():
        return choose(request, own_link(request, pk))


def choose(request: ReaderRequest, link: Link) -> HttpResponse:
    section, start, text = paragraph(request, link)
    form = MarkForm(text, sentences(text), request.POST if request.method == "POST" else None)
    if form.is_valid():
        first, last = form.place
        passage = Anchor(text[first:last], start=start + first, end=start + last)
        try:
            highlight, done = mark(section, passage, form.cleaned_data["colour"], form.cleaned_data["note"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            say_marked(request, highlight, done)
            return back_to(request, link, highlight)
    context = {"link": link, "form": form, "text": text, "next": as_open(request, link)}
    return render(request, "highlights/mark.html", context)


def paragraph(request: ReaderRequest, link: Link) -> tuple[Section, int, str]:
    """The section, where in it the paragraph begins, and what that says. The first, where none is named."""
    section = link.sections.filter(pk=number(request, "section")).first() or link.sections.first()
    if section is None:
        raise Http404
    blocks = rendered_sections([section])[section.pk].blocks
    at = number(request, "block")
    if not 0 <= at < len(blocks):
        raise Http404
    start, end = extents(blocks)[at]
    text = plain_text(blocks)[start:end]
    if not text:
        raise Http404
    return section, start, text


def number(request: ReaderRequest, name: str) -> int:
    given = request.GET.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 19 else 0


# --- what was marked


def edit(request: ReaderRequest, pk: int) -> HttpResponse:
    highlight = own_highlight(request, pk)
    link = highlight.link
    before = {"colour": highlight.colour, "note": highlight.note}
    form = HighlightForm(request.POST if request.method == "POST" else None, initial=before)
    if form.is_valid():
        change(highlight, form.cleaned_data["colour"], form.cleaned_data["note"])
        if {"colour": highlight.colour, "note": highlight.note} != before:
            messages.success(request, "Saved.", extra_tags=reverse("highlights.undo", args=[pk]))
        return back_to(request, link, highlight)
    quote = quotation(highlight.quote, link.display_title, link.url if link.url_hash else "", highlight.note)
    context = {"highlight": highlight, "link": link, "form": form, "quote": quote, "next": as_open(request, link)}
    return render(request, "highlights/edit.html", context)


@require_POST
@transaction.atomic
def delete(request: ReaderRequest, pk: int) -> HttpResponse:
    highlight = own_highlight(request, pk)
    delete_highlight(highlight)
    messages.success(request, "Highlight deleted.", extra_tags=reverse("highlights.undo", args=[pk]))
    return back_to(request, highlight.link)


@require_POST
@transaction.atomic
def take_back(request: ReaderRequest, pk: int) -> HttpResponse:
    highlight = undo(request.user, pk)
    if highlight is None:
        raise Http404
    messages.success(request, "As it was before.")
    return back_to(request, highlight.link, highlight)
