"""What an act did to the tags of links, as its Change keeps it, and the way back.

`kept` of such a Change: ids of the tags put "on", [id, by_reader] of those taken "off", and the folded names that the
act noted as removed by the reader ("barred") or no longer so ("freed").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from library.models.links import Link, LinkQuerySet
from library.models.rows import insert_rows
from library.models.tags import LinkTag
from library.models.users import User

Kept = dict[str, Any]
TAG_COLUMNS = ("tag_id", "link_id", "saved_at", "by_reader")


def give_back(owner: User, links: LinkQuerySet, kept: Mapping[int, Kept]) -> dict[int, Kept]:
    """Take off what an act put on the owner's links, and put back what it took off, where that was not done since.

    Returns what it did, by link, as the Change of an act says it: links on which it did nothing are left out.
    """
    taken_off = {tag_id for each in kept.values() for tag_id, _ in each["off"]}
    known = set(owner.tags.filter(pk__in=taken_off).values_list("pk", flat=True))
    rows = list(links.filter(pk__in=kept).values_list("pk", "saved_at", "removed_tags"))
    tags = tags_of([pk for pk, *_ in rows])
    done, put_back, barred = {}, [], {}
    for pk, saved_at, removed in rows:
        back = _back(kept[pk], tags[pk], known, set(removed))
        if back["on"] or back["off"]:
            done[pk] = back
            readers = dict(kept[pk]["off"])
            put_back += [(tag_id, pk, saved_at, readers[tag_id]) for tag_id in back["on"]]
            barred[pk] = (set(removed) | set(back["barred"])) - set(back["freed"])
    _take_off(done)
    insert_rows(LinkTag, TAG_COLUMNS, put_back)
    bar({pk: removed for pk, _, removed in rows}, barred)
    return done


def _back(kept: Kept, tags: dict[int, tuple[bool, str]], known: set[int], removed: set[str]) -> Kept:
    """What has to be done to a link that has these tags now."""
    return {
        "on": [tag_id for tag_id, _ in kept["off"] if tag_id in known and tag_id not in tags],
        "off": [[tag_id, tags[tag_id][0]] for tag_id in kept["on"] if tag_id in tags],
        "barred": sorted(set(kept["freed"]) - removed),
        "freed": sorted(set(kept["barred"]) & removed),
    }


def _take_off(done: Mapping[int, Kept]) -> None:
    """One statement for each tag."""
    links: dict[int, list[int]] = defaultdict(list)
    for pk, each in done.items():
        for tag_id, _ in each["off"]:
            links[tag_id].append(pk)
    for tag_id, ids in links.items():
        LinkTag.objects.filter(tag=tag_id, link__in=ids).delete()


def tags_of(link_ids: Iterable[int]) -> dict[int, dict[int, tuple[bool, str]]]:
    """By link and tag: whether the reader put it there, and its name."""
    tags: dict[int, dict[int, tuple[bool, str]]] = defaultdict(dict)
    rows = LinkTag.objects.filter(link__in=list(link_ids)).values_list("link_id", "tag_id", "by_reader", "tag__name")
    for link_id, tag_id, by_reader, name in rows:
        tags[link_id][tag_id] = by_reader, name
    return tags


def bar(now: dict[int, list[str]], wanted: dict[int, set[str]]) -> None:
    """Note which tags the reader took off: one statement for all links that shall say the same."""
    together: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for pk, names in wanted.items():
        if names != set(now[pk]):
            together[tuple(sorted(names))].append(pk)
    for alike, ids in together.items():
        Link.objects.filter(pk__in=ids).update(removed_tags=list(alike))
