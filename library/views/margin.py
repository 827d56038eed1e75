"""What the reader marked in an article: painted into its texts, and the notes beside them."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from library.content.blocks import Rendered
from library.content.paint import Mark, Reference, extents, plain_text
from library.highlighting import places_in
from library.models import Colour, Highlight, Link, Section
from library.rendering import rendered
from library.views.marked import tags_on


@dataclass(frozen=True, slots=True)
class Placed:
    """A highlight where it is on the page."""

    highlight: Highlight
    number: int
    start: int
    end: int
    note: Rendered | None
    tags: list[tuple[str, str]]

    @property
    def name(self) -> str:
        return f"hl-{self.highlight.pk}"

    @property
    def beside(self) -> bool:
        """Whether something stands beside the text: a note, or tags."""
        return bool(self.note or self.tags)

    def mark(self) -> Mark:
        colour = self.highlight.colour
        says = f" Highlight {self.number}, {Colour(colour).label}: "
        attributes = {"class": f"hl {colour}", "id": self.name, "data-mark": self.name, "data-says": says}
        return Mark(self.start, self.end, attributes, self._reference())

    def _reference(self) -> Reference:
        pk, number = self.highlight.pk, self.number
        href = f"#note-{pk}" if self.beside else reverse("highlights.edit", args=[pk])
        label = f"End of highlight {number}, {'to its note' if self.beside else 'change it'}"
        return Reference(str(number), {"class": f"ref {self.highlight.colour}", "href": href, "aria-label": label})


class Margin:
    """The highlights of one article, numbered in the order in which its texts are painted. Three queries for all."""

    def __init__(self, link: Link) -> None:
        found = list(link.highlights.all())
        self._by_section: dict[int | None, list[Highlight]] = defaultdict(list)
        for highlight in found:
            self._by_section[highlight.section_id].append(highlight)
        notes = {f"n{highlight.pk}": highlight.note for highlight in found if highlight.note}
        self._notes = rendered(notes) if notes else {}
        self._tags = tags_on(found)
        self._lost = {highlight.pk: highlight for highlight in found}
        self.shown: list[Placed] = []

    @property
    def count(self) -> int:
        return len(self.shown)

    @property
    def lost(self) -> list[tuple[Highlight, Rendered | None]]:
        """Those that have no place on the page, the oldest first; asked when all texts are painted."""
        return [(each, self._note_of(each)) for _, each in sorted(self._lost.items())]

    def placed(self, section: Section, text: Rendered) -> list[Placed]:
        """The highlights of a text, in its order. One that was moved past the doors is looked for, and not saved."""
        highlights = self._by_section[section.pk]
        if not highlights:
            return []
        places = zip(places_in(plain_text(text.blocks), highlights), highlights, strict=True)
        return [self._number(*place, each) for place, each in sorted(places, key=_by_place) if place]

    def _number(self, start: int, end: int, highlight: Highlight) -> Placed:
        del self._lost[highlight.pk]
        note, tags = self._note_of(highlight), self._tags[highlight.pk]
        placed = Placed(highlight, len(self.shown) + 1, start, end, note, tags)
        self.shown.append(placed)
        return placed

    def _note_of(self, highlight: Highlight) -> Rendered | None:
        return self._notes.get(f"n{highlight.pk}")


def _by_place(found: tuple[tuple[int, int] | None, Highlight]) -> tuple[tuple[int, int], int]:
    return found[0] or (0, 0), found[1].pk


def notes_by_block(blocks: Sequence[str], placed: Sequence[Placed]) -> dict[int, list[Placed]]:
    """The highlights with a note or tags, by the block in which they end."""
    noted = [each for each in placed if each.beside]
    ends = [end for _, end in extents(blocks)] if noted else []
    found: dict[int, list[Placed]] = defaultdict(list)
    for each in noted:
        found[bisect_left(ends, each.end)].append(each)
    return found
