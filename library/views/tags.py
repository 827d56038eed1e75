"""Tags as the index at the back of a book, and a tag's own page: the library, narrowed to it."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from string import ascii_uppercase
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from library.content.text import fold
from library.models import LinkTag
from library.views.browse import Browse
from library.views.counts import Counts
from library.views.listing import Filters
from library.views.requests import ReaderRequest
from library.views.rows import tag_path

OTHER_SIGNS = "Signs"
DIGITS = "0–9"
NEWEST_LOOKED_AT = 300
RELATED = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """A tag in the index."""

    slug: str
    name: str
    count: int

    @property
    def href(self) -> str:
        return tag_path(self.slug)

    @property
    def letter(self) -> str:
        first = unicodedata.normalize("NFKD", self.name)[:1].upper()
        if first.isdigit():
            return DIGITS
        return first if first.isalpha() else OTHER_SIGNS


SHOWN: dict[str, tuple[str, Callable[[Entry], bool]]] = {
    "": ("All tags", lambda entry: True),
    "once": ("Used once", lambda entry: entry.count == 1),
    "unused": ("Unused", lambda entry: entry.count == 0),
}


@require_safe
def index(request: ReaderRequest) -> HttpResponse:
    counts = Counts.of(request.user)
    show = request.GET.get("show", "")
    show = show if show in SHOWN else ""
    wanted = request.GET.get("q", "").strip()
    by_count = request.GET.get("sort") == "count"
    if wanted:
        context = entries(counts, show, wanted, by_count)
    else:
        context = counts.kept(lambda: entries(counts, show, "", by_count), "tag index", show, by_count)
    return render(request, "tags/index.html", {"q": wanted, "show": show, "by_count": by_count, **context})


def entries(counts: Counts, show: str, wanted: str, by_count: bool) -> dict[str, Any]:
    """The index itself, rendered (a library may have thousands of tags), and the counts around it."""
    known = [Entry(slug, name, count) for slug, (_, name, count) in counts.tags().items()]
    found = [entry for entry in known if SHOWN[show][1](entry) and fold(wanted) in fold(entry.name)]
    groups = [("", sorted(found, key=lambda entry: -entry.count))] if by_count else letters(found)
    return {
        "tabs": [(name, words, sum(map(test, known))) for name, (words, test) in SHOWN.items()],
        "total": len(found),
        "alphabet": [] if by_count else alphabet([letter for letter, _ in groups]),
        "known": len(known),
        "entries": render_to_string("tags/entries.html", {"groups": groups, "by_count": by_count}),
    }


def letters(found: list[Entry]) -> list[tuple[str, list[Entry]]]:
    """The entries under their letters: A to Z, other scripts, digits, signs."""
    ordered = sorted(found, key=lambda entry: letter_place(entry.letter))
    return [(letter, list(group)) for letter, group in groupby(ordered, key=lambda entry: entry.letter)]


def letter_place(letter: str) -> tuple[int, str]:
    return (2 if letter == OTHER_SIGNS else 1 if letter == DIGITS else 0), letter


def alphabet(filled: list[str]) -> list[tuple[str, bool]]:
    """(letter, whether some tag begins with it), for the jump bar."""
    return [(letter, letter in filled) for letter in sorted({*ascii_uppercase, *filled}, key=letter_place)]


@require_safe
def tag(request: ReaderRequest, slug: str) -> HttpResponse:
    browse = Browse.of(request.user, Filters.read(request.GET, page_tag=slug), request.GET)
    known = browse.counts.tags().get(slug)
    if known is None:
        raise Http404
    pk, name, _ = known
    related = browse.counts.kept(lambda: related_tags(pk), "related", pk) if browse.first_page else []
    return render(request, "tags/tag.html", {**browse.context(), "name": name, "related": related})


def related_tags(tag_id: int) -> list[tuple[str, str]]:
    """(name, address) of the tags that stand beside this one most often, on its newest articles."""
    newest = LinkTag.objects.filter(tag=tag_id).order_by("-saved_at", "-link")[:NEWEST_LOOKED_AT]
    beside = LinkTag.objects.filter(link__in=list(newest.values_list("link", flat=True)), link__deleted_at=None)
    counted: Any = beside.exclude(tag=tag_id).order_by().values_list("tag__name", "tag__slug").annotate(n=Count("tag"))
    return [(name, tag_path(slug)) for name, slug, _ in counted.order_by("-n", "tag__name_key")[:RELATED]]
