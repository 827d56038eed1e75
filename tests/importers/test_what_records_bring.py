"""What a record brings besides its texts: how far the reader is, what they marked, and files."""

import io
import zipfile

import pytest
from django.db import connection

from library import highlighting
from library.importers import attaching, running
from library.models import Attachment, Highlight, Original
from library.models.writing import bin_link, delete_for_good
from library.search import indexing
from tests.importers.link_files import import_files, link_file, outcomes, write
from tests.importers.many_records import bookmarks, install, write_lines

pytestmark = pytest.mark.django_db

TEXT = "The ledger came first. Then came the log, and the table is only its summary."
MARKED = {"quote": "Then came the log", "note": "Yes", "colour": "woad", "tags": ["logs"]}


@pytest.fixture(autouse=True)
def lines(monkeypatch) -> None:
    install(monkeypatch)


def bring(reader, tmp_path, *records, **options):
    folder = write_lines(tmp_path / "e" / "all.jsonl", list(records))
    return import_files(reader, folder, **options)


def page(**fields):
    return {"title": "The ledger", "url": "https://slow.example/ledger", **fields}


def test_a_new_article_stands_where_the_reader_left_it(reader, tmp_path):
    finished = "2024-05-01T10:00:00+00:00"
    bring(reader, tmp_path, page(state="finished", favourite=True, progress=80, finished=finished, note="Mine."))
    link = reader.links.get()
    assert (link.state, link.favourite, link.progress) == ("finished", True, 80)
    assert link.finished_at.isoformat() == finished
    assert (link.sections.get(kind="note").author, link.has_note) == ("reader", True)


def test_what_a_tool_says_beyond_all_bounds_does_no_harm(reader, tmp_path):
    bring(reader, tmp_path, page(state="nonsense", progress=900, finished="2024-05-01T10:00:00+00:00"))
    link = reader.links.get()
    assert (link.state, link.progress, link.finished_at) == ("inbox", 100, None)


def test_where_a_known_article_stands_is_never_touched(reader, tmp_path):
    bring(reader, tmp_path, page(article=TEXT))
    bring(reader, tmp_path, page(article=TEXT, state="archived", favourite=True, progress=90, note="Theirs."))
    link = reader.links.get()
    assert (link.state, link.favourite, link.progress) == ("inbox", False, 0)


def test_highlights_are_placed_and_found_at_once(reader, tmp_path):
    bring(reader, tmp_path, page(article=TEXT, highlights=[MARKED]))
    highlight = Highlight.objects.get()
    assert TEXT[highlight.start : highlight.end] == "Then came the log"
    assert (highlight.colour, highlight.note) == ("woad", "Yes")
    assert list(highlight.tags.values_list("name", flat=True)) == ["logs"]
    assert list(indexing.differences()) == []


def test_a_highlight_is_found_by_its_words_before_it_has_a_place(reader, tmp_path, monkeypatch):
    monkeypatch.setattr("library.importers.placing.place_new", lambda links: None)
    bring(reader, tmp_path, page(article=TEXT, highlights=[MARKED]))
    assert Highlight.objects.get().start is None
    assert list(indexing.differences()) == []


def test_a_highlight_that_stands_nowhere_is_kept_as_lost(reader, tmp_path):
    bring(reader, tmp_path, page(article=TEXT, highlights=["A sentence that is in no text of this article"]))
    highlight = Highlight.objects.get()
    assert highlight.start is None
    assert highlight.quote == "A sentence that is in no text of this article"


def test_a_highlight_of_another_of_the_texts_is_placed_in_that(reader, tmp_path):
    bring(reader, tmp_path, page(article="Nothing of it.", note=TEXT, highlights=["came first. Then came the log"]))
    assert Highlight.objects.get().section.kind == "note"


def test_highlights_are_not_made_twice(reader, tmp_path):
    bring(reader, tmp_path, page(article=TEXT, highlights=[MARKED]))
    bring(reader, tmp_path, page(article=TEXT + " More.", highlights=[MARKED, "The ledger came first"]))
    assert sorted(Highlight.objects.values_list("quote", flat=True)) == ["The ledger came first", "Then came the log"]
    assert all(each.start is not None for each in Highlight.objects.all())


def test_a_highlight_that_the_reader_has_made_already_is_not_made_again(reader, tmp_path):
    bring(reader, tmp_path, page(article=TEXT))
    section = reader.links.get().sections.get()
    highlighting.mark(section, highlighting.Anchor("Then came the log"), "madder", "My note")
    run = bring(reader, tmp_path, page(highlights=["Then  came the log"]))
    assert (run.updated, run.unchanged) == (0, 1)
    assert Highlight.objects.get().colour == "madder"


def test_a_highlight_that_the_reader_deleted_does_not_come_back(reader, tmp_path):
    bring(reader, tmp_path, page(article=TEXT, highlights=[MARKED]))
    highlighting.delete(Highlight.objects.get())
    bring(reader, tmp_path, page(article=TEXT + " More.", highlights=[MARKED]))
    assert Highlight.objects.count() == 0


def test_what_was_only_marked_joins_the_article_of_its_address(reader, tmp_path):
    import_files(reader, write(tmp_path / "links", {"ledger.md": link_file(content=TEXT)}))
    marks = {"title": "Another title", "url": "https://slow.example/ledger#x", "highlights": [MARKED]}
    run = bring(reader, tmp_path, marks)
    assert outcomes(run) == {"all.jsonl": "merged"}
    link = reader.links.get()
    assert link.title == "The ledger before the ledger"
    assert link.highlights.get().start is not None
    assert set(outcomes(bring(reader, tmp_path, marks)).values()) == {"unchanged"}


def test_what_was_only_marked_joins_the_one_article_of_its_title(reader, tmp_path):
    import_files(reader, write(tmp_path / "links", {"ledger.md": link_file(content=TEXT)}))
    run = bring(reader, tmp_path, {"title": "THE LEDGER before the ledger", "highlights": [MARKED]})
    assert (run.merged, reader.links.count()) == (1, 1)
    assert reader.links.get().highlights.get().start is not None


def test_what_was_only_marked_joins_an_article_that_came_in_the_same_file(reader, tmp_path):
    bring(reader, tmp_path, {"title": "The ledger", "highlights": [MARKED]}, page(article=TEXT))
    assert reader.links.get().highlights.count() == 1


def test_with_two_articles_of_the_title_it_becomes_one_of_its_own(reader, tmp_path):
    twins = {f"{n}.md": link_file("Twin", url=f"https://a.example/{n}") for n in range(2)}
    import_files(reader, write(tmp_path / "links", twins))
    run = bring(reader, tmp_path, {"title": "Twin", "highlights": [MARKED]})
    assert run.new == 1
    assert reader.links.get(url="").highlights.get().start is None


def test_thousands_of_highlights_need_few_statements(reader, tmp_path, django_assert_max_num_queries):
    marks = [f"Sentence number {n} of this article" for n in range(400)]
    records = [page(article=". ".join(marks), highlights=marks), *bookmarks(20, highlights=["Lost words"])]
    with django_assert_max_num_queries(200):
        bring(reader, tmp_path, *records)
    assert Highlight.objects.filter(start__isnull=False).count() == 400


# --- files


def zip_with(tmp_path, text, files, **fields):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    place = tmp_path / "e" / "all.zip"
    write_lines(tmp_path / "x.jsonl", [page(article=text, attachments=list(files), **fields)])
    place.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("all.jsonl", (tmp_path / "x.jsonl").read_bytes())
        for name, data in files.items():
            archive.writestr(name, data)
    return place.parent


FILES = {"pages/my pic.png": b"\x89PNG words", "paper.pdf": b"%PDF words"}
NAMES_THEM = "![A picture](pages/my%20pic.png) and [a paper](<paper.pdf>) and ![gone](gone.png)"


def test_files_come_with_an_article_and_their_bytes_are_kept_once(reader, tmp_path):
    folder = zip_with(tmp_path, NAMES_THEM, FILES)
    import_files(reader, folder)
    link = reader.links.get()
    found = {each.name: (each.media_type, each.original.data) for each in link.attachments.all()}
    assert found == {
        "my pic.png": ("image/png", b"\x89PNG words"), "paper.pdf": ("application/pdf", b"%PDF words"),
    }  # fmt: skip
    assert link.sections.get().text == NAMES_THEM
    zip_with(tmp_path, NAMES_THEM + " Changed.", FILES)
    import_files(reader, folder)
    assert Attachment.objects.count() == 2
    bin_link(link)
    delete_for_good([link.pk])
    assert Original.objects.count() == 0


def test_a_file_that_did_not_come_is_told_of_and_the_article_is_in(reader, tmp_path):
    run = bring(reader, tmp_path, page(article="![x](gone.png)", attachments=["gone.png"]))
    assert run.new == 1
    assert run.entries.get().warnings == ["“gone.png”, which it shows or links to, did not come with it."]


@pytest.fixture
def read_within(monkeypatch):
    """At each file that is read, whether a transaction was open."""
    found = []
    outside = len(connection.savepoint_ids)
    kept = attaching._kept

    def noted(*args):
        found.append(len(connection.savepoint_ids) > outside)
        return kept(*args)

    monkeypatch.setattr(attaching, "_kept", noted)
    return found


def test_files_are_read_before_anything_is_locked(reader, tmp_path, read_within):
    import_files(reader, zip_with(tmp_path, NAMES_THEM, FILES))
    assert Attachment.objects.count() == 2
    assert read_within == [False, False]


def test_articles_that_bring_more_than_a_batch_holds_are_written_one_by_one(reader, tmp_path, read_within, monkeypatch):
    monkeypatch.setattr(running, "BATCH_BYTES", 3)
    write(tmp_path / "e", {"a.png": "four", "b.png": "five"})
    records = [page(attachments=["a.png"]), page(url="https://slow.example/b", attachments=["b.png"])]
    bring(reader, tmp_path, *records)
    assert {each.original.data for each in Attachment.objects.all()} == {b"four", b"five"}
    assert reader.links.count() == 2
    assert read_within == [False, False, False]
