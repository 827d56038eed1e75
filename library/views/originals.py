"""The whole ledger of an import, with its files as they were brought."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from library.exporters import originals
from library.views.checks import FIELDS, row, tags_of_links
from library.views.files import POLICY, UNKNOWN
from library.views.imports import beyond, own_run, read_key
from library.views.requests import ReaderRequest

SHOWN = 50


@require_safe
def index(request: ReaderRequest, pk: int) -> HttpResponse:
    run = own_run(request.user, pk)
    key = read_key(request.GET.get("after", ""))
    found = originals.entries(run).order_by("place", "id")
    entries = list((found.filter(beyond(*key)) if key else found).values(*FIELDS, "kept")[: SHOWN + 1])
    last = entries[SHOWN - 1] if len(entries) > SHOWN else None
    context = {
        "run": run,
        "rows": rows(entries[:SHOWN]),
        "next": f"{last['place']}.{last['id']}" if last else "",
        "first_page": key is None,
    }
    return render(request, "originals/index.html", context)


def rows(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    tags = tags_of_links([entry["link_id"] for entry in entries if entry["link_id"]])
    return [{**row(entry, tags), "id": entry["id"], "kept": entry["kept"]} for entry in entries]


@require_safe
def file(request: ReaderRequest, pk: int, file: int) -> HttpResponse:
    entry = get_object_or_404(originals.entries(own_run(request.user, pk)), pk=file, kept=True)
    data = originals.data_of(entry)
    if data is None:
        raise Http404
    return HttpResponse(data, content_type=UNKNOWN, headers=headers(originals.file_name(entry)))


@require_safe
def all_files(request: ReaderRequest, pk: int) -> StreamingHttpResponse:
    run = own_run(request.user, pk)
    told = headers(f"import-{run.pk}.zip")
    return StreamingHttpResponse(originals.zipped(run), content_type="application/zip", headers=told)


def headers(name: str) -> dict[str, str]:
    """Of a download of that name. Nothing in it runs, whatever it holds."""
    return {
        "Content-Disposition": str(content_disposition_header(True, name)),
        "Content-Security-Policy": POLICY,
        "Cache-Control": "private, no-cache",
    }
