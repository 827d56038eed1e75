"""The reader, and the small actions on one article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from library.accounts import is_own_path
from library.content.blocks import Heading, Rendered
from library.content.paint import paint
from library.content.text import direction
from library.forms.notes import NoteForm
from library.forms.reader import PlaceForm
from library.forms.settings import ReadingForm
from library.models import Author, Colour, Kind, Link, Section, State
from library.models.writing import bin_link, change_state, keep_place, note_change, restore_link
from library.rendering import rendered_sections
from library.search.indexing import cut_links
from library.views.endmatter import passages, related, way_on
from library.views.margin import Margin, Placed, notes_by_block
from library.views.matches import Matches, with_words
from library.views.requests import ReaderRequest, came_from
from library.views.rows import minutes_left, reader_path, tag_path

LISTS = (
    *(("/library/", "Library"), ("/highlights/", "Highlights"), ("/review/", "Daily review"), ("/tags/", "Tags")),
    *(("/search/", "Search"), ("/bin/", "Bin"), ("/import/", "Import")),
)
DONE = (State.FINISHED, State.ARCHIVED)
WITH_ROWS = ("/library/", "/tags/", "/search/")
MOVED = {
    State.INBOX: "Back in the inbox.",
    State.READING: "Marked as reading.",
    State.FINISHED: "Finished.",
    State.ARCHIVED: "Archived.",
    "finished archived": "Finished and archived.",
}
SHOWN = (Kind.OVERVIEW, Kind.SUMMARY, Kind.ARTICLE, Kind.OTHER, Kind.NOTE)
FEWEST_HEADINGS = 2
DEEPEST_HEADING = 3
HEADING_ID = re.compile(r'<h[2-6][^>]*? id="([^"]+)"')


@dataclass(slots=True)
class Layer:
    """One section as the reader shows it; `notes` stand below the blocks of these numbers."""

    section: Section
    text: Rendered
    notes: dict[int, list[Placed]] = field(default_factory=dict)

    @property
    def parts(self) -> Iterator[tuple[str, bool, tuple[str, str] | None, list[Placed]]]:
        """Each block, whether it has words to mark, (place, id) of a heading whose place can be kept, and its notes."""
        sizes = list(accumulate(map(len, self.text.blocks)))
        for place, block in enumerate(self.text.blocks):
            heading = HEADING_ID.match(block) if self.section.kind == Kind.ARTICLE else None
            percent = 100 * (sizes[place] - len(block)) // sizes[-1]
            mark = (f"{place}/{percent}", heading[1]) if heading else None
            yield block, not block.startswith("<hr"), mark, self.notes.get(place, [])

    @property
    def direction(self) -> str:
        """In which the text runs: lists, quotations and the notes beside it follow."""
        return direction(self.section.text)

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
    tags = list(link.link_tags.order_by("id").values_list("tag", "tag__name", "tag__slug"))
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
        "back_to_row": f"{back.partition('#')[0]}#row-{link.pk}" if back.startswith(WITH_ROWS) else back,
        "back_words": back_words,
        "here": path + with_words(q, back) if matches else without,
        "tags": [(name, tag_path(slug)) for _, name, slug in tags],
        "type_href": f"/library/?{urlencode({'type': link.type})}",
        "contents": contents(layers.get("article")),
        "reading": link.state == State.READING,
        "done": link.state in DONE,
        "resume": resume(link, layers.get("article")),
        "look": ReadingForm(request.user),
        "noting": NoteForm(layers["note"].section.text if "note" in layers else ""),
        "noted": layers.get("note"),
        "passages": passages(margin),
        "way_on": way_on(request.user, link, back),
        "related": related(request.user, link, [pk for pk, *_ in tags]),
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
            marks = [*(each.mark() for each in placed), *matches.marks(kind, layer.text)]
            layer.notes = notes_by_block(layer.text.blocks, [matches.beside(each) for each in placed])
            layer.text = replace(layer.text, blocks=paint(layer.text.blocks, marks))


def contents(article: Layer | None) -> list[Heading]:
    """The table of contents, where there is enough for one. A single deep level counts as the first."""
    headings = article.text.headings if article else []
    top = min((heading.level for heading in headings), default=2)
    shown = [Heading(heading.level - top + 2, heading.id, heading.text) for heading in headings]
    shown = [heading for heading in shown if heading.level <= DEEPEST_HEADING and heading.text]
    return shown if len(shown) >= FEWEST_HEADINGS else []


def resume(link: Link, article: Layer | None) -> str:
    """The heading under which the reader left off, of an article that they are not done with."""
    if article is None or not link.place or link.state in DONE:
        return ""
    ids = [match[1] for block in article.text.blocks[: link.place + 1] if (match := HEADING_ID.match(block))]
    return ids[-1] if ids else ""


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
    wanted = request.POST.get("state", "")
    if wanted not in MOVED:
        return HttpResponseBadRequest("Which state? inbox, reading, finished or archived.")
    change = change_state(link, *wanted.split())
    messages.success(request, MOVED[wanted], extra_tags=reverse("activity.undo", args=[change.pk]))
    return back_to(request, link)


@require_POST
@transaction.atomic
def progress(request: ReaderRequest, pk: int) -> HttpResponse:
    """How far the reader came. The page tells it by itself; `?at=` names the heading that they marked."""
    link, form, marked = own_link(request, pk), PlaceForm(request.POST), request.GET.get("at", "")
    if not form.is_valid():
        return HttpResponseBadRequest("Which place? The number of a block, a stroke, and a percentage.")
    keep_place(link, *form.cleaned_data["place"], marked=bool(marked))
    if not marked:
        return HttpResponse(status=204)
    messages.success(request, f"Your place is marked, at {link.progress}%.")
    return back_to(request, link, f"#{quote(marked)}")


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
