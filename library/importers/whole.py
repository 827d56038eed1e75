"""What a whole library brings beside its articles: noted as it is restored, and taken back when that is undone.

It stands in a column of the import that no export carries, so that nobody's file can tell an undo what to take.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple

from django.db import transaction

from library.models import BulkAct, Change, HighlightTag, ImportedRecord, ImportRun, LinkTag, Tag, TagAlias, User
from library.models.imports import ACTIVE
from library.models.portable import PREFERENCES, Model
from library.models.shelves import hold

AT_ONCE = 500
SETTINGS = "settings"
NAMES = {
    "tags": ("tag", "tags"),
    "shelves": ("shelf", "shelves"),
    "acts": ("act on many articles", "acts on many articles"),
    "imports": ("earlier import", "earlier imports"),
    SETTINGS: ("setting", "settings"),
}
Signs = dict[int, str]


class Beside(NamedTuple):
    """What goes with the articles, and what stays of what came with them; both by their kinds in NAMES."""

    goes: dict[str, list[Any]]
    stays: dict[str, int]

    @property
    def told_to_go(self) -> str:
        return told({kind: len(found) for kind, found in self.goes.items()})

    @property
    def told_to_stay(self) -> str:
        return told(self.stays)

    @property
    def number_stays(self) -> int:
        return sum(self.stays.values())


def told(numbers: Mapping[str, int]) -> str:
    """`2 tags, 1 shelf and 3 settings`; blank where there is nothing."""
    parts = [f"{number:,} {NAMES[kind][number != 1]}" for kind, number in numbers.items() if number]
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def preferences(owner: User) -> dict[str, Any]:
    return {name: getattr(owner, name) for name in PREFERENCES}


def noted(owner: User, ids: Mapping[Model, Mapping[int, int]], before: Mapping[str, Any]) -> dict[str, Any]:
    """All that is there now beside articles, of what has these new ids; `before` are the preferences as they were.

    The caller holds the owner's shelves since there were none, so all are new.
    """
    now = preferences(owner)
    new: dict[str, Collection[int]] = {
        "tags": {*ids[Tag].values()},
        "acts": {*ids[BulkAct].values()},
        "imports": {*ids[ImportRun].values()},
    }
    kinds = {
        kind: {pk: sign for pk, sign in signs(owner).items() if kind not in new or pk in new[kind]}
        for kind, signs in SIGNS.items()
    }
    return {**kinds, SETTINGS: {name: [old, now[name]] for name, old in before.items() if old != now[name]}}


def extent(run: ImportRun, gone: Collection[int] = ()) -> Beside:
    """What an undo would take, once the articles of these ids are gone."""
    if not run.whole:
        return Beside({}, {})
    goes: dict[str, list[Any]] = {}
    stays: dict[str, int] = {}
    used = _used(run, gone)
    for kind, signs in SIGNS.items():
        known = run.whole.get(kind, {})
        here = {pk: sign for pk, sign in signs(run.owner).items() if str(pk) in known}
        goes[kind] = [pk for pk, sign in here.items() if known[str(pk)] == sign and pk not in used[kind]]
        stays[kind] = len(here) - len(goes[kind])
    changed: dict[str, list[Any]] = run.whole.get(SETTINGS, {})
    goes[SETTINGS] = [name for name, (_, set_to) in changed.items() if getattr(run.owner, name) == set_to]
    stays[SETTINGS] = len(changed) - len(goes[SETTINGS])
    return Beside(goes, stays)


@transaction.atomic
def take_back(run: ImportRun) -> None:
    """After the articles. What is gone by now is passed over, so it can be begun again."""
    if not run.whole:
        return
    owner = run.owner
    hold(owner)
    owner.refresh_from_db()
    goes = extent(run).goes
    lists = {"tags": owner.tags, "shelves": owner.shelves, "acts": owner.bulk_acts, "imports": owner.import_runs}
    for kind, found in lists.items():
        for start in range(0, len(goes[kind]), AT_ONCE):
            found.filter(pk__in=goes[kind][start : start + AT_ONCE]).delete()
    for name in goes[SETTINGS]:
        setattr(owner, name, run.whole[SETTINGS][name][0])
    owner.save(update_fields=goes[SETTINGS])


def _used(run: ImportRun, gone: Collection[int]) -> dict[str, set[int]]:
    """By their kinds, the ids of what an article has that stays."""
    owner = run.owner
    records = ImportedRecord.objects.filter(run__owner=owner, link__isnull=False).exclude(run=run)
    pairs: dict[str, list[Iterable[tuple[int, int]]]] = {
        "tags": [
            LinkTag.objects.filter(tag__owner=owner).values_list("tag", "link").iterator(),
            HighlightTag.objects.filter(tag__owner=owner).values_list("tag", "highlight__link").iterator(),
        ],
        "shelves": [],
        "acts": [Change.objects.filter(act__owner=owner).order_by().values_list("act", "link").iterator()],
        "imports": [records.order_by().values_list("run", "link").iterator()],
    }
    return {kind: {pk for each in found for pk, link in each if link not in gone} for kind, found in pairs.items()}


# --- by what it is seen that the reader has changed something since


def _sign(*values: Any) -> str:
    return hashlib.sha256(json.dumps(values, default=str).encode()).hexdigest()[:16]


def _tags(owner: User) -> Signs:
    aliases: dict[int, list[str]] = defaultdict(list)
    for pk, name in TagAlias.objects.filter(owner=owner).order_by("pk").values_list("tag", "name"):
        aliases[pk].append(name)
    rows = owner.tags.values_list("pk", "name", "slug", "description", "pinned")
    return {pk: _sign(*more, aliases[pk]) for pk, *more in rows}


def _shelves(owner: User) -> Signs:
    """Its place in the row changes when others go."""
    rows = owner.shelves.values_list("pk", "name", "slug", "query", "sort", "in_rail", "created_at")
    return {pk: _sign(*more) for pk, *more in rows}


def _acts(owner: User) -> Signs:
    return dict.fromkeys(owner.bulk_acts.values_list("pk", flat=True), "")


def _imports(owner: User) -> Signs:
    return dict.fromkeys(owner.import_runs.exclude(state__in=ACTIVE).values_list("pk", flat=True), "")


SIGNS: Mapping[str, Callable[[User], Signs]] = {
    "tags": _tags,
    "shelves": _shelves,
    "acts": _acts,
    "imports": _imports,
}
