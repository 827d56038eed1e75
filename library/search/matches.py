"""The documents that match a plan: how many, and any stretch of them by date. SQL that both databases share."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.core.cache import caches
from django.db import connection

from library.content.periods import Period
from library.models import SearchDocument, User
from library.search import indexing
from library.search.backends import backend
from library.search.conditions import Clause, between
from library.search.documents import number_at
from library.search.plan import Condition, Edges, Plan, make_plan
from library.search.query import All, Either, Not, Words, parse

# Asking for one article's state and type costs about 3 µs, finding all that have them about 1.3 µs each
# (measured on SQLite with 100,000): few are asked one by one, many are compared with the whole set.
FEW = 10_000
ONE_BY_ONE = """
(SELECT {conditions} FROM library_searchdocument AS d JOIN library_link AS l ON l.id = d.link_id
WHERE d.number = {key})
"""
# The sign keeps the database from looking each of them up in the index of words.
ALL_AT_ONCE = """
+{key} IN (SELECT d.number FROM library_link AS l JOIN library_searchdocument AS d ON d.link_id = l.id
WHERE l.owner_id = %s AND l.deleted_at IS NULL AND {conditions})
"""
LINKS = """
FROM library_link AS l JOIN library_searchdocument AS d ON d.link_id = l.id {join}
WHERE l.owner_id = %s AND l.deleted_at IS NULL AND {conditions}
"""
LINKS_ALONE = "FROM library_link AS l WHERE l.owner_id = %s AND l.deleted_at IS NULL AND {conditions}"
OF_DOCUMENT = re.compile(r"\bd\.")
MOST_VALUES = 50
MOST_OWN = 2_000
ORDERS = {"title": "l.title_key, l.id", "longest": "l.words DESC, l.id DESC", "shortest": "l.words, l.id"}


def planned(owner: User, text: str) -> Plan:
    """The plan of a query as it is typed, with all changes up to now in the index."""
    version = backend().version(owner.pk)
    is_behind = False
    if version is None and indexing.drain(owner_id=owner.pk):
        version = backend().version(owner.pk)
        is_behind = version is None and indexing.is_behind(owner.pk)
    plan: Plan = backend().spelt_out(make_plan(owner, parse(text), version, is_behind=is_behind))
    return plan


@dataclass(frozen=True, slots=True)
class Span:
    """All that match have a number from `first` on and below `end`, for the index to look at no others. Where many were
    saved in one second some stand later than they want, by no more than there are articles: those from `sure_first` on
    and below `sure_end` were saved when they should."""

    first: int
    end: int
    sure_first: int
    sure_end: int

    @property
    def edges(self) -> Edges:
        return self.first, self.end


@dataclass
class Matches:
    """Numbers of documents."""

    plan: Plan

    def of(self, plan: Plan, limit: int, *, few: bool = False) -> list[int]:
        """The newest matches of this plan or of one made from it."""
        return (self if plan is self.plan else Matches(plan)).newest(limit, few=few)

    @cached_property
    def total(self) -> int:
        """How many there are, exactly. Remembered as long as nothing changed that could change it."""
        if self.plan.impossible:
            return 0
        total, key = self.known, self._key()
        if total is None:
            total = self._total()
            if key:
                caches["local"].set(key, total)
        return total

    @property
    def known(self) -> int | None:
        """The total, where it is known without counting."""
        if "total" in self.__dict__:
            return self.total
        key = self._key()
        total: int | None = caches["local"].get(key) if key else None
        return total

    def _key(self) -> str:
        """What the total depends on; blank where some change may not be in the index yet."""
        version = self.plan.version
        if version is None:
            return ""
        asked = repr((version, sorted(map(repr, self.plan.index)), self.plan.conditions, self.plan.dates))
        return f"matches-{self.plan.owner_id}-{hashlib.sha256(asked.encode()).hexdigest()}"

    def _total(self) -> int:
        if not self.plan.index:
            return self._links() if self.plan.conditions or self.plan.dates else self._documents()
        return self._select("count(*)", self._span.edges, self._restriction(lambda: self._in_the_index))[0]

    def newest(self, limit: int, below: int | None = None, *, few: bool = False) -> list[int]:
        """Up to `limit`, newest first, beginning below the number `below`. Where `few` are expected they are put in
        order when all are found: FTS5 goes through its lists a third quicker forwards than backwards."""
        first, end = self._span.edges
        edges = (first, end if below is None else min(below, end))
        return self._stretch(f"{'+' * few}{backend().KEY} DESC", limit, edges)

    def where(self, limit: int) -> Clause:
        """The SQL condition of a match, where the newest `limit` are asked for."""
        match, parameters = backend().match(self.plan, self._span.edges)
        restriction, more = self._restriction(lambda: limit * self._in_the_index // max(self.total, 1))
        return f"{match}{restriction}", [*parameters, *more]

    def oldest(self, limit: int, above: int | None = None) -> list[int]:
        """Up to `limit`, oldest first, beginning above the number `above`."""
        first, end = self._span.edges
        edges = (first if above is None else max(above + 1, first), end)
        return self._stretch(f"{backend().KEY} ASC", limit, edges)

    def in_order(self, sort: str, start: int, limit: int) -> list[int]:
        """Up to `limit`, from the one at `start` on, by title or length: each is looked at."""
        if self.plan.impossible:
            return []
        conditions, parameters = self._links_in_all()
        source = LINKS.format(join="", conditions=conditions)
        sql = f"SELECT d.number {source} ORDER BY {ORDERS[sort]} LIMIT %s OFFSET %s"  # noqa: S608 - words of ours
        return _column(sql, [self.plan.owner_id, *parameters, limit, start])

    def counted(self, column: str, join: str = "") -> list[tuple[str, int]]:
        """Each value of a column of the links (l), or of what is joined to them, and how many have it, most first."""
        if self.plan.impossible:
            return []
        conditions, parameters = self._links_in_all()
        source = LINKS.format(join=join, conditions=conditions)
        order = f"GROUP BY {column} ORDER BY count(*) DESC, {column} LIMIT {MOST_VALUES}"
        sql = f"SELECT {column}, count(*) {source} {order}"  # noqa: S608 - words of ours
        with connection.cursor() as cursor:
            cursor.execute(sql, [self.plan.owner_id, *parameters])
            return list(cursor.fetchall())

    def _links_in_all(self) -> Clause:
        """All that is asked, as conditions on links and their documents."""
        sql, parameters = self._joined_conditions()
        if not self.plan.index:
            return sql, parameters
        contains, more = backend().contains(self.plan, All(self.plan.index))
        return f"{sql} AND {contains}", [*parameters, *more]

    def own(self, words: Sequence[Words]) -> int | None:
        """How many have one of the words in the reader's own notes and highlights. Of very many it takes too long."""
        if self.total > MOST_OWN:
            return None
        mine = Either(tuple(replace(one, places=("notes", "highlights")) for one in words if not one.places))
        return Matches(self.plan.with_index(*self.plan.index, mine)).total if mine.parts else None

    @cached_property
    def size(self) -> int:
        """How many documents the reader has."""
        return Matches(self.plan.asking()).total

    def has_so_many(self, number: int) -> bool:
        """Whether the reader has so many documents: PostgreSQL takes long to count them all."""
        first, end = self.plan.edges
        return SearchDocument.objects.filter(number__gte=first, number__lt=end)[number - 1 : number].exists()

    @property
    def _in_the_index(self) -> int:
        """How many match before the conditions are asked."""
        return Matches(replace(self.plan, conditions=(), dates=None)).total

    def _documents(self) -> int:
        first, last = self.plan.edges
        return SearchDocument.objects.filter(number__gte=first, number__lt=last).count()

    def _links(self) -> int:
        conditions, parameters = self._joined_conditions()
        source = LINKS if OF_DOCUMENT.search(conditions) else LINKS_ALONE
        sql = f"SELECT count(*) {source.format(join='', conditions=conditions)}"
        return _column(sql, [self.plan.owner_id, *parameters])[0]

    def _stretch(self, order: str, limit: int, edges: Edges) -> list[int]:
        if self.plan.impossible or (self.plan.conditions and not self.total):
            return []
        restriction, parameters = self._restriction(lambda: limit * self._in_the_index // self.total)
        found = self._select(backend().KEY, edges, (f"{restriction} ORDER BY {order} LIMIT %s", [*parameters, limit]))
        if edges == self._span.edges and len(found) < limit:
            self.total = len(found)  # all of them: nobody needs to count
        return found

    def _select(self, what: str, edges: Edges, rest: Clause) -> list[int]:
        match, parameters = backend().match(self.plan, edges)
        sql = f"SELECT {what} FROM {backend().SOURCE} WHERE {match}{rest[0]}"  # noqa: S608 - values are parameters
        with backend().reading():
            return _column(sql, [*parameters, *rest[1]])

    def _restriction(self, asked: Callable[[], int]) -> Clause:
        """What else a match must be. The conditions have the form that is cheaper for as many as are `asked`."""
        sql, parameters = self._in_dates(self.plan.dates) if self.plan.dates else ("", [])
        if not self.plan.conditions:
            return sql, parameters
        conditions, values = self._conditions(self.plan.conditions)
        if asked() <= FEW:
            form = ONE_BY_ONE
        else:
            form, values = ALL_AT_ONCE, [self.plan.owner_id, *values]
        return f"{sql} AND {form.format(key=backend().KEY, conditions=conditions)}", [*parameters, *values]

    def _in_dates(self, dates: Period) -> Clause:
        """Only those near the ends of the span are asked when they were saved."""
        key, span = backend().KEY, self._span
        saved, parameters = between("l.saved_at", dates.start, dates.end)
        one = ONE_BY_ONE.format(key=key, conditions=saved)
        return f" AND (({key} >= %s AND {key} < %s) OR {one})", [span.sure_first, span.sure_end, *parameters]

    @cached_property
    def _span(self) -> Span:
        first, end = self.plan.edges
        if not self.plan.dates:
            return Span(first, end, first, end)
        start, stop = self.plan.dates.start, self.plan.dates.end
        late = _column("SELECT max(id) FROM library_link", [])[0] or 0
        begins = number_at(self.plan.owner_id, start) if start else first
        ends = number_at(self.plan.owner_id, stop) if stop else end
        return Span(begins, min(ends + late, end), begins + late if start else first, ends)

    def _joined_conditions(self) -> Clause:
        """All that is asked of a link but what the index of words answers."""
        sql, parameters = self._conditions(self.plan.conditions) if self.plan.conditions else ("1 = 1", [])
        if not self.plan.dates:
            return sql, parameters
        saved, more = between("l.saved_at", self.plan.dates.start, self.plan.dates.end)
        return f"{sql} AND {saved}", [*parameters, *more]

    def _conditions(self, parts: Sequence[Any], word: str = "AND") -> Clause:
        made = [self._condition(part) for part in parts]
        return f"({f' {word} '.join(sql for sql, _ in made)})", [value for _, values in made for value in values]

    def _condition(self, part: Any) -> Clause:
        if isinstance(part, Condition):
            return part.sql, list(part.parameters)
        if isinstance(part, All | Either) and part.parts:
            return self._conditions(part.parts, "OR" if isinstance(part, Either) else "AND")
        if isinstance(part, Not):
            sql, parameters = self._condition(part.part)
            return f"NOT ({sql})", parameters
        sql, parameters = backend().contains(self.plan, part)
        return sql, list(parameters)


def _column(sql: str, parameters: Sequence[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [row[0] for row in cursor.fetchall()]
