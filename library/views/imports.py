"""Import: choosing files, how it goes, and what came of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.cache import caches
from django.core.exceptions import TooManyFilesSent
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from library.importers import ledger, pieces, server_folders, uploads
from library.importers.taking_back import extent
from library.importers.zips import MAX_FILE_BYTES
from library.models import Event, ImportedRecord, ImportRun, Outcome, RunState, User
from library.models.imports import MOST_WAITING, Place
from library.security_log import note
from library.tasks import order_import
from library.views.keys import number
from library.views.requests import ReaderRequest
from library.views.rows import reader_path
from library.views.uploads import Receiver

RUNS_SHOWN = 20
PROBLEMS_SHOWN = 50
LATEST_SHOWN = 5
STEPS = ("Choose files", "Check", "Import", "Done")
STEP_OF = {RunState.CHECKING: 1, RunState.CHECKED: 1, RunState.DONE: 3, RunState.UNDONE: 3}
CAN_BE_UNDONE = (RunState.DONE, RunState.STOPPED, RunState.PAUSED, RunState.FAILED)
CAN_GO_ON = (RunState.PAUSED, RunState.STOPPED, RunState.FAILED)
AGAIN = ("uploaded", "on_server", "paths", "format", "same_address", "tags", "type", "folders", "mapping")
SLOW_START = timedelta(minutes=1)
MEGABYTE = 1024**2

NONE_CHOSEN = "No files were sent. Choose files, a folder or a zip first."
TOO_LARGE = "That is more than {limit:,} MB at once. Nothing was imported. Send it in parts."
TOO_MANY = "Those are more than {limit:,} files. Nothing was imported. Pack them into a zip, and send that."
FOLDER_ASTRAY = "A folder goes into the field for folders. Nothing was taken; let go of it there."
BROKE_OFF = "The upload broke off, or a file’s name is too long to send. Nothing was imported. Send the files in a zip."
TOO_MANY_WAITING = (
    f"{MOST_WAITING} of your imports are under way or wait for you to start them. Nothing was done. Wait until one is "
    "done, start one that waits, or cancel it, and try again."
)
NO_ROOM = "The server can’t keep these files ({reason}). Nothing was imported."

Context = dict[str, Any]


def limits() -> dict[str, str]:
    """What the page says, and its script before anything is sent."""
    return {
        "none": NONE_CHOSEN,
        "large": TOO_LARGE.format(limit=settings.IMPORT_UPLOAD_BYTES // MEGABYTE),
        "many": TOO_MANY.format(limit=settings.DATA_UPLOAD_MAX_NUMBER_FILES),
        "folder": FOLDER_ASTRAY,
    }


# --- choosing files


@csrf_exempt  # only here: `take_in` checks the token, once the upload knows where to go
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: ReaderRequest) -> HttpResponse:
    if request.method != "POST":
        return overview(request)
    with uploads.Delivery() as delivery:
        # Of an upload that is one too many the bytes are dropped as they come.
        receiver = Receiver(delivery, 0 if too_many_wait(request.user) else settings.IMPORT_UPLOAD_BYTES)
        request.upload_handlers = [receiver]
        try:
            return take_in(request, receiver)
        except TooManyFilesSent:
            return overview(request, limits()["many"], 413)
        except MultiPartParserError:
            return overview(request, BROKE_OFF, 400)
        except OSError as error:
            return overview(request, NO_ROOM.format(reason=error.strerror), 500)


@csrf_protect
def take_in(request: ReaderRequest, receiver: Receiver) -> HttpResponse:
    """What was uploaded becomes an import, and a task in the same transaction: neither is there without the other."""
    delivery = receiver.delivery
    _ = request.FILES  # reads the form, if the check of its token has not
    if too_many_wait(request.user):
        return overview(request, TOO_MANY_WAITING, 429)
    if receiver.too_large:
        return overview(request, limits()["large"], 413)
    if receiver.broke_off:
        return overview(request, BROKE_OFF, 400)
    arrived = pieces.find(request.user.pk, request.POST.get("upload", ""))
    if arrived and not arrived.is_complete:
        return overview(request, BROKE_OFF, 400)
    if arrived:
        arrived.take(delivery)
    if not delivery:
        return overview(request, NONE_CHOSEN, 400)
    state = RunState.CHECKING if "check" in request.POST else RunState.RUNNING
    with transaction.atomic():
        run = ImportRun.objects.create(owner=request.user, label=delivery.label, uploaded=True, state=state)
        run.paths = delivery.hand_over(run.pk)
        run.save(update_fields=["paths"])
        order_import(run.pk)
        note(Event.IMPORT_STARTED, request, request.user, f"import {run.pk}")
    delivery.keep()
    uploads.make_room(request.user)
    if arrived:
        arrived.remove()
    return redirect("imports.run", run.pk)


def too_many_wait(user: User) -> bool:
    return user.import_runs.waiting().count() >= MOST_WAITING


def is_one_too_many(request: ReaderRequest) -> bool:
    """Whether so many wait already; then the next page says so."""
    if too_many := too_many_wait(request.user):
        messages.error(request, TOO_MANY_WAITING)
    return too_many


def overview(request: ReaderRequest, problem: str = "", status: int = 200) -> HttpResponse:
    before = number(request.GET.get("before", ""))
    runs = request.user.import_runs.defer("whole")
    runs = runs.filter(pk__lt=before) if before else runs
    shown = list(runs.order_by("-id")[: RUNS_SHOWN + 1])
    context = {
        "steps": steps(0),
        "problem": problem,
        "limits": limits(),
        "bytes": settings.IMPORT_UPLOAD_BYTES,
        "files": settings.DATA_UPLOAD_MAX_NUMBER_FILES,
        "megabytes": settings.IMPORT_UPLOAD_BYTES // MEGABYTE,
        "file_megabytes": MAX_FILE_BYTES // MEGABYTE,
        "runs": [{"run": run, "came": came_of(run)} for run in shown[:RUNS_SHOWN]],
        "older": shown[RUNS_SHOWN - 1].pk if len(shown) > RUNS_SHOWN else None,
        "first_page": not before,
        "on_server": request.user.is_staff and settings.IMPORT_FOLDERS,
    }
    return render(request, "imports/index.html", context, status=status)


def came_of(run: ImportRun) -> str:
    if run.is_active:
        return f"{run.files:,} of {run.total_files:,} files" if run.total_files else "Waiting"
    return run.error if run.state == RunState.FAILED and not run.records else ledger.closing_sentence(run)


def steps(current: int) -> list[tuple[str, str]]:
    """(words, "done", "current" or "")."""
    states = ["done"] * current + ["current"] + [""] * len(STEPS)
    return list(zip(STEPS, states, strict=False))


# --- one import


@require_safe
def show(request: ReaderRequest, pk: int) -> HttpResponse:
    run = own_run(request.user, pk)
    if run.state == RunState.CHECKED:
        return redirect("checks.check", pk)
    running = run.is_active
    more = progress(run) if running else report(run, request.GET.get("after", ""))
    context = {"run": run, "running": running, "steps": steps(STEP_OF.get(RunState(run.state), 2)), **more}
    return render(request, "imports/run.html", context)


@require_POST
def stop(request: ReaderRequest, pk: int) -> HttpResponse:
    """What is in stays; the worker notices before it writes more."""
    run = own_run(request.user, pk)
    state = RunState.PAUSED if "pause" in request.POST else RunState.STOPPED
    ended = {"finished_at": timezone.now(), "lease_until": None, "lease_holder": ""}
    ImportRun.objects.filter(pk=run.pk, state=RunState.RUNNING).update(state=state, **ended)
    return redirect("imports.run", pk)


@require_POST
def go_on(request: ReaderRequest, pk: int) -> HttpResponse:
    run = own_run(request.user, pk)
    if not are_here(run) or is_one_too_many(request):
        return redirect("imports.run", pk)
    with transaction.atomic():
        ended = ImportRun.objects.filter(pk=run.pk, state__in=CAN_GO_ON)
        if ended.update(state=RunState.RUNNING, error="", finished_at=None, lease_until=None, lease_holder=""):
            order_import(run.pk)
    return redirect("imports.run", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: ReaderRequest, pk: int) -> HttpResponse:
    """First what would go and what would stay; then the worker does it."""
    run = own_run(request.user, pk)
    if run.dry_run or run.state not in CAN_BE_UNDONE:
        return redirect("imports.run", pk)
    if request.method != "POST":
        return render(request, "imports/undo.html", {"run": run, "extent": extent(run)})
    if is_one_too_many(request):
        return redirect("imports.run", pk)
    with transaction.atomic():
        ended = ImportRun.objects.filter(pk=run.pk, state__in=CAN_BE_UNDONE)
        if ended.update(state=RunState.UNDOING, cursor=None, finished_at=None, lease_until=None, lease_holder=""):
            order_import(run.pk)
    return redirect("imports.run", pk)


@require_POST
def try_again(request: ReaderRequest, pk: int) -> HttpResponse:
    """Another import of the same files: those that are in are known, so only what was left out is new to it."""
    run = own_run(request.user, pk)
    if run.state != RunState.DONE or not are_here(run) or is_one_too_many(request):
        return redirect("imports.run", pk)
    options = {name: getattr(run, name) for name in AGAIN}
    with transaction.atomic():
        again = ImportRun.objects.create(owner=request.user, label=run.label, **options)
        if run.uploaded:
            uploads.pass_on(run, again)
        again.save(update_fields=["paths"])
        order_import(again.pk)
    return redirect("imports.run", again.pk)


def are_here(run: ImportRun) -> bool:
    """Whether the files of an import are still where it found them."""
    return uploads.are_here(run) or server_folders.are_here(run)


def own_run(user: User, pk: int) -> ImportRun:
    return get_object_or_404(user.import_runs, pk=pk)


def progress(run: ImportRun) -> Context:
    now = timezone.now()
    waiting = run.lease_until is None or run.lease_until < now
    latest = ledger.problems(run).order_by("-id")
    percent = 100 * run.files // run.total_files if run.total_files else 0
    return {
        "waiting": waiting,
        "slow_start": waiting and run.created_at < now - SLOW_START,
        "percent": percent,
        "spoken": f"{percent // 10 * 10}% of the files are read." if percent >= 10 else "",
        "left": "" if waiting else time_left(run),
        "problems": rows(latest, LATEST_SHOWN),
    }


def time_left(run: ImportRun) -> str:
    """By the pace since this process first saw the run in the hands of its present worker."""
    now = timezone.now()
    key = f"import-pace:{run.pk}:{run.lease_holder}"
    since, files = caches["local"].get_or_set(key, (now, run.files)) or (now, run.files)
    if run.files <= files or not run.total_files:
        return ""
    seconds = (run.total_files - run.files) * (now - since).total_seconds() / (run.files - files)
    minutes = round(seconds / 60)
    if minutes < 1:
        return "Less than a minute left"
    return f"About {minutes} minute{'' if minutes == 1 else 's'} left"


def report(run: ImportRun, after: str) -> Context:
    """First what was left out, then what came in and looks odd."""
    found = ledger.problems(run).order_by("place", "id")
    key = read_key(after)
    problems = rows(found.filter(beyond(*key)) if key else found, PROBLEMS_SHOWN + 1)
    added = run.state != RunState.UNDONE and not run.dry_run and run.new + run.updated + run.merged
    return {
        "sentence": ledger.closing_sentence(run),
        "can_go_on": are_here(run) and run.state in CAN_GO_ON,
        "can_try_again": are_here(run) and run.state == RunState.DONE and run.rejected,
        "added": added,
        "can_be_undone": added or (run.whole and run.state != RunState.UNDONE),
        "days": uploads.KEPT.days,
        "problems": problems[:PROBLEMS_SHOWN],
        "next": problems[PROBLEMS_SHOWN - 1]["key"] if len(problems) > PROBLEMS_SHOWN else "",
        "first_page": key is None,
    }


def rows(found: QuerySet[ImportedRecord], most: int) -> list[Context]:
    link = ("link_id", "link__title", "link__url", "link__deleted_at")
    fields = ("id", "file", "outcome", "message", "warnings", "about", *link)
    return [row(entry) for entry in found.values(*fields)[:most]]


def row(entry: dict[str, Any]) -> Context:
    """One problem. Its title is the article's, or the name of a file that became none."""
    rejected, link_id = entry["outcome"] == Outcome.REJECTED, entry["link_id"]
    return {
        "key": f"{int(not rejected)}.{entry['id']}",
        "title": title_of(entry),
        "href": reader_path(link_id, entry["link__title"]) if link_id and not entry["link__deleted_at"] else "",
        "file": entry["file"],
        "why": " ".join([*([entry["message"]] if rejected else []), *entry["warnings"]]),
        "rejected": rejected,
    }


def title_of(entry: dict[str, Any]) -> str:
    told = entry["link__title"] or entry["about"].get("title") or entry["link__url"]
    return str(told or PurePosixPath(entry["file"]).stem)


def read_key(text: str) -> tuple[int, int] | None:
    """The (place, id) of a row's key; None for anything else."""
    place, _, pk = text.partition(".")
    return (int(place) if place in map(str, Place.values) else 0, number(pk)) if number(pk) else None


def beyond(place: int, pk: int) -> Q:
    return Q(place__gt=place) | Q(place=place, id__gt=pk)
