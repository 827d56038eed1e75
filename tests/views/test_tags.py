import pytest

from library.models import Tag
from tests.views.shelf import NOON, article, titles

pytestmark = pytest.mark.django_db


def test_the_index_counts_the_articles_of_each_tag(reading, reader):
    article(reader, tags=("go", "sql"))
    article(reader, tags=("go",))
    article(reader, tags=("go",), deleted_at=NOON)
    page = " ".join(reading.get("/tags/").content.decode().split())
    assert '<a href="/tags/go/">go</a><span class="dots"></span><span class="n">2</span>' in page
    assert '<a href="/tags/sql/">sql</a><span class="dots"></span><span class="n">1</span>' in page
    assert 'data-count="2"' in page


def test_tags_stand_under_their_letters_and_other_signs_last(reading, reader):
    article(reader, tags=("Zebra", "ähnlich", "apple", "3d", "思源笔记", "#x"))
    page = reading.get("/tags/").content.decode()
    heads = ["A", "Z", "思", "0–9", "Signs"]
    places = [page.index(f"<h2>{head}</h2>") for head in heads]
    assert places == sorted(places)


def test_three_tags_that_look_alike_are_three_pages(reading, reader):
    for name in ("C", "C++", "C#", "思源笔记"):
        article(reader, name, (name,))
    for tag in Tag.objects.all():
        assert titles(reading, f"/tags/{tag.slug}/") == [tag.name]


def test_tags_used_once_and_unused_have_tabs(reading, reader):
    article(reader, tags=("often", "rare"))
    article(reader, tags=("often",))
    Tag.objects.ensure(reader.pk, ["never"])
    once, unused = (reading.get(f"/tags/?show={show}").content.decode() for show in ("once", "unused"))
    assert "/tags/rare/" in once
    assert "/tags/often/" not in once
    assert "/tags/never/" in unused
    assert "/tags/rare/" not in unused


def test_a_tag_is_found_by_part_of_its_name(reading, reader):
    article(reader, tags=("Distributed systems", "go"))
    page = reading.get("/tags/?q=SYSTEM").content.decode()
    assert "Distributed systems" in page
    assert "/tags/go/" not in page
    assert "No tag is called “rust”" in reading.get("/tags/?q=rust").content.decode()


def test_tags_can_be_sorted_by_use(reading, reader):
    article(reader, tags=("a", "b"))
    article(reader, tags=("b",))
    page = reading.get("/tags/?sort=count").content.decode()
    assert page.index("/tags/b/") < page.index("/tags/a/")


def test_without_tags_the_index_says_where_they_come_from(reading):
    assert "No tags yet" in reading.get("/tags/").content.decode()


def test_a_tags_page_is_the_library_narrowed_to_it(reading, reader):
    article(reader, "Go", ("go", "sql"), type="Essay")
    article(reader, "Go too", ("go",), state="finished")
    article(reader, "Rust", ("rust",))
    assert titles(reading, "/tags/go/") == ["Go too", "Go"]
    assert titles(reading, "/tags/go/?tag=sql") == ["Go"]
    assert titles(reading, "/tags/go/?state=finished") == ["Go too"]
    page = reading.get("/tags/go/?state=finished")
    assert page.context["tabs"][1]["href"] == "/tags/go/?state=inbox"
    assert 'data-count="1"' in page.content.decode()


def test_a_tags_page_names_the_tags_beside_it(reading, reader):
    article(reader, tags=("go", "sql", "web"))
    article(reader, tags=("go", "sql"))
    assert [name for name, _ in reading.get("/tags/go/").context["related"]] == ["sql", "web"]


@pytest.mark.parametrize("slug", ["nope", "secret", "%00", "x" * 2000])
def test_an_unknown_tag_and_another_readers_have_no_page(reading, other_reader, slug):
    article(other_reader, tags=("secret",))
    assert reading.get(f"/tags/{slug}/").status_code == 404


@pytest.mark.parametrize("address", ["/tags/", "/tags/go/"])
def test_more_tags_ask_no_more_of_the_database(reading, reader, queries_of, address):
    article(reader, tags=("go",))
    few = queries_of(lambda: reading.get(address))
    for number in range(20):
        article(reader, tags=("go", f"t{number}", f"u{number}"))
    assert queries_of(lambda: reading.get(address)) <= few
