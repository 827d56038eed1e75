"""The words of a search in the article that it found: each match is marked, and can be gone to."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from urllib.parse import urlencode

from django.utils.safestring import SafeString

from library.content.blocks import Rendered
from library.content.paint import Mark, paint, plain_text
from library.models import Kind, User
from library.search.indexing import FIELD_OF_KIND
from library.search.plan import languages_of
from library.search.query import Words, parse
from library.search.ranking import too_common
from library.search.snippets import Marker
from library.views.margin import Placed

MOST = 500
MOST_TEXT = 500_000  # characters of one page that are looked at
LONGEST_QUERY_STRING = 2_000
TITLE, NOTES = "title", "notes"


def with_words(q: str, back: str) -> str:
    """What stands behind the reader's address after a search. Servers refuse long ones: then the browser alone says
    where it came from."""
    whole = urlencode({"q": q, "back": back})
    return f"?{whole if len(whole) <= LONGEST_QUERY_STRING else urlencode({'q': q})}"


class Matches:
    """The matches of one search on one page, counted in the order in which its texts are painted."""

    def __init__(self, owner: User, q: str) -> None:
        query = parse(q)
        self.words, self.count, self.more = query.text, 0, False
        self._owner, self._wanted = owner, query.positive
        self._markers: dict[str, Marker | None] = {}
        self._room = MOST_TEXT

    def __bool__(self) -> bool:
        """Whether there are words to look for."""
        return bool(self._wanted)

    @property
    def total(self) -> str:
        return f"{self.count}+" if self.more else str(self.count)

    def title(self, title: str) -> SafeString | None:
        """The title with its matches, which are not counted; None where there are none."""
        marker = self._marker(TITLE)
        return marker.mark(title) if marker else None

    def marks(self, kind: Kind, text: Rendered) -> list[Mark]:
        """The matches in a text, as far as they are not too many."""
        return self._marks(FIELD_OF_KIND[kind], text)

    def beside(self, placed: Placed) -> Placed:
        """A highlight whose note has its matches marked."""
        if placed.note is None:
            return placed
        blocks = paint(placed.note.blocks, self._marks(NOTES, placed.note))
        return replace(placed, note=replace(placed.note, blocks=blocks))

    def _marks(self, place: str, text: Rendered) -> list[Mark]:
        marker = self._marker(place)
        if marker is None or not self._room:
            return []
        plain = plain_text(text.blocks)[: self._room]
        self._room -= len(plain)
        spans = marker.spans(plain)
        self.more = self.more or self.count + len(spans) > MOST
        return [self._next(span.start, span.end) for span in spans[: MOST - self.count]]

    def _next(self, start: int, end: int) -> Mark:
        self.count += 1
        name = f"match-{self.count}"
        return Mark(start, end, {"class": "match", "id": name, "data-mark": name})

    def _marker(self, place: str) -> Marker | None:
        """For the words that count in this part of an article."""
        if place not in self._markers:
            words = [word for word in self._telling if not word.places or place in word.places]
            self._markers[place] = Marker(words, self._languages) if words else None
        return self._markers[place]

    @cached_property
    def _telling(self) -> list[Words]:
        """The words without those that most articles have, unless there are no others: they are on every line."""
        common = too_common(self._owner, self._languages, self._wanted) if len(self._wanted) > 1 else frozenset()
        return [word for word in self._wanted if word not in common] or self._wanted

    @cached_property
    def _languages(self) -> tuple[str, ...]:
        return languages_of(self._owner)
