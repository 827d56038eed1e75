"""Import in the browser: what a reader sends, sees and may do."""

import errno
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from library.exporters import kept
from library.importers import uploads
from library.importers.formats import notion_links
from library.models import Export, ImportedRecord, ImportRun, Link, Outcome, RunState, Tag
from library.models.writing import note_change
from library.tasks import run_import
from tests.importers.link_files import link_file

pytestmark = pytest.mark.django_db
BOUNDARY = "the-boundary"


def body(*files: tuple[str, str], field: str = "files", fields: tuple[tuple[str, str], ...] = ()) -> str:
    """A form as a browser sends it. Django's test client would drop the folders from the files' names."""
    texts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}' for name, value in fields]
    texts += [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        f"Content-Type: text/markdown\r\n\r\n{text}"
        for name, text in files
    ]
    return "\r\n".join([*texts, f"--{BOUNDARY}--\r\n"])


def send(client, form: str):
    return client.post("/import/", form, content_type=f"multipart/form-data; boundary={BOUNDARY}")


def upload(client, *files: tuple[str, str], field: str = "files") -> ImportRun:
    answer = send(client, body(*files, field=field))
    run = ImportRun.objects.get()
    assert answer["Location"] == f"/import/{run.pk}/"
    return run


def page(client, run: ImportRun) -> str:
    return client.get(f"/import/{run.pk}/").content.decode()


def worked(run: ImportRun) -> ImportRun:
    """The run when the worker has been at it."""
    run_import.call(run.pk)
    run.refresh_from_db()
    return run


def kept_files(settings) -> list[Path]:
    root = Path(settings.MEDIA_ROOT)
    return [path for path in root.rglob("*") if path.is_file()] if root.exists() else []


def make_run(reader, problems: int = 0, **fields) -> ImportRun:
    values = {"label": "export.zip", "state": RunState.DONE, "total_files": 4, "files": 4, **fields}
    run = ImportRun.objects.create(owner=reader, **values)
    ImportedRecord.objects.bulk_create(
        ImportedRecord(run=run, file=f"odd {number}.md", outcome="new", place=1, warnings=[f"Odd thing {number}."])
        for number in range(problems)
    )
    return run


# --- sending files


def test_files_that_are_sent_wait_for_the_worker(reading, reader):
    run = upload(reading, ("a.md", link_file()), ("b.md", link_file(url="https://b.example/")))
    assert (run.owner, run.label, run.uploaded, run.state) == (reader, "a.md, b.md", True, RunState.RUNNING)
    assert DBTaskResult.objects.get().args_kwargs["args"] == [run.pk]
    assert "Waiting for its turn" in page(reading, run)


def test_the_worker_brings_them_in_and_the_page_says_what_came_of_it(reading, reader, settings):
    run = worked(upload(reading, ("a.md", link_file("A title")), ("empty.md", "")))
    assert reader.links.get().title == "A title"
    shown = page(reading, run)
    assert "2 articles: 1 new, 1 rejected." in shown
    assert "empty.md" in shown
    assert f'href="/search/?q=import:{run.pk}"' in shown
    assert [path.name for path in kept_files(settings)] == ["files.zip"]


def test_when_nothing_was_left_out_the_files_are_not_kept(reading, settings):
    worked(upload(reading, ("a.md", link_file())))
    assert kept_files(settings) == []


def test_a_folder_is_named_as_if_it_lay_on_the_server(reading):
    run = worked(upload(reading, ("Notes/2024/a.md", link_file()), ("Notes/.DS_Store", "x"), field="folder"))
    assert run.label == "Notes"
    assert {entry.file: entry.outcome for entry in run.entries.all()} == {"2024/a.md": "new", ".DS_Store": "ignored"}


def test_a_hostile_name_is_only_ever_text(reading, settings):
    name = "../../<script>alert(1)<:script>.md"
    run = upload(reading, (name, ""))
    assert [path.name for path in kept_files(settings)] == ["files.zip"]
    shown = page(reading, worked(run))
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert" not in shown


def refused(reading, settings, form: str, status: int, sentence: str) -> None:
    answer = send(reading, form)
    assert answer.status_code == status
    assert sentence in answer.content.decode()
    assert not ImportRun.objects.exists()
    assert kept_files(settings) == []


def test_nothing_chosen_is_said(reading, settings):
    refused(reading, settings, body(("", "")), 400, "No files were sent.")


def test_too_much_at_once_is_said(reading, settings):
    settings.IMPORT_UPLOAD_BYTES = 100
    refused(reading, settings, body(("a.md", "a" * 200)), 413, "Nothing was imported. Send it in parts.")


def test_too_many_files_are_said(reading, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    form = body(*((f"{number}.md", link_file()) for number in range(3)))
    refused(reading, settings, form, 413, "Those are more than 2 files.")


@pytest.mark.parametrize(
    "form",
    [body(("n" * 1100 + ".md", "a")), body(("a.md", "whole"), ("b.md", "half")).rpartition("lf\r\n")[0]],
    ids=["a name too long to send", "half a file"],
)
def test_an_upload_that_can_not_be_read_is_said(reading, settings, form):
    refused(reading, settings, form, 400, "The upload broke off")


def test_a_full_disk_is_said(reading, settings, monkeypatch):
    def full(delivery: uploads.Delivery, chunk: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(uploads.Delivery, "write", full)
    refused(reading, settings, body(("a.md", "a")), 500, "(No space left on device)")


def test_a_form_without_its_token_is_refused_and_leaves_nothing(reader, settings):
    client = Client(enforce_csrf_checks=True)
    client.force_login(reader)
    refused(client, settings, body(("a.md", link_file())), 403, "")


def test_a_form_with_its_token_is_taken(reader):
    client = Client(enforce_csrf_checks=True)
    client.force_login(reader)
    token = client.get("/import/").context["csrf_token"]
    send(client, body(("a.md", link_file()), fields=(("csrfmiddlewaretoken", str(token)),)))
    assert ImportRun.objects.get().owner == reader


def test_nobody_uploads_without_logging_in(client, settings):
    assert send(client, body(("a.md", link_file())))["Location"].startswith("/login/")
    assert kept_files(settings) == []


# --- while it runs


@pytest.fixture
def running(reader) -> ImportRun:
    lease = timezone.now() + timedelta(seconds=30)
    return make_run(reader, state=RunState.RUNNING, total_files=200, files=84, lease_holder="w", lease_until=lease)


def test_a_running_import_shows_how_far_it_is_and_asks_again(reading, running):
    shown = page(reading, running)
    assert "<b>84 of 200</b> files are read." in shown
    assert 'value="84" max="200"' in shown
    assert 'hx-trigger="every 2s"' in shown
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in shown
    assert '<p class="vh" role="status">40% of the files are read.</p>' in shown


def test_the_time_left_is_told_by_the_pace_so_far(reading, running):
    caches["local"].set(f"import-pace:{running.pk}:w", (timezone.now() - timedelta(minutes=1), 26))
    assert "About 2 minutes left" in page(reading, running)


def test_an_import_that_nobody_begins_with_says_what_may_be_wrong(reading, running):
    long_ago = timezone.now() - timedelta(minutes=5)
    ImportRun.objects.update(lease_until=long_ago, created_at=long_ago)
    assert "worker may not be running" in page(reading, running)


def test_the_latest_problems_come_first_while_it_runs(reading, reader):
    run = make_run(reader, 9, state=RunState.RUNNING)
    assert [row["why"] for row in reading.get(f"/import/{run.pk}/").context["problems"]][:2] == [
        "Odd thing 8.", "Odd thing 7.",
    ]  # fmt: skip


def test_a_stopped_import_keeps_what_is_in_and_can_go_on(reading, reader):
    run = upload(reading, ("a.md", link_file()))
    reading.post(f"/import/{run.pk}/stop/")
    assert worked(run).state == RunState.STOPPED
    assert "<b>Stopped</b>" in page(reading, run)
    reading.post(f"/import/{run.pk}/go-on/")
    assert worked(run).state == RunState.DONE
    assert reader.links.count() == 1


def test_going_on_is_not_offered_when_the_files_are_gone(reading, reader):
    run = make_run(reader, uploaded=True, state=RunState.STOPPED)
    shown = page(reading, run)
    assert "Go on" not in shown
    assert "Its files are no longer here." in shown
    reading.post(f"/import/{run.pk}/go-on/")
    run.refresh_from_db()
    assert run.state == RunState.STOPPED


def test_a_paused_import_goes_on_where_it_was(reading, reader):
    run = upload(reading, ("a.md", link_file()))
    reading.post(f"/import/{run.pk}/stop/", {"pause": "1"})
    assert worked(run).state == RunState.PAUSED
    assert "<b>Paused</b>" in page(reading, run)
    reading.post(f"/import/{run.pk}/go-on/")
    assert worked(run).state == RunState.DONE


def test_what_was_left_out_can_be_tried_again(reading, reader, monkeypatch):
    def broken(file):
        raise ValueError(file.name)

    with monkeypatch.context() as patch:
        patch.setattr(notion_links, "read", broken)
        run = worked(upload(reading, ("a.md", link_file())))
    assert run.rejected == 1
    assert "Try 1 again" in page(reading, run)
    reading.post(f"/import/{run.pk}/try-again/")
    again = worked(ImportRun.objects.get(pk__gt=run.pk))
    assert (again.state, again.new, reader.links.count()) == (RunState.DONE, 1, 1)
    assert "Try 1 again" not in page(reading, run)


def test_an_ended_import_is_not_stopped_again(reading, reader):
    run = make_run(reader)
    reading.post(f"/import/{run.pk}/stop/")
    run.refresh_from_db()
    assert run.state == RunState.DONE


# --- the report


def test_a_done_import_asks_no_more(reading, reader):
    shown = page(reading, make_run(reader))
    assert "hx-trigger" not in shown
    assert "http-equiv" not in shown


def test_a_failed_import_says_why(reading, reader):
    run = make_run(reader, state=RunState.FAILED, error="The files can't be read: Input/output error.")
    assert "The files can&#x27;t be read: Input/output error." in page(reading, run)


def test_problems_come_page_by_page_with_what_was_left_out_first(reading, reader):
    run = make_run(reader, 60, records=61, new=60, rejected=1)
    ImportedRecord.objects.create(run=run, file="bad.md", outcome=Outcome.REJECTED, place=0, message="Holds no text.")
    first = reading.get(f"/import/{run.pk}/").context
    then = reading.get(f"/import/{run.pk}/?after={first['next']}").context
    files = [row["file"] for row in [*first["problems"], *then["problems"]]]
    assert files == ["bad.md", *(f"odd {number}.md" for number in range(60))]
    assert then["next"] == ""


@pytest.mark.parametrize("after", ["x", "1.", "1.99999999999999999999", "0.-1", "\0"])
def test_a_page_that_no_key_leads_to_is_the_first(reading, reader, after):
    run = make_run(reader, 3)
    assert len(reading.get(f"/import/{run.pk}/", {"after": after}).context["problems"]) == 3


def test_an_article_with_a_problem_is_one_click_away(reading, reader):
    run = worked(upload(reading, ("a.md", link_file("Dated oddly", created="32 March 2024"))))
    assert f'href="/read/{reader.links.get().pk}-dated-oddly/"' in page(reading, run)


def test_past_imports_are_listed_newest_first_page_by_page(reading, reader):
    for number in range(25):
        make_run(reader, label=f"export {number}")
    first = reading.get("/import/").context
    then = reading.get(f"/import/?before={first['older']}").context
    labels = [each["run"].label for each in [*first["runs"], *then["runs"]]]
    assert labels == [f"export {number}" for number in reversed(range(25))]


# --- who may, and how much it costs


@pytest.mark.parametrize("state", RunState.values)
def test_an_import_in_any_state_has_a_page(reading, reader, state):
    run = make_run(reader, state=state)
    assert "export.zip" in reading.get(f"/import/{run.pk}/", follow=True).content.decode()
    assert "export.zip" in reading.get("/import/").content.decode()


def test_the_imports_of_others_are_not_there(reading, other_reader):
    run = make_run(other_reader, label="Secret", state=RunState.RUNNING, uploaded=True)
    assert "Secret" not in reading.get("/import/").content.decode()
    for ask in (reading.get, reading.post):
        for way in ("", "check/", "list.csv", "stop/", "go-on/", "start/", "again/", "cancel/", "try-again/"):
            page = way in ("", "check/", "list.csv")
            wanted = 405 if page == (ask == reading.post) else 404
            assert ask(f"/import/{run.pk}/{way}").status_code == wanted
    run.refresh_from_db()
    assert run.state == RunState.RUNNING


def queries_of_both_pages(reading, run: ImportRun) -> int:
    caches["local"].clear()
    with CaptureQueriesContext(connection) as queries:
        page(reading, run)
        reading.get("/import/")
    return len(queries)


def test_more_rows_take_no_more_queries(reading, reader):
    few = queries_of_both_pages(reading, make_run(reader, 1))
    many = make_run(reader, 49)
    for _ in range(15):
        make_run(reader)
    assert queries_of_both_pages(reading, many) == few


# --- undone


def test_an_import_is_undone_after_saying_how_much_goes_and_stays(reading, reader):
    run = worked(upload(reading, ("a.md", link_file("Touched")), ("b.md", link_file(url="https://b.example/"))))
    note_change(reader.links.get(title="Touched"), "favourite", False, True)
    asked = reading.get(f"/import/{run.pk}/undo/").content.decode()
    assert "<b>1 article</b> that this import brought will be deleted." in asked
    assert "<b>1</b> that it brought stays" in asked
    assert reader.links.count() == 2
    reading.post(f"/import/{run.pk}/undo/")
    assert "Taking back" in page(reading, run)
    assert worked(run).state == RunState.UNDONE
    assert reader.links.get().title == "Touched"
    assert "Undone." in page(reading, run)
    assert "Undo this import" not in page(reading, run)


def test_a_library_that_was_restored_as_a_whole_is_undone_as_one_import(reading, reader, other_reader):
    export = Export.objects.create(owner=other_reader, format="json")
    Link.objects.create(owner=other_reader, title="The ledger")
    Tag.objects.ensure(other_reader.pk, ["alone"])
    run = worked(upload(reading, ("commonplace.json", kept.make(export) or kept.path(export).read_text())))
    assert (run.state, reader.links.get().title) == (RunState.DONE, "The ledger")
    assert "Undo this import" in page(reading, run)
    asked = reading.get(f"/import/{run.pk}/undo/").content.decode()
    assert "<b>1 article</b> that this import brought will be deleted" in asked
    assert "Of what came beside the articles, <b>1 tag</b> will be taken back." in asked
    reading.post(f"/import/{run.pk}/undo/")
    assert worked(run).state == RunState.UNDONE
    assert not reader.links.exists()
    assert not reader.tags.exists()


def test_an_import_under_way_can_not_be_undone(reading, reader):
    run = upload(reading, ("a.md", link_file()))
    assert reading.post(f"/import/{run.pk}/undo/")["Location"] == f"/import/{run.pk}/"
    run.refresh_from_db()
    assert run.state == RunState.RUNNING
