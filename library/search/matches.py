"""The documents that match a plan: how many, and any stretch of them by date. SQL that both databases share."""

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.core.cache import caches
from django.db import connection

from library.models import SearchDocument
from library.search.backends import backend
from library.search.documents import first_number
from library.search.plan import Plan

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
LINKS = "SELECT count(*) FROM library_link AS l WHERE l.owner_id = %s AND l.deleted_at IS NULL AND {conditions}"
Clause = tuple[str, list[Any]]


@dataclass
class Matches:
    """Numbers of documents."""

    plan: Plan

    def of(self, plan: Plan, limit: int) -> list[int]:
        """The newest matches of this plan or of one made from it."""
        return (self if plan is self.plan else Matches(plan)).newest(limit)

    @cached_property
    def total(self) -> int:
        """How many there are, exactly. Remembered as long as nothing changed that could change it."""
        if self.plan.impossible:
            return 0
        key = self._key()
        total: int | None = caches["local"].get(key) if key else None
        if total is None:
            total = self._total()
            if key:
                caches["local"].set(key, total)
        return total

    def _key(self) -> str:
        """What the total depends on; blank where some change may not be in the index yet."""
        version = backend().version(self.plan.owner_id)
        if version is None:
            return ""
        asked = repr((version, backend().match(self.plan), self.plan.conditions))
        return f"matches-{self.plan.owner_id}-{hashlib.sha256(asked.encode()).hexdigest()}"

    def _total(self) -> int:
        if not self.plan.asks_the_index:
            return self._links() if self.plan.conditions else self._documents()
        restriction = self._conditions(self._in_the_index) if self.plan.conditions else ("", [])
        return self._select("count(*)", restriction)[0]

    def newest(self, limit: int, below: int | None = None) -> list[int]:
        """Up to `limit`, newest first, beginning below the number `below`."""
        return self._stretch("DESC", "<", limit, below)

    def oldest(self, limit: int, above: int | None = None) -> list[int]:
        """Up to `limit`, oldest first, beginning above the number `above`."""
        return self._stretch("ASC", ">", limit, above)

    @property
    def _in_the_index(self) -> int:
        """How many match before the conditions are asked."""
        return Matches(replace(self.plan, conditions=[])).total

    def _documents(self) -> int:
        first, last = first_number(self.plan.owner_id), first_number(self.plan.owner_id + 1)
        return SearchDocument.objects.filter(number__gte=first, number__lt=last).count()

    def _links(self) -> int:
        conditions, parameters = self._joined_conditions()
        with connection.cursor() as cursor:
            cursor.execute(LINKS.format(conditions=conditions), [self.plan.owner_id, *parameters])
            return int(cursor.fetchone()[0])

    def _stretch(self, order: str, sign: str, limit: int, edge: int | None) -> list[int]:
        if self.plan.impossible or (self.plan.conditions and not self.total):
            return []
        key, restriction = backend().KEY, ""
        parameters: list[Any] = []
        if self.plan.conditions:
            restriction, parameters = self._conditions(limit * self._in_the_index // self.total)
        if edge is not None:
            restriction, parameters = f"{restriction} AND {key} {sign} %s", [*parameters, edge]
        found = self._select(key, (f"{restriction} ORDER BY {key} {order} LIMIT %s", [*parameters, limit]))
        if edge is None and len(found) < limit:
            self.total = len(found)  # all of them: nobody needs to count
        return found

    def _select(self, what: str, rest: Clause) -> list[int]:
        match, parameters = backend().match(self.plan)
        sql = f"SELECT {what} FROM {backend().SOURCE} WHERE {match}{rest[0]}"  # noqa: S608 - values are parameters
        with backend().reading(), connection.cursor() as cursor:
            cursor.execute(sql, [*parameters, *rest[1]])
            return [row[0] for row in cursor.fetchall()]

    def _conditions(self, asked: int) -> Clause:
        """The conditions in the form that is cheaper where `asked` documents are to be asked."""
        conditions, parameters = self._joined_conditions()
        key = backend().KEY
        if asked <= FEW:
            return " AND " + ONE_BY_ONE.format(key=key, conditions=conditions), parameters
        return " AND " + ALL_AT_ONCE.format(key=key, conditions=conditions), [self.plan.owner_id, *parameters]

    def _joined_conditions(self) -> Clause:
        sql = " AND ".join(condition for condition, _ in self.plan.conditions)
        return sql, [value for _, values in self.plan.conditions for value in values]
