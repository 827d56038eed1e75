"""No tag is called none: tag:none finds the articles without one."""

import pytest

from library.content.text import NO_TAG
from library.importers.record import Record
from library.models import Link, LinkTag, Tag
from tests.views.shelf import article

pytestmark = pytest.mark.django_db
REFUSED = "no tag can be called so"


@pytest.mark.parametrize("name", ["none", "None", "go, NONE"])
def test_no_form_makes_one(reading, reader, name):
    link = article(reader, "The ledger")
    for address, data in (
        ("/add/", {"url": "https://x.example/", "tags": name}),
        ("/library/bulk/", {"act": "tag", "tags": name, "ids": link.pk}),
        (f"/read/{link.pk}/tags/", {"tags": name, "base": ""}),
    ):
        answer = reading.post(address, data, follow=True)
        assert REFUSED in answer.content.decode(), address
    assert not Tag.objects.exists()
    assert Link.objects.count() == 1


def test_one_from_before_can_be_taken_off(reading, reader):
    link = article(reader, tags=("none", "go"))
    reading.post("/library/bulk/", {"act": "untag", "tags": "none", "ids": link.pk})
    assert list(link.tags.values_list("name", flat=True)) == ["go"]


def test_a_file_that_says_none_has_no_tag():
    assert Record("The ledger", tags=("None", "go", "none of it")).tags == ("go", "none of it")


def test_articles_without_a_tag_are_found(reading, reader):
    article(reader, "Bare")
    article(reader, "Tagged", ("go",))
    page = reading.get(f"/search/?q=tag:{NO_TAG}").content.decode()
    assert "Bare" in page
    assert "Tagged" not in page
    assert LinkTag.objects.count() == 1
