"""Which number each document gets: the one it wants, or the next that is free."""

from collections.abc import Sequence

from django.db import connection

from library.models import SearchDocument

# The first number from `start` on that no document has. Many articles may share one second.
END_OF_RUN = """
SELECT number + 1 FROM library_searchdocument AS taken WHERE number >= %s
AND NOT EXISTS (SELECT 1 FROM library_searchdocument AS next WHERE next.number = taken.number + 1)
ORDER BY number LIMIT 1
"""


def free_numbers(wanted: Sequence[int]) -> list[int]:
    """A free number for each of `wanted`, different ones, in the given order where they want the same."""
    numbers = _apart(wanted)
    while taken := _taken(numbers):
        ends = _ends_of_runs(taken)
        numbers = _apart([ends.get(number, number) for number in numbers])
    return numbers


def _apart(wanted: Sequence[int]) -> list[int]:
    given: dict[int, int] = {}
    last = -1
    for position in sorted(range(len(wanted)), key=lambda position: wanted[position]):
        last = max(wanted[position], last + 1)
        given[position] = last
    return [given[position] for position in range(len(wanted))]


def _taken(numbers: list[int]) -> list[int]:
    return sorted(SearchDocument.objects.filter(number__in=numbers).values_list("number", flat=True))


def _ends_of_runs(taken: list[int]) -> dict[int, int]:
    ends: dict[int, int] = {}
    end = -1
    with connection.cursor() as cursor:
        for number in taken:
            if number >= end:
                cursor.execute(END_OF_RUN, [number])
                end = cursor.fetchone()[0]
            ends[number] = end
    return ends
