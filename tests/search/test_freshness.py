"""With writers and drains at the same time, the index ends by saying what the library says."""

from collections.abc import Callable
from threading import Barrier, Event, Thread

import pytest
from django.db import connection, transaction

from library.models import Section
from library.search import indexing, search
from tests.views.shelf import article

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 15


def in_thread(act: Callable[[], object]) -> Thread:
    """Runs on a database connection of its own."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


def test_a_write_beside_two_drains_is_never_lost(reader):
    section = article(reader, article="word").sections.get()
    for number in range(ROUNDS):
        together = Barrier(3)

        def write(number: int = number, together: Barrier = together) -> None:
            together.wait()
            Section.objects.filter(pk=section.pk).update(text=f"word{number}")

        def drain(together: Barrier = together) -> None:
            together.wait()
            indexing.drain()

        for thread in [in_thread(write), in_thread(drain), in_thread(drain)]:
            thread.join()
        assert search(reader, f"word{number}").total == 1, f"stale in round {number}"
        assert list(indexing.differences()) == []


def test_what_is_not_committed_is_found_after_the_commit(reader):
    section = article(reader, article="parchment").sections.get()
    assert search(reader, "parchment").total == 1
    written, searched = Event(), Event()

    def write() -> None:
        with transaction.atomic():
            Section.objects.filter(pk=section.pk).update(text="vellum")
            written.set()
            searched.wait(10)

    thread = in_thread(write)
    assert written.wait(10)
    assert (search(reader, "vellum").total, search(reader, "parchment").total) == (0, 1)
    searched.set()
    thread.join()
    assert (search(reader, "vellum").total, search(reader, "parchment").total) == (1, 0)


def test_an_import_indexes_its_own_while_a_reader_searches(reader):
    """The import indexes in its transaction and leaves what others changed on the list."""
    theirs, ours = (article(reader, title).pk for title in ("Theirs", "Ours"))
    indexing.drain()

    def write() -> None:
        with transaction.atomic():
            reader.links.filter(pk__in=[theirs, ours]).update(title="Vellum")
            indexing.index_links([ours])

    in_thread(write).join()
    assert indexing.pending_count() == 1
    assert search(reader, "vellum").total == 2
