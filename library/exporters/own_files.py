"""Which files an article comes back as: its own link files, and what has to be patched in them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from library.content import link_file
from library.content.text import fold
from library.exporters import link_files
from library.exporters.link_files import Changes
from library.models import Author, Change, Highlight, HighlightTag, Link, LinkTag, Original, Section, Source, User

EARLIEST = datetime.min.replace(tzinfo=UTC)
HIGHLIGHTS = ("highlights", "")


@dataclass(slots=True)
class Article:
    """A link with what its files have to say. `tags`: folded name → name."""

    link: Link
    sections: list[Section] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    highlights: list[Highlight] = field(default_factory=list)
    highlight_tags: dict[int, list[str]] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)
    dated: bool = False
    """Whether the reader has set its date."""

    @property
    def marked(self) -> str:
        kinds = {section.pk: section.kind for section in self.sections}
        return link_files.highlights_text(self.highlights, kinds, self.highlight_tags)


@dataclass(slots=True)
class OwnFile:
    """A file of an article; `key` is the name that it had, `source_id` the Source that it is; a new one has neither."""

    data: bytes
    key: str = ""
    source_id: int = 0


@dataclass(frozen=True, slots=True)
class Library:
    """What is read once for all articles: other names of tags and the names that they mean, folded."""

    aliases: Mapping[str, str]

    @classmethod
    def of(cls, owner: User) -> Library:
        return cls(owner.tag_aliases.meanings())

    def articles(self, links: Sequence[Link]) -> Iterator[Article]:
        """In a query for each kind of rows."""
        found = {link.pk: Article(link) for link in links}
        for section in Section.objects.filter(link__in=found):
            found[section.link_id].sections.append(section)
        for pk, key, name in LinkTag.objects.filter(link__in=found).order_by("pk").values_list(
            "link_id", "tag__name_key", "tag__name"
        ):
            found[pk].tags[key] = name
        for highlight in Highlight.objects.filter(link__in=found):
            found[highlight.link_id].highlights.append(highlight)
        rows = HighlightTag.objects.filter(highlight__link__in=found).order_by("tag__name_key")
        for pk, highlight_id, name in rows.values_list("highlight__link_id", "highlight_id", "tag__name"):
            found[pk].highlight_tags.setdefault(highlight_id, []).append(name)
        for source in Source.objects.filter(link__in=found).order_by("pk"):
            found[source.link_id].sources.append(source)
        dated = Change.objects.filter(link__in=found, what="saved_at", author=Author.READER, before__isnull=False)
        for pk in dated.values_list("link_id", flat=True):
            found[pk].dated = True
        yield from found.values()


def own_files(article: Article, aliases: Mapping[str, str]) -> list[OwnFile]:
    """Its own files, patched where needed; or a new one, where there is none that could say it."""
    files = _link_files(article.sources)
    if not files:
        return [_new(article)]
    changes = _changes(article, files, aliases)
    done: list[OwnFile] = []
    for source, data in files:
        wanted = changes.get(source.pk)
        patched = link_files.patched(data, wanted) if wanted else data
        done.append(OwnFile(patched, source.key, source.pk) if patched is not None else _new(article))
    return done


def _new(article: Article) -> OwnFile:
    tags = [name for _, name in sorted(article.tags.items())]
    return OwnFile(link_files.written(article.link, tags, article.sections, article.marked))


def _link_files(sources: Sequence[Source]) -> list[tuple[Source, bytes]]:
    """Those that are link files, which hold one article each."""
    named = [source for source in sources if source.key.lower().endswith((".md", ".markdown"))]
    originals = Original.objects.in_bulk([source.original_id for source in named]) if named else {}
    files = [(source, originals[source.original_id].data) for source in named]
    return [(source, data) for source, data in files if link_file.is_one(source.key, data)]


def _changes(
    article: Article, files: list[tuple[Source, bytes]], aliases: Mapping[str, str]
) -> dict[int, Changes]:
    """By Source, what its file says no longer."""
    leader = max((source for source, _ in files), key=lambda each: (each.created or EARLIEST, each.length,
                                                                    each.original_id))  # fmt: skip
    found: dict[int, Changes] = defaultdict(Changes)
    _fields(article, found[leader.pk])
    _tags(article, files, leader, found, aliases)
    _sections(article, files, leader, found)
    return {pk: changes for pk, changes in found.items() if changes}


def _fields(article: Article, changes: Changes) -> None:
    """What no file says is the reader's own, and goes into the file that speaks for the article."""
    link, sources = article.link, article.sources
    said: dict[str, set[Any]] = {name: {each.said.get(name) for each in sources} for name in ("title", "url", "type")}
    if link.title not in said["title"]:
        changes.title = link.title
    if link.url not in said["url"]:
        changes.front["url"] = link_files.scalar(link.url)
    if link.type not in said["type"]:
        changes.front["notion_type"] = link_files.scalar(link.type)
    dates = {each.created for each in sources}
    if link.saved_at not in dates and (article.dated or dates != {None}):
        changes.front["created"] = link_files.moment(link.saved_at)


def _tags(
    article: Article, files: list[tuple[Source, bytes]], leader: Source, found: dict[int, Changes],
    aliases: Mapping[str, str],
) -> None:  # fmt: skip
    """A tag that was taken off goes from each file that has it; one that was put on, into the leader."""

    def key(name: str) -> str:
        return aliases.get(fold(name), fold(name))

    said = {source.pk: [str(name) for name in source.said.get("tags", ())] for source in article.sources}
    known = {key(name) for of_source in said.values() for name in of_source}
    added = [name for folded, name in article.tags.items() if folded not in known]
    for source, _ in files:
        kept = [name for name in said[source.pk] if key(name) in article.tags]
        wanted = [*kept, *(added if source is leader else ())]
        if wanted != said[source.pk]:
            found[source.pk].front["tags"] = link_files.tag_list(wanted)


def _sections(
    article: Article, files: list[tuple[Source, bytes]], leader: Source, found: dict[int, Changes]
) -> None:
    said = {source.pk: link_file.read(data) for source, data in files}
    wanted = [((each.kind, each.heading), each.text, each.source_id) for each in article.sections]
    for key, text, source_id in [*wanted, (HIGHLIGHTS, article.marked, None)]:
        told = {pk: link_file.told(sections, *key) for pk, sections in said.items()}
        known = text.strip("\n").rstrip() in (told.values() if any(told.values()) else ("",))
        if not known and not _said_before(files, key, text):
            speaker = next((pk for pk in (source_id, *told) if pk and told.get(pk)), leader.pk)
            found[speaker].sections[key] = text


def _said_before(files: list[tuple[Source, bytes]], key: tuple[str, str], text: str) -> bool:
    """Whether a file said this when it was imported, in whatever encoding it may be."""
    name, digest = ":".join(filter(None, key)), hashlib.sha256(text.encode()).hexdigest()
    return any(source.said.get("sections", {}).get(name) == digest for source, _ in files)
