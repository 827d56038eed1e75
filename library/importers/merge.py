"""What a file that meets a known link may change: decided here, written in `save`.

The base of the merge is what the link's Sources last said. What the reader wrote, put on or took off stays;
what no reader touched follows the files, among several the newest, then the longest, then by SHA-256.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from library.content.text import fold
from library.importers import passages
from library.importers.match import Incoming
from library.importers.record import Passage, Record, Text
from library.models import Author, Link, Outcome, Section, Source

EARLIEST = datetime.min.replace(tzinfo=UTC)
FIELDS = ("title", "type", "saved_at", "url")
Rank = tuple[datetime, int, str]

NAMES = {"overview": "Overview", "summary": "AI Summary", "article": "article", "note": "note"}


@dataclass(slots=True)
class LinkNow:
    """A link as it stands, with all that a merge looks at."""

    link: Link
    sections: dict[str, Section]
    sources: list[Source]
    tags: dict[str, bool]
    """Folded name of each tag on the link: whether the reader put it there."""
    own_fields: set[str]
    """Which of FIELDS the reader has written."""
    aliases: dict[str, str] = field(default_factory=dict)
    """Folded other names of tags, and the folded names of the tags that they mean."""
    quotes: list[str] = field(default_factory=list)
    """What is highlighted in it."""
    files: set[str] = field(default_factory=set)
    """By which names its texts know the files that came with it."""

    def key(self, name: str) -> str:
        """The folded name of the tag that a file calls so."""
        folded = fold(name)
        return self.aliases.get(folded, folded)


@dataclass(slots=True)
class TextChange:
    """`replace` is False where the text is only kept as a version beside the section's own."""

    text: Text
    section: Section | None
    replace: bool


@dataclass(slots=True)
class Plan:
    outcome: Outcome
    sentences: list[str] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    texts: list[TextChange] = field(default_factory=list)
    add_tags: list[str] = field(default_factory=list)
    remove_tags: set[str] = field(default_factory=set)
    passages: list[Passage] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)

    @property
    def changes_nothing(self) -> bool:
        changes = (self.fields, self.texts, self.add_tags, self.remove_tags, self.passages, self.attachments)
        return not any(changes)


def said(record: Record) -> dict[str, Any]:
    """What a Source keeps of a record, as the base of the next merge."""
    told: dict[str, Any] = {
        "title": record.title,
        "url": record.url,
        "type": record.type,
        "tags": list(record.tags),
        "sections": {text.key: digest(text.text) for text in record.texts},
    }
    if record.highlights:
        told["passages"] = passages.digests(record.highlights)
    if record.extra or record.attachments:
        rest = [record.extra, record.attachments]
        told["rest"] = digest(json.dumps(rest, sort_keys=True, ensure_ascii=False, default=str))
    return told


def says_the_same(source: Source, record: Record) -> bool:
    """Whether a record says what it said before, so that nothing can follow from it."""
    return source.created == record.created and source.said == said(record)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def length(record: Record) -> int:
    return sum(len(text.text) for text in record.texts)


def rank(created: datetime | None, characters: int, sha256: str) -> Rank:
    """Which of several files speaks for a link: the newest, then the longest, then by SHA-256."""
    return created or EARLIEST, characters, sha256


def rank_of(source: Source) -> Rank:
    return rank(source.created, source.length, source.original_id)


def plan(now: LinkNow, item: Incoming) -> Plan:
    """What `item` changes on the link that it belongs to. Pure: writes nothing."""
    known = next((source for source in now.sources if item.source and source.pk == item.source.pk), None)
    others = [source for source in now.sources if source is not known]
    record = item.record
    mine = rank(record.created, length(record), item.file.sha256)
    # What was marked in an article says nothing of the article itself.
    speaking = [source for source in others if source.length or "passages" not in source.said]
    leader = max(speaking, key=rank_of, default=None)
    leads = not item.is_only_marked and (leader is None or mine > rank_of(leader))
    made = Plan(
        Outcome.UPDATED if known else Outcome.MERGED,
        passages=passages.new_to(record, known.said.get("passages", []) if known else [], now.quotes),
        attachments=[name for name in record.attachments if name not in now.files],
    )
    if leads or leader:
        _plan_fields(made, now, _told(record) if leads or leader is None else _told_by(leader))
    if leads:
        _plan_extra(made, now, record)
    if known:
        _plan_address(made, now, known, item)
    for text in record.texts:
        _plan_text(made, now, known, leads, text)
    _plan_tags(made, now, others, record)
    _explain(made, now, known, item)
    return made


def _told(record: Record) -> dict[str, Any]:
    return {"title": record.title, "type": record.type, "saved_at": record.created}


def _told_by(source: Source) -> dict[str, Any]:
    return {"title": source.said.get("title"), "type": source.said.get("type"), "saved_at": source.created}


def _plan_fields(made: Plan, now: LinkNow, told: dict[str, Any]) -> None:
    """Title, type and date follow the leading file while they are what some file said, and not the reader's own.

    A blank erases nothing.
    """
    before = [_told_by(source) for source in now.sources]
    for name, value in told.items():
        current = getattr(now.link, name)
        from_a_file = name not in now.own_fields and current in [each[name] for each in before]
        if value and value != current and from_a_file:
            made.fields[name] = value


def _plan_extra(made: Plan, now: LinkNow, record: Record) -> None:
    missing = {key: value for key, value in record.extra.items() if now.link.extra.get(key) != value}
    if missing:
        made.fields["extra"] = {**now.link.extra, **missing}


def _plan_address(made: Plan, now: LinkNow, known: Source, item: Incoming) -> None:
    url = item.record.url
    changed = bool(url) and url != known.said.get("url") and item.url_hash != now.link.url_hash
    if changed and "url" not in now.own_fields:
        made.fields["url"] = url


def _plan_text(made: Plan, now: LinkNow, known: Source | None, leads: bool, text: Text) -> None:
    section = now.sections.get(text.section_key)
    said_before = known is not None and known.said["sections"].get(text.key) == digest(text.text)
    if said_before or (section and section.text == text.text):
        return
    if section is None or text.beside:
        made.texts.append(TextChange(text, section, replace=not text.beside))
        return
    if text.kind == "note" or section.author != Author.IMPORT:
        made.texts.append(TextChange(text, section, replace=False))
        name = NAMES.get(text.kind, text.heading)
        made.sentences.append(f"Your own {name} stays; the file's is kept among its versions.")
        return
    is_mine = section.source_id == known.pk if known else leads
    made.texts.append(TextChange(text, section, replace=is_mine))


def _plan_tags(made: Plan, now: LinkNow, others: list[Source], record: Record) -> None:
    """Tags: the union over the files, minus what the reader took off, plus what they put on."""
    wanted = {now.key(name): name for name in record.tags}
    for source in others:
        for name in source.said.get("tags", []):
            wanted.setdefault(now.key(name), name)
    removed = {now.key(name) for name in now.link.removed_tags}
    made.add_tags = [name for key, name in wanted.items() if key not in now.tags and key not in removed]
    said_before = {now.key(name) for source in now.sources for name in source.said.get("tags", [])}
    made.remove_tags = {
        key for key, by_reader in now.tags.items() if not by_reader and key in said_before and key not in wanted
    }


def _explain(made: Plan, now: LinkNow, known: Source | None, item: Incoming) -> None:
    if known and made.changes_nothing:
        made.outcome = Outcome.UNCHANGED
        made.sentences.append("The file changed, but nothing in it that is kept in the library.")
    elif known:
        made.sentences.insert(0, "The file changed, and the article with it.")
    elif item.is_only_marked:
        made.sentences.insert(0, "It is about an article that is in the library.")
    else:
        made.sentences.insert(0, "Another file with this address: one article holds both.")
    if made.passages:
        number = len(made.passages)
        made.sentences.append(f"{number:,} highlight{'' if number == 1 else 's'} more.")
    if now.link.deleted_at is not None:
        made.sentences.append("The article is in the Bin.")
