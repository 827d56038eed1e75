"""What a query means in one reader's library: names become ids, words become conditions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from library.content.text import fold
from library.content.urls import site
from library.models import Tag, User
from library.models.links import UNREAD
from library.search.documents import UNTAGGED
from library.search.query import NO_TAG, Filter, Query, Words

# The types that a reader uses, found by stepping from one to the next in the index on them.
TYPES_IN_USE = """
WITH RECURSIVE step(type) AS (
    SELECT min(type) FROM library_link WHERE owner_id = %s AND deleted_at IS NULL
    UNION ALL
    SELECT (SELECT min(type) FROM library_link WHERE owner_id = %s AND deleted_at IS NULL AND type > step.type)
    FROM step WHERE step.type IS NOT NULL
) SELECT type FROM step WHERE type IS NOT NULL
"""


@dataclass(slots=True)
class Plan:
    """`conditions` are SQL on the link, called l, with their parameters: all must hold. `impossible`: nothing can.

    `in_title`: the words must all be in the title.
    """

    owner_id: int
    words: list[Words] = field(default_factory=list)
    without_words: list[Words] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)
    without_tags: list[int] = field(default_factory=list)
    conditions: list[tuple[str, list[Any]]] = field(default_factory=list)
    impossible: bool = False
    in_title: bool = False
    sentences: list[str] = field(default_factory=list, compare=False)

    @property
    def asks_the_index(self) -> bool:
        return bool(self.words or self.without_words or self.tags or self.without_tags)


def make_plan(owner: User, query: Query) -> Plan:
    plan = Plan(
        owner.pk,
        words=query.positive,
        without_words=[words for words in query.words if words.negative],
        sentences=list(query.sentences),
    )
    _add_tags(plan, _filters(query, "tag"))
    _add_types(plan, _filters(query, "type"))
    _add(plan, "site", [(one, [_site(one.value)]) for one in _filters(query, "site")])
    _add_states(plan, _filters(query, "is"))
    return plan


def _filters(query: Query, name: str) -> list[Filter]:
    return [one for one in query.filters if one.field == name]


def _add_tags(plan: Plan, filters: Sequence[Filter]) -> None:
    for one in filters:
        tag_id = UNTAGGED if one.value.lower() == NO_TAG else _tag_id(plan.owner_id, one.value)
        if tag_id is None:
            plan.sentences.append(f"You have no tag “{one.value}”.")
            plan.impossible |= not one.negative
        else:
            (plan.without_tags if one.negative else plan.tags).append(tag_id)


def _tag_id(owner_id: int, value: str) -> int | None:
    """A tag by its name, else by the form it has in addresses."""
    tags = Tag.objects.filter(owner_id=owner_id).values_list("pk", flat=True)
    named = tags.filter(name_key=fold(value)).first()
    return named if named is not None else tags.filter(slug=value).first()


def _add_types(plan: Plan, filters: Sequence[Filter]) -> None:
    in_use = _types_in_use(plan.owner_id) if filters else {}
    for one in filters:
        if fold(one.value) not in in_use:
            plan.sentences.append(f"No article has the type “{one.value}”.")
    _add(plan, "type", [(one, in_use.get(fold(one.value), [])) for one in filters])


def _types_in_use(owner_id: int) -> dict[str, list[str]]:
    """The types as they are spelt, by their folded form."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(TYPES_IN_USE, [owner_id, owner_id])
        for (name,) in cursor.fetchall():
            found.setdefault(fold(name), []).append(name)
    return found


def _site(value: str) -> str:
    """The site of an address or of a host, as links keep it."""
    return site(value if "://" in value else f"https://{value}") or value.lower()


def _add_states(plan: Plan, filters: Sequence[Filter]) -> None:
    states = [one for one in filters if one.value != "fav"]
    _add(plan, "state", [(one, list(UNREAD) if one.value == "unread" else [one.value]) for one in states])
    for one in filters:
        if one.value == "fav":
            plan.conditions.append(("NOT l.favourite" if one.negative else "l.favourite", []))


def _add(plan: Plan, column: str, found: Sequence[tuple[Filter, list[str]]]) -> None:
    """Any of the wanted values, and none of the unwanted ones."""
    wanted = [value for one, values in found if not one.negative for value in values]
    unwanted = [value for one, values in found if one.negative for value in values]
    if wanted:
        plan.conditions.append((f"l.{column} IN ({_marks(wanted)})", wanted))
    elif any(not one.negative for one, _ in found):
        plan.impossible = True
    if unwanted:
        plan.conditions.append((f"l.{column} NOT IN ({_marks(unwanted)})", unwanted))


def _marks(values: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(values))
