"""The versions of an article's texts: what there are, what differs between two, and the way back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, QuerySet
from django.db.models.functions import Length
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from library.content.differences import Paragraph, Side, differences
from library.forms.edit import label_of
from library.highlighting import place_again
from library.models import Author, Link, Section, SectionVersion
from library.models.links import LinkQuerySet
from library.models.sections import Provenance
from library.models.writing import restore_version
from library.views import keys
from library.views.requests import ReaderRequest
from library.views.rows import reader_path

PAGE = 50
MOST_COMPARED_WITH = 50
# Longer texts are not compared, and a page shows no more than so much of what differs.
LONGEST = 2_000_000
MOST_SHOWN = 200_000
LONGEST_SAME = 600
TOO_LONG = "These texts are too long to be compared here: together they have more than two million characters."


def name_of(section: Section) -> str:
    return label_of(section.kind, section.heading)


def writer(text: Provenance) -> str:
    """Who wrote it, in the middle of a sentence."""
    if text.author == Author.READER:
        return "you"
    named = {Author.IMPORT: "an import", Author.MODEL: "a model"}
    return f"{named[Author(text.author)]}, {text.author_name}" if text.author_name else named[Author(text.author)]


# --- the list


@require_safe
def index(request: ReaderRequest, pk: int) -> HttpResponse:
    """All versions of the article's texts, or of the `?section=`, what was replaced last first."""
    link = get_object_or_404(request.user.links, pk=pk)
    sections = list(sections_of(link))
    chosen = next((each for each in sections if str(each.pk) == request.GET.get("section")), None)
    found = list(versions_of(link, chosen).filter(keys.beyond("kept_at", keys.read(request.GET.get("after", ""))))
                 [: PAGE + 1])  # fmt: skip
    last = found[PAGE - 1] if len(found) > PAGE else None
    context = {
        "link": link,
        "href": reader_path(link.pk, link.title),
        "sections": [(section, name_of(section), writer(section)) for section in sections],
        "chosen": chosen,
        "versions": [(version, name_of(version.section), writer(version)) for version in found[:PAGE]],
        "after": keys.written(last.kept_at, last.pk) if last else "",
        "first_page": "after" not in request.GET,
    }
    return render(request, "versions/index.html", context)


def sections_of(link: Link) -> QuerySet[Section]:
    """Without their texts, but how long they are and how many versions they have."""
    counted = link.sections.annotate(length=Length("text"), kept=Count("versions"))
    return counted.defer("text").order_by("position", "id")


def versions_of(link: Link, section: Section | None = None) -> QuerySet[SectionVersion]:
    """Without their texts; the newest first."""
    found = SectionVersion.objects.filter(section__link=link).select_related("section")
    found = found.filter(section=section) if section else found
    return found.annotate(length=Length("text")).defer("text", "section__text").order_by("-kept_at", "-id")


# --- what differs


@require_safe
def compare(request: ReaderRequest, pk: int, version: int) -> HttpResponse:
    """From a version to what the text says now, or to the version `?to=`."""
    old = own_version(request.user.links.filter(pk=pk), version)
    link = old.section.link
    others = list(versions_of(link, old.section).exclude(pk=old.pk)[:MOST_COMPARED_WITH])
    chosen = next((each for each in others if str(each.pk) == request.GET.get("to")), None)
    new: Provenance = chosen or old.section
    too_long = len(old.text) + len(new.text) > LONGEST
    found = [] if too_long else differences(old.text, new.text)
    stretches, unshown = shown(found)
    context = {
        "link": link,
        "href": reader_path(link.pk, link.title),
        "name": name_of(old.section),
        "old": old,
        "new": new,
        "writers": (writer(old), writer(new)),
        "others": [(each, writer(each)) for each in others],
        "chosen": chosen,
        "problem": TOO_LONG if too_long else "",
        "stretches": stretches,
        "unshown": unshown,
        "only_blanks": bool(stretches) and old.text.split() == new.text.split(),
        "can_restore": link.deleted_at is None and old.text != old.section.text,
    }
    return render(request, "versions/compare.html", context)


def own_version(links: LinkQuerySet, pk: int) -> SectionVersion:
    versions = SectionVersion.objects.select_related("section__link")
    return get_object_or_404(versions, pk=pk, section__link__in=links)


def shown(found: Sequence[Paragraph]) -> tuple[list[dict[str, Any]], int]:
    """What changed with a paragraph around it; then how many that changed find no room.

    Each stretch is {"pieces": …} or {"same": how many paragraphs are left out}.
    """
    changed = [place for place, one in enumerate(found) if one.changed]
    near = {place + step for place in changed for step in (-1, 0, 1)}
    stretches: list[dict[str, Any]] = []
    same, room = 0, MOST_SHOWN
    for place, one in enumerate(found if changed else ()):
        if room <= 0:
            return stretches, sum(each >= place for each in changed)
        if place not in near:
            same += 1
            continue
        stretches += [{"same": same}] if same else []
        pieces = list(shortened(one))
        stretches.append({"pieces": pieces, "changed": one.changed})
        same, room = 0, room - sum(len(text) for _, text in pieces)
    return [*stretches, *([{"same": same}] if same else [])], 0


def shortened(paragraph: Paragraph) -> Iterator[tuple[str, str]]:
    """(side, text) of each piece; of what is the same, the middle is left out where it is long."""
    for side, text in paragraph.pieces:
        if text:
            yield side.value, middle_out(text) if side == Side.SAME else text


def middle_out(text: str) -> str:
    half = LONGEST_SAME // 2
    return f"{text[:half]} … {text[-half:]}" if len(text) > LONGEST_SAME else text


# --- the way back


@require_POST
@transaction.atomic
def restore(request: ReaderRequest, pk: int, version: int) -> HttpResponse:
    link = get_object_or_404(request.user.links.kept().select_for_update(), pk=pk)
    old = own_version(request.user.links.filter(pk=pk), version)
    if old.text == old.section.text:
        messages.success(request, "The text says this already. Nothing was changed.")
        return redirect("versions.index", pk)
    restore_version(link, old)
    place_again([link.pk])
    change = link.changes.filter(what=old.section.kind).first()
    undo = reverse("activity.undo", args=[change.pk]) if change else ""
    messages.success(request, "Restored. What it said until now is kept as a version.", extra_tags=undo)
    return redirect("versions.index", pk)
