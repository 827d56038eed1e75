"""What a reader does with a whole tag: give it another name or more names, merge it into another, delete it.

However many articles have the tag, each act is a handful of statements in one transaction. The articles' index follows
by itself (`models.triggers`), shelves are rewritten by what their searches mean, and a name that goes stays an alias.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

from library.content import text as content_text
from library.content.text import fold
from library.models import HighlightTag, LinkTag, Shelf, Tag, TagAlias
from library.models.shelves import QUERY_LENGTH, hold
from library.models.tags import KEY_LENGTH, NAME_LENGTH, UNDER, free_slug, parts
from library.search.query import parse, with_values

# Both of a link's tags become one, which is the reader's if one of them was.
KEEP_READERS = """
UPDATE library_linktag SET by_reader = %s WHERE tag_id = %s AND NOT by_reader
AND link_id IN (SELECT link_id FROM library_linktag WHERE tag_id = %s AND by_reader)
"""
MOVE = """
UPDATE library_linktag SET tag_id = %s WHERE tag_id = %s
AND link_id NOT IN (SELECT link_id FROM library_linktag WHERE tag_id = %s)
"""
MOVE_ON_HIGHLIGHTS = """
UPDATE library_highlighttag SET tag_id = %s WHERE tag_id = %s
AND highlight_id NOT IN (SELECT highlight_id FROM library_highlighttag WHERE tag_id = %s)
"""
TAKEN_OFF = {
    "sqlite": "json_insert(removed_tags, '$[#]', %s)",
    "postgresql": "removed_tags || to_jsonb(%s::text)",
}
TAKE_OFF = """
UPDATE library_link SET removed_tags = {appended} WHERE id IN (SELECT link_id FROM library_linktag WHERE tag_id = %s)
"""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far an act on a tag reaches. The Bin does not count; `both` have the other tag, too."""

    articles: int
    both: int
    highlights: int
    shelves: list[Shelf]
    below: list[Tag]


def reach(tag: Tag, into: Tag | None = None) -> Reach:
    tagged = LinkTag.objects.filter(tag=tag, link__deleted_at=None)
    both = tagged.filter(link__link_tags__tag=into).count() if into else 0
    marked = HighlightTag.objects.filter(tag=tag, highlight__link__deleted_at=None)
    return Reach(tagged.count(), both, marked.count(), list(words_for([tag])), below(tag))


def below(tag: Tag) -> list[Tag]:
    return list(Tag.objects.below(tag.owner_id, tag.name_key).order_by("name_key"))


def moved_names(tag: Tag, name: str) -> dict[Tag, str]:
    """What the tags below would be called if the tag were called `name`."""
    levels = len(parts(tag.name))
    return {one: UNDER.join([name, *parts(one.name)[levels:]]) for one in below(tag)}


def fits(name: str) -> bool:
    return len(name) <= NAME_LENGTH and len(fold(name)) <= KEY_LENGTH


@transaction.atomic
def rename(tag: Tag, name: str) -> None:
    """Give the tag a name that no other tag has. Those below it go along, and meet what is there already."""
    hold(tag.owner)
    moved = moved_names(tag, name) if fold(name) != tag.name_key else {}
    with _shelves_follow([tag, *moved]):
        _rename(tag, name)
        _move(moved)


@transaction.atomic
def merge(tag: Tag, into: Tag) -> None:
    """Let all that has this tag have the other. Those below it go along, unless the other is one of them."""
    hold(tag.owner)
    is_below = into.name_key.startswith(tag.name_key + UNDER)
    moved = {} if is_below else moved_names(tag, into.name)
    with _shelves_follow([tag, *moved]):
        _merge(tag, into)
        _move(moved)


@transaction.atomic
def delete(tag: Tag) -> None:
    """Take the tag off its articles, on which no import puts it again, and its highlights. Those below it stay."""
    keys = [tag.name_key, *tag.aliases.values_list("name_key", flat=True)]
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute(TAKE_OFF.format(appended=TAKEN_OFF[connection.vendor]), [key, tag.pk])
    tag.delete()


@transaction.atomic
def set_aliases(tag: Tag, names: Iterable[str]) -> None:
    """Make these the tag's other names. None of them is a name of another tag."""
    hold(tag.owner)
    wanted = {fold(name): name for name in names if fold(name) != tag.name_key}
    tag.aliases.exclude(name_key__in=wanted).delete()
    known = set(tag.aliases.values_list("name_key", flat=True))
    for key, name in wanted.items():
        if key not in known:
            _alias(tag, name)


def _move(moved: dict[Tag, str]) -> None:
    """The deepest first: where `a` becomes `a/b`, `a/c` takes the name that `a/b/c` has had until now."""
    for tag, name in sorted(moved.items(), key=lambda each: -len(parts(each[0].name))):
        there = Tag.objects.called(tag.owner_id, [name]).get(fold(name))
        if there in moved and there.name_key != fold(name):
            there.aliases.filter(name_key=fold(name)).delete()
            there = None
        if there is None or there == tag:
            _rename(tag, name)
        else:
            _merge(tag, there)


def _rename(tag: Tag, name: str) -> None:
    former, slug = tag.name, tag.slug
    tag.aliases.filter(name_key=fold(name)).delete()
    tag.set_name(name)
    if fold(former) != tag.name_key and content_text.slug(former) != content_text.slug(name):
        tag.slug = free_slug(content_text.slug(name), Tag.objects.slugs(tag.owner_id))
    tag.save(update_fields=["name", "name_key", "slug"])
    if fold(former) != tag.name_key:
        _alias(tag, former, slug if slug != tag.slug else "")


def _merge(tag: Tag, into: Tag) -> None:
    with connection.cursor() as cursor:
        cursor.execute(KEEP_READERS, [True, into.pk, tag.pk])
        cursor.execute(MOVE, [into.pk, tag.pk, into.pk])
        cursor.execute(MOVE_ON_HIGHLIGHTS, [into.pk, tag.pk, into.pk])
    tag.aliases.update(tag=into)
    pk, into.pinned = tag.pk, into.pinned or tag.pinned
    into.description = "\n\n".join(filter(None, (into.description, tag.description)))
    into.save(update_fields=["pinned", "description"])
    Tag.objects.filter(pk=pk).delete()
    _alias(into, tag.name, tag.slug)


def _alias(tag: Tag, name: str, slug: str = "") -> None:
    slug = slug or free_slug(content_text.slug(name), Tag.objects.slugs(tag.owner_id))
    TagAlias.objects.create(owner_id=tag.owner_id, tag=tag, name=name, name_key=fold(name), slug=slug)


def words_for(tags: Iterable[Tag]) -> dict[Shelf, list[str]]:
    """The shelves whose searches name one of these tags of one owner, each with the words that it uses for them."""
    wanted = {tag.pk: tag.owner_id for tag in tags}
    owner_id = next(iter(wanted.values()))
    shelves = Shelf.objects.filter(owner=owner_id).in_order()
    words = {shelf: [one.value for one in parse(shelf.query).mentions if one.field == "tag"] for shelf in shelves}
    meant = Tag.objects.meant(owner_id, {word for each in words.values() for word in each})
    ours = {word for word, tag in meant.items() if tag.pk in wanted}
    return {shelf: [word for word in each if word in ours] for shelf, each in words.items() if ours.intersection(each)}


@contextmanager
def _shelves_follow(tags: Iterable[Tag]) -> Iterator[None]:
    """Let the shelves that name these tags name them as they are called afterwards.

    A search that would get too long keeps its words, which are aliases by then.
    """
    words = words_for(tags)
    yield
    for shelf, each in words.items():
        meant = Tag.objects.meant(shelf.owner_id, each)
        named = {word: tag.slug if '"' in tag.name else tag.name for word, tag in meant.items()}
        query = with_values(shelf.query, "tag", named)
        if len(query) <= QUERY_LENGTH:
            Shelf.objects.filter(pk=shelf.pk).update(query=query)
