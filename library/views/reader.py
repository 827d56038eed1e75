"""The reader, and the small actions on one article."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from library.accounts import is_own_path
from library.content.blocks import Heading, Rendered
from library.content.paint import paint
from library.models import Author, Colour, Kind, Link, Section, State, Theme
from library.models.writing import bin_link, note_change, restore_link
from library.rendering import rendered_sections
from library.search.indexing import cut_links
from library.views.margin import Margin, Placed, notes_by_block
from library.views.matches import Matches, address_with_words
from library.views.requests import ReaderRequest, came_from
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
    """One section as the reader shows it; `notes` stand below the blocks of these numbers."""

    section: Section
    text: Rendered
    notes: dict[int, list[Placed]] = field(default_factory=dict)

    @property
    def parts(self) -> Iterator[tuple[str, bool, list[Placed]]]:
        """Each block, whether it has words to mark, and its notes."""
        for place, block in enumerate(self.text.blocks):
            yield block, not block.startswith("<hr"), self.notes.get(place, [])

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
    matches = Matches(request.user, q)
    margin = Margin(link)
    paint_layers(layers, margin, matches)
    without = f"{path}?{urlencode({'back': back})}"
    context = {
        "link": link,
        "layers": layers,
        "matches": matches or None,
        "margin": margin,
        "colours": Colour.choices,
        "title": matches.title(link.display_title),
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
    texts = rendered_sections(sections)
    layers: dict[str, Any] = {"other": []}
    for section in sections:
        layer = Layer(section, texts[section.pk])
        if section.kind == Kind.OTHER:
            layers["other"].append(layer)
        else:
            layers[section.kind] = layer
    return layers


def paint_layers(layers: dict[str, Any], margin: Margin, matches: Matches) -> None:
    """Marks highlights and the words of a search in the layers, in the order in which they are shown."""
    for kind in SHOWN:
        found = layers.get(kind, [])
        for layer in found if isinstance(found, list) else [found]:
            placed = margin.placed(layer.section, layer.text)
            layer.notes = notes_by_block(layer.text.blocks, placed)
            marks = [*(each.mark() for each in placed), *matches.marks(kind, layer.text)]
            layer.text = replace(layer.text, blocks=paint(layer.text.blocks, marks))


def contents(article: Layer | None) -> list[Heading]:
    """The table of contents, where there is enough for one. A single deep level counts as the first."""
    headings = article.text.headings if article else []
    top = min((heading.level for heading in headings), default=2)
    shown = [Heading(heading.level - top + 2, heading.id, heading.text) for heading in headings]
    shown = [heading for heading in shown if heading.level <= DEEPEST_HEADING and heading.text]
    return shown if len(shown) >= FEWEST_HEADINGS else []


def way_back(request: ReaderRequest) -> tuple[str, str]:
    """The list the reader came from: as the address says, else as the browser does."""
    for back in (request.GET.get("back", ""), came_from(request)):
        words = next((words for path, words in LISTS if back.startswith(path)), "")
        if words and is_own_path(back):
            return back, words
    return LISTS[0]


def own_link(request: ReaderRequest, pk: int) -> Link:
    """The link that an action is about, held until it is done."""
    return get_object_or_404(request.user.links.select_for_update(), pk=pk)


def back_to(request: ReaderRequest, link: Link, fragment: str = "") -> HttpResponseRedirect:
    """To the page that asked, at the fragment if there is one."""
    there = request.POST.get("next", "").partition("#")[0]
    return HttpResponseRedirect((there if is_own_path(there) else reader_path(link.pk, link.title)) + fragment)


@require_POST
@transaction.atomic
def state(request: ReaderRequest, pk: int) -> HttpResponse:
    link = own_link(request, pk)
    before = {"state": link.state, "finished_at": link.finished_at.isoformat() if link.finished_at else None}
    if request.POST.get("state") not in State.values:
        return HttpResponseBadRequest("Which state? inbox, reading, finished or archived.")
    link.set_state(request.POST["state"])
    link.save(update_fields=["state", "finished_at"])
    change = note_change(link, "state", before, {"state": link.state})
    messages.success(request, MOVED[State(link.state)], extra_tags=reverse("activity.undo", args=[change.pk]))
    return back_to(request, link)


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
