"""Tags that have others below them: `databases` with `databases/sqlite`. What has one below has the one above."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat

from library.content.text import slug as content_slug
from library.models import LinkTag, User
from library.models.tags import AFTER_UNDER, UNDER, above


class TagRow(NamedTuple):
    """A tag. `uses` are those of the tag itself, in the Bin too."""

    name_key: str
    slug: str
    name: str
    pk: int
    pinned: bool
    uses: int | None


@dataclass(frozen=True, slots=True)
class Family:
    """A name that others lead through, and the ids of all of them, its own first where it is a tag itself."""

    name: str
    pk: int | None
    ids: tuple[int, ...]


def find_families(tags: Sequence[TagRow]) -> dict[str, Family]:
    """By slug. A name that is no tag itself has the slug that it would have as one, if that is free."""
    below: dict[str, list[int]] = defaultdict(list)
    names: dict[str, str] = {}
    for tag in tags:
        for higher, written in zip(above(tag.name_key), above(tag.name), strict=False):
            below[higher].append(tag.pk)
            names.setdefault(higher, written)
    families = {
        tag.slug: Family(tag.name, tag.pk, (tag.pk, *below[tag.name_key])) for tag in tags if tag.name_key in below
    }
    no_tags = names.keys() - {tag.name_key for tag in tags}
    made = {content_slug(names[key]): Family(names[key], None, tuple(below[key])) for key in sorted(no_tags)}
    taken = {tag.slug for tag in tags}
    return families | {slug: family for slug, family in made.items() if slug not in taken}


def count_families(user: User, families: dict[str, Family]) -> dict[str, int]:
    """How many articles each tag with others below it has among all of them. The Bin does not count.

    Those with a tag below, and those with the tag alone: asked for both in one condition, no index helps.
    """
    slugs = {family.pk: slug for slug, family in families.items() if family.pk}
    if not slugs:
        return {}
    below = LinkTag.objects.filter(is_below(OuterRef("name_key")), tag__owner=user)
    beside = LinkTag.objects.filter(is_below(OuterRef(OuterRef("name_key"))), link=OuterRef("link"))
    alone = LinkTag.objects.filter(~Exists(beside), tag=OuterRef("pk"))
    numbers = [counted(below, "tag__owner"), counted(alone, "tag")]
    found = user.tags.filter(pk__in=slugs).annotate(below=numbers[0], alone=numbers[1])
    binned = links_in_bin(user)
    return {
        slugs[pk]: (below or 0) + (alone or 0) - len(set().union(*(binned[each] for each in families[slugs[pk]].ids)))
        for pk, below, alone in found.values_list("pk", "below", "alone")
    }


def is_below(name_key: OuterRef) -> Q:
    begins, ends = (Concat(name_key, Value(sign)) for sign in (UNDER, AFTER_UNDER))
    return Q(tag__name_key__gte=begins, tag__name_key__lt=ends)


def counted(uses: QuerySet[LinkTag], by: str) -> Subquery:
    """How many links there are, each once."""
    return Subquery(uses.order_by().values(by).annotate(number=Count("link", distinct=True)).values("number"))


def links_in_bin(user: User) -> dict[int, set[int]]:
    """By the id of each tag, the links in the Bin that have it."""
    found: dict[int, set[int]] = defaultdict(set)
    for tag, link in LinkTag.objects.filter(link__in=user.links.binned()).values_list("tag", "link"):
        found[tag].add(link)
    return found
