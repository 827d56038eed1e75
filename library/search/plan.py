"""What a query means in one reader's library: names become ids, words become terms, filters become conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from django.db import connection
from rapidfuzz import process
from rapidfuzz.distance import OSA

from library.content import periods
from library.content import words as content_words
from library.content.languages import ENGLISH, stem
from library.content.text import NO_TAG, fold, slug
from library.models import Tag, User
from library.search import vocabulary
from library.search.conditions import Clause, clause, period, types_in_use
from library.search.documents import UNTAGGED, first_number
from library.search.query import All, Either, Filter, Node, Not, Query, Words

# Several of these ask for any of their values; of all others, each must hold.
ANY_OF = ("type", "site", "state", "colour", "import")
# What these ask changes without the numbers under which counts are kept: a reader who reads on changes no list.
NOT_KEPT = ("progress", "import")
MOST_LONGER = 500
FARTHEST_NAME = 0.25  # of the letters of a name, so many may be others
# A word in more of the articles than this tells next to nothing, and costs the most to rank by.
COMMON = 1 / 2


@dataclass(frozen=True, slots=True)
class Tagged:
    """The index knows tags by their ids."""

    tag_id: int


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL on a link called l (and its document, called d), with its parameters."""

    sql: str
    parameters: tuple[Any, ...] = ()


NEVER = Condition("1 = 0")
KEPT = Condition("l.deleted_at IS NULL")  # so is whatever the index has, but where it is behind
TAGS_OF_LINK = "EXISTS (SELECT 1 FROM library_linktag AS lt WHERE lt.link_id = l.id{which})"
Edges = tuple[int, int]  # the lowest number, and the lowest beyond
Part = Words | Tagged | Condition | All | Either | Not  # what a query's filters have become


@dataclass(slots=True)
class Plan:
    """`index` holds what the index of words can answer alone, `conditions` everything else: all must hold.

    `dates` narrows to a stretch of saved times. `languages` are those in whose stems this reader's texts are indexed.
    `version` is that of the index when the plan was made: a count may be kept under it, unless it is None. `is_behind`:
    more changes wait than a search takes in, so what else it must say is asked of the links themselves.
    """

    owner_id: int
    query: Query = field(default_factory=Query, compare=False)
    languages: tuple[str, ...] = (ENGLISH,)
    index: tuple[Any, ...] = ()
    conditions: tuple[Any, ...] = ()
    dates: periods.Period | None = None
    version: tuple[int, int] | None = field(default=None, compare=False)
    is_behind: bool = field(default=False, compare=False)
    sentences: list[str] = field(default_factory=list, compare=False)

    @property
    def words(self) -> list[Words]:
        """The words that every match has."""
        return [part for part in self.index if isinstance(part, Words)]

    @property
    def impossible(self) -> bool:
        return NEVER in self.conditions

    @property
    def edges(self) -> Edges:
        """The lowest number of this owner's documents, and the lowest beyond."""
        return first_number(self.owner_id), first_number(self.owner_id + 1)

    @property
    def in_titles(self) -> Plan:
        """The same, with words that count in titles only."""
        return self.with_index(*map(_to_title, self.index))

    def asking(self, *index: Any) -> Plan:
        """The same owner, asked for something else."""
        return replace(self, index=tuple(index), conditions=(), dates=None, sentences=[])

    def with_index(self, *index: Any) -> Plan:
        return replace(self, index=tuple(index))

    def with_part(self, part: Any) -> Plan:
        """The same, and this too."""
        if _is_for_index(part):
            return self.with_index(*self.index, part)
        return replace(self, conditions=(*self.conditions, part))

    def tagged(self, tag_ids: Sequence[int]) -> Any:
        """One of these tags; UNTAGGED is none at all. While the index has more changes to take in than a search waits
        for (a tag on thousands of articles was merged), the articles themselves are asked."""
        if self.is_behind:
            return tagged_now(tag_ids)
        made: list[Any] = [Tagged(each) for each in tag_ids]
        return made[0] if len(made) == 1 else Either(tuple(made))


def make_plan(owner: User, query: Query, version: tuple[int, int] | None, *, is_behind: bool = False) -> Plan:
    plan = Plan(owner.pk, query, languages_of(owner), version=version, is_behind=is_behind)
    plan.sentences = list(query.sentences)
    parts = _Resolver(plan).parts(query.tree)
    plan.index = tuple(part for part in parts if _is_for_index(part))
    plan.conditions = tuple(part for part in parts if not _is_for_index(part))
    if is_behind:
        plan.conditions += (KEPT,)
        plan.sentences.append("Many articles have just changed: their new words are found as soon as all are indexed.")
    return plan


def languages_of(owner: User) -> tuple[str, ...]:
    """The languages of this reader's texts (one query), English first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT language FROM library_searchlanguage WHERE owner_id = %s ORDER BY language", [owner.pk])
        return tuple(dict.fromkeys((ENGLISH, *(language for (language,) in cursor.fetchall()))))


def tagged_now(tag_ids: Sequence[int]) -> Condition:
    if list(tag_ids) == [UNTAGGED]:
        return Condition(f"NOT {TAGS_OF_LINK.format(which='')}")
    places = ", ".join(["%s"] * len(tag_ids))
    return Condition(TAGS_OF_LINK.format(which=f" AND lt.tag_id IN ({places})"), tuple(tag_ids))


def has_words(part: Any) -> bool:
    """Whether there is something in it to rank by."""
    return isinstance(part, Words) or (isinstance(part, All | Either) and any(map(has_words, part.parts)))


def _to_title(part: Any) -> Any:
    if isinstance(part, All | Either):
        return type(part)(tuple(map(_to_title, part.parts)))
    return replace(part, places=("title",)) if isinstance(part, Words) and not part.places else part


def _is_for_index(part: Any) -> bool:
    if isinstance(part, Not):
        return _is_for_index(part.part)
    if isinstance(part, All | Either):
        return all(_is_for_index(each) for each in part.parts)
    return not isinstance(part, Condition)


class _Resolver:
    """Makes conditions of a query's filters; says in the plan's sentences which name nothing."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._types: dict[str, list[str]] | None = None

    def parts(self, tree: All) -> list[Any]:
        """What must all hold. The first stretch of saved times becomes the plan's."""
        dates = next((part for part in tree.parts if isinstance(part, Filter) and part.field == "saved"), None)
        if dates:
            self._plan.dates = period(dates.value)
        return list(self._all(part for part in tree.parts if part is not dates))

    def _all(self, parts: Iterator[Node] | Sequence[Node]) -> Iterator[Any]:
        groups: dict[str, list[Any]] = {}
        for part in parts:
            name = _kind(part)
            if name in ANY_OF:
                groups.setdefault(name, []).append(self._one(part))
            else:
                made = self._one(part)
                yield from made.parts if isinstance(made, All) else [made]
        for same in groups.values():
            yield same[0] if len(same) == 1 else Either(tuple(same))

    def _one(self, node: Node) -> Any:
        if isinstance(node, Words):
            return self._open_ended(node) if node.prefix else node
        if isinstance(node, Filter):
            return self._filter(node)
        if isinstance(node, Not):
            return Not(self._one(node.part))
        if isinstance(node, All):
            return All(tuple(self._all(node.parts)))
        return Either(tuple(self._one(part) for part in node.parts))

    def _open_ended(self, words: Words) -> Any:
        """The index knows the beginnings of stems only: `accessib` is no part of the stem of accessibility. Words of
        this library that begin so and whose stems do not are asked for by themselves, and so is what was typed: it may
        be a whole word, in another form than the text has."""
        *first, last = words.tokens
        others: dict[str, str] = {}
        for word in (last, *vocabulary.beginning_with(self._plan.owner_id, last, MOST_LONGER)):
            for language in self._plan.languages:
                if not (stemmed := stem(word, language)).startswith(last):
                    others.setdefault(stemmed, word)
        longer = (replace(words, tokens=(*first, word), prefix=False) for word in others.values())
        return Either((words, *longer)) if others else words

    def _filter(self, one: Filter) -> Any:
        if one.field == "tag":
            return self._tag(one.value)
        if one.field == "type":
            return self._type(one.value)
        if one.field in NOT_KEPT:
            self._plan.version = None
        return _condition(clause(one))

    def _tag(self, value: str) -> Any:
        """A tag, by any of its names or as it stands in addresses, and the tags below it."""
        if value.lower() == NO_TAG:
            return self._plan.tagged([UNTAGGED])
        ids = Tag.objects.family(self._plan.owner_id, value)
        if not ids:
            near = nearest_name(value, Tag.objects.filter(owner_id=self._plan.owner_id).values_list("name", flat=True))
            if not near or _loosely(near) != _loosely(value):
                self._plan.sentences.append(f"You have no tag “{value}”{f', but “{near}”' if near else ''}.")
                return NEVER
            ids = Tag.objects.family(self._plan.owner_id, near)
        return self._plan.tagged(ids)

    def _type(self, value: str) -> Any:
        if self._types is None:
            self._types = types_in_use(self._plan.owner_id)
        names = self._types.get(fold(value), [])
        if not names:
            near = nearest_name(value, [name for spelt in self._types.values() for name in spelt])
            if not near or _loosely(near) != _loosely(value):
                self._plan.sentences.append(f"No article has the type “{value}”{f', but “{near}”' if near else ''}.")
                return NEVER
            names = self._types[fold(near)]
        return Condition(f"l.type IN ({', '.join(['%s'] * len(names))})", tuple(names))


def nearest_name(value: str, names: Iterable[str]) -> str:
    """The one that is written nearly like the value, if any."""
    found = process.extractOne(
        value, list(names), processor=_loosely, scorer=OSA.normalized_distance, score_cutoff=FARTHEST_NAME
    )
    return found[0] if found else ""


def _loosely(name: str) -> str:
    """As somebody may type it: without accents, and with whatever stands between its words."""
    return slug(content_words.fold(name))


def _kind(part: Node) -> str:
    if not isinstance(part, Filter):
        return ""
    return "state" if part.field == "is" and part.value != "fav" else part.field


def _condition(found: Clause) -> Condition:
    return Condition(found[0], tuple(found[1]))


class Found(Protocol):
    """The documents that match a plan, as `matches.Matches` finds them."""

    total: int

    @property
    def size(self) -> int:
        """How many documents this reader has."""

    def newest(self, limit: int, *, few: bool = ...) -> list[int]: ...

    def of(self, plan: Plan, limit: int, *, few: bool = ...) -> list[int]: ...

    def where(self, limit: int) -> Clause: ...


Scored = list[tuple[int, float]]  # (number of a document, score): a lower score is better
Shares = dict[Words, float]  # in which part of the newest articles a word stands
