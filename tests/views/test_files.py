"""Files that came with an article."""

import zlib
from hashlib import sha256

import pytest

from library.content.anchors import Anchor
from library.highlighting import mark
from library.models import Attachment, Original
from tests.views.shelf import article

pytestmark = pytest.mark.django_db

TEXT = """Look.

![A chart](a/my%20chart.png)

[The paper of it](<paper.pdf>), ![remote](https://x.example/y.png), ![gone](b.png)"""


@pytest.fixture
def link(reader):
    return article(reader, "The ledger", article=TEXT)


def attach(link, reference, media_type, data=b"words"):
    sha = sha256(data).hexdigest()
    Original.objects.get_or_create(sha256=sha, defaults={"size": len(data), "compressed": zlib.compress(data)})
    name = reference.rpartition("/")[2]
    return Attachment.objects.create(
        link=link, original_id=sha, name=name, reference=reference, media_type=media_type
    )


def test_a_picture_is_shown_where_the_text_shows_it(reading, link):
    picture = attach(link, "a/my chart.png", "image/png")
    page = reading.get(f"/read/{link.pk}-the-ledger/").content.decode()
    address = f"/read/{link.pk}/files/{picture.pk}/my%20chart.png"
    assert f'<img alt="A chart" src="{address}" loading="lazy">' in page
    answer = reading.get(address)
    assert (answer.content, answer.headers["Content-Type"]) == (b"words", "image/png")
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_any_other_file_is_a_download_and_never_a_page(reading, link):
    paper = attach(link, "paper.pdf", "text/html", b"<script>fire()</script>")
    page = reading.get(f"/read/{link.pk}-the-ledger/").content.decode()
    address = f"/read/{link.pk}/files/{paper.pk}/paper.pdf"
    assert f'href="{address}"' in page
    answer = reading.get(address)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_picture_that_can_hold_a_script_is_a_link(reading, link):
    attach(link, "b.png", "image/svg+xml")
    page = reading.get(f"/read/{link.pk}-the-ledger/").content.decode()
    assert "<img" not in page
    assert "Image: gone" in page


def test_a_picture_elsewhere_is_never_fetched(reading, link):
    attach(link, "paper.pdf", "application/pdf")
    page = reading.get(f"/read/{link.pk}-the-ledger/").content.decode()
    assert 'src="https://x.example' not in page
    assert "<img" not in page


def test_a_text_can_not_show_a_file_of_another_article(reading, reader, link):
    picture = attach(link, "a.png", "image/png")
    other = article(reader, "Other", article=f"![x](/read/{link.pk}/files/{picture.pk}/a.png)")
    attach(other, "b.png", "image/png")
    assert "<img" not in reading.get(f"/read/{other.pk}-other/").content.decode()


def test_nobody_else_sees_a_file(client, other_reader, link):
    picture = attach(link, "a.png", "image/png")
    client.force_login(other_reader)
    assert client.get(picture.get_absolute_url()).status_code == 404


def test_a_highlight_stays_where_it_is_below_a_picture(reading, reader, link):
    attach(link, "a/my chart.png", "image/png")
    mark(link.sections.get(), Anchor("The paper of it"), "ochre")
    page = reading.get(f"/read/{link.pk}-the-ledger/").content.decode()
    assert "hl ochre" in page
    assert "<img" in page
