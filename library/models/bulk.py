"""One act on many links at once, and its undo: the door for writes to a whole list.

Each act is one transaction and goes through its links in chunks, so that the memory it takes grows with the ids alone.
What it did to each link is noted as a Change; the undo puts back what the act left and nobody changed since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from library.models.changes import BulkAct, Change
from library.models.links import Link, LinkQuerySet, State
from library.models.retagging import TAG_COLUMNS, Kept, bar, give_back, tags_of
from library.models.rows import insert_rows
from library.models.sections import Author
from library.models.tags import LinkTag, Tag
from library.models.users import User

CHUNK = 500
COLUMNS = ("owner_id", "link_id", "at", "author", "author_name", "what", "before", "after", "kept", "act_id")
What = BulkAct.What


class Note(NamedTuple):
    """What an act did to one link, as its Change says it."""

    link_id: int
    before: Any
    after: Any
    kept: Kept


def carry_out(owner: User, what: str, value: Any, link_ids: Iterable[int]) -> BulkAct:
    """Do one act to those of the owner's links that are kept. `count` says how many it changed."""
    with transaction.atomic():
        act = BulkAct.objects.create(owner=owner, what=What(what), value=value)
        do = Retagging.of(act) if act.what == What.TAGS else Setting(act, FIELDS[act.what])
        for ids in _chunks(sorted(set(link_ids))):
            links = owner.links.kept().filter(pk__in=ids).order_by("pk").select_for_update()
            notes = do.chunk(links)
            insert_rows(Change, COLUMNS, [_row(act, note) for note in notes])
            act.count += len(notes)
        if act.count:
            act.save(update_fields=["count"])
        else:
            act.delete()
    return act


def undo(act: BulkAct) -> int:
    """Put back what the act did, where nobody changed it since. Returns on how many links; what it did to the others
    stays noted. A second time it does nothing."""
    with transaction.atomic():
        act = BulkAct.objects.select_for_update(no_key=True).get(pk=act.pk)
        if act.undone_at:
            return 0
        undoing = Retagging(act) if act.what == What.TAGS else Setting(act, FIELDS[act.what])
        done = 0
        for changes in _changes(act):
            ids = [change.link_id for change in changes]
            links = act.owner.links.filter(pk__in=ids).order_by("pk").select_for_update()
            restored = undoing.undo(links, changes)
            act.changes.filter(link_id__in=restored).delete()
            done += len(restored)
        act.undone_at = timezone.now()
        act.save(update_fields=["undone_at"])
    return done


def _row(act: BulkAct, note: Note) -> tuple[Any, ...]:
    """The values of COLUMNS."""
    by = (Author.READER.value, "")
    return (act.owner_id, note.link_id, act.at, *by, act.what, note.before, note.after, note.kept or None, act.pk)


def _chunks(values: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(values)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _changes(act: BulkAct) -> Iterator[list[Change]]:
    last = 0
    while chunk := list(act.changes.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        yield chunk
        last = chunk[-1].pk


# --- fields --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Field:
    """How an act on a field is done, written down and undone. The first of `columns` tells whether it is done."""

    columns: tuple[str, ...]
    wanted: Callable[[BulkAct], dict[str, Any]]
    before: Callable[..., Any]
    """From the values of the columns to `before` of a Change."""
    back: Callable[[Any], dict[str, Any]]
    """From `before` to what the columns said."""
    after: Callable[[BulkAct], Any] = lambda act: act.value


def _state(act: BulkAct) -> dict[str, Any]:
    """As `Link.set_state` has it."""
    if act.value == State.FINISHED:
        return {"state": act.value, "finished_at": Coalesce("finished_at", act.at)}
    return {"state": act.value} if act.value == State.ARCHIVED else {"state": act.value, "finished_at": None}


def _state_back(before: dict[str, str | None]) -> dict[str, Any]:
    finished = before["finished_at"]
    return {"state": before["state"], "finished_at": datetime.fromisoformat(finished) if finished else None}


FIELDS: dict[str, Field] = {
    What.STATE: Field(
        ("state", "finished_at"),
        wanted=_state,
        before=lambda state, at: {"state": state, "finished_at": at.isoformat() if at else None},
        back=_state_back,
        after=lambda act: {"state": act.value},
    ),
    What.FAVOURITE: Field(
        ("favourite",),
        wanted=lambda act: {"favourite": act.value},
        before=lambda favourite: favourite,
        back=lambda before: {"favourite": before},
    ),
    What.TYPE: Field(
        ("type",),
        wanted=lambda act: {"type": act.value},
        before=lambda link_type: link_type,
        back=lambda before: {"type": before},
    ),
    What.BIN: Field(
        ("deleted_at",),
        wanted=lambda act: {"deleted_at": act.at},
        before=lambda deleted_at: None,
        back=lambda before: {"deleted_at": None},
        after=lambda act: None,
    ),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """An act that gives links the same value of a field."""

    act: BulkAct
    field: Field

    @property
    def _is_done(self) -> Q:
        column = self.field.columns[0]
        return Q(**{column: self.field.wanted(self.act)[column]})

    def chunk(self, links: LinkQuerySet) -> list[Note]:
        found = list(links.exclude(self._is_done).values_list("pk", *self.field.columns))
        Link.objects.filter(pk__in=[pk for pk, *_ in found]).update(**self.field.wanted(self.act))
        after = self.field.after(self.act)
        return [Note(pk, self.field.before(*values), after, {}) for pk, *values in found]

    def undo(self, links: LinkQuerySet, changes: Sequence[Change]) -> list[int]:
        """Returns the ids of the links that are as they were."""
        as_left = set(links.filter(self._is_done).values_list("pk", flat=True))
        together: dict[str, list[Change]] = defaultdict(list)
        for change in changes:
            if change.link_id in as_left:
                together[repr(change.before)].append(change)
        for alike in together.values():
            ids = [change.link_id for change in alike]
            Link.objects.filter(pk__in=ids).update(**self.field.back(alike[0].before))
        return list(as_left)


# --- tags ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Retagging:
    """An act that puts tags on links and takes others off, as the reader wants: no import undoes it.

    An undo goes by what the Changes keep.
    """

    act: BulkAct
    add: dict[int, Tag] = field(default_factory=dict)
    remove: dict[int, Tag] = field(default_factory=dict)

    @classmethod
    def of(cls, act: BulkAct) -> Retagging:
        add = Tag.objects.ensure(act.owner_id, act.value["add"]).values()
        remove = Tag.objects.called(act.owner_id, act.value["remove"]).values()
        return cls(act, {tag.pk: tag for tag in add}, {tag.pk: tag for tag in remove})

    def chunk(self, links: LinkQuerySet) -> list[Note]:
        found = list(links.values_list("pk", "saved_at", "removed_tags"))
        tags = tags_of([pk for pk, *_ in found])
        notes, put_on, barred = [], [], {}
        for pk, saved_at, removed in found:
            note = self._note(pk, tags[pk], set(removed))
            if note:
                notes.append(note)
                put_on += [(tag_id, pk, saved_at, True) for tag_id in note.kept["on"]]
                barred[pk] = (set(removed) | set(note.kept["barred"])) - set(note.kept["freed"])
        changed = [note.link_id for note in notes]
        LinkTag.objects.filter(tag__in=self.remove, link__in=changed).delete()
        insert_rows(LinkTag, TAG_COLUMNS, put_on)
        bar({pk: removed for pk, _, removed in found}, barred)
        return notes

    def _note(self, pk: int, tags: dict[int, tuple[bool, str]], removed: set[str]) -> Note | None:
        on = [tag_id for tag_id in self.add if tag_id not in tags]
        off = [[tag_id, tags[tag_id][0]] for tag_id in self.remove if tag_id in tags]
        if not on and not off:
            return None
        before = {tag_id: name for tag_id, (_, name) in tags.items()}
        after = before | {tag_id: self.add[tag_id].name for tag_id in on}
        gone = {tag_id for tag_id, _ in off}
        kept = {
            "on": on,
            "off": off,
            "barred": sorted({self.remove[tag_id].name_key for tag_id in gone} - removed),
            "freed": sorted({self.add[tag_id].name_key for tag_id in on} & removed),
        }
        left = [name for tag_id, name in after.items() if tag_id not in gone]
        return Note(pk, sorted(before.values()), sorted(left), kept)

    def undo(self, links: LinkQuerySet, changes: Sequence[Change]) -> list[int]:
        """Returns the ids of the links on which a tag was put back or taken off again."""
        return list(give_back(self.act.owner, links, {change.link_id: change.kept or {} for change in changes}))
