"""The reader, and the small actions on one article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from library.accounts import is_own_path
from library.content.blocks import Heading, Rendered
from library.models import Author, Kind, Link, Section, State, Theme
from library.models.writing import bin_link, note_change, restore_link
from library.rendering import rendered
from library.search.indexing import cut_links
from library.views.matches import Matches, address_with_words
from library.views.requests import ReaderRequest
from library.views.rows import minutes_left, reader_path, tags_of

LISTS = (("/library/", "Library"), ("/tags/", "Tags"), ("/search/", "Search"), ("/bin/", "Bin"), ("/import/", "Import"))
MOVED = {
    State.INBOX: "Back in the inbox.",
    State.READING: "Marked as reading.",
    State.FINISHED: "Finished.",
    State.ARCHIVED: "Archived.",
}
SHOWN = (Kind.OVERVIEW, Kind.SUMMARY, Kind.ARTICLE, Kind.OTHER, Kind.NOTE)
FEWEST_HEADINGS = 2
DEEPEST_HEADING = 3


@dataclass(slots=True)
class Layer:
    """One section as the reader shows it."""

    section: Section
    text: Rendered

    @property
    def by_reader(self) -> bool:
        return self.section.author == Author.READER

    @property
    def wrote(self) -> str:
        """Who wrote an AI summary, for its label."""
        if self.by_reader:
            return "In your own words."
        model = f" by {self.section.author_name}" if self.section.author == Author.MODEL else ""
        return f"Machine-written{model}. Check it against the article."


@require_safe
def read(request: ReaderRequest, pk: int, slug: str = "") -> HttpResponse:
    link = get_object_or_404(request.user.links, pk=pk)
    path = reader_path(link.pk, link.title)
    if slug != link.slug:
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{path}?{query}" if query else path)
    back, back_words = way_back(request)
    layers = layers_of(link)
    q = request.GET.get("q", "")
    matches = matches_in(request, q, layers)
    without = f"{path}?{urlencode({'back': back})}"
    context = {
        "link": link,
        "layers": layers,
        "matches": matches,
        "title": matches.title(link.display_title) if matches else None,
        "without": without,
        "cut": bool(cut_links([link.pk])),
        "back": back,
        "back_words": back_words,
        "here": address_with_words(path, q, back) if matches else without,
        "tags": tags_of([link.pk]).get(link.pk, []),
        "type_href": f"/library/?{urlencode({'type': link.type})}",
        "contents": contents(layers.get("article")),
        "themes": Theme.choices,
        "reading": link.state == State.READING,
        "done": link.state in (State.FINISHED, State.ARCHIVED),
        "minutes": minutes_left({"minutes": link.minutes, "progress": link.progress}),
    }
    return render(request, "reader/read.html", context)


def layers_of(link: Link) -> dict[str, Any]:
    """The sections that say something, by kind, rendered; `other` is a list."""
    sections = [section for section in link.sections.all() if section.text.strip()]
    scopes = {section: "" if section.kind == Kind.ARTICLE else f"s{section.pk}" for section in sections}
    texts = rendered({scope: section.text for section, scope in scopes.items()})
    layers: dict[str, Any] = {"other": []}
    for section, scope in scopes.items():
        layer = Layer(section, texts[scope])
        if section.kind == Kind.OTHER:
            layers["other"].append(layer)
        else:
            layers[section.kind] = layer
    return layers


def matches_in(request: ReaderRequest, q: str, layers: dict[str, Any]) -> Matches | None:
    """Marks the words of a search in the layers, in the order in which they are shown; None where it has no words."""
    matches = Matches(request.user, q)
    if not matches:
        return None
    for kind in SHOWN:
        found = layers.get(kind, [])
        for layer in found if isinstance(found, list) else [found]:
            layer.text = matches.painted(kind, layer.text)
    return matches


def contents(article: Layer | None) -> list[Heading]:
    """The table of contents, where there is enough for one. A single deep level counts as the first."""
    headings = article.text.headings if article else []
    top = min((heading.level for heading in headings), default=2)
    shown = [Heading(heading.level - top + 2, heading.id, heading.text) for heading in headings]
    shown = [heading for heading in shown if heading.level <= DEEPEST_HEADING and heading.text]
    return shown if len(shown) >= FEWEST_HEADINGS else []


def way_back(request: ReaderRequest) -> tuple[str, str]:
    """The list the reader came from: as the address says, else as the browser does."""
    came_from = urlsplit(request.META.get("HTTP_REFERER", ""))
    own = came_from.netloc == request.get_host()
    referer = came_from.path + (f"?{came_from.query}" if came_from.query else "") if own else ""
    for back in (request.GET.get("back", ""), referer):
        words = next((words for path, words in LISTS if back.startswith(path)), "")
        if words and is_own_path(back):
            return back, words
    return LISTS[0]


def own_link(request: ReaderRequest, pk: int) -> Link:
    """The link that an action is about, held until it is done."""
    return get_object_or_404(request.user.links.select_for_update(), pk=pk)


def back_to(request: ReaderRequest, link: Link) -> HttpResponseRedirect:
    there = request.POST.get("next", "")
    return HttpResponseRedirect(there if is_own_path(there) else reader_path(link.pk, link.title))


@require_POST
@transaction.atomic
def state(request: ReaderRequest, pk: int) -> HttpResponse:
    link = own_link(request, pk)
    before = {"state": link.state, "finished_at": link.finished_at.isoformat() if link.finished_at else None}
    if "undo" in request.GET:
        restore_state(link)
    elif request.POST.get("state") in State.values:
        link.set_state(request.POST["state"])
    else:
        return HttpResponseBadRequest("Which state? inbox, reading, finished or archived.")
    link.save(update_fields=["state", "finished_at"])
    note_change(link, "state", before, {"state": link.state})
    undo = "" if "undo" in request.GET else f"/read/{pk}/state/?undo"
    messages.success(request, MOVED[State(link.state)], extra_tags=undo)
    return back_to(request, link)


def restore_state(link: Link) -> None:
    """As it was before the last move."""
    last = link.changes.filter(what="state").first()
    if last is None or not last.before:
        raise Http404
    link.state = last.before["state"]
    finished = last.before["finished_at"]
    link.finished_at = datetime.fromisoformat(finished) if finished else None


@require_POST
@transaction.atomic
def favourite(request: ReaderRequest, pk: int) -> HttpResponse:
    link = own_link(request, pk)
    link.favourite = not link.favourite
    link.save(update_fields=["favourite"])
    note_change(link, "favourite", not link.favourite, link.favourite)
    messages.success(request, "Added to your favourites." if link.favourite else "No longer a favourite.")
    return back_to(request, link)


@require_POST
@transaction.atomic
def to_bin(request: ReaderRequest, pk: int) -> HttpResponse:
    link = own_link(request, pk)
    if link.deleted_at is None:
        bin_link(link)
    messages.success(request, "Moved to the Bin.", extra_tags=f"/read/{pk}/restore/")
    return back_to(request, link)


@require_POST
@transaction.atomic
def restore(request: ReaderRequest, pk: int) -> HttpResponse:
    link = own_link(request, pk)
    if link.deleted_at is not None:
        restore_link(link)
    messages.success(request, "Out of the Bin again.")
    return back_to(request, link)
