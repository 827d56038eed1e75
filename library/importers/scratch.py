"""What a run has seen so far: on disk or bounded, so that memory does not grow with the number of files."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self


class Scratch:
    """What a dry run would know: a private SQLite database in a temporary file that is gone when it is closed.

    `words` are those that an import has met and not yet put into the search index's vocabulary.
    """

    def __init__(self) -> None:
        self.words: set[str] = set()
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.execute("PRAGMA cache_size = -1000")
        for table in ("bytes", "address"):
            self._connection.execute(f"CREATE TABLE {table} (hash TEXT PRIMARY KEY) WITHOUT ROWID")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """What is noted inside is forgotten again when it fails."""
        self._connection.execute("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK TO attempt")
            raise
        finally:
            self._connection.execute("RELEASE attempt")

    def has_bytes(self, sha256: str) -> bool:
        return self._has("bytes", sha256)

    def add_bytes(self, sha256: str) -> None:
        self._add("bytes", sha256)

    def has_address(self, url_hash: str | None) -> bool:
        return bool(url_hash) and self._has("address", url_hash or "")

    def add_address(self, url_hash: str | None) -> None:
        if url_hash:
            self._add("address", url_hash)

    def _has(self, table: str, value: str) -> bool:
        query = f"SELECT 1 FROM {table} WHERE hash = ?"  # noqa: S608 - the table's name is ours
        return self._connection.execute(query, [value]).fetchone() is not None

    def _add(self, table: str, value: str) -> None:
        insert = f"INSERT INTO {table} VALUES (?) ON CONFLICT DO NOTHING"  # noqa: S608 - the table's name is ours
        self._connection.execute(insert, [value])
