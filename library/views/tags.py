"""Tags as the index at the back of a book; a tag's own page: the library, narrowed to it; and what is done to a tag."""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from string import ascii_uppercase
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from library import tagging
from library.content.alike import alike
from library.content.text import clean_text, fold, single_line
from library.forms.tags import TagForm
from library.models import LinkTag, Tag
from library.models.shelves import hold
from library.models.tags import above, parts
from library.views.browse import Browse
from library.views.counts import Counts
from library.views.listing import Filters
from library.views.requests import ReaderRequest
from library.views.rows import tag_path

OTHER_SIGNS = "Signs"
DIGITS = "0–9"
PINNED = "Pinned"
ALIKE = "alike"
NEWEST_LOOKED_AT = 300
RELATED = 8
NAMES_OFFERED = 300
MOST_BELOW = 60
UNKNOWN = "You have no tag “{name}”. Choose one that is there, or rename this one."
ITSELF = "That is this very tag. Choose another."


# --- the index -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """A tag in the index."""

    slug: str
    name: str
    count: int
    depth: int = 0
    highlights: int = 0

    @property
    def lead(self) -> str:
        """What the tags above it say already."""
        return self.name[: len(self.name) - len(self.last)]

    @property
    def last(self) -> str:
        levels = parts(self.name)
        return "/".join(levels[self.depth :]) if self.depth and self.depth < len(levels) else self.name

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
    "unused": ("Unused", lambda entry: not (entry.count or entry.highlights)),
}


@require_safe
def index(request: ReaderRequest) -> HttpResponse:
    counts = Counts.of(request.user)
    show = request.GET.get("show", "")
    show = show if show in (*SHOWN, ALIKE) else ""
    wanted = request.GET.get("q", "").strip()
    by_count = request.GET.get("sort") == "count"
    if wanted:
        context = entries(counts, show, wanted, by_count)
    else:
        context = counts.kept(lambda: entries(counts, show, "", by_count), "tag index", show, by_count)
    return render(request, "tags/index.html", {"q": wanted, "show": show, "by_count": by_count, **context})


def entries(counts: Counts, show: str, wanted: str, by_count: bool) -> dict[str, Any]:
    """The index itself, rendered (a library may have thousands of tags), and the counts around it."""
    marked = counts.on_highlights()
    known = [Entry(slug, name, n, highlights=marked.get(slug, 0)) for slug, (_, name, n) in counts.tags().items()]
    pairs = [pair for pair in look_alike(counts) if any(fold(wanted) in fold(each.name) for each in pair)]
    test = SHOWN[show][1] if show in SHOWN else lambda entry: False
    found = [entry for entry in known if test(entry) and fold(wanted) in fold(entry.name)]
    tabs = [(name, words, sum(map(test, known))) for name, (words, test) in SHOWN.items()]
    groups = [("", sorted(found, key=lambda entry: -entry.count))] if by_count else letters(indented(found))
    pinned = [Entry(*each) for each in counts.pinned()] if not (show or wanted or by_count) else []
    shown = {"groups": [(PINNED, pinned), *groups] if pinned else groups, "by_count": by_count}
    return {
        "tabs": [*tabs, (ALIKE, "Look alike", len(look_alike(counts)))],
        "total": len(pairs) if show == ALIKE else len(found),
        "alphabet": [] if by_count or show == ALIKE else alphabet([letter for letter, _ in groups]),
        "known": len(known),
        "pairs": pairs if show == ALIKE else [],
        "entries": render_to_string("tags/entries.html", shown) if show != ALIKE else "",
    }


def look_alike(counts: Counts) -> list[tuple[Entry, Entry]]:
    """Pairs of tags that may mean one thing: the one on fewer articles first, which would be merged into the other."""

    def find() -> list[tuple[Entry, Entry]]:
        known = {name: Entry(slug, name, count) for slug, (_, name, count) in counts.tags().items()}
        pairs = alike(sorted(known, key=lambda name: (-known[name].count, fold(name))))
        return [(known[fewer], known[more]) for more, fewer in pairs]

    return counts.kept(find, "look alike")


def indented(found: Iterable[Entry]) -> list[Entry]:
    """In alphabetical order, each below the tags that it stands below, as far as they are shown."""
    ordered = sorted(found, key=lambda entry: parts(fold(entry.name)))
    shown = {fold(entry.name) for entry in ordered}
    depths = [[higher in shown for higher in above(fold(entry.name))] for entry in ordered]
    return [
        replace(entry, depth=len(levels)) if levels and all(levels) else entry
        for entry, levels in zip(ordered, depths, strict=True)
    ]


def letters(found: list[Entry]) -> list[tuple[str, list[Entry]]]:
    """The entries under their letters: A to Z, other scripts, digits, signs."""
    ordered = sorted(found, key=lambda entry: letter_place(entry.letter))
    return [(letter, list(group)) for letter, group in groupby(ordered, key=lambda entry: entry.letter)]


def letter_place(letter: str) -> tuple[int, str]:
    return (2 if letter == OTHER_SIGNS else 1 if letter == DIGITS else 0), letter


def alphabet(filled: list[str]) -> list[tuple[str, bool]]:
    """(letter, whether some tag begins with it), for the jump bar."""
    return [(letter, letter in filled) for letter in sorted({*ascii_uppercase, *filled}, key=letter_place)]


# --- a tag's page --------------------------------------------------------------------------------------------------


@require_safe
def tag(request: ReaderRequest, slug: str) -> HttpResponse:
    filters = Filters.read(request.GET, page_tag=slug)
    if moved := moved_address(request, filters):
        return redirect(moved)
    browse = Browse.of(request.user, filters, request.GET)
    counts = browse.counts
    family = counts.families().get(slug)
    if slug not in counts.tags() and family is None:
        raise Http404
    shown = request.user.tags.filter(slug=slug).first()
    name = shown.name if shown else family.name if family else slug
    context = {
        "tag": shown,
        "name": name,
        "above": levels_above(counts, name),
        "marked": counts.on_highlights().get(slug, 0),
        "below": links_to(counts, family.ids[1 if family.pk else 0 :]) if family else [],
    }
    if shown and browse.first_page:
        context["related"] = counts.kept(lambda: related_tags(shown.pk), "related", shown.pk)
    return render(request, "tags/tag.html", {**browse.context(), **context})


def links_to(counts: Counts, ids: Iterable[int]) -> list[tuple[str, str]]:
    """(name, address) of the first of these tags, in alphabetical order."""
    wanted = set(ids)
    return [(name, tag_path(slug)) for slug, (pk, name, _) in counts.tags().items() if pk in wanted][:MOST_BELOW]


def levels_above(counts: Counts, name: str) -> list[tuple[str, str]]:
    """(name, address) of what this tag stands below."""
    known = {fold(family.name): (parts(family.name)[-1], tag_path(slug)) for slug, family in counts.families().items()}
    return [known[fold(higher)] for higher in above(name) if fold(higher) in known]


def moved_address(request: ReaderRequest, filters: Filters) -> str:
    """Where the page stands now if a tag in its address is called otherwise by now, or was merged into another."""
    counts = Counts.of(request.user)
    known = counts.tags() if filters.all_tags else {}
    unknown = [slug for slug in filters.all_tags if slug not in known and "\0" not in slug]
    moved = Tag.objects.moved(request.user.pk, unknown) if unknown else {}
    if not moved:
        return ""
    query = request.GET.copy()
    if filters.tags:
        query.setlist("tag", [moved[slug].slug if slug in moved else slug for slug in filters.tags])
    here = moved.get(filters.page_tag)
    path = tag_path(here.slug) if here else filters.path
    return f"{path}?{query.urlencode()}" if query else path


def related_tags(tag_id: int) -> list[tuple[str, str]]:
    """(name, address) of the tags that stand beside this one most often, on its newest articles."""
    newest = LinkTag.objects.filter(tag=tag_id).order_by("-saved_at", "-link")[:NEWEST_LOOKED_AT]
    beside = LinkTag.objects.filter(link__in=list(newest.values_list("link", flat=True)), link__deleted_at=None)
    counted: Any = beside.exclude(tag=tag_id).order_by().values_list("tag__name", "tag__slug").annotate(n=Count("tag"))
    return [(name, tag_path(slug)) for name, slug, _ in counted.order_by("-n", "tag__name_key")[:RELATED]]


# --- what is done to a tag -----------------------------------------------------------------------------------------


def edit(request: ReaderRequest, slug: str) -> HttpResponse:
    """`?into=` names a tag to merge into, and asks what that would do."""
    if request.method != "POST":
        tag = own_tag(request, slug)
        return render(request, "tags/edit.html", {"form": TagForm(tag), **merge_context(request, tag)})
    form = take(request, slug)
    if form.errors:
        form.tag.refresh_from_db()
        return render(request, "tags/edit.html", {"form": form, **merge_context(request, form.tag)})
    messages.success(request, f"Saved the tag “{form.tag.name}”.")
    return redirect("tags.tag", form.tag.slug)


@transaction.atomic
def take(request: ReaderRequest, slug: str) -> TagForm:
    """Save what was sent, unless something in it is wrong."""
    hold(request.user)
    form = TagForm(own_tag(request, slug), request.POST)
    if form.is_valid():
        form.save()
    return form


def merge_context(request: ReaderRequest, tag: Tag) -> dict[str, Any]:
    counts = Counts.of(request.user)
    wanted = single_line(request.GET.get("into", ""))
    into, problem = meant(request, tag, wanted)
    offered = [(name, slug) for slug, name, _ in counts.frequent_tags(NAMES_OFFERED) if slug != tag.slug]
    return {
        "tag": tag,
        "wanted": into.name if into else wanted,
        "into": into,
        "problem": problem,
        "offered": offered,
        "reach": tagging.reach(tag, into),
    }


def meant(request: ReaderRequest, tag: Tag, wanted: str) -> tuple[Tag | None, str]:
    """The tag to merge into, or what is wrong with what was wanted."""
    if not wanted:
        return None, ""
    into = Tag.objects.meant(request.user.pk, [wanted]).get(wanted)
    if into is None:
        return None, UNKNOWN.format(name=wanted)
    return (into, "") if into != tag else (None, ITSELF)


@require_POST
@transaction.atomic
def merge(request: ReaderRequest, slug: str) -> HttpResponse:
    hold(request.user)
    tag, wanted = own_tag(request, slug), single_line(request.POST.get("into", ""))
    into, _ = meant(request, tag, wanted)
    if into is None:
        return redirect(f"{tag_path(tag.slug)}edit/?{urlencode({'into': wanted})}")
    tagging.merge(tag, into)
    messages.success(request, f"Merged “{tag.name}” into “{into.name}”.")
    return redirect("tags.tag", into.slug)


def delete(request: ReaderRequest, slug: str) -> HttpResponse:
    tag = own_tag(request, slug)
    if request.method != "POST":
        return render(request, "tags/delete.html", {"tag": tag, "reach": tagging.reach(tag)})
    tagging.delete(tag)
    messages.success(request, f"Deleted the tag “{tag.name}”. Its articles stay.")
    return redirect("tags.index")


@require_POST
def pin(request: ReaderRequest, slug: str) -> HttpResponse:
    tag = own_tag(request, slug)
    tag.pinned = request.POST.get("pinned") == "1"
    tag.save(update_fields=["pinned"])
    messages.success(request, f"“{tag.name}” stands beside every page." if tag.pinned else f"Unpinned “{tag.name}”.")
    return redirect("tags.tag", tag.slug)


def own_tag(request: ReaderRequest, slug: str) -> Tag:
    return get_object_or_404(request.user.tags.select_related("owner"), slug=clean_text(slug))
