"""Which articles of a library go out, in chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from library.models import Link, User
from library.search import everything

CHUNK = 200
IDS = 5_000
"""So many go into one query."""

Progress = Callable[[int], object]


class Refused(ValueError):
    """Why articles can't go out in a format, in a sentence for the reader."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """All articles of a reader, with those in the Bin; or those with these `ids`, in their order."""

    owner: User
    ids: list[int] | None = None
    title: str = "My library"

    @classmethod
    def by_query(cls, owner: User, text: str, title: str = "") -> Chosen:
        """What a search for `text` finds, newest first."""
        return cls(owner, everything(owner, text), title or text)

    @property
    def whole(self) -> bool:
        return self.ids is None

    def count(self, *, with_bin: bool) -> int:
        """How many there are; of `ids` those that are still there."""
        found = self.owner.links.all() if with_bin else self.owner.links.kept()
        if self.ids is None:
            return found.count()
        return sum(found.filter(pk__in=self.ids[start : start + IDS]).count() for start in range(0, len(self.ids), IDS))

    def chunks(self) -> Iterator[list[Link]]:
        """The articles, never more than CHUNK of them in memory."""
        if self.ids is not None:
            for start in range(0, len(self.ids), CHUNK):
                ids = self.ids[start : start + CHUNK]
                found = self.owner.links.in_bulk(ids)
                yield [found[pk] for pk in ids if pk in found]
            return
        last = 0
        while chunk := list(self.owner.links.filter(pk__gt=last).order_by("pk")[:CHUNK]):
            yield chunk
            last = chunk[-1].pk

    def kept(self) -> Iterator[list[Link]]:
        """The same without what is in the Bin."""
        for chunk in self.chunks():
            yield [link for link in chunk if link.deleted_at is None]
