"""Editing an article: everything can be changed, nothing is lost, and two edits never overwrite each other unseen."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from library.content.anchors import Anchor
from library.forms.edit import EditForm
from library.highlighting import mark
from library.models import Author, FormerAddress, Kind, Link
from library.models.writing import bin_link, set_tags, write_section

pytestmark = pytest.mark.django_db
SAVED = datetime(2025, 5, 3, 14, 5, 33, tzinfo=UTC)


@pytest.fixture
def link(reader):
    link = Link(owner=reader, type="Essay", saved_at=SAVED)
    link.set_title("The ledger")
    link.set_address("https://example.org/ledger")
    link.save()
    set_tags(link, ["go", "Rome, Italy"])
    write_section(link, Kind.ARTICLE, "\nFirst\n\n  second  \n", author=Author.IMPORT)
    write_section(link, Kind.SUMMARY, "By a machine.", author=Author.MODEL, author_name="gpt")
    for text in ("one", "two"):
        link.sections.create(kind=Kind.OTHER, heading="Clippings", position=4, text=text)
    return link


def edit_path(link):
    return f"/read/{link.pk}/edit/"


def sent_by_browser(page):
    """What a browser would send of the edit form on `page`: a blank line at a text's start is the parser's."""
    form = page[page.index('<form class="form edit"') :]
    inputs = dict(re.findall(r'<input type="(?!radio)[^"]+" name="([^"]+)"(?: value="([^"]*)")?', form))
    texts = dict(re.findall(r"<textarea name=\"([^\"]+)\"[^>]*>\n(.*?)</textarea>", form, re.DOTALL))
    return {name: html.unescape(value).replace("\n", "\r\n") for name, value in {**inputs, **texts}.items()}


@pytest.fixture
def form(reading, link):
    """What the reader's browser would send if nothing were changed."""
    return sent_by_browser(reading.get(edit_path(link)).content.decode())


@pytest.fixture
def save(reading, link, form):
    """Send the form with some answers changed; the article as it is then."""

    def save(**answers):
        answer = reading.post(edit_path(link), {**form, **answers})
        link.refresh_from_db()
        return answer

    return save


def text(link, kind):
    return link.sections.get(kind=kind).text


def names(link):
    return sorted(tag.name for tag in link.tags.all())


# --- what can be changed -------------------------------------------------------------------------------------------


def test_the_form_shows_everything_that_is_kept(form):
    assert form["title"] == "The ledger"
    assert form["tags"] == 'go, "Rome, Italy"'
    assert form["saved_at"] == "2025-05-03T14:05"
    assert form["article"] == "\r\nFirst\r\n\r\n  second  \r\n"
    assert [value for name, value in form.items() if name.startswith("other-")] == ["one", "two"]


def test_saving_what_was_not_changed_changes_nothing(save, link):
    before = Link.objects.filter(pk=link.pk).values().get()
    assert save().url == f"/read/{link.pk}-the-ledger/"
    assert Link.objects.filter(pk=link.pk).values().get() == before
    assert text(link, Kind.ARTICLE) == "\nFirst\n\n  second  \n"
    assert not link.sections.filter(versions__isnull=False).exists()


def test_title_type_date_and_tags_are_saved(save, link):
    save(title=" A  new\ttitle ", type="Book", saved_at="2024-01-02T03:04", tags='go, "Rome, Italy", C++, Go')
    assert (link.title, link.title_key, link.type) == ("A new title", "a new title", "Book")
    assert link.saved_at == datetime(2024, 1, 2, 3, 4, tzinfo=UTC)
    assert names(link) == ["C++", "Rome, Italy", "go"]
    assert link.removed_tags == []
    assert set(link.changes.values_list("what", flat=True)) >= {"title", "type", "saved_at", "tags"}


def test_a_tag_that_was_taken_off_is_remembered(save, link):
    save(tags="go")
    assert (names(link), link.removed_tags) == (["go"], ["rome, italy"])


def test_dates_are_in_the_readers_own_zone(reading, reader, link):
    reader.time_zone = "Asia/Tokyo"
    reader.save()
    form = sent_by_browser(reading.get(edit_path(link)).content.decode())
    assert form["saved_at"] == "2025-05-03T23:05"
    reading.post(edit_path(link), {**form, "saved_at": "2025-05-04T00:00"})
    link.refresh_from_db()
    assert link.saved_at == datetime(2025, 5, 3, 15, 0, tzinfo=UTC)


def test_every_text_is_saved_and_its_version_kept(save, link):
    save(overview="- A point", article="Rewritten", note="Mine")
    assert text(link, Kind.OVERVIEW) == "- A point"
    article = link.sections.get(kind=Kind.ARTICLE)
    assert (article.text, article.author) == ("Rewritten", Author.READER)
    assert article.versions.get().text == "\nFirst\n\n  second  \n"
    assert (link.gist, link.has_note) == ("A point", True)


def test_a_text_can_be_emptied(save, link):
    save(summary="")
    assert text(link, Kind.SUMMARY) == ""
    assert not link.has_summary


def test_sections_of_one_heading_are_told_apart(save, link):
    first, second = link.sections.filter(kind=Kind.OTHER)
    save(**{f"other-{second.pk}": "changed"})
    assert list(link.sections.filter(kind=Kind.OTHER).values_list("text", flat=True)) == ["one", "changed"]
    assert not first.versions.exists()


def test_fields_that_were_not_sent_stay(reading, link):
    reading.post(edit_path(link), {"title": "Only this"})
    link.refresh_from_db()
    assert (link.title, link.type, names(link)) == ("Only this", "Essay", ["Rome, Italy", "go"])
    assert text(link, Kind.ARTICLE)


def test_types_and_tags_in_use_are_offered(reading, link):
    page = reading.get(edit_path(link)).content.decode()
    assert '<option value="Essay">' in page
    assert '<span data-name="Rome, Italy">' in page


# --- addresses -----------------------------------------------------------------------------------------------------


def test_a_new_address_is_saved_and_the_former_one_remembered(save, link):
    save(url="https://www.example.net/new")
    assert (link.url, link.site) == ("https://www.example.net/new", "example.net")
    assert FormerAddress.objects.get().url == "https://example.org/ledger"


def test_going_back_to_a_former_address_leaves_one_of_each(save, link, reading):
    save(url="https://example.net/new")
    form = sent_by_browser(reading.get(edit_path(link)).content.decode())
    reading.post(edit_path(link), {**form, "url": "https://example.org/ledger"})
    assert [former.url for former in FormerAddress.objects.all()] == ["https://example.net/new"]


@pytest.mark.parametrize("address", ["no address", "ftp://example.org", "javascript:alert(1)", "https://"])
def test_what_is_no_web_address_is_refused(save, link, address):
    assert "This isn’t a web address." in save(url=address, title="Changed").content.decode()
    assert (link.url, link.title) == ("https://example.org/ledger", "The ledger")


def test_an_odd_address_that_was_imported_stays_as_it_is(reading, link):
    Link.objects.filter(pk=link.pk).update(url="not an address", url_hash=None)
    form = sent_by_browser(reading.get(edit_path(link)).content.decode())
    assert reading.post(edit_path(link), {**form, "title": "Changed"}).status_code == 302


@pytest.mark.parametrize("in_bin", [False, True])
def test_an_address_of_another_article_is_refused_with_a_link_to_it(save, reader, in_bin):
    other = Link(owner=reader)
    other.set_title("The other one")
    other.set_address("https://example.org/other")
    other.save()
    if in_bin:
        bin_link(other)
    page = save(url="http://example.org/other/?utm_source=x").content.decode()
    assert "Another article has this address." in page
    assert f'href="/read/{other.pk}-the-other-one/"' in page
    assert ("is in the Bin." in page) is in_bin


def test_an_address_that_is_taken_in_the_same_moment_is_refused(save, reader, monkeypatch):
    other = Link(owner=reader)
    other.set_address("https://example.org/other")
    other.save()
    looks, look = [], EditForm._check_address

    def too_early(form):
        looks.append(form)
        if len(looks) > 1:
            look(form)

    monkeypatch.setattr(EditForm, "_check_address", too_early)
    assert "Another article has this address." in save(url="https://example.org/other").content.decode()


def test_another_readers_address_is_no_hindrance(save, link, other_reader):
    theirs = Link(owner=other_reader)
    theirs.set_address("https://example.org/other")
    theirs.save()
    save(url="https://example.org/other")
    assert link.url == "https://example.org/other"


# --- bad answers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("saved_at", ""),
        ("saved_at", "yesterday"),
        ("saved_at", "0001-01-01T00:00"),
        ("saved_at", "9999-12-31T23:59"),
        ("tags", "x" * 101),
        ("type", "x" * 101),
        ("title", "a\0b"),
        ("article", "a\0b"),
    ],
)
def test_a_bad_answer_saves_nothing_and_keeps_what_was_typed(save, link, name, value):
    answer = save(**{"note": "Typed with care", name: value})
    assert answer.status_code == 200
    assert name in answer.context["form"].errors
    assert "Typed with care" in answer.content.decode()
    assert not link.has_note


def test_a_lone_surrogate_is_kept_by_the_rule_of_all_texts(reading, link):
    reading.post(edit_path(link), b"note=%ED%A0%80x", content_type="application/x-www-form-urlencoded")
    assert text(link, Kind.NOTE).endswith("x")


# --- two at once ---------------------------------------------------------------------------------------------------


def test_a_text_that_somebody_else_changed_is_shown_beside_mine_and_nothing_is_saved(save, link):
    write_section(link, Kind.ARTICLE, "Theirs")
    answer = save(article="Mine", title="Mine too")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This article was changed elsewhere while you edited it." in page
    assert 'tabindex="0">Theirs</pre>' in page
    assert ">\nMine</textarea>" in page
    assert (text(link, Kind.ARTICLE), link.title) == ("Theirs", "The ledger")


@pytest.mark.parametrize(("choice", "kept"), [("mine", "Mine"), ("theirs", "Theirs")])
def test_the_reader_chooses_which_to_keep(save, reading, link, choice, kept):
    write_section(link, Kind.ARTICLE, "Theirs")
    again = sent_by_browser(save(article="Mine", title="Mine too").content.decode())
    assert reading.post(edit_path(link), {**again, "keep-article": choice}).status_code == 302
    link.refresh_from_db()
    assert (text(link, Kind.ARTICLE), link.title) == (kept, "Mine too")


def test_a_third_version_asks_again(save, reading, link):
    write_section(link, Kind.ARTICLE, "Theirs")
    again = sent_by_browser(save(article="Mine").content.decode())
    write_section(link, Kind.ARTICLE, "Theirs, later")
    assert reading.post(edit_path(link), {**again, "keep-article": "theirs"}).status_code == 409
    assert text(link, Kind.ARTICLE) == "Theirs, later"


def test_what_only_they_changed_stays(save, link):
    write_section(link, Kind.ARTICLE, "Theirs")
    assert save(title="Mine").status_code == 302
    assert (text(link, Kind.ARTICLE), link.title) == ("Theirs", "Mine")


def test_the_same_change_twice_is_no_conflict(save, link):
    write_section(link, Kind.ARTICLE, "Both")
    assert save(article="Both").status_code == 302


def test_a_text_that_came_in_meanwhile_is_not_overwritten(save, link):
    write_section(link, Kind.NOTE, "Theirs")
    assert save(note="Mine").status_code == 409


@pytest.mark.parametrize(
    ("name", "theirs", "mine"),
    [("title", "Theirs", "Mine"), ("type", "A", "B"), ("saved_at", SAVED, "2020-01-01T00:00")],
)
def test_facts_are_guarded_like_texts(save, link, name, theirs, mine):
    Link.objects.update(**{name: theirs + timedelta(days=1) if name == "saved_at" else theirs})
    assert save(**{name: mine}).status_code == 409


def test_tags_of_both_edits_come_together(save, link):
    set_tags(link, ["go", "Rome, Italy", "theirs"])
    save(tags="go, mine")
    assert names(link) == ["go", "mine", "theirs"]


def test_a_binned_article_is_not_edited(reading, link):
    bin_link(link)
    assert reading.get(edit_path(link)).status_code == 404


def test_a_long_article_takes_no_more_queries(reading, reader, link, queries_of):
    few = queries_of(lambda: reading.get(edit_path(link)))
    for number in range(30):
        link.sections.create(kind=Kind.OTHER, heading=str(number), position=4, text="x")
    set_tags(link, map(str, range(30)))
    assert queries_of(lambda: reading.get(edit_path(link))) == few <= 18


def test_a_text_with_highlights_says_what_becomes_of_them(reading, link):
    section = write_section(link, Kind.ARTICLE, "The first book lay open.\n\nOne debt half paid.")
    for quote in ("The first book", "One debt half"):
        mark(section, Anchor(quote), "woad")
    page = reading.get(edit_path(link)).content.decode()
    assert page.count("If you change this text, its 2 highlights will be looked up again; any that") == 1
    link.highlights.first().delete()
    assert "its highlight will be looked up again" in reading.get(edit_path(link)).content.decode()
