"""The tags of many articles."""

from collections import defaultdict
from collections.abc import Sequence

from library.models import Link, LinkTag


def names_of(links: Sequence[Link]) -> dict[int, list[str]]:
    """By link, in alphabetical order."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = LinkTag.objects.filter(link__in=[link.pk for link in links]).order_by("tag__name_key")
    for link_id, name in rows.values_list("link_id", "tag__name"):
        found[link_id].append(name)
    return found
