"""A complete export brought into an empty library: every row as it was, under new ids, in one transaction.

What is computed from the rows (folded names, facts, the search index) is computed again.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.db import DatabaseError, transaction

from library.content import stream
from library.importers import exported, files, ledger, restored
from library.importers.exported import Archive
from library.importers.restored import CantRestore, Row
from library.models import Highlight, ImportRun, Link, Original, Review, RunState, User
from library.models.portable import ARTICLES, IMPORTS, LISTS, PREFERENCES, VERSION, Model, Part, renumbered
from library.models.rows import insert_rows, new_ids
from library.models.sources import COMPRESSION
from library.search.indexing import index_links

CHUNK = 200
NOT_EMPTY = "This library is not empty, so it was not restored as a whole."
NEWER = "The file was written by a newer Commonplace. Nothing was restored; update this one first."
DAMAGED = "The file is damaged: {reason} Nothing was restored."
REFUSED = "The database can't take what the file says ({reason}). Nothing was restored."

Progress = Callable[[int], object]


def is_empty(owner: User) -> bool:
    """Whether nothing is in the owner's library that a restore could meet."""
    return not any(part.model._default_manager.filter(owner=owner).exists() for part in LISTS if part is not IMPORTS)


def fits(owner: User, places: Sequence[files.Place]) -> bool:
    """Whether `restore` can bring in what lies there."""
    with exported.opened(places) as found:
        return found is not None and is_empty(owner)


def restore(owner: User, places: Sequence[files.Place], progress: Progress | None = None) -> int:
    """All or nothing. Returns how many articles came. Raises CantRestore with the reason."""
    try:
        with exported.opened(places) as found, transaction.atomic():
            if found is None:
                raise CantRestore(DAMAGED.format(reason="it is no complete export."))
            if not is_empty(owner):
                raise CantRestore(NOT_EMPTY)
            return Restoring(owner, found, progress).run()
    except stream.Broken as error:
        raise CantRestore(DAMAGED.format(reason=error)) from error
    except DatabaseError as error:
        raise CantRestore(REFUSED.format(reason=str(error).split("\n")[0])) from error


def run_import(run: ImportRun, holder: str) -> None:
    """An import that was made in the browser, of a complete export. The caller holds its lease.

    It ends in the transaction that brings the articles: begun again, it would count them as known ones beside.
    """
    others = dict.fromkeys(("updated", "unchanged", "merged", "rejected", "ignored", "warnings"), 0)
    try:
        with transaction.atomic():
            number = restore(run.owner, run.paths)
            told = {"total_files": 1, "files": 1, "records": number, "new": number}
            ImportRun.objects.filter(pk=run.pk, lease_holder=holder).update(**told, **others)
            ledger.finish(run, RunState.DONE)
    except CantRestore as problem:
        ledger.finish(run, RunState.FAILED, str(problem))


class Place(NamedTuple):
    """A row, with the id and the values of what it stands in."""

    parent: int
    above: Row
    row: Row


class Restoring:
    """The state of one restore: which id of the file is which of ours."""

    def __init__(self, owner: User, found: Archive, progress: Progress | None) -> None:
        self.owner, self.archive, self.progress = owner, found, progress or (lambda number: None)
        self.ids: dict[Model, dict[int, int]] = defaultdict(dict)
        self.counts: Counter[str] = Counter()
        self.originals = exported.originals_in(found)
        self.reserving = 0

    def run(self) -> int:
        lists = {part.name: part for part in LISTS}
        waiting: list[Row] = []
        of: Part | None = None
        with exported.text_of(self.archive.document()) as text:
            for key, value in stream.entries(text):
                if waiting and (of is None or key != of.name or len(waiting) == CHUNK):
                    waiting = self._flush(of, waiting)
                if key in lists:
                    of = lists[key]
                    waiting.append(restored.row(value))
                else:
                    self._other(key, value)
        self._flush(of, waiting)
        return self.counts[ARTICLES.name]

    def _other(self, key: str, value: Any) -> None:
        if key == "commonplace" and (not isinstance(value, int) or value > VERSION):
            raise CantRestore(NEWER)
        if key == "reader":
            self._set_preferences(restored.row(value))
        if key == "originals":
            self._add_original(restored.row(value))

    def _set_preferences(self, row: Row) -> None:
        fields = [each for each in User._meta.concrete_fields if each.name in PREFERENCES and each.name in row]
        for each in fields:
            setattr(self.owner, each.name, restored.value(each, row[each.name]))
        self.owner.save(update_fields=[each.name for each in fields])

    # --- rows

    def _flush(self, part: Part | None, rows: list[Row]) -> list[Row]:
        if part is ARTICLES:
            self._find_texts(rows)
            self._find_originals(rows)
        if part is not None:
            self._insert(part, [Place(self.owner.pk, {}, row) for row in rows])
            self.counts[part.name] += len(rows)
        if part is ARTICLES:
            index_links([self.ids[Link][row["id"]] for row in rows])
            self.progress(len(rows))
        return []

    def _insert(self, part: Part, places: list[Place]) -> None:
        """Rows with the ids of what they stand in, and then all parts inside them."""
        places = [place for place in places if self._is_whole(part, place.row)]
        if not places:
            return
        numbers = new_ids(part.model, len(places)) if part.numbered else []
        self.ids[part.model].update((place.row["id"], pk) for place, pk in zip(places, numbers, strict=False))
        made = [self._made(part, place) for place in places]
        values = [tuple(each.values()) for each in made]
        if part.numbered:
            values = [(pk, *each) for pk, each in zip(numbers, values, strict=True)]
        if part.model is Review:  # a trigger has made one of each already
            Review.objects.filter(highlight__in=[place.parent for place in places]).delete()
        insert_rows(part.model, (*(["id"] if part.numbered else []), *made[0]), values)
        for inner in part.parts:
            within = zip(numbers, made, places, strict=True)
            rows = [Place(pk, said, row) for pk, said, place in within for row in restored.rows(place.row, inner)]
            self._insert(inner, rows)

    def _is_whole(self, part: Part, row: Row) -> bool:
        """Whether all that it must refer to is there: what was deleted while it was exported is not."""
        needed = [each for each in part.fields if each.is_relation and not each.null]
        return all(self._id(each.related_model, row.get(each.name)) is not None for each in needed)

    def _made(self, part: Part, place: Place) -> Row:
        """The values of the columns, by their names."""
        row = place.row
        made: Row = {f"{part.within}_id": place.parent}
        if any(each.name == "owner" for each in part.model._meta.concrete_fields):
            made["owner_id"] = self.owner.pk
        for each in part.fields:
            if each.is_relation:
                made[each.attname] = self._id(each.related_model, row.get(each.name))
            elif each.name in part.refers:
                made[each.name] = self._renumbered(row, each.name, made)
            else:
                made[each.name] = restored.value(each, row[each.name]) if each.name in row else each.get_default()
        return made | restored.derived(part.model, made, row, place.above)

    def _id(self, model: Any, old: Any) -> Any:
        if model is Original:
            return old if isinstance(old, str) else None
        return self.ids[model].get(old) if isinstance(old, int) else None

    def _renumbered(self, row: Row, name: str, made: Row) -> Any:
        self.reserving = made.get("link_id", 0)
        value = restored.cleaned(row.get(name))
        return renumbered(value, self._number, restored.keys_of(row))

    def _number(self, model: Model, old: int) -> int:
        """What is gone gets no number, but for a highlight: its Changes say by its id that they are about the same."""
        number = self.ids[model].get(old)
        if number is None and model is Highlight:
            gone = Highlight.objects.create(link_id=self.reserving, quote="")
            number = self.ids[Highlight][old] = gone.pk
            gone.delete()
        return number or 0

    # --- texts and originals

    def _find_texts(self, rows: list[Row]) -> None:
        """Put in the texts that stand in the link files."""
        for row in rows:
            names = [name for name in row.get("files") or () if isinstance(name, str)]
            restored.put_in_texts(row, [self._read(name) for name in names])

    def _find_originals(self, rows: list[Row]) -> None:
        """Take in the files that these articles come from, where they went along as files."""
        wanted = restored.hashes_of(rows)
        wanted -= set(Original.objects.filter(pk__in=wanted).values_list("pk", flat=True))
        for row in rows:
            files = [(hashlib.sha256(data).hexdigest(), data) for data in row.pop("data", ())]
            there = {sha256: data for sha256, data in files if data}
            lost = wanted - there.keys() - self.originals.keys()
            restored.put_in_originals(row, [sha256 for sha256, _ in files], lost)
            for sha256 in restored.hashes_of([row]) & (wanted | there.keys()):
                self._keep(there[sha256] if sha256 in there else self._read(self.originals.get(sha256, "")))
        known = set(Original.objects.filter(pk__in=restored.hashes_of(rows)).values_list("pk", flat=True))
        for row in rows:
            restored.drop_unknown(row, known)

    def _read(self, name: str) -> bytes:
        try:
            return self.archive.read(name)
        except KeyError:
            return b""

    def _keep(self, data: bytes) -> None:
        row = (hashlib.sha256(data).hexdigest(), len(data), zlib.compress(data, COMPRESSION))
        insert_rows(Original, ("sha256", "size", "compressed"), [row], or_leave=True)

    def _add_original(self, row: Row) -> None:
        try:
            self._keep(base64.b64decode(row.get("data") or "", validate=True))
        except (binascii.Error, TypeError, ValueError) as error:
            raise CantRestore(DAMAGED.format(reason="an original file in it is no base64.")) from error

