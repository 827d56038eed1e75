"""The rail beside every page."""

import pytest

from library.models import Link, Tag
from library.models.writing import bin_link, set_tags

pytestmark = pytest.mark.django_db


def counts(client):
    return dict(client.get("/settings/").context["rail"]["counts"])


def test_the_rail_counts_the_library_its_tags_and_the_bin(reading, reader, other_reader):
    links = [Link.objects.create(owner=reader, title=str(number)) for number in range(3)]
    Link.objects.create(owner=other_reader, title="Not yours")
    set_tags(links[0], ["go", "c"])
    assert counts(reading) == {"library": "3", "tags": "2", "bin": "0"}


# The database itself notes a change, at its commit on PostgreSQL.
@pytest.mark.django_db(transaction=True)
def test_the_counts_follow_every_change(reading, reader):
    link = Link.objects.create(owner=reader, title="One")
    assert counts(reading)["library"] == "1"
    bin_link(link)
    assert counts(reading) == {"library": "0", "tags": "0", "bin": "1"}
    Link.objects.all().delete()
    Tag.objects.create(owner=reader, name="go", name_key="go", slug="go")
    assert counts(reading) == {"library": "0", "tags": "1", "bin": "0"}


def test_large_counts_have_commas(reading, reader):
    Link.objects.bulk_create(Link(owner=reader, title="x") for _ in range(1001))
    assert counts(reading)["library"] == "1,001"


def test_a_page_counts_only_once_for_a_state_of_the_library(reading, django_assert_max_num_queries):
    reading.get("/settings/")
    with django_assert_max_num_queries(3):
        reading.get("/settings/")
