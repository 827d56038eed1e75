"""A search that the reader gave a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from django.db import models
from django.utils import timezone

from library.content import text as content_text
from library.models.tags import KEY_LENGTH, NAME_LENGTH, free_slug
from library.models.users import User

QUERY_LENGTH = 1_000
SORT_LENGTH = 10
MOST_SHELVES = 100
# What stands in the place of a slug in the addresses of pages about shelves.
NO_SLUGS = {"new", "starters"}


class ShelfQuerySet(models.QuerySet["Shelf"]):
    def in_order(self) -> Self:
        return self.order_by("position", "id")

    def named(self, name: str) -> Self:
        return self.filter(name_key=content_text.fold(name))

    def append(self, owner: User, name: str, **fields: Any) -> Shelf:
        """A new shelf, after the others. The caller holds the owner's shelves (`hold`)."""
        others = list(self.filter(owner=owner).values_list("slug", "position"))
        slug = free_slug(content_text.slug(name), NO_SLUGS | {slug for slug, _ in others})
        position = max((position for _, position in others), default=0) + 1
        shelf = Shelf(owner=owner, slug=slug, position=position, **fields)
        shelf.set_name(name)
        shelf.save()
        return shelf

    def arrange(self, shelves: Sequence[Shelf]) -> None:
        """Let them stand in this order. The caller holds the owner's shelves."""
        for position, shelf in enumerate(shelves, start=1):
            shelf.position = position
        self.bulk_update(shelves, ["position"])


class Shelf(models.Model):
    """Its folded name and its slug are unique per owner. Its slug stays when it is renamed: addresses go on to work."""

    owner = models.ForeignKey("library.User", on_delete=models.CASCADE, related_name="shelves")
    name = models.CharField(max_length=NAME_LENGTH)
    name_key = models.CharField(max_length=KEY_LENGTH, editable=False)
    slug = models.CharField(max_length=KEY_LENGTH, editable=False)
    query = models.CharField(max_length=QUERY_LENGTH, help_text="In the words of the query language.")
    sort = models.CharField(max_length=SORT_LENGTH, blank=True, help_text="Blank: as a search is sorted by itself.")
    position = models.PositiveIntegerField()
    in_rail = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ShelfQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "shelves"
        constraints = [
            models.UniqueConstraint(fields=["owner", "name_key"], name="shelf_name_once_per_owner"),
            models.UniqueConstraint(fields=["owner", "slug"], name="shelf_slug_once_per_owner"),
        ]

    def __str__(self) -> str:
        return self.name

    def set_name(self, name: str) -> None:
        self.name, self.name_key = name, content_text.fold(name)


def hold(owner: User) -> None:
    """Let nobody else change the owner's shelves before this transaction ends: names, slugs and places are compared."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=owner.pk)
