"""All that was marked, and out into files; mark a passage, change what was marked, take it back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import tzinfo
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from library.content.anchors import Anchor
from library.content.paint import extents, plain_text
from library.content.quotation import Passage, as_csv, as_json, as_markdown, quotation
from library.content.sentences import sentences
from library.content.text import fold
from library.forms.edit import join_names
from library.forms.highlights import HighlightForm, MarkForm, PassageForm
from library.highlighting import Done, Refused, change, mark, undo
from library.highlighting import delete as delete_highlight
from library.models import Colour, Highlight, Link, Section
from library.rendering import rendered, rendered_sections
from library.views import reader
from library.views.activity import day_words
from library.views.counts import Counts
from library.views.marked import NOTES, PATH, Filters, Marked, by_article, tags_on
from library.views.reader import own_link
from library.views.requests import ReaderRequest, came_from
from library.views.rows import reader_path

WAYS = {"": "By article", "day": "By day"}
EXPORTS = {
    "md": (as_markdown, "text/markdown"),
    "csv": (as_csv, "text/csv"),
    "json": (as_json, "application/json"),
}
TAGS_OFFERED = 60
SHOWN = 2_000
CHUNK = 500
UNDONE_BY = {Done.MADE: "highlights.delete", Done.CHANGED: "highlights.undo", Done.NOTHING: ""}
NOT_UNDERSTOOD = "Nothing was marked: the page didn’t say which passage. Load it again and select it anew."


# --- all of them


@require_safe
def index(request: ReaderRequest) -> HttpResponse:
    marked = Marked.of(request.user, Filters.read(request.GET))
    found, after = marked.page(request.GET.get("after", ""))
    filters = marked.filters
    whole, lost = (replace(marked, filters=replace(filters, lost=only)) for only in (False, True))
    any_lost = Marked.of(request.user, Filters(lost=True)).count() > 0
    tabs = [("All", whole.count(), whole.filters), ("Lost its place", lost.count(), lost.filters)]
    context = {
        "filters": filters,
        "total": marked.count(),
        "tabs": [(words, number, each.address(), each == filters) for words, number, each in tabs],
        "any_lost": any_lost or filters.lost,
        "ways": [(words, replace(filters, by=by).address(), by == filters.by) for by, words in WAYS.items()],
        "exports": [(ending.upper(), filters.address(reverse(f"highlights.{ending}"))) for ending in EXPORTS],
        "chips": chips(request, marked),
        "groups": groups(marked, found),
        "newest": filters.address() if request.GET.get("after") else "",
        "older": filters.address(after=after) if after else "",
        **choices(marked),
    }
    return render(request, "highlights/index.html", context)


def choices(marked: Marked) -> dict[str, Any]:
    """What the list can be narrowed to; a choice is (value, words, count or "", chosen)."""
    filters, by_colour, by_tag = marked.filters, marked.by_colour(), marked.by_tag()
    tags = {slug: by_tag.get(slug, (slug, 0)) for slug in (*filters.tags, *by_tag)}
    return {
        "colours": [(str(c), c.label, by_colour.get(c, 0), str(c) in filters.colours) for c in Colour],
        "tags": [(slug, *each, slug in filters.tags) for slug, each in list(tags.items())[:TAGS_OFFERED]],
        "notes": [(note, words, "", note == filters.note) for note, words in {"": "All", **NOTES}.items()],
    }


def chips(request: ReaderRequest, marked: Marked) -> list[tuple[str, str, str]]:
    """(field, words, the address without it)."""
    filters, known = marked.filters, Counts.of(request.user).tags()
    found = [("tag", known[slug][1] if slug in known else slug, filters.without("tags", slug)) for slug in filters.tags]
    found += [("colour", Colour(each).label, filters.without("colours", each)) for each in filters.colours]
    if filters.note:
        found.append(("note", filters.note, filters.without("note")))
    if filters.item:
        link = request.user.links.filter(pk=filters.item).first()
        found.append(("article", link.display_title if link else "unknown", filters.without("item")))
    if filters.q:
        found.append(("text", filters.q, filters.without("q")))
    return [(field, words, each.address()) for field, words, each in found]


def groups(marked: Marked, found: list[Highlight]) -> list[dict[str, Any]]:
    """The highlights of a page under the articles that they are in, or under the days on which they were made."""
    tags, notes = tags_on(found), rendered({f"n{each.pk}": each.note for each in found if each.note})
    today, back = timezone.localdate(), urlencode({"back": marked.filters.address()})

    def entry(highlight: Highlight) -> dict[str, Any]:
        link, note = highlight.link, notes.get(f"n{highlight.pk}")
        return {
            "highlight": highlight,
            "title": link.display_title,
            "href": f"{reader_path(link.pk, link.title)}?{back}#hl-{highlight.pk}",
            "quote": shortened(highlight.quote),
            "blocks": note.blocks if note else (),
            "tags": [(name, marked.filters.address(tag=slug)) for name, slug in tags[highlight.pk]],
            "copy": quotation_of(highlight),
        }

    if marked.filters.by:
        days = groupby(found, key=lambda each: timezone.localdate(each.created_at))
        return [{"day": day_words(day, today), "entries": list(map(entry, part))} for day, part in days]
    return [{"link": part[0].link, "entries": list(map(entry, part))} for _, part in by_article(found)]


def shortened(quote: str) -> str:
    return quote if len(quote) <= SHOWN else quote[:SHOWN].rstrip() + "…"


def quotation_of(highlight: Highlight) -> str:
    link = highlight.link
    return quotation(highlight.quote, link.display_title, link.url if link.url_hash else "", highlight.note)


@require_safe
def export(request: ReaderRequest, ending: str) -> StreamingHttpResponse:
    """What the list holds, as a file that is written while it is read."""
    write, content_type = EXPORTS[ending]
    # It is written when the reader's own time zone is no longer set.
    found = passages(Marked.of(request.user, Filters.read(request.GET)), timezone.get_current_timezone())
    answer = StreamingHttpResponse(write(found))
    answer.headers["Content-Type"] = f"{content_type}; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="highlights.{ending}"'
    return answer


def passages(marked: Marked, zone: tzinfo) -> Iterator[Passage]:
    """In the order of the list; never more than an article or a chunk of them in memory."""
    found = marked.ordered().prefetch_related("tags").iterator(chunk_size=CHUNK)
    ordered = found if marked.filters.by else (each for _, part in by_article(found) for each in part)
    for each in ordered:
        address = each.link.url if each.link.url_hash else ""
        tags = tuple(sorted((tag.name for tag in each.tags.all()), key=fold))
        marked_at = each.created_at.astimezone(zone).isoformat(timespec="seconds")
        lost = each.start is None or each.section_id is None
        yield Passage(each.link.display_title, address, each.quote, each.note, tags, each.colour, marked_at, lost)


# --- one of them


def own_highlight(request: ReaderRequest, pk: int) -> Highlight:
    return get_object_or_404(Highlight.objects.of(request.user).select_related("link"), pk=pk)


def back_to(request: ReaderRequest, link: Link, highlight: Highlight | None = None) -> HttpResponseRedirect:
    """To the page that asked, at the passage."""
    return reader.back_to(request, link, f"#hl-{highlight.pk}" if highlight else "")


def as_open(request: ReaderRequest, link: Link) -> str:
    """The article as it was open, with its search and its way back; or the list or the review that showed it."""
    there = came_from(request)
    shown = there if there.startswith((f"/read/{link.pk}-", "/review/")) or there.partition("?")[0] == PATH else ""
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
        highlight, done = mark(section, form.passage, given["colour"], given["note"], given["tags"])
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
        passage, given = Anchor(text[first:last], start=start + first, end=start + last), form.cleaned_data
        try:
            highlight, done = mark(section, passage, given["colour"], given["note"], given["tags"])
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
    names = list(highlight.tags.order_by("name_key").values_list("name", flat=True))
    before = {"colour": highlight.colour, "note": highlight.note, "tags": join_names(names)}
    form = HighlightForm(request.POST if request.method == "POST" else None, initial=before)
    if form.is_valid():
        given = form.cleaned_data
        if change(highlight, given["colour"], given["note"], given["tags"] if "tags" in form.data else None):
            messages.success(request, "Saved.", extra_tags=reverse("highlights.undo", args=[pk]))
        return back_to(request, link, highlight)
    there = as_open(request, link)
    context = {
        "highlight": highlight,
        "link": link,
        "form": form,
        "quote": quotation_of(highlight),
        "next": there,
        "from_list": there.startswith(PATH),
    }
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
    link = undo(request.user, pk)
    if link is None:
        raise Http404
    messages.success(request, "As it was before.", extra_tags=reverse("highlights.undo", args=[pk]))
    return reader.back_to(request, link, f"#hl-{pk}")
