"""Many articles at once: which of a list are meant, what is done to them, and its undo. And the tags of one row."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from library import search
from library.accounts import is_own_path
from library.forms.bulk import BulkForm, What
from library.forms.edit import by_tag, clean_names, join_names, split_names
from library.models import BulkAct, State, User
from library.models.bulk import carry_out
from library.models.bulk import undo as undo_act
from library.views.counts import Counts
from library.views.listing import Filters
from library.views.requests import ReaderRequest
from library.views.rows import Row, drawn

NAMES_OFFERED = 1000
# More than this and the reader is asked first.
UNASKED = 50
NONE_CHOSEN = "Choose at least one article first. Nothing was changed."
ALREADY_SO = "They are so already. Nothing was changed."
GIVEN = ("act", "tags", "type", "all", "ids", "next")
SELECT = {"1": "some", "all": "all"}
WORDS = {
    (What.STATE, State.INBOX): ("Move {n} back to the inbox", "Moved {n} back to the inbox."),
    (What.STATE, State.READING): ("Mark {n} as reading", "Marked {n} as reading."),
    (What.STATE, State.FINISHED): ("Finish {n}", "Finished {n}."),
    (What.STATE, State.ARCHIVED): ("Archive {n}", "Archived {n}."),
    (What.FAVOURITE, True): ("Add {n} to your favourites", "Added {n} to your favourites."),
    (What.FAVOURITE, False): ("Take {n} off your favourites", "Took {n} off your favourites."),
    (What.BIN, True): ("Move {n} to the Bin", "Moved {n} to the Bin."),
}


# --- words ---------------------------------------------------------------------------------------------------------


def articles(number: int) -> str:
    return f"{number:,} article{'' if number == 1 else 's'}"


def words(what: str, value: Any, number: int) -> tuple[str, str]:
    """What an act is called before and after it is done."""
    n = articles(number)
    if what == What.TAGS:
        return _words_of_tags(value["add"], value["remove"], n)
    if what == What.TYPE:
        return (f"Give {n} the type “{value}”", f"Gave {n} the type “{value}”.") if value else (
            f"Take the type off {n}", f"Took the type off {n}.")  # fmt: skip
    before, after = WORDS[What(what), value]
    return before.format(n=n), after.format(n=n)


def _words_of_tags(add: list[str], remove: list[str], n: str) -> tuple[str, str]:
    names = " and ".join(filter(None, (", ".join((add or remove)[:-1]), (add or remove)[-1])))
    if add and remove:
        return f"Change the tags of {n}", f"Changed the tags of {n}."
    if add:
        return f"Tag {n} with {names}", f"Tagged {n} with {names}."
    return f"Take {names} off {n}", f"Took {names} off {n}."


def sentence(act: BulkAct) -> str:
    """What was done."""
    return words(act.what, act.value, act.count)[1]


# --- which articles ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Selecting:
    """How a list lets its rows be chosen. `mode` is blank (with a key alone), "some" (boxes) or "all" it finds."""

    mode: str
    address: str
    """Of this page of the list, without the mode."""
    total: int
    more: bool = False
    """Whether there are more than `total`, which nobody counted."""

    @classmethod
    def of(cls, query: QueryDict, address: str, total: int, more: bool = False) -> Selecting:
        return cls(SELECT.get(query.get("select", ""), ""), address, total, more)

    def in_mode(self, mode: str) -> str:
        return f"{self.address}{'&' if '?' in self.address else '?'}select={mode}"

    @property
    def some(self) -> str:
        return self.in_mode("1")

    @property
    def all(self) -> str:
        return self.in_mode("all")

    def rows(self, of: Iterable[Row]) -> SafeString:
        """These rows, each with its box."""
        box = {"": "hidden", "some": "", "all": "checked disabled"}[self.mode]
        return drawn(of, box, named=bool(self.mode))


def everything(user: User, address: str) -> list[int]:
    """The ids of all that the list at this address finds, on whichever of its pages."""
    if not is_own_path(address):
        raise Http404
    parts = urlsplit(address)
    query = QueryDict(parts.query)
    if parts.path == reverse("search.search"):
        return search.everything(user, query.get("q", ""))
    tag = re.fullmatch("/tags/([^/]+)/", parts.path)
    if not tag and parts.path != reverse("library.list"):
        raise Http404
    filters = Filters.read(query, page_tag=unquote(tag[1]) if tag else "")
    return list(Counts.of(user).listing(filters).links().order_by().values_list("pk", flat=True))


def chosen(request: ReaderRequest) -> list[int]:
    if address := request.POST.get("all", ""):
        return everything(request.user, address)
    return [int(pk) for pk in request.POST.getlist("ids") if re.fullmatch("[0-9]{1,18}", pk)]


def is_agreed(given: QueryDict, number: int) -> bool:
    """Whether the reader knows how many it is about: of a whole list their number was named, and may have changed."""
    if number <= UNASKED and "all" not in given:
        return True
    return given.get("count") == str(number) and (number <= UNASKED or "sure" in given)


# --- pages ---------------------------------------------------------------------------------------------------------


def back_to(request: ReaderRequest) -> HttpResponseRedirect:
    there = request.POST.get("next", "")
    return HttpResponseRedirect(there if is_own_path(there) else reverse("library.list"))


def refuse(request: ReaderRequest, why: str) -> HttpResponse:
    messages.error(request, why)
    return back_to(request)


def apply(request: ReaderRequest) -> HttpResponse:
    """One button of the bar. A GET is what a browser makes of this address when it is opened again."""
    if request.method != "POST":
        return redirect("library.list")
    form = BulkForm(request.POST)
    if not form.is_valid():
        return refuse(request, f"{form.problem} Nothing was changed.")
    ids = chosen(request)
    if not ids:
        return refuse(request, NONE_CHOSEN)
    if not is_agreed(request.POST, len(ids)):
        return ask(request, form, len(ids))
    return done(request, carry_out(request.user, form.what, form.value, ids))


def ask(request: ReaderRequest, form: BulkForm, number: int) -> HttpResponse:
    given = request.POST
    named = given.get("count", "")
    context = {
        "do": words(form.what, form.value, number)[0],
        "named": int(named) if re.fullmatch("[0-9]{1,9}", named) and named != str(number) else None,
        "number": number,
        "given": [(name, value) for name in GIVEN for value in given.getlist(name)],
        "back": given["next"] if is_own_path(given.get("next", "")) else reverse("library.list"),
    }
    return render(request, "bulk/confirm.html", context)


def done(request: ReaderRequest, act: BulkAct) -> HttpResponse:
    if act.count:
        messages.success(request, sentence(act), extra_tags=reverse("bulk.undo", args=[act.pk]))
    else:
        messages.success(request, ALREADY_SO)
    return back_to(request)


@require_POST
def undo(request: ReaderRequest, pk: int) -> HttpResponse:
    act = get_object_or_404(request.user.bulk_acts, pk=pk)
    if act.undone_at:
        return refuse(request, "This was undone already.")
    number = undo_act(act)
    left = act.count - number
    more = f" {articles(left)} changed since and stay{'s' if left == 1 else ''} so." if left else ""
    messages.success(request, f"Undone on {articles(number)}.{more}")
    return back_to(request)


@require_safe
def names(request: ReaderRequest) -> HttpResponse:
    """Tags and types in use, to choose from."""
    counts = Counts.of(request.user)
    found = {
        "tags": [name for _, name, _ in counts.frequent_tags(NAMES_OFFERED)],
        "types": [name for name, _ in counts.types(Filters())],
    }
    return render(request, "bulk/names.html", found)


def tags(request: ReaderRequest, pk: int) -> HttpResponse:
    """The tags of a row, in place. `base` says what they were when the form was shown: only what differs is done."""
    link = get_object_or_404(request.user.links.kept(), pk=pk)
    if request.method != "POST":
        if "HX-Request" not in request.headers:
            return redirect(f"{reverse('edit.edit', args=[pk])}#id_tags")
        now = join_names(link.tags.order_by("name_key").values_list("name", flat=True))
        return render(request, "bulk/tags.html", {"link": link, "now": now})
    try:
        wanted = by_tag(request.user.pk, clean_names(request.POST.get("tags", "")))
    except ValidationError as error:
        return refuse(request, f"{error.messages[0]} Nothing was changed.")
    base = by_tag(request.user.pk, split_names(request.POST.get("base", "")))
    add = [name for key, name in wanted.items() if key not in base]
    remove = [name for key, name in base.items() if key not in wanted]
    return done(request, carry_out(request.user, What.TAGS, {"add": add, "remove": remove}, [pk]))
