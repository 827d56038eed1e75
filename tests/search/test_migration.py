"""However a database came to its newest form, the index and its triggers are there."""

import pytest
from django.core.management import call_command
from django.db import connection

from library.models import Highlight, SearchPending, triggers
from library.search import indexing, search
from tests.views.shelf import article


@pytest.mark.django_db(transaction=True)
def test_a_migration_in_steps_keeps_the_triggers_and_makes_the_index(reader):
    article(reader, "Kept through it all")
    indexing.drain()
    call_command("migrate", "library", "0009", verbosity=0)
    call_command("migrate", verbosity=0)
    assert triggers.missing(connection) == []
    assert indexing.rebuild() == 1
    assert search(reader, "kept").total == 1
    article(reader, "Another")
    assert SearchPending.objects.exists()
    assert search(reader, "another").total == 1


@pytest.mark.django_db(transaction=True)
def test_articles_with_notes_in_the_margin_wait_to_be_indexed_as_notes(reader):
    call_command("migrate", "library", "0035", verbosity=0)
    noted, plain = article(reader, "Noted"), article(reader, "Plain")
    Highlight.objects.create(link=noted, quote="x", note="vellum")
    Highlight.objects.create(link=plain, quote="x")
    SearchPending.objects.all().delete()
    call_command("migrate", verbosity=0)
    assert list(SearchPending.objects.values_list("link_id", flat=True)) == [noted.pk]
