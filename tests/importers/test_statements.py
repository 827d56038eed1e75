"""What an import asks the database for takes as long in a large library as in a small one."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from tests.importers.link_files import import_files, link_file, write

# PostgreSQL's plans go by how much its tables hold: in a test, next to nothing.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

# A whole table, or all of it that belongs to one reader.
THROUGH_ALL = re.compile(r"SCAN (library_\w+)|SEARCH (library_\w+) USING (?:COVERING )?INDEX \w+ \(owner_id=\?\)")
# The names that a reader gave to tags are read once an import.
ONCE = {"library_tagalias"}


@contextmanager
def plans() -> Iterator[dict[str, str]]:
    """How SQLite goes about each statement that looks for something."""
    found: dict[str, str] = {}

    def explain(execute, sql, parameters, many, context):
        if re.match(r"\W*(SELECT|UPDATE|DELETE)", sql, re.I):
            with connection.cursor() as cursor:
                cursor.cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
                found[sql] = "\n".join(row[-1] for row in cursor.fetchall())
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(explain):
        yield found


def read_through(found: dict[str, str]) -> dict[str, str]:
    """Of these statements, those that read through all of a table, and how."""
    return {
        sql: plan
        for sql, plan in found.items()
        if {name for names in THROUGH_ALL.findall(plan) for name in names if name} - ONCE
    }


def test_nothing_that_an_import_asks_reads_through_all_that_a_reader_has(reader, tmp_path):
    folder = write(tmp_path / "e", {"one.md": link_file()})
    import_files(reader, folder)
    files = {"one.md": link_file(title="Another"), "two.md": link_file(url="https://slow.example/two")}
    with plans() as found:
        import_files(reader, write(folder, files))
        import_files(reader, folder)
    assert any("source_by_key" in plan for plan in found.values())
    assert read_through(found) == {}
