"""What is indexed of one link, and its place in the index."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from library.content.text import plain

# Grows when the same texts would be indexed otherwise: then every document counts as changed.
INDEX_VERSION = 1
OWNER_SHIFT = 40
FIRST_MOMENT = datetime(1, 1, 1, tzinfo=UTC)
SEPARATOR = "\x1f"
# How much a word counts by where it stands. A title says what an article is about. The overview and the tags were
# chosen for it; the summary is a machine's, and notes are a reader's own words, often on something beside it.
WEIGHTS = {"title": 20, "overview": 5, "summary": 3, "article": 1, "notes": 3, "tags": 5}
UNTAGGED = 0  # stands for a tag's id where there is no tag


@dataclass(frozen=True, slots=True)
class Document:
    """The texts of one link as they are kept (Markdown). `article` holds sections of kind `other`, too."""

    owner_id: int
    link_id: int
    saved_at: datetime
    title: str
    overview: str = ""
    summary: str = ""
    article: str = ""
    notes: str = ""
    tags: Sequence[tuple[int, str]] = ()  # (id, name)
    plain: tuple[str, str, str, str] | None = None  # overview, summary, article, notes, where they are made already

    @property
    def wanted_number(self) -> int:
        """Owner in the high bits, then the saved time in seconds: the index is in date order, owner by owner."""
        since = self.saved_at - FIRST_MOMENT
        return first_number(self.owner_id) + since.days * 86_400 + since.seconds

    @property
    def tag_ids(self) -> list[int]:
        return [tag_id for tag_id, _ in self.tags] or [UNTAGGED]

    @property
    def checksum(self) -> int:
        """Of all that is indexed: tells whether the index still says what the library says."""
        tags = (f"{tag_id} {name}" for tag_id, name in sorted(self.tags))
        texts = (self.title, self.overview, self.summary, self.article, self.notes, *tags)
        return zlib.crc32(SEPARATOR.join(texts).encode(errors="replace"), self.wanted_number & 0xFFFFFFFF)

    def plain_texts(self) -> tuple[str, str, str, str, str]:
        """Title, overview, summary, article and notes as a reader sees them, without the marks of Markdown."""
        made = self.plain or (plain(self.overview), plain(self.summary), plain(self.article), plain(self.notes))
        return (self.title, *made)


def first_number(owner_id: int) -> int:
    """The lowest number of this owner's documents; the highest is below the next owner's."""
    return owner_id << OWNER_SHIFT
