"""What an import would do, before it does it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.core.cache import caches
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from library.content.cells import line
from library.forms.checks import CheckForm
from library.importers import ledger, uploads
from library.models import ImportedRecord, ImportRun, LinkTag, Outcome, RunState
from library.models.imports import Place
from library.tasks import order_import
from library.views.imports import are_here, own_run, steps, title_of
from library.views.keys import number
from library.views.requests import ReaderRequest
from library.views.rows import reader_path

SHOWN = 50
COUNTS_KEPT = 60 * 60
WILL = {
    Outcome.NEW: ("new", "i-add", "New"),
    Outcome.UPDATED: ("updated", "i-update", "Update"),
    Outcome.MERGED: ("updated", "i-update", "Merge"),
    Outcome.UNCHANGED: ("unchanged", "i-same", "Already saved"),
    Outcome.REJECTED: ("rejected", "i-close", "Can’t import"),
    Outcome.IGNORED: ("ignored", "i-leave", "Passed over"),
}
LOOK = ("warning", "i-warn", "Check")
LINK = ("link_id", "link__title", "link__url", "link__type", "link__deleted_at")
FIELDS = ("id", "file", "position", "outcome", "place", "message", "warnings", "about", *LINK)
TITLES = ("Outcome", "Title", "File", "Type", "Tags", "Why")

Entries = QuerySet[ImportedRecord]


class Tab(NamedTuple):
    """`order` is what its rows are sorted by, before their id."""

    words: str
    wanted: Q
    order: str


TABS = {
    "": Tab("All", Q(), "place"),
    "look": Tab("Needs a look", Q(place__lte=Place.TO_LOOK_AT), "place"),
    "new": Tab("New", Q(outcome=Outcome.NEW), "outcome"),
    "updates": Tab("Updates", Q(outcome__in=(Outcome.MERGED, Outcome.UPDATED)), "outcome"),
    "saved": Tab("Already saved", Q(outcome=Outcome.UNCHANGED), "outcome"),
}


@require_safe
def check(request: ReaderRequest, pk: int) -> HttpResponse:
    run = own_run(request.user, pk)
    if run.state != RunState.CHECKED:
        return redirect("imports.run", pk)
    return page(request, run, CheckForm(run))


@require_POST
def start(request: ReaderRequest, pk: int) -> HttpResponse:
    """What was foreseen makes room for what happens."""
    return begin(request, pk, RunState.RUNNING)


@require_POST
def again(request: ReaderRequest, pk: int) -> HttpResponse:
    """The same files are looked at once more, by what the reader wishes now."""
    return begin(request, pk, RunState.CHECKING)


def begin(request: ReaderRequest, pk: int, state: RunState) -> HttpResponse:
    run = own_run(request.user, pk)
    if run.state != RunState.CHECKED or not are_here(run):
        return redirect("imports.run", pk)
    form = CheckForm(run, request.POST)
    if not form.is_valid():
        return page(request, run, form, 422)
    with transaction.atomic():
        seen = {} if state == RunState.CHECKING else run.found
        begun = {**form.wishes, "found": seen, **dict.fromkeys((*ledger.TOTALS, "total_files"), 0)}
        waiting = ImportRun.objects.filter(pk=run.pk, state=RunState.CHECKED)
        if waiting.update(state=state, cursor=None, finished_at=None, **begun):
            run.entries.all().delete()
            order_import(run.pk)
    return redirect("imports.run", pk)


@require_POST
def cancel(request: ReaderRequest, pk: int) -> HttpResponse:
    """Nothing was changed, so nothing is kept of it."""
    run = own_run(request.user, pk)
    if ImportRun.objects.filter(pk=run.pk, state__in=(RunState.CHECKED, RunState.CHECKING)).delete()[0]:
        uploads.remove(run)
    return redirect("imports.index")


@require_safe
def table(request: ReaderRequest, pk: int) -> StreamingHttpResponse:
    """Every entry of an import, to be opened as a table."""
    run = own_run(request.user, pk)
    answer = StreamingHttpResponse(map(line, table_rows(run)), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="import-{run.pk}.csv"'
    return answer


def table_rows(run: ImportRun) -> Iterator[tuple[str, ...]]:
    yield TITLES
    for entry in run.entries.order_by("place", "id").values(*FIELDS).iterator(chunk_size=1000):
        told = row(entry, {})
        yield WILL[entry["outcome"]][2], told["title"], told["file"], told["type"], ", ".join(told["tags"]), told["why"]


# --- the page


def page(request: ReaderRequest, run: ImportRun, form: CheckForm, status: int = 200) -> HttpResponse:
    name = request.GET.get("show", "") if request.GET.get("show") in TABS else ""
    found = list(entries(run, TABS[name], request.GET.get("after", ""))[: SHOWN + 1])
    tags = tags_of_links([entry["link_id"] for entry in found if entry["link_id"]])
    here = reverse("checks.check", args=[run.pk])
    last = found[SHOWN - 1] if len(found) > SHOWN else None
    known = counts(run)
    context = {
        "run": run,
        "steps": steps(1),
        "form": form,
        "here": here,
        "show": name,
        "tabs": tabs(known, name, here),
        "rows": [row(entry, tags) for entry in found[:SHOWN]],
        "next": f"{last[TABS[name].order]}.{last['id']}" if last else "",
        "first_page": "after" not in request.GET,
        "coming": run.new + run.updated + run.merged,
        "to_look_at": known["look"] - run.rejected,
        "are_here": are_here(run),
        "unknown": "" in run.found.get("formats", ()),
    }
    return render(request, "checks/check.html", context, status=status)


def entries(run: ImportRun, tab: Tab, after: str) -> Any:
    found = run.entries.filter(tab.wanted).order_by(tab.order, "id")
    value, _, pk = after.partition(".")
    known = Outcome.values if tab.order == "outcome" else list(map(str, Place.values))
    if number(pk) and value in known:
        same = Q(**{tab.order: value, "id__gt": number(pk)})
        found = found.filter(Q(**{f"{tab.order}__gt": value}) | same)
    return found.values(*FIELDS)


def tabs(known: dict[str, int], current: str, here: str) -> list[dict[str, Any]]:
    return [
        {
            "words": tab.words,
            "count": known[name],
            "href": f"{here}?show={name}" if name else here,
            "current": name == current,
        }
        for name, tab in TABS.items()
    ]


def counts(run: ImportRun) -> dict[str, int]:
    """Of each tab. What was foreseen doesn't change any more, so what needs a look is counted once."""
    key = f"import-look:{run.pk}:{run.finished_at.timestamp() if run.finished_at else 0}"
    look = caches["local"].get_or_set(key, lambda: ledger.problems(run).count(), COUNTS_KEPT)
    return {
        "": run.records + run.ignored,
        "look": int(look or 0),
        "new": run.new,
        "updates": run.updated + run.merged,
        "saved": run.unchanged,
    }


def tags_of_links(link_ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    tagged = LinkTag.objects.filter(link_id__in=link_ids).order_by("link_id", "tag__name_key")
    for link_id, name in tagged.values_list("link_id", "tag__name"):
        found.setdefault(link_id, []).append(name)
    return found


def row(entry: dict[str, Any], tags: dict[int, list[str]]) -> dict[str, Any]:
    """What is told of a record: by its file, or by the article that has the same bytes already."""
    about, link_id = entry["about"], entry["link_id"]
    told = {**entry, "link__title": ""} if about.get("title") else entry
    style, icon, words = LOOK if entry["place"] == Place.TO_LOOK_AT else WILL[entry["outcome"]]
    return {
        "title": title_of(told),
        "href": reader_path(link_id, entry["link__title"]) if link_id and not entry["link__deleted_at"] else "",
        "file": entry["file"],
        "type": about.get("type") or entry["link__type"] or "",
        "tags": about.get("tags") or tags.get(link_id, []),
        "why": " ".join([entry["message"], *entry["warnings"]]),
        "style": style,
        "icon": icon,
        "words": words,
    }
