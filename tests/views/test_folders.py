"""A folder of the server is imported by staff alone, and only from where the settings allow it."""

from pathlib import Path

import pytest

from library.importers import server_folders
from library.models import ImportRun, RunState, User
from library.tasks import take_up_what_stopped
from tests.importers.link_files import link_file, write
from tests.views.test_imports import worked

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    settings.IMPORT_FOLDERS = [tmp_path / "allowed"]
    return write(tmp_path / "allowed" / "notes", {"a.md": link_file("A title"), "empty.md": ""})


@pytest.fixture
def staff(reading, reader):
    """The reader's browser, who is of the staff."""
    User.objects.filter(pk=reader.pk).update(is_staff=True)
    return reading


def name(client, folder: Path | str, reader: User, **more: str):
    return client.post("/import/folder/", {"path": str(folder), "reader": reader.pk, **more})


def test_staff_import_a_folder_into_their_own_library(staff, reader, folder):
    assert 'href="/import/folder/"' in staff.get("/import/").content.decode()
    answer = name(staff, folder, reader)
    run = worked(ImportRun.objects.get())
    assert answer["Location"] == f"/import/{run.pk}/"
    assert (run.label, run.state, run.new, run.rejected) == ("notes", RunState.DONE, 1, 1)
    assert reader.links.get().title == "A title"
    assert sorted(file.name for file in folder.iterdir()) == ["a.md", "empty.md"]


def test_it_is_checked_first_and_then_started(staff, reader, folder):
    name(staff, folder, reader, check="on")
    run = worked(ImportRun.objects.get())
    assert (run.state, reader.links.count()) == (RunState.CHECKED, 0)
    staff.post(f"/import/{run.pk}/start/", {"same_address": "update"})
    assert worked(run).new == 1
    staff.post(f"/import/{run.pk}/try-again/")
    again = worked(ImportRun.objects.get(pk__gt=run.pk))
    assert (again.state, again.unchanged, again.rejected) == (RunState.DONE, 1, 1)


def test_staff_import_into_another_library_and_see_nothing_of_it(staff, reader, other_reader, folder):
    answer = name(staff, folder, other_reader)
    assert answer["Location"] == "/import/folder/"
    assert "into the library of ben has begun" in staff.get("/import/folder/").content.decode()
    run = worked(ImportRun.objects.get())
    assert (run.owner, other_reader.links.count(), reader.links.count()) == (other_reader, 1, 0)
    assert other_reader.security_events.get().detail == f"import {run.pk}, by who runs the server"
    assert staff.get(f"/import/{run.pk}/").status_code == 404
    assert staff.get(f"/import/{run.pk}/files.zip").status_code == 404


def test_another_reader_starts_what_was_only_checked(staff, other_reader, folder):
    name(staff, folder, other_reader, check="on")
    assert "ben sees on their page of imports" in staff.get("/import/folder/").content.decode()
    run = worked(ImportRun.objects.get())
    staff.force_login(other_reader)
    staff.post(f"/import/{run.pk}/start/", {"same_address": "update"})
    assert worked(run).new == 1


@pytest.mark.parametrize("path", ["", "notes", "/", "/etc", "{}/../..", "{}/../link", "{}/nothing", "{}/a.md", "\0",
                                  "{}" + "x" * 300])  # fmt: skip
def test_no_other_path_is_taken(staff, reader, folder, path):
    (folder.parent / "link").symlink_to("/etc")
    answer = name(staff, path.format(folder), reader)
    assert answer.status_code == 422
    assert "Nothing is imported." in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_a_link_that_stays_inside_is_followed_to_where_it_leads(staff, reader, folder):
    (folder.parent / "link").symlink_to(folder)
    name(staff, folder.parent / "link", reader)
    assert ImportRun.objects.get().paths == [str(folder)]


def test_links_inside_the_folder_are_not_followed(staff, reader, folder):
    (folder / "out.md").symlink_to("/etc/passwd")
    name(staff, folder, reader)
    assert worked(ImportRun.objects.get()).entries.get(file="out.md").outcome == "ignored"


def test_a_folder_that_became_a_link_meanwhile_is_not_imported(staff, reader, folder, tmp_path):
    name(staff, folder, reader)
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    run = worked(ImportRun.objects.get())
    assert (run.state, run.error, reader.links.count()) == (RunState.FAILED, server_folders.GONE, 0)
    assert "Its folder is no longer there" in staff.get(f"/import/{run.pk}/").content.decode()


def test_a_folder_that_is_no_longer_allowed_is_not_imported(staff, reader, folder, settings):
    name(staff, folder, reader)
    settings.IMPORT_FOLDERS = []
    assert worked(ImportRun.objects.get()).state == RunState.FAILED


def test_an_import_that_a_killed_worker_left_is_taken_up(staff, reader, folder, django_capture_on_commit_callbacks):
    name(staff, folder, reader)
    run = ImportRun.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        take_up_what_stopped()
    assert worked(run).state == RunState.DONE


def test_other_readers_find_no_such_page(reading, reader, other_reader, folder):
    assert "/import/folder/" not in reading.get("/import/").content.decode()
    assert reading.get("/import/folder/").status_code == 404
    assert name(reading, folder, reader).status_code == 404
    assert not ImportRun.objects.exists()


def test_where_no_folder_is_allowed_the_page_says_so(staff, reader, settings, tmp_path):
    settings.IMPORT_FOLDERS = []
    assert "/import/folder/" not in staff.get("/import/").content.decode()
    assert "IMPORT_FOLDERS" in staff.get("/import/folder/").content.decode()
    name(staff, tmp_path, reader)
    assert not ImportRun.objects.exists()


def test_more_readers_take_no_more_queries(staff, folder, queries_of):
    few = queries_of(lambda: staff.get("/import/folder/"))
    for number in range(20):
        User.objects.create(username=f"reader {number}")
    assert queries_of(lambda: staff.get("/import/folder/")) == few


def test_the_administration_leads_there_and_shows_no_values_of_columns(client, reader):
    client.force_login(User.objects.create_superuser("root", password="x"))
    run = ImportRun.objects.create(owner=reader, label="x", found={"formats": [], "columns": [["note", ["Secret"]]]})
    assert 'href="/import/folder/"' in client.get("/admin/library/importrun/").content.decode()
    assert "Secret" not in client.get(f"/admin/library/importrun/{run.pk}/change/").content.decode()
