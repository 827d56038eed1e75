"""Taking back what was done to a link: only while the link still is as that act left it.

An undo is an act itself, noted like any other, so it can be undone too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from library.models.changes import Change
from library.models.links import Link, address_hash
from library.models.retagging import give_back
from library.models.sections import Kind, Section
from library.models.tags import LinkTag
from library.models.writing import (
    bin_link,
    move_address,
    note_change,
    restore_link,
    restore_version,
    set_tags,
    write_section,
)

NO_WAY_BACK = "This can’t be undone here. Nothing was changed."
CHANGED_SINCE = "It was changed again since, so this can’t be undone. Nothing was changed."
IN_BIN = "The article is in the Bin. Restore it first. Nothing was changed."
TAKEN = "Another article has that address now, so this can’t be undone. Nothing was changed."
TAGS_GONE = "The tags it had before are gone, so this can’t be undone. Nothing was changed."
GONE = "The text it had before is gone, so this can’t be undone. Nothing was changed."


# What it returns is why it was not possible.
Back = Callable[[Link, Change], str | None]


@dataclass(slots=True)
class Present:
    """A link as it stands, as far as an undo asks."""

    link: Link
    tags: list[str] = field(default_factory=list)
    written: dict[int, str] = field(default_factory=dict)
    """When each section was written."""


def present(links: Iterable[Link]) -> dict[int, Present]:
    """These links as they stand, by id: two queries, however many there are."""
    found = {link.pk: Present(link) for link in links}
    for link_id, name in LinkTag.objects.filter(link__in=found).values_list("link_id", "tag__name"):
        found[link_id].tags.append(name)
    written = Section.objects.filter(link__in=found).order_by()
    for link_id, pk, moment in written.values_list("link_id", "pk", "written_at"):
        found[link_id].written[pk] = moment.isoformat()
    return found


class Undo(NamedTuple):
    """`still` tells whether the link is as the act left it; `back` makes it as it was before."""

    still: Callable[[Any, Present], bool]
    back: Back


def why_not(change: Change, now: Present) -> str:
    """The sentence that says why `change` can't be undone; empty where it can."""
    known = UNDOS.get(change.what)
    if known is None:
        return NO_WAY_BACK
    if now.link.deleted_at is not None and change.what not in ("bin", "restore"):
        return IN_BIN
    try:
        return "" if known.still(change.after, now) else CHANGED_SINCE
    except (TypeError, KeyError, AttributeError):
        return NO_WAY_BACK


@transaction.atomic
def undo(change: Change, link: Link) -> str:
    """Make `link`, which the caller holds, as it was before. Returns why that was not possible, or nothing."""
    if problem := why_not(change, present([link])[link.pk]):
        return problem
    return UNDOS[change.what].back(link, change) or ""


def _state_back(link: Link, change: Change) -> None:
    now = {"state": link.state, "finished_at": link.finished_at.isoformat() if link.finished_at else None}
    before: Any = change.before
    link.state, finished = before["state"], before["finished_at"]
    link.finished_at = datetime.fromisoformat(finished) if finished else None
    link.save(update_fields=["state", "finished_at"])
    note_change(link, "state", now, {"state": link.state})


def _value_back(link: Link, change: Change) -> None:
    """For a field whose value was written down as it is."""
    setattr(link, change.what, change.before)
    link.save(update_fields=[change.what])
    note_change(link, change.what, change.after, change.before)


def _title_back(link: Link, change: Change) -> None:
    before: Any = change.before
    link.set_title(before)
    link.save(update_fields=["title", "title_key"])
    note_change(link, "title", change.after, before)


def _address_back(link: Link, change: Change) -> str | None:
    before: Any = change.before
    url_hash = address_hash(before)
    if url_hash and link.owner.links.exclude(pk=link.pk).filter(url_hash=url_hash).exists():
        return TAKEN
    move_address(link, before)
    link.save(update_fields=["url", "url_hash", "site"])
    note_change(link, "url", change.after, before)
    return None


def _saved_back(link: Link, change: Change) -> None:
    """An article that was added by hand has no day before: it goes to the Bin."""
    if change.before is None:
        return bin_link(link)
    link.saved_at = datetime.fromisoformat(change.before)
    link.save(update_fields=["saved_at"])
    note_change(link, "saved_at", change.after, change.before)
    return None


def _tags_back(link: Link, change: Change) -> str | None:
    """What an import may do to the tags is as it was, too. What was noted by an older version keeps only the names."""
    if change.kept is None:
        set_tags(link, change.before or [])
        return None
    done = give_back(link.owner, link.owner.links.filter(pk=link.pk), {link.pk: change.kept})
    if not done:
        return TAGS_GONE
    names = link.link_tags.values_list("tag__name", flat=True)
    note_change(link, "tags", change.after, sorted(names), done[link.pk])
    return None


def _text_back(link: Link, change: Change) -> str | None:
    """A text that was the section's first one leaves an empty section."""
    before: Any = change.before
    after: Any = change.after
    section = link.sections.get(pk=after["section"])
    if before["version"] is None:
        write_section(link, section.kind, "", section_id=section.pk)
        return None
    version = section.versions.filter(pk=before["version"]).first()
    if version is None:
        return GONE
    restore_version(link, version, as_it_was=True)
    return None


def _text_stands(after: Any, now: Present) -> bool:
    return bool(now.written.get(after["section"]) == after["written_at"])


UNDOS: dict[str, Undo] = {
    "state": Undo(lambda after, now: bool(now.link.state == after["state"]), _state_back),
    "favourite": Undo(lambda after, now: bool(now.link.favourite == after), _value_back),
    "title": Undo(lambda after, now: bool(now.link.title == after), _title_back),
    "type": Undo(lambda after, now: bool(now.link.type == after), _value_back),
    "url": Undo(lambda after, now: bool(now.link.url == after), _address_back),
    "saved_at": Undo(lambda after, now: now.link.saved_at == datetime.fromisoformat(after), _saved_back),
    "tags": Undo(lambda after, now: sorted(now.tags) == after, _tags_back),
    "bin": Undo(lambda after, now: now.link.deleted_at is not None, lambda link, change: restore_link(link)),
    "restore": Undo(lambda after, now: now.link.deleted_at is None, lambda link, change: bin_link(link)),
    **{kind: Undo(_text_stands, _text_back) for kind in Kind.values},
}
