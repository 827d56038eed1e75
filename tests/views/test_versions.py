"""The versions of an article's texts: what there are, what differs, and the way back."""

import re
from datetime import timedelta

import pytest

from library.models import Author, Highlight, Kind, SectionVersion
from library.models.writing import keep_version, write_section
from library.views import versions
from tests.importers.link_files import import_files, link_file, write
from tests.views.shelf import article

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(reader):
    """An article whose text came from a file and was then changed by the reader, twice."""
    link = article(reader, article="A big red ledger.")
    link.sections.update(author=Author.IMPORT, author_name="ledger.md")
    write_section(link, Kind.ARTICLE, "A big blue ledger.")
    write_section(link, Kind.ARTICLE, "A small blue ledger.")
    return link


def oldest(link):
    return SectionVersion.objects.filter(section__link=link).order_by("pk").first()


def page(client, address):
    return re.sub(r"\s+", " ", client.get(address).content.decode())


def words(html):
    return " ".join(re.sub(r"<[^>]+>", "", html.replace("</p>", " ")).split())


def test_an_article_whose_texts_never_changed_says_so(reading, reader):
    link = article(reader, article="Text.")
    assert "say what they said from the beginning" in page(reading, f"/read/{link.pk}/versions/")


def test_each_version_says_how_long_it_is_who_wrote_it_and_when(reading, link):
    shown = words(page(reading, f"/read/{link.pk}/versions/"))
    assert "Article, written by an import, ledger.md 17 characters" in shown
    assert "Article, written by you 18 characters" in shown
    assert "20 characters, written by you" in shown
    assert "2 versions" in shown


def test_the_versions_of_one_text_can_be_shown_alone(reading, link):
    for text in ("One.", "Two."):
        write_section(link, Kind.NOTE, text)
    section = link.sections.get(kind=Kind.NOTE)
    shown = reading.get(f"/read/{link.pk}/versions/?section={section.pk}").context["versions"]
    assert [name for _, name, _ in shown] == ["Your notes"]


def test_all_of_many_versions_are_reached(reading, link):
    section = link.sections.get()
    moment = section.written_at
    SectionVersion.objects.bulk_create(
        SectionVersion(section=section, text=str(number), kept_at=moment - timedelta(days=number // 2))
        for number in range(110)
    )
    seen, address = [], f"/read/{link.pk}/versions/"
    while address:
        context = reading.get(address).context
        seen += [version.pk for version, _, _ in context["versions"]]
        address = context["after"] and f"/read/{link.pk}/versions/?after={context['after']}"
    assert len(seen) == len(set(seen)) == 112


@pytest.mark.parametrize("query", ["after=x", "after=1.2.3", "section=x", "section=9999", "after=%00"])
def test_a_list_that_cannot_be_is_answered(reading, link, query):
    assert reading.get(f"/read/{link.pk}/versions/?{query}").status_code == 200


def test_what_changed_is_shown_in_words_and_can_be_heard(reading, link):
    shown = page(reading, f"/read/{link.pk}/versions/{oldest(link).pk}/")
    assert '<del><span class="vh">[removed: </span>big red<span class="vh">]</span></del>' in shown
    assert '<ins><span class="vh">[added: </span>small blue<span class="vh">]</span></ins> ledger.' in shown


def test_two_versions_can_be_compared_with_each_other(reading, link):
    first, second = SectionVersion.objects.filter(section__link=link).order_by("pk")
    shown = words(page(reading, f"/read/{link.pk}/versions/{first.pk}/?to={second.pk}"))
    assert "A big [removed: red][added: blue] ledger." in shown


def test_paragraphs_that_are_the_same_are_only_counted(reading, reader):
    same = "\n\n".join(f"Paragraph {number}." for number in range(30))
    link = article(reader, article=f"{same}\n\nThe end.")
    write_section(link, Kind.ARTICLE, f"{same}\n\nThe end!")
    shown = words(page(reading, f"/read/{link.pk}/versions/{oldest(link).pk}/"))
    assert "29 paragraphs are the same Paragraph 29. The end[removed: .][added: !]" in shown


def test_what_finds_no_room_is_counted(reading, reader, monkeypatch):
    monkeypatch.setattr(versions, "MOST_SHOWN", 5)
    link = article(reader, article="One.\n\nTwo.\n\nThree.")
    write_section(link, Kind.ARTICLE, "Ein.\n\nZwei.\n\nDrei.")
    assert "more paragraphs differ. That is too much for one page" in page(
        reading, f"/read/{link.pk}/versions/{oldest(link).pk}/"
    )


def test_texts_that_are_too_long_are_not_compared_but_can_be_restored(reading, link, monkeypatch):
    monkeypatch.setattr(versions, "LONGEST", 5)
    shown = page(reading, f"/read/{link.pk}/versions/{oldest(link).pk}/")
    assert "too long to be compared" in shown
    assert "Restore the version" in shown


@pytest.mark.parametrize(
    ("new", "sentence"), [("A  big\nred ledger.", "Only blanks and line breaks differ"), (None, "word for word")]
)
def test_a_difference_that_cannot_be_seen_is_told(reading, link, new, sentence):
    version = oldest(link)
    if new:
        write_section(link, Kind.ARTICLE, new)
        assert sentence in page(reading, f"/read/{link.pk}/versions/{version.pk}/")
    else:
        reading.post(f"/read/{link.pk}/versions/{version.pk}/restore/")
        assert sentence in page(reading, f"/read/{link.pk}/versions/{version.pk}/")


def test_restoring_keeps_what_the_text_said_until_then(reading, link):
    answer = reading.post(f"/read/{link.pk}/versions/{oldest(link).pk}/restore/", follow=True)
    assert "Restored. What it said until now is kept as a version." in answer.content.decode()
    section = link.sections.get()
    assert (section.text, section.author) == ("A big red ledger.", Author.READER)
    assert section.versions.first().text == "A small blue ledger."
    link.refresh_from_db()
    assert link.words == 4


def test_an_import_leaves_a_restored_text_alone(reading, reader, tmp_path):
    folder = write(tmp_path / "export", {"ledger.md": link_file(content="First text.")})
    import_files(reader, folder)
    import_files(reader, write(folder, {"ledger.md": link_file(content="Second text.")}))
    link = reader.links.get()
    version = SectionVersion.objects.get(section__link=link)
    reading.post(f"/read/{link.pk}/versions/{version.pk}/restore/")
    import_files(reader, write(folder, {"ledger.md": link_file(content="Third text.")}))
    section = link.sections.get(kind=Kind.ARTICLE)
    assert section.text == "First text."
    assert section.versions.filter(text="Third text.").exists()


def test_restoring_can_be_undone_and_then_the_text_is_whose_it_was(reading, reader):
    link = article(reader, article="From the file.")
    link.sections.update(author=Author.IMPORT, author_name="ledger.md")
    keep_version(link.sections.get(), "Beside it.", Author.IMPORT, "other.md")
    written_at = link.sections.get().written_at
    answer = reading.post(f"/read/{link.pk}/versions/{oldest(link).pk}/restore/", follow=True)
    reading.post(re.search(r'action="(/activity/\d+/undo/)"', answer.content.decode())[1])
    section = link.sections.get()
    assert (section.text, section.author, section.author_name) == ("From the file.", Author.IMPORT, "ledger.md")
    assert section.written_at == written_at


def test_what_is_there_already_is_not_restored(reading, link):
    version = oldest(link)
    reading.post(f"/read/{link.pk}/versions/{version.pk}/restore/")
    answer = reading.post(f"/read/{link.pk}/versions/{version.pk}/restore/", follow=True)
    assert "The text says this already." in answer.content.decode()
    assert link.changes.filter(what="article").count() == 3


def test_an_article_in_the_bin_shows_its_versions_and_keeps_its_text(reading, link):
    link.deleted_at = link.saved_at
    link.save()
    address = f"/read/{link.pk}/versions/"
    assert "Restore" not in page(reading, address)
    assert "Restore" not in page(reading, f"{address}{oldest(link).pk}/")
    assert reading.post(f"{address}{oldest(link).pk}/restore/").status_code == 404


def test_a_version_is_found_only_under_its_own_article(reading, reader, link):
    other = article(reader, "Another")
    assert reading.get(f"/read/{other.pk}/versions/{oldest(link).pk}/").status_code == 404
    assert reading.post(f"/read/{other.pk}/versions/{oldest(link).pk}/restore/").status_code == 404


def test_the_reader_and_the_edit_page_lead_to_the_versions(reading, link):
    for address in (f"/read/{link.pk}/", f"/read/{link.pk}/edit/"):
        assert f'href="/read/{link.pk}/versions/"' in reading.get(address, follow=True).content.decode()


def test_many_versions_take_no_more_queries(reading, link, queries_of):
    address = f"/read/{link.pk}/versions/"
    few = queries_of(lambda: reading.get(address))
    one = queries_of(lambda: reading.get(f"{address}{oldest(link).pk}/"))
    for number in range(40):
        write_section(link, Kind.ARTICLE, f"Again {number}.")
        write_section(link, Kind.OTHER, "Text.", heading=f"Heading {number}")
    assert queries_of(lambda: reading.get(address)) == few <= 18
    assert queries_of(lambda: reading.get(f"{address}{oldest(link).pk}/")) == one <= 18


def test_long_texts_are_compared_in_a_moment(reading, reader):
    text = "\n\n".join(f"Paragraph {number} " + "of a very long article. " * 12 for number in range(1_600))
    link = article(reader, article=text)
    write_section(link, Kind.ARTICLE, text.replace("very", "rather"))
    answer = reading.get(f"/read/{link.pk}/versions/{oldest(link).pk}/")
    assert len(text) > 450_000
    assert len(answer.content) < 4_000_000


def test_a_highlight_is_placed_again_when_a_version_is_restored(reading, reader):
    link = reader.links.create(title="Ledgers")
    write_section(link, Kind.ARTICLE, "A ledger lies here. It is kept by hand.")
    write_section(link, Kind.ARTICLE, "It is kept by hand.")
    section = link.sections.get(kind=Kind.ARTICLE)
    highlight = Highlight.objects.create(
        link=link, section=section, quote="kept by hand", prefix="It is ", suffix=".", start=6, end=18
    )
    version = section.versions.first()
    reading.post(f"/read/{link.pk}/versions/{version.pk}/restore/")
    highlight.refresh_from_db()
    assert (highlight.start, highlight.end) == (26, 38)
