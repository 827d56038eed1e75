"""All that is known of an article; and the sheet beside a list, which shows the same article in short."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from library.content.blocks import Rendered
from library.models import ImportedRecord, Kind, Link, SectionVersion, State
from library.rendering import rendered_sections
from library.views.requests import ReaderRequest
from library.views.rows import minutes_left, reader_path, tags_of

SHORT = (Kind.OVERVIEW, Kind.SUMMARY)
MOVES = (
    (State.INBOX, "Back to the inbox", "inbox"),
    (State.READING, "Mark as reading", "library"),
    (State.FINISHED, "Finish", "check"),
    (State.ARCHIVED, "Archive", "archive"),
)
MOST_FILES = 20
LONGEST_VALUE = 500


@require_safe
@vary_on_headers("HX-Request")
def article(request: ReaderRequest, pk: int) -> HttpResponse:
    """A list asks for the sheet alone."""
    link = get_object_or_404(request.user.links, pk=pk)
    if "HX-Request" in request.headers:
        return render(request, "about/sheet.html", sheet(link))
    return render(request, "about/article.html", {**sheet(link), **details(link)})


def sheet(link: Link) -> dict[str, Any]:
    return {
        "link": link,
        "href": reader_path(link.pk, link.title),
        "tags": tags_of([link.pk]).get(link.pk, []),
        "texts": short_texts(link),
        "moves": [(state.value, words, icon) for state, words, icon in MOVES if state != link.state],
        "left": minutes_left({"minutes": link.minutes, "progress": link.progress}) if link.progress else 0,
    }


def short_texts(link: Link) -> dict[str, Rendered]:
    """The overview and the summary, by kind."""
    sections = [section for section in link.sections.filter(kind__in=SHORT) if section.text.strip()]
    texts = rendered_sections(sections)
    return {section.kind: texts[section.pk] for section in sections}


def details(link: Link) -> dict[str, Any]:
    records = ImportedRecord.objects.filter(link=link, run__owner=link.owner).select_related("run").order_by("-id")
    return {
        "versions": SectionVersion.objects.filter(section__link=link).count(),
        "highlights": link.highlights.count(),
        "former": list(link.former_addresses.order_by("id").values_list("url", flat=True)[:MOST_FILES]),
        "files": list(records.defer("changes", "warnings", "run__whole")[:MOST_FILES]),
        "extra": list(extra_of(link)),
    }


def extra_of(link: Link) -> Iterator[tuple[str, str]]:
    """The front matter that has no field of its own, as it was written."""
    for name, value in sorted(link.extra.items()):
        words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield name, words if len(words) <= LONGEST_VALUE else f"{words[:LONGEST_VALUE]}…"
