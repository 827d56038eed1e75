"""A reader's word for many links, and the other words that mean it.

A name may lead through others: what has `databases/sqlite` stands under `databases` too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence, Set
from typing import Self

from django.db import connection, models

from library.content import text as content_text

NAME_LENGTH = 100
KEY_LENGTH = 3 * NAME_LENGTH
DESCRIPTION_LENGTH = 2_000
UNDER, AFTER_UNDER = "/", "0"  # and the next sign in the order of the keys
FAMILY = """
SELECT name_key, id FROM library_tag
WHERE owner_id = %s AND (name_key = %s OR (name_key >= %s AND name_key < %s))
"""


class TagQuerySet(models.QuerySet["Tag"]):
    def called(self, owner_id: int, names: Iterable[str]) -> dict[str, Tag]:
        """The owner's tags of these names or aliases, by folded name: the one way from a name to its tag."""
        return self.keyed(owner_id, {content_text.fold(name) for name in names})

    def keyed(self, owner_id: int, keys: Set[str]) -> dict[str, Tag]:
        """The same for names that are folded already."""
        found = {tag.name_key: tag for tag in self.filter(owner_id=owner_id, name_key__in=keys)}
        if others := keys - found.keys():
            aliases = TagAlias.objects.filter(owner_id=owner_id, name_key__in=others).select_related("tag")
            found |= {alias.name_key: alias.tag for alias in aliases}
        return found

    def meant(self, owner_id: int, words: Collection[str]) -> dict[str, Tag]:
        """The tags that these words mean: by a name or an alias, else by the form it has or had in addresses."""
        named = self.called(owner_id, words)
        found = {word: named[key] for word in words if (key := content_text.fold(word)) in named}
        if others := set(words) - found.keys():
            found |= self.moved(owner_id, others)
            found |= {tag.slug: tag for tag in self.filter(owner_id=owner_id, slug__in=others)}
        return found

    def moved(self, owner_id: int, slugs: Iterable[str]) -> dict[str, Tag]:
        """The tags that stood at these addresses before."""
        aliases = TagAlias.objects.filter(owner_id=owner_id, slug__in=list(slugs)).select_related("tag")
        return {alias.slug: alias.tag for alias in aliases}

    def below(self, owner_id: int, key: str) -> Self:
        """The tags whose names lead through the name of this folded form, whether or not it is a tag."""
        return self.filter(owner_id=owner_id, name_key__gte=f"{key}{UNDER}", name_key__lt=f"{key}{AFTER_UNDER}")

    def family(self, owner_id: int, word: str) -> list[int]:
        """The ids of the tag that a word means and of those below it. The word itself may be no tag."""
        found = self._family(owner_id, key := content_text.fold(word))
        if key not in found and (tag := self.meant(owner_id, [word]).get(word)):
            found = self._family(owner_id, tag.name_key)
        return sorted(found.values())

    def _family(self, owner_id: int, key: str) -> dict[str, int]:
        """Asked by every search with a tag: to put the statement together takes longer than to ask it."""
        with connection.cursor() as cursor:
            cursor.execute(FAMILY, [owner_id, key, f"{key}{UNDER}", f"{key}{AFTER_UNDER}"])
            return dict(cursor.fetchall())

    def ensure(self, owner_id: int, names: Iterable[str]) -> dict[str, Tag]:
        """The owner's tags of these names or aliases, made where missing, by the folded name that was asked for.

        Safe beside other writers: a tag that somebody else made meanwhile is taken as it is.
        """
        wanted = {content_text.fold(name): name for name in names}
        found = self.keyed(owner_id, wanted.keys())
        while missing := {key: name for key, name in wanted.items() if key not in found}:
            # Another writer may take a name or a slug first: then the next round finds it, or another slug.
            self.bulk_create(self._new(owner_id, missing), ignore_conflicts=True)
            found = self.keyed(owner_id, wanted.keys())
        return found

    def slugs(self, owner_id: int) -> set[str]:
        """All that lead to a tag of this owner."""
        former = TagAlias.objects.filter(owner_id=owner_id).values_list("slug", flat=True)
        return {*self.filter(owner_id=owner_id).values_list("slug", flat=True), *former}

    def _new(self, owner_id: int, missing: dict[str, str]) -> list[Tag]:
        slugs = {name: content_text.slug(name) for name in missing.values()}
        taken = self.slugs(owner_id)
        tags = []
        for key, name in missing.items():
            slug = free_slug(slugs[name], taken)
            taken.add(slug)
            tags.append(Tag(owner_id=owner_id, name=name, name_key=key, slug=slug))
        return tags


def free_slug(slug: str, taken: set[str]) -> str:
    """`slug`, or the first of slug-2, slug-3, … that is not taken."""
    candidate, number = slug, 2
    while candidate in taken:
        candidate, number = f"{slug}-{number}", number + 1
    return candidate


def parts(name: str) -> list[str]:
    """The levels that a name leads through, as many as its folded form has."""
    return unicodedata.normalize("NFKC", name).split(UNDER)


def above(name: str) -> list[str]:
    """The names that this one leads through, the highest first."""
    levels = parts(name)
    return [higher for number in range(1, len(levels)) if (higher := UNDER.join(levels[:number]))]


class Tag(models.Model):
    """Its folded name and its slug are unique per owner: C, C++ and C# are three tags."""

    owner = models.ForeignKey("library.User", on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=NAME_LENGTH)
    name_key = models.CharField(max_length=KEY_LENGTH, editable=False)
    slug = models.CharField(max_length=KEY_LENGTH, editable=False)
    description = models.TextField(max_length=DESCRIPTION_LENGTH, blank=True)
    pinned = models.BooleanField(default=False, help_text="It stands beside every page.")

    objects = TagQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "name_key"], name="tag_name_once_per_owner"),
            models.UniqueConstraint(fields=["owner", "slug"], name="tag_slug_once_per_owner"),
        ]

    def __str__(self) -> str:
        return self.name

    def set_name(self, name: str) -> None:
        """Take the name and its folded form. Does not save."""
        self.name, self.name_key = name, content_text.fold(name)


class TagAliasQuerySet(models.QuerySet["TagAlias"]):
    def meanings(self) -> dict[str, str]:
        """The folded names of the tags that they mean, by their own folded names."""
        return dict(self.values_list("name_key", "tag__name_key"))


class TagAlias(models.Model):
    """Another name of a tag: what is typed or imported under it becomes the tag, and its address leads there."""

    owner = models.ForeignKey("library.User", on_delete=models.CASCADE, related_name="tag_aliases")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=NAME_LENGTH)
    name_key = models.CharField(max_length=KEY_LENGTH, editable=False)
    slug = models.CharField(max_length=KEY_LENGTH, editable=False)

    objects = TagAliasQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "tag aliases"
        constraints = [
            models.UniqueConstraint(fields=["owner", "name_key"], name="tag_alias_name_once_per_owner"),
            models.UniqueConstraint(fields=["owner", "slug"], name="tag_alias_slug_once_per_owner"),
        ]

    def __str__(self) -> str:
        return self.name


class LinkTag(models.Model):
    """A tag on a link. `saved_at` is the link's (a database trigger keeps it so): one index serves a tag's list."""

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="link_tags", db_index=False)
    link = models.ForeignKey("library.Link", on_delete=models.CASCADE, related_name="link_tags")
    saved_at = models.DateTimeField()
    by_reader = models.BooleanField(default=False, help_text="Put there by the reader: an import leaves it.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "tag"], name="link_tag_once")]
        indexes = [models.Index(fields=["tag", "saved_at", "link"], name="link_tag_by_saved")]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.link_id}"


NEWEST = (
    "SELECT * FROM (SELECT tag_id, link_id FROM library_linktag WHERE tag_id = %s "
    "ORDER BY saved_at DESC, link_id DESC LIMIT %s) AS newest_{number}"
)


def newest_of_each(tag_ids: Sequence[int], most: int) -> list[tuple[int, int]]:
    """(tag, link) of the newest links of each tag: one statement, each part of it a short stretch of an index.

    Django writes no LIMIT into the parts of a union on SQLite.
    """
    if not tag_ids:
        return []
    query = " UNION ALL ".join(NEWEST.format(number=number) for number in range(len(tag_ids)))
    with connection.cursor() as cursor:
        cursor.execute(query, [value for tag_id in tag_ids for value in (tag_id, most)])
        found: list[tuple[int, int]] = cursor.fetchall()
    return found
