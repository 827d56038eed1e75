"""A reader's word for many links."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from django.db import models

from library.content import text as content_text

NAME_LENGTH = 100
KEY_LENGTH = 3 * NAME_LENGTH


class TagQuerySet(models.QuerySet["Tag"]):
    def named(self, names: Iterable[str]) -> Self:
        return self.filter(name_key__in={content_text.fold(name) for name in names})

    def ensure(self, owner_id: int, names: Iterable[str]) -> dict[str, Tag]:
        """The owner's tags of these names, made where missing, by folded name.

        Safe beside other writers: a tag that somebody else made meanwhile is taken as it is.
        """
        wanted = {content_text.fold(name): name for name in names}
        found = self._by_key(owner_id, wanted)
        while missing := {key: name for key, name in wanted.items() if key not in found}:
            # Another writer may take a name or a slug first: then the next round finds it, or another slug.
            self.bulk_create(self._new(owner_id, missing), ignore_conflicts=True)
            found = self._by_key(owner_id, wanted)
        return found

    def _by_key(self, owner_id: int, keys: Iterable[str]) -> dict[str, Tag]:
        return {tag.name_key: tag for tag in self.filter(owner_id=owner_id, name_key__in=list(keys))}

    def _new(self, owner_id: int, missing: dict[str, str]) -> list[Tag]:
        slugs = {name: content_text.slug(name) for name in missing.values()}
        taken = set(self.filter(owner_id=owner_id).values_list("slug", flat=True))
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


class Tag(models.Model):
    """Its folded name and its slug are unique per owner: C, C++ and C# are three tags."""

    owner = models.ForeignKey("library.User", on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=NAME_LENGTH)
    name_key = models.CharField(max_length=KEY_LENGTH, editable=False)
    slug = models.CharField(max_length=KEY_LENGTH, editable=False)

    objects = TagQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "name_key"], name="tag_name_once_per_owner"),
            models.UniqueConstraint(fields=["owner", "slug"], name="tag_slug_once_per_owner"),
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
