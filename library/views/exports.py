"""Export: choosing what goes out and as what, how it goes, and the files until they are swept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from library.exporters import FORMATS, kept
from library.forms.exports import ALL, ARTICLE, QUERY, SHELF, ExportForm
from library.models import Event, Export, Link, User
from library.models.exports import KEPT, MOST_KEPT, Progress
from library.security_log import note
from library.tasks import run_export
from library.views import keys
from library.views.requests import ReaderRequest

SHOWN = 20
MOST_WAITING = 3
TOO_MANY = f"{MOST_WAITING} exports are being made already. Wait until one is done."


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: ReaderRequest) -> HttpResponse:
    article = asked_article(request)
    if request.method != "POST":
        return page(request, ExportForm(request.user, initial=asked(request, article), article=article))
    form = ExportForm(request.user, request.POST, article=article)
    if form.is_valid() and request.user.exports.unfinished().count() >= MOST_WAITING:
        form.add_error(None, TOO_MANY)
    if not form.is_valid():
        return page(request, form, 400)
    with transaction.atomic():
        kept.make_room(request.user)
        export = form.save()
        run_export.enqueue(export.pk)
        note(Event.EXPORT_MADE, request, request.user, f"export {export.pk}")
    return redirect("exports.index")


def asked_article(request: ReaderRequest) -> Link | None:
    """The one article that the address names."""
    article = keys.number(request.GET.get("article", ""))
    return request.user.links.kept().filter(pk=article).first() if article else None


def asked(request: ReaderRequest, article: Link | None) -> dict[str, str]:
    """What the address asks for: an article, a shelf, a search or a format, as pages that lead here have them."""
    query, shelf = request.GET.get("q", ""), request.GET.get("shelf", "")
    what = ARTICLE if article else SHELF if shelf else QUERY if query else ALL
    chosen = request.GET.get("format", "")
    return {"query": query, "shelf": shelf, "what": what, "format": chosen if chosen in FORMATS else "markdown"}


def page(request: ReaderRequest, form: ExportForm, status: int = 200) -> HttpResponse:
    before = keys.number(request.GET.get("before", ""))
    found = request.user.exports.filter(pk__lt=before) if before else request.user.exports.all()
    shown = list(found.order_by("-id")[: SHOWN + 1])
    running = any(export.running for export in shown)
    context = {
        "form": form,
        "formats": list(zip(form["format"], (module.ABOUT for module in FORMATS.values()), strict=True)),
        "exports": [entry(export) for export in shown[:SHOWN]],
        "running": running,
        "spoken": spoken(shown, running),
        "older": shown[SHOWN - 1].pk if len(shown) > SHOWN else None,
        "first_page": not before,
        "days": KEPT.days,
        "most": MOST_KEPT,
    }
    return render(request, "exports/index.html", context, status=status)


def entry(export: Export) -> dict[str, Any]:
    ready = export.state == Progress.DONE
    percent = 100 * export.done // export.total if export.total else 0
    return {"export": export, "format": FORMATS[export.format].LABEL, "ready": ready, "percent": percent}


def spoken(shown: list[Export], running: bool) -> str:
    """What is said when the newest one has come to its end."""
    if running or not shown:
        return ""
    return "The export is ready." if shown[0].state == Progress.DONE else "The export was not made."


def own_export(user: User, pk: int) -> Export:
    return get_object_or_404(user.exports, pk=pk)


@require_safe
def download(request: ReaderRequest, pk: int) -> FileResponse:
    export = own_export(request.user, pk)
    file: Path = kept.path(export)
    if export.state != Progress.DONE or not file.is_file():
        raise Http404
    note(Event.EXPORT_DOWNLOADED, request, request.user, f"export {export.pk}")
    media_type = FORMATS[export.format].MEDIA_TYPE
    return FileResponse(
        file.open("rb"), as_attachment=True, filename=kept.file_name(export), content_type=media_type
    )


@require_POST
def delete(request: ReaderRequest, pk: int) -> HttpResponse:
    """One that is being made goes too: the worker finds it gone, and its file is swept."""
    kept.delete(own_export(request.user, pk))
    return redirect("exports.index")
