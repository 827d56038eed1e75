"""All that is known of an article, and the sheet that shows it in short."""

import pytest

from library.models import Highlight, ImportedRecord, ImportRun, Kind, Outcome
from library.models.writing import write_section
from tests.views.shelf import NOON, article

pytestmark = pytest.mark.django_db


@pytest.fixture
def ledger(reader):
    return article(reader, "The ledger", ("sql", "C++"), type="Essay", url="https://slow.example/x", state="reading",
                   progress=40, overview="- Log *first*.", summary="On logs.", article="word " * 460,
                   extra={"rating": 4, "mood": "calm <b>"})  # fmt: skip


def about(client, link) -> str:
    answer = client.get(f"/read/{link.pk}/about/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_says_all_that_is_known_of_an_article(reading, reader, ledger):
    run = ImportRun.objects.create(owner=reader, label="notes")
    ImportedRecord.objects.create(run=run, file="notes/ledger.md", outcome=Outcome.NEW, link=ledger)
    Highlight.objects.create(link=ledger, quote="word")
    write_section(ledger, Kind.SUMMARY, "On logs and ledgers.")
    page = about(reading, ledger)
    for part in ("https://slow.example/x", "14 March 2026, 12:00", "Essay", "460 words, 2 minutes", "40%", "Reading",
                 "notes/ledger.md", f"/import/{run.pk}/", "1 earlier version", "rating", "calm &lt;b&gt;",
                 f"/read/{ledger.pk}/activity/", "/tags/sql/"):  # fmt: skip
        assert part in page, part


def test_it_shows_the_overview_and_the_summary_as_the_reader_does(reading, ledger):
    page = about(reading, ledger)
    assert "<em>first</em>" in page
    assert "On logs." in page
    assert "word word" not in page.split("facts")[0].split("sheet")[1]


def test_an_article_without_texts_says_so_and_one_added_here_came_from_no_import(reading, reader):
    page = about(reading, article(reader, ""))
    assert "It has no overview and no summary." in page
    assert "No import. You added it here." in page


def test_a_list_gets_the_sheet_alone(reading, ledger):
    answer = reading.get(f"/read/{ledger.pk}/about/", headers={"HX-Request": "true"})
    sheet = answer.content.decode()
    assert "<html" not in sheet
    assert "<em>first</em>" in sheet
    assert "HX-Request" in answer.headers["Vary"]


def test_its_buttons_move_the_article_and_lead_back_here(reading, ledger):
    page = about(reading, ledger)
    assert f'action="/read/{ledger.pk}/state/"' in page
    there = f"/read/{ledger.pk}/about/"
    assert f'name="next" value="{there}"' in page
    assert reading.post(f"/read/{ledger.pk}/state/", {"state": "finished", "next": there}).url == there
    ledger.refresh_from_db()
    assert ledger.state == "finished"


def test_what_is_in_the_bin_can_be_looked_at_but_not_moved(reading, reader):
    page = about(reading, article(reader, deleted_at=NOON))
    assert "in the Bin since 14 March 2026" in page
    assert "/state/" not in page


def test_another_readers_article_is_not_there(reading, other_reader):
    assert reading.get(f"/read/{article(other_reader).pk}/about/").status_code == 404


def test_it_is_read_only(reading, ledger):
    assert reading.post(f"/read/{ledger.pk}/about/").status_code == 405


def test_more_files_and_tags_ask_no_more_of_the_database(reading, reader, ledger, queries_of):
    run = ImportRun.objects.create(owner=reader, label="notes")
    few = queries_of(lambda: about(reading, ledger))
    for number in range(30):
        ImportedRecord.objects.create(run=run, file=f"{number}.md", outcome=Outcome.UPDATED, link=ledger)
        Highlight.objects.create(link=ledger, quote="word")
    assert queries_of(lambda: about(reading, ledger)) <= few


def test_the_versions_of_an_article_lead_here(reading, ledger):
    assert f'href="/read/{ledger.pk}/about/"' in reading.get(f"/read/{ledger.pk}/versions/").content.decode()
