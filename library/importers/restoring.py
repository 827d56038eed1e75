"""A complete export brought into an empty library: every row as it was, under new ids, in one transaction.

What is computed from the rows (folded names, facts, the search index) is computed again.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import DatabaseError, transaction

from library.content import stream
from library.importers import export_rows, files, own_exports, whole, zips
from library.importers.export_files import Carried
from library.importers.export_rows import CantRestore, Row
from library.importers.own_exports import OwnExport
from library.models import Highlight, ImportRun, Link, Original, Review, User
from library.models.portable import ARTICLES, IMPORTS, LISTS, PREFERENCES, VERSION, Model, Part, renumbered
from library.models.rows import insert_rows, new_ids, reserved_id
from library.models.shelves import hold
from library.search.indexing import index_links

CHUNK = 200
CHUNK_LENGTH = 4_000_000
"""Of so many characters, and bytes of files, a chunk is whole before it has CHUNK rows."""
(ENTRIES,) = IMPORTS.parts
PARTS = {part.name: part for part in (*LISTS, ENTRIES)}

NONE = "There is no complete export at this place. Nothing was restored."
NOT_EMPTY = "This library is not empty, so it was not restored as a whole."
NEWER = "The file was written by a newer Commonplace. Nothing was restored; update this one first."
DAMAGED = "The file is damaged: {reason} Nothing was restored. Export the library again."
UNREADABLE = "The export can't be read ({reason}). Nothing was restored. Copy or export it again."
ODD = (
    "The file says something that this version can't make out; the program's log has what. Nothing was restored. "
    "Export the library again."
)
REFUSED = "The database can't take what the file says ({reason}). Nothing was restored."
LEFT_OUT = "{count:,} of “{name}” left out: what they refer to is not in the export."

Progress = Callable[[int], object]

logger = logging.getLogger(__name__)


class Restored(NamedTuple):
    """`beside` is what came beside the articles, as `whole` notes it."""

    articles: list[int]
    warnings: list[str]
    beside: dict[str, Any]


def is_empty(owner: User) -> bool:
    """Whether nothing is in the owner's library that a restore could meet."""
    return not any(part.model._default_manager.filter(owner=owner).exists() for part in LISTS if part is not IMPORTS)


def fits(owner: User, places: Sequence[files.Origin]) -> bool:
    """Whether `restore` can bring in what lies there."""
    with own_exports.opened(places) as found:
        return found is not None and is_empty(owner)


def foresee(owner: User, places: Sequence[files.Origin]) -> int:
    """How many articles `restore` would bring. Raises CantRestore where the file can't be read to its end."""
    with _in_sentences(), own_exports.opened(places) as found:
        return sum(key == ARTICLES.name for key, _, _ in _entries(_checked(owner, found)))


def restore(owner: User, places: Sequence[files.Origin], progress: Progress | None = None) -> Restored:
    """All or nothing; `progress` hears how many articles more are in. Raises CantRestore with the reason."""
    with _in_sentences(), own_exports.opened(places) as found, transaction.atomic():
        hold(owner)
        return Restoring(owner, _checked(owner, found), progress).run()


def _checked(owner: User, found: OwnExport | None) -> OwnExport:
    if found is None:
        raise CantRestore(NONE)
    if not is_empty(owner):
        raise CantRestore(NOT_EMPTY)
    return found


def _entries(archive: OwnExport) -> Iterator[stream.Entry]:
    with own_exports.text_of(archive.document()) as text:
        for entry in stream.entries(text, {IMPORTS.name: ENTRIES.name}):
            if entry.key == "commonplace" and (not isinstance(entry.value, int) or entry.value > VERSION):
                raise CantRestore(NEWER)
            yield entry


@contextmanager
def _in_sentences() -> Iterator[None]:
    """Whatever can be wrong with a file from anybody ends in CantRestore."""
    try:
        yield
    except (stream.Broken, zips.Unreadable) as error:
        raise CantRestore(DAMAGED.format(reason=error)) from error
    except DatabaseError as error:
        logger.warning("A complete export was refused by the database.", exc_info=error)
        raise CantRestore(REFUSED.format(reason=str(error).split("\n")[0])) from error
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
        logger.warning("A complete export says something odd.", exc_info=error)
        raise CantRestore(ODD) from error
    except zips.BROKEN as error:
        logger.warning("A complete export can't be read.", exc_info=error)
        raise CantRestore(UNREADABLE.format(reason=error)) from error


class Nested(NamedTuple):
    """A row, with the id and the values of what it stands in."""

    parent: int
    above: Row
    row: Row


class Restoring:
    """The state of one restore: which id of the file is which of ours."""

    def __init__(self, owner: User, found: OwnExport, progress: Progress | None) -> None:
        self.owner, self.archive, self.progress = owner, found, progress or (lambda number: None)
        self.carried = Carried(found)
        self.ids: dict[Model, dict[int, int]] = defaultdict(dict)
        self.before = whole.preferences(owner)
        self.left_out: Counter[str] = Counter()
        self.run_id = 0
        """Of the import whose entries are read."""

    def run(self) -> Restored:
        waiting: list[Row] = []
        length, of = 0, ""
        for key, value, size in _entries(self.archive):
            if waiting and (key != of or len(waiting) == CHUNK or length > CHUNK_LENGTH):
                self._flush(PARTS[of], waiting)
                waiting, length = [], 0
            if key in PARTS:
                of = key
                waiting.append(export_rows.row(value))
                length += size + (self.carried.put_in(value) if key == ARTICLES.name else 0)
            else:
                self._other(key, value)
        if waiting:
            self._flush(PARTS[of], waiting)
        warnings = [LEFT_OUT.format(count=count, name=name) for name, count in sorted(self.left_out.items())]
        return Restored([*self.ids[Link].values()], warnings, whole.noted(self.owner, self.ids, self.before))

    def _other(self, key: str, value: Any) -> None:
        if key == "reader":
            self._set_preferences(export_rows.row(value))
        if key == "originals":
            self.carried.add(export_rows.row(value))

    def _set_preferences(self, row: Row) -> None:
        fields = [each for each in User._meta.concrete_fields if each.name in PREFERENCES and each.name in row]
        for each in fields:
            setattr(self.owner, each.name, export_rows.value(each, row[each.name]))
        self.owner.save(update_fields=[each.name for each in fields])

    def _flush(self, part: Part, rows: list[Row]) -> None:
        above = self.run_id if part is ENTRIES else self.owner.pk
        self._insert(part, [Nested(above, {}, row) for row in rows])
        if part is IMPORTS:
            self.run_id = self.ids[ImportRun][rows[-1]["id"]]
        if part is ARTICLES:
            index_links([self.ids[Link][row["id"]] for row in rows])
            self.progress(len(rows))

    def _insert(self, part: Part, places: list[Nested]) -> None:
        """Rows with the ids of what they stand in, and then all parts inside them."""
        taken = [place for place in places if self._is_whole(part, place.row)]
        if len(taken) < len(places):
            self.left_out[part.name] += len(places) - len(taken)
        if not taken:
            return
        numbers = self._numbered(part, taken) if part.numbered else []
        made = [self._made(part, place) for place in taken]
        values = [tuple(each.values()) for each in made]
        if part.numbered:
            values = [(pk, *each) for pk, each in zip(numbers, values, strict=True)]
        if part.model is Review:  # a trigger has made one of each already
            Review.objects.filter(highlight__in=[place.parent for place in taken]).delete()
        insert_rows(part.model, (*(["id"] if part.numbered else []), *made[0]), values)
        for inner in part.parts:
            within = zip(numbers, made, taken, strict=True)
            rows = [Nested(pk, said, row) for pk, said, place in within for row in export_rows.rows(place.row, inner)]
            self._insert(inner, rows)

    def _numbered(self, part: Part, places: list[Nested]) -> list[int]:
        """Ids of ours, noted by those of the file."""
        numbers, known = new_ids(part.model, len(places)), self.ids[part.model]
        for place, pk in zip(places, numbers, strict=True):
            old = export_rows.number(part, place.row)
            if old in known:
                raise CantRestore(export_rows.NO_NUMBER.format(name=part.name))
            known[old] = pk
        return numbers

    def _is_whole(self, part: Part, row: Row) -> bool:
        """Whether all that it must refer to is there: what was deleted while it was exported is not."""
        needed = [each for each in part.fields if each.is_relation and not each.null]
        return all(self._id(each.related_model, row.get(each.name)) is not None for each in needed)

    def _made(self, part: Part, place: Nested) -> Row:
        """The values of the columns, by their names."""
        row = place.row
        made: Row = {f"{part.within}_id": place.parent}
        if any(each.name == "owner" for each in part.model._meta.concrete_fields):
            made["owner_id"] = self.owner.pk
        for each in part.fields:
            if each.is_relation:
                made[each.attname] = self._id(each.related_model, row.get(each.name))
            elif each.name in part.refers:
                value = export_rows.cleaned(row.get(each.name))
                made[each.name] = renumbered(value, self._number, export_rows.keys_of(row))
            else:
                made[each.name] = export_rows.value(each, row[each.name]) if each.name in row else each.get_default()
        return made | export_rows.derived(part.model, made, row, place.above)

    def _id(self, model: Any, old: Any) -> Any:
        if model is Original:
            return old if isinstance(old, str) else None
        return self.ids[model].get(old) if isinstance(old, int) else None

    def _number(self, model: Model, old: int) -> int:
        """What is gone gets no number, but for a highlight: its Changes say by its id that they are about the same."""
        number = self.ids[model].get(old)
        if number is None and model is Highlight:
            number = self.ids[Highlight][old] = reserved_id(Highlight)
        return number or 0
