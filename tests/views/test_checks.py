"""What an import would do is shown before it does it."""

import csv

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from library.models import ImportedRecord, ImportRun, Outcome, RunState
from library.models.imports import Place
from tests.importers.link_files import link_file
from tests.views.test_imports import body, kept_files, send, worked

pytestmark = pytest.mark.django_db


def checked(client, *files: tuple[str, str]) -> ImportRun:
    """An import that the worker has checked."""
    send(client, body(*files, fields=(("check", "on"),)))
    return worked(ImportRun.objects.latest("pk"))


def shown(client, run: ImportRun, query: str = "") -> str:
    return client.get(f"/import/{run.pk}/check/{query}").content.decode()


def start(client, run: ImportRun, **wishes: str) -> ImportRun:
    client.post(f"/import/{run.pk}/start/", {"same_address": "update", **wishes})
    return worked(run)


TWO = (("a.md", link_file("A title")), ("empty.md", ""))


def test_nothing_is_changed_until_the_reader_says_so(reading, reader):
    run = checked(reading, *TWO)
    assert (run.state, reader.links.count()) == (RunState.CHECKED, 0)
    assert reading.get(f"/import/{run.pk}/")["Location"] == f"/import/{run.pk}/check/"
    page = shown(reading, run)
    assert "We read <b>2 files</b> and changed nothing." in page
    assert "Import 1 article<" in page
    assert page.index(">empty.md<") < page.index(">a.md<")
    assert "Tech Deep Dive" in page
    assert "databases" in page


def test_then_it_happens_and_the_ledger_tells_what_was_done(reading, reader):
    run = start(reading, checked(reading, *TWO))
    assert (run.state, run.new, run.rejected, run.entries.count()) == (RunState.DONE, 1, 1, 2)
    assert run.entries.get(outcome="new").link == reader.links.get()


def test_the_tabs_count_and_narrow(reading, reader):
    start(reading, checked(reading, ("a.md", link_file("Old")), ("same.md", link_file("Same", url="https://s.example/"))))
    files = [("a.md", link_file("Changed")), ("same.md", link_file("Same", url="https://s.example/"))]
    files += [("new.md", link_file("New one", url="https://n.example/")), ("empty.md", "")]
    run = checked(reading, *files)
    tabs = {tab["words"]: tab["count"] for tab in reading.get(f"/import/{run.pk}/check/").context["tabs"]}
    assert tabs == {"All": 4, "Needs a look": 1, "New": 1, "Updates": 1, "Already saved": 1}
    for name, title in {"look": "empty", "new": "New one", "updates": "Changed", "saved": "Same"}.items():
        context = reading.get(f"/import/{run.pk}/check/?show={name}").context
        assert [row["title"] for row in context["rows"]] == [title], name


def test_each_tab_comes_page_by_page(reading, reader):
    run = ImportRun.objects.create(owner=reader, label="x", state=RunState.CHECKED, records=130, new=120, rejected=10)
    rows = [("rejected", Place.LEFT_OUT, n) for n in range(10)] + [("new", Place.OTHER, n) for n in range(120)]
    ImportedRecord.objects.bulk_create(
        ImportedRecord(run=run, outcome=outcome, place=place, file=f"{outcome} {n}") for outcome, place, n in rows[::-1]
    )
    for tab, wanted in (("", 130), ("new", 120), ("look", 10)):
        files, after = [], ""
        while after is not None:
            context = reading.get(f"/import/{run.pk}/check/?show={tab}&{after}").context
            files += [row["file"] for row in context["rows"]]
            after = f"after={context['next']}" if context["next"] else None
        assert len(files) == len(set(files)) == wanted
        assert all(file.startswith("rejected") for file in files[:10]) == (tab != "new")


@pytest.mark.parametrize("query", ["?show=x", "?after=x", "?after=9.\0", "?show=new&after=nonsense.3", "?after=77.1"])
def test_an_address_that_means_nothing_shows_the_first_page(reading, query):
    assert "a.md" in shown(reading, checked(reading, *TWO), query)


def test_tags_and_a_type_for_all_are_the_readers_own(reading, reader):
    files = [("a.md", link_file("A", type="")), ("b.md", link_file("B", url="https://b.example/"))]
    start(reading, checked(reading, *files), tags="from Notion, ledgers", type="Essay")
    a, b = reader.links.order_by("title")
    assert (a.type, b.type) == ("Essay", "Tech Deep Dive")
    assert set(a.link_tags.filter(by_reader=True).values_list("tag__name", flat=True)) == {"from Notion", "ledgers"}
    again = start(reading, checked(reading, ("a.md", link_file("A", type="", content="Changed."))))
    assert again.updated == 1
    assert a.tags.count() == 3


def test_known_articles_can_be_left_as_they_are(reading, reader):
    start(reading, checked(reading, ("a.md", link_file("Old"))))
    run = start(reading, checked(reading, ("a.md", link_file("Changed"))), same_address="skip")
    assert (run.unchanged, reader.links.get().title) == (1, "Old")


@pytest.mark.parametrize("wish", [{"tags": "x" * 300}, {"type": "x" * 101}, {"same_address": "burn"}])
def test_a_wish_that_can_not_be_met_is_said_and_nothing_happens(reading, reader, wish):
    run = checked(reading, *TWO)
    answer = reading.post(f"/import/{run.pk}/start/", {"same_address": "update", **wish})
    assert answer.status_code == 422
    assert "Nothing is imported yet" in answer.content.decode()
    run.refresh_from_db()
    assert run.state == RunState.CHECKED


def test_cancelling_leaves_nothing(reading, reader, settings):
    run = checked(reading, *TWO)
    assert reading.post(f"/import/{run.pk}/cancel/")["Location"] == "/import/"
    assert not ImportRun.objects.exists()
    assert kept_files(settings) == []


def test_an_import_that_is_done_can_not_be_cancelled_or_started(reading, reader):
    run = start(reading, checked(reading, *TWO))
    for way in ("cancel", "start"):
        reading.post(f"/import/{run.pk}/{way}/", {"same_address": "update"})
        run.refresh_from_db()
        assert (run.state, run.new) == (RunState.DONE, 1)


def test_the_list_goes_out_as_a_table_that_no_spreadsheet_runs(reading, reader):
    run = checked(reading, ("a.md", link_file("=cmd()|'/c calc'!A0", tags="['x', 'y']")), ("empty.md", ""))
    answer = reading.get(f"/import/{run.pk}/list.csv")
    rows = list(csv.reader(b"".join(answer.streaming_content).decode().splitlines()))
    assert rows[0] == ["Outcome", "Title", "File", "Type", "Tags", "Why"]
    assert rows[1][:3] == ["Can’t import", "empty", "empty.md"]
    assert rows[2][1:5] == ["'=cmd()|'/c calc'!A0", "a.md", "Tech Deep Dive", "x, y"]


def test_more_rows_take_no_more_queries(reading, reader):
    counts = []
    for number in (1, 40):
        run = checked(reading, *((f"{n}.md", link_file(f"{n}", url=f"https://a.example/{n}")) for n in range(number)))
        caches["local"].clear()
        with CaptureQueriesContext(connection) as queries:
            shown(reading, run)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_files_that_are_gone_can_not_be_imported(reading, reader):
    run = ImportRun.objects.create(owner=reader, label="x", state=RunState.CHECKED, uploaded=True, records=1, new=1)
    ImportedRecord.objects.create(run=run, file="a.md", outcome=Outcome.NEW)
    assert "Its files are no longer here" in shown(reading, run)
    reading.post(f"/import/{run.pk}/start/", {"same_address": "update"})
    run.refresh_from_db()
    assert run.state == RunState.CHECKED


def test_a_key_that_is_no_number_shows_the_first_page(reading, reader):
    run = checked(reading, *TWO)
    for key in ("².5", "²².5", "x.5", "1", "9.9"):
        assert reading.get(f"/import/{run.pk}/check/", {"after": key}).status_code == 200


# --- columns, and what there is to choose


GERMAN = ("liste.csv", "Wo,Was,Worüber\nhttps://a.example/,Ein Titel,Bücher\nhttps://b.example/,Noch einer,Bücher\n")


def test_the_columns_of_a_table_that_nothing_knows_are_named_by_the_reader(reading, reader):
    run = checked(reading, GERMAN)
    page = shown(reading, run)
    assert (run.records, run.ignored) == (0, 1)
    assert "no column is known to hold addresses" in page
    assert "<bdi>https://a.example/</bdi> · <bdi>https://b.example/</bdi>" in page
    wishes = {"same_address": "update", "column_0": "url", "column_1": "title", "column_2": "tags"}
    assert reading.post(f"/import/{run.pk}/again/", wishes)["Location"] == f"/import/{run.pk}/"
    run = worked(run)
    assert (run.state, run.new, reader.links.count()) == (RunState.CHECKED, 2, 0)
    assert "Import 2 articles<" in shown(reading, run)
    assert "no column is known" not in shown(reading, run)
    start(reading, run, **wishes)
    assert set(reader.links.values_list("title", "url")) == {
        ("Ein Titel", "https://a.example/"), ("Noch einer", "https://b.example/"),
    }  # fmt: skip
    assert reader.tags.get().name == "Bücher"


def test_what_a_known_column_means_can_be_changed(reading, reader):
    run = checked(reading, ("list.csv", "url,title,notes\nhttps://a.example/,A title,Mine\n"))
    form = reading.get(f"/import/{run.pk}/check/").context["form"]
    assert [(field.label, field.value(), values) for field, values in form.columns] == [
        ("url", "url", ["https://a.example/"]), ("title", "title", ["A title"]), ("notes", "note", ["Mine"]),
    ]  # fmt: skip
    start(reading, run, column_0="url", column_1="", column_2="title")
    link = reader.links.get()
    assert (link.title, link.extra) == ("Mine", {"title": "A title"})


def test_the_properties_of_pages_are_columns_too(reading, reader):
    page = "# A page\n\nURL: https://a.example/\nBereich: Wald\n\nText.\n"
    files = [(f"Page {'0' * 31}{number}.md", page.replace("a.e", f"{number}.e")) for number in range(2)]
    run = checked(reading, *files, ("note.md", "---\nThema: Moos\n---\nText"))
    names = [name for name, _ in run.found["columns"]]
    assert "Thema" in names
    assert "bereich" in names
    start(reading, run, **{f"column_{names.index('bereich')}": "type", f"column_{names.index('Thema')}": "tags",
                           f"column_{names.index('url')}": "url"})  # fmt: skip
    assert sorted(reader.links.values_list("type", flat=True)) == ["", "Wald", "Wald"]
    assert reader.tags.get().name == "Moos"


def test_a_meaning_that_there_is_not_is_refused(reading, reader):
    run = checked(reading, GERMAN)
    answer = reading.post(f"/import/{run.pk}/again/", {"same_address": "update", "column_0": "nonsense"})
    assert answer.status_code == 422
    assert worked(run).state == RunState.CHECKED


def test_folders_are_a_choice_only_where_a_file_has_them(reading, reader):
    label = "Folders of bookmarks become tags"
    assert label not in shown(reading, checked(reading, *TWO))
    bookmarks = "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL><p><DT><H3>Work</H3><DL><p>\n"
    bookmarks += '<DT><A HREF="https://f.example/">A page</A>\n</DL><p></DL>'
    run = checked(reading, ("bookmarks.html", bookmarks))
    assert label in shown(reading, run)
    start(reading, run)
    assert not reader.tags.exists()


def test_a_choice_that_is_not_shown_stays_as_it_was(reading, reader):
    run = start(reading, checked(reading, *TWO))
    assert run.folders
