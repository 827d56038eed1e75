"""Staff import a folder that lies on the server, into their own library or that of another reader."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from library.forms.folders import FolderForm
from library.models import Event, ImportRun, RunState
from library.security_log import note
from library.tasks import order_import
from library.views.requests import ReaderRequest

BEGUN = "The import of {label} into the library of {reader} has begun. The administration’s list tells how it goes."
CHECKED = "{label} is being looked at. {reader} sees on their page of imports what will happen, and starts it there."


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: ReaderRequest) -> HttpResponse:
    if not request.user.is_staff:
        raise Http404
    form = FolderForm(request.POST or None, initial={"reader": request.user.pk})
    if request.method != "POST" or not settings.IMPORT_FOLDERS:
        return page(request, form)
    if not form.is_valid():
        return page(request, form, 422)
    run = begin(form)
    note(Event.IMPORT_STARTED, request, run.owner, f"import {run.pk}, by who runs the server")
    if run.owner == request.user:
        return redirect("imports.run", run.pk)
    told = CHECKED if run.state == RunState.CHECKING else BEGUN
    messages.success(request, told.format(label=run.label, reader=run.owner.username))
    return redirect("folders.choose")


def page(request: ReaderRequest, form: FolderForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "is_allowed": bool(settings.IMPORT_FOLDERS)}
    return render(request, "folders/choose.html", context, status=status)


def begin(form: FolderForm) -> ImportRun:
    folder, state = form.cleaned_data["path"], RunState.CHECKING if form.cleaned_data["check"] else RunState.RUNNING
    with transaction.atomic():
        run = ImportRun.objects.create(
            owner=form.cleaned_data["reader"],
            label=folder.name or str(folder),
            paths=[str(folder)],
            on_server=True,
            state=state,
        )
        order_import(run.pk)
    return run
