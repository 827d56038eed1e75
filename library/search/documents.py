"""What is indexed of one link, and its place in the index."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache

from library.content.languages import language_of
from library.content.text import plain
from library.content.words import Indexed, indexed

# Grows when the same texts would be indexed otherwise: then every document counts as changed.
INDEX_VERSION = 2
OWNER_SHIFT = 40
FIRST_MOMENT = datetime(1, 1, 1, tzinfo=UTC)
LAST_MOMENT = datetime(9999, 12, 31, tzinfo=UTC)
SEPARATOR = "\x1f"
# How much a word counts by where it stands. A title says what an article is about. The overview and the tags were
# chosen for it, notes and highlights are the reader's own choice; the summary is a machine's.
# The article stands first: FTS5 keeps two bytes less of each word of its first column, which makes the index a fifth
# smaller.
WEIGHTS = {"article": 1, "title": 20, "overview": 5, "summary": 3, "notes": 5, "highlights": 5, "tags": 5}
FIELDS = tuple(WEIGHTS)
LAYERS = ("overview", "summary", "article", "notes", "highlights")
# Bytes of terms of one link: PostgreSQL takes no tsvector over 1 MB, and a byte of terms costs it at most two.
# What comes after it is not found. The article comes last, so that only its end is ever cut.
MOST_BYTES = 500_000
UNTAGGED = 0  # stands for a tag's id where there is no tag


@dataclass(frozen=True)
class Document:
    """One link. `texts` holds the Markdown of each of LAYERS; `article` holds sections of kind `other`, too.

    `made` is what `made_of` gives for the same texts, and for the title, where somebody had it already.
    """

    owner_id: int
    link_id: int
    saved_at: datetime
    title: str
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    tags: Sequence[tuple[int, str]] = ()  # (id, name)
    made: Mapping[str, Sequence[Indexed]] | None = None

    @property
    def wanted_number(self) -> int:
        """Owner in the high bits, then the saved time in seconds: the index is in date order, owner by owner."""
        return number_at(self.owner_id, self.saved_at)

    @property
    def tag_ids(self) -> list[int]:
        return [tag_id for tag_id, _ in self.tags] or [UNTAGGED]

    @cached_property
    def checksum(self) -> int:
        """Of all that is indexed: tells whether the index still says what the library says."""
        tags = (f"{tag_id} {name}" for tag_id, name in sorted(self.tags))
        layers = (SEPARATOR.join(self.texts.get(layer, ())) for layer in LAYERS)
        content = SEPARATOR.join((str(INDEX_VERSION), self.title, *layers, *tags))
        return zlib.crc32(content.encode(errors="replace"), self.wanted_number & 0xFFFFFFFF)

    @cached_property
    def indexed(self) -> dict[str, list[Indexed]]:
        """Each field as the index takes it in. Short texts go by the language of the long ones."""
        made = self.made or {layer: [made_of(text) for text in each] for layer, each in self.texts.items()}
        parts: dict[str, list[Indexed]] = {layer: list(made.get(layer, ())) for layer in LAYERS}
        language = language_of_all((each for layer in parts.values() for each in layer), self.title)
        parts["title"] = list(made.get("title", ())) or [indexed(self.title, language)]
        parts["tags"] = [_name(name, language) for _, name in self.tags]
        return parts

    @cached_property
    def terms(self) -> dict[str, str]:
        """The terms of each field, as far as they are indexed."""
        room, kept = MOST_BYTES, {}
        for name in sorted(FIELDS, key=lambda name: name == "article"):
            whole = " ".join(filter(None, (part.terms for part in self.indexed[name])))
            kept[name] = whole if len(whole) * 4 <= room else _cut(whole, room)
            room -= len(kept[name].encode())
        return {name: kept[name] for name in FIELDS}

    @property
    def is_cut(self) -> bool:
        parts = self.indexed["article"]
        return len(self.terms["article"]) < sum(len(part.terms) + 1 for part in parts if part.terms) - 1

    @property
    def words(self) -> set[str]:
        return {word for part in self._parts() for word in part.words}

    @property
    def languages(self) -> set[str]:
        return {part.language for part in self._parts()}

    def _parts(self) -> Iterator[Indexed]:
        for parts in self.indexed.values():
            yield from parts


def made_of(text: str) -> Indexed:
    """A Markdown text as the index takes it in, without the marks of Markdown."""
    words = plain(text)
    return indexed(words, language_of(words))


@lru_cache(maxsize=10_000)
def _name(name: str, language: str) -> Indexed:
    """A tag as the index takes it in: an import asks for the same ones again and again."""
    return indexed(name, language)


def language_of_all(texts: Iterable[Indexed], title: str) -> str:
    """The language of the longest text of a link; where it has none, of its title."""
    longest = max(texts, key=lambda one: (len(one.terms), one.terms, one.language), default=None)
    return longest.language if longest else language_of(title)


def _cut(terms: str, room: int) -> str:
    """As many whole terms as fit into `room` bytes."""
    data = terms.encode()
    if len(data) <= room:
        return terms
    return data[:room].decode(errors="ignore").rpartition(" ")[0]


def first_number(owner_id: int) -> int:
    """The lowest number of this owner's documents; the highest is below the next owner's."""
    return owner_id << OWNER_SHIFT


def number_at(owner_id: int, moment: datetime) -> int:
    """The number that a document of this moment wants."""
    since = moment - FIRST_MOMENT
    return first_number(owner_id) + since.days * 86_400 + since.seconds


def moment_of(number: int) -> datetime:
    """When a document of this number was saved; where many share a second, a little later."""
    seconds = timedelta(seconds=number % (1 << OWNER_SHIFT))
    return FIRST_MOMENT + min(seconds, LAST_MOMENT - FIRST_MOMENT)
