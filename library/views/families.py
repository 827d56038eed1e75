"""Tags that have others below them: `databases` with `databases/sqlite`. What has one below has the one above."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat

from library.content.text import slug as content_slug
from library.models import LinkTag, User
from library.models.tags import AFTER_UNDER, UNDER, above

TagNames = tuple[str, str, str, int, bool]  # folded name, slug, name, id, whether it is pinned


@dataclass(frozen=True, slots=True)
class Family:
    """A name that others lead through, and the ids of all of them, its own first where it is a tag itself."""

    name: str
    pk: int | None
    ids: tuple[int, ...]


def find_families(tags: Sequence[TagNames]) -> dict[str, Family]:
    """By slug. A name that is no tag itself has the slug that it would have as one, if that is free."""
    below: dict[str, list[int]] = defaultdict(list)
    names: dict[str, str] = {}
    for key, _, name, pk, _ in tags:
        for higher, written in zip(above(key), above(name), strict=False):
            below[higher].append(pk)
            names.setdefault(higher, written)
    known = {key: (slug, Family(name, pk, (pk, *below[key]))) for key, slug, name, pk, _ in tags if key in below}
    no_tags = names.keys() - {key for key, *_ in tags}
    made = {content_slug(names[key]): Family(names[key], None, tuple(below[key])) for key in sorted(no_tags)}
    taken = {slug for _, slug, *_ in tags}
    return dict(known.values()) | {slug: family for slug, family in made.items() if slug not in taken}


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
