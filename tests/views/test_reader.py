import re
from datetime import UTC, datetime

import pytest

from library.models import Author, Link, Rendering, Section, State
from tests.views.shelf import NOON, article

pytestmark = pytest.mark.django_db
LONG = "## First\n\nOne.\n\n## Second\n\n### Deeper\n\nTwo.\n"


@pytest.fixture
def link(reader) -> Link:
    return article(
        reader, "The ledger", ("sql",), type="Essay", url="https://slow.example/ledger",
        overview="- Write it down.", summary="It is about logs.", article=LONG, note="Mine.",
    )  # fmt: skip


def read(client, link: Link, **headers: str) -> str:
    return client.get(f"/read/{link.pk}-{link.slug}/", headers=headers).content.decode()


def test_each_layer_is_a_section_of_its_own(reading, link):
    Section.objects.create(link=link, kind="other", heading="Transcript", text="Spoken.", position=9)
    page = read(reading, link)
    places = [page.index(f'data-section="{kind}"') for kind in ("overview", "summary", "article", "other", "note")]
    assert places == sorted(places)
    for text in ("Write it down.", "It is about logs.", "One.", "Transcript", "Spoken.", "Mine."):
        assert text in page


def test_the_head_names_the_article_and_links_to_the_original(reading, link):
    page = read(reading, link)
    assert '<h1 dir="auto">The ledger</h1>' in page
    assert 'href="https://slow.example/ledger" rel="noopener noreferrer nofollow"' in page
    assert "Saved <time" in page
    assert '<a class="tag" href="/tags/sql/">sql</a>' in page
    assert '<a href="/library/?type=Essay">Essay</a>' in page


@pytest.mark.parametrize("address", ["javascript:alert(1)", "not an address", "ftp://x.example/"])
def test_what_is_no_web_address_is_shown_and_never_linked(reading, reader, address):
    page = read(reading, article(reader, url=address))
    assert f'href="{address}"' not in page
    assert f"<span>{address}</span>" in page


def test_ai_text_is_labelled_machine_written(reading, link):
    assert "Machine-written. Check it against the article." in read(reading, link)
    link.sections.filter(kind="summary").update(author=Author.MODEL, author_name="small-7b")
    assert "Machine-written by small-7b." in read(reading, link)


def test_a_summary_that_the_reader_rewrote_is_theirs(reading, link):
    link.sections.filter(kind="summary").update(author=Author.READER)
    page = read(reading, link)
    assert "In your own words." in page
    assert "Machine-written" not in page


def test_a_table_of_contents_leads_to_the_headings(reading, link):
    page = read(reading, link)
    for words in ("First", "Second", "Deeper"):
        anchor = page.split(f'dir="auto">{words}</a>')[0].rsplit('href="#', 1)[1].rstrip('" ')
        assert f'id="{anchor}"' in page


def test_an_article_with_one_heading_has_no_contents(reading, reader):
    assert "In this article" not in read(reading, article(reader, article="## Only\n\nText."))


def test_nothing_is_fetched_from_elsewhere(reading, reader):
    page = read(reading, article(reader, article="![A cat](https://cats.example/cat.png)\n\n<script>x()</script>"))
    assert "<img" not in page
    assert 'href="https://cats.example/cat.png"' in page
    assert "x()" not in page


def test_an_article_without_text_offers_the_original(reading, reader):
    page = read(reading, article(reader, url="https://slow.example/x"))
    assert "Only the link was saved" in page
    assert "Open original" in page


def test_theme_and_text_size_are_rendered_by_the_server(reading, reader, link):
    reader.theme, reader.text_size = "sepia", 22
    reader.save()
    page = read(reading, link)
    assert '<html lang="en" data-theme="sepia">' in page
    assert 'data-size="22"' in page


@pytest.mark.parametrize("slug", ["", "-x", "-the-ledge"])
def test_a_wrong_slug_leads_to_the_right_one(reading, link, slug):
    answer = reading.get(f"/read/{link.pk}{slug}/?back=/tags/")
    assert answer.url == f"/read/{link.pk}-the-ledger/?back=/tags/"


def test_a_title_in_any_script_has_an_address(reading, reader):
    link = article(reader, "思源笔记 и другие")
    assert reading.get(reading.get(f"/read/{link.pk}/").url).status_code == 200


def test_another_readers_article_is_not_there(reading, other_reader):
    theirs = article(other_reader)
    assert reading.get(f"/read/{theirs.pk}-the-ledger/").status_code == 404
    for act in ("state", "favourite", "bin", "restore"):
        assert reading.post(f"/read/{theirs.pk}/{act}/", {"state": "finished"}).status_code == 404


@pytest.mark.parametrize("pk", [0, 2**31, 2**63, 10**40])
def test_an_impossible_number_is_not_there(reading, pk):
    assert reading.get(f"/read/{pk}-x/").status_code == 404


def test_the_way_back_is_the_list_the_reader_came_from(reading, link):
    row = f"#row-{link.pk}"
    assert f'href="/tags/sql/?state=inbox{row}"' in read(reading, link, referer="http://testserver/tags/sql/?state=inbox")
    assert f'href="/library/{row}"' in read(reading, link, referer="https://elsewhere.example/library/")
    page = reading.get(f"/read/{link.pk}-the-ledger/?back=//evil.example").content.decode()
    assert "evil.example" not in page


def test_a_state_is_set_and_can_be_undone(reading, reader):
    finished = datetime(2025, 5, 1, tzinfo=UTC)
    link = article(reader, state="finished", finished_at=finished)
    reading.post(f"/read/{link.pk}/state/", {"state": "inbox", "next": "/library/"})
    link.refresh_from_db()
    assert (link.state, link.finished_at) == (State.INBOX, None)
    page = reading.get("/library/").content.decode()
    assert "Back in the inbox." in page
    undo = f"/activity/{link.changes.get().pk}/undo/"
    assert f'action="{undo}"' in page
    reading.post(undo)
    link.refresh_from_db()
    assert (link.state, link.finished_at) == (State.FINISHED, finished)


def test_a_state_that_changed_again_is_not_undone_by_the_first_message(reading, link):
    pages = []
    for state in ("finished", "archived"):
        reading.post(f"/read/{link.pk}/state/", {"state": state})
        pages.append(reading.get("/library/").content.decode())
    undo = re.search(r'id="flash".*?action="([^"]+)"', pages[0])[1]
    reading.post(undo)
    link.refresh_from_db()
    assert link.state == State.ARCHIVED


def test_finishing_notes_when(reading, link):
    reading.post(f"/read/{link.pk}/state/", {"state": "finished"})
    link.refresh_from_db()
    assert link.finished_at
    assert "Finished" in read(reading, link)


def test_an_unknown_state_changes_nothing(reading, link):
    assert reading.post(f"/read/{link.pk}/state/", {"state": "burnt"}).status_code == 400
    link.refresh_from_db()
    assert link.state == State.INBOX


def test_a_favourite_is_set_and_taken_back(reading, link):
    for expected in (True, False):
        reading.post(f"/read/{link.pk}/favourite/")
        link.refresh_from_db()
        assert link.favourite is expected


def test_an_article_goes_to_the_bin_and_comes_back(reading, link):
    answer = reading.post(f"/read/{link.pk}/bin/", {"next": "/library/"}, follow=True)
    assert "Moved to the Bin." in answer.content.decode()
    assert "in the Bin since" in read(reading, link)
    reading.post(f"/read/{link.pk}/restore/")
    link.refresh_from_db()
    assert link.deleted_at is None


@pytest.mark.parametrize("act", ["state", "favourite", "bin", "restore"])
def test_a_link_alone_changes_nothing(reading, link, act):
    assert reading.get(f"/read/{link.pk}/{act}/?state=finished&undo").status_code == 405


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_an_action_leads_back_to_own_pages_only(reading, link, there):
    assert reading.post(f"/read/{link.pk}/favourite/", {"next": there}).url == f"/read/{link.pk}-the-ledger/"


def test_what_was_rendered_is_kept_by_what_it_says(reading, link):
    read(reading, link)
    kept = Rendering.objects.count()
    read(reading, link)
    assert Rendering.objects.count() == kept == 4
    link.sections.filter(kind="note").update(text="Changed.")
    assert "Changed." in read(reading, link)


def test_longer_articles_ask_no_more_of_the_database(reading, reader, link, queries_of):
    read(reading, link)
    few = queries_of(lambda: read(reading, link))
    for number in range(5):
        Section.objects.create(link=link, kind="other", heading=str(number), text=LONG, position=9)
    read(reading, link)
    assert queries_of(lambda: read(reading, link)) <= few <= 11


def test_a_binned_article_can_be_read(reading, reader):
    assert "deleted for good after 30 days" in read(reading, article(reader, deleted_at=NOON))
