"""Where uploaded files lie, and when they go."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from library.importers import files, uploads
from library.models import ImportRun, RunState

HOSTILE = ["../../x.md", "/etc/passwd.md", "a\0b.md", "\u202egpj.md", "..", "", "././/y.md", "n" * 900 + ".md"]


def deliver(*named: tuple[str, bytes], of_folder: bool = False) -> uploads.Delivery:
    delivery = uploads.Delivery()
    for name, data in named:
        delivery.begin(name, of_folder=of_folder)
        delivery.write(data)
        delivery.end()
    return delivery


def names(delivery: uploads.Delivery) -> list[str]:
    return [file.name for _, file in files.walk(delivery.hand_over(1))]


def test_files_keep_the_names_that_the_reader_gave_them():
    assert names(deliver(("Café.md", b"a"), ("b c.md", b"b"))) == ["Café.md", "b c.md"]


def test_files_of_a_folder_are_named_from_that_folder_on():
    delivery = deliver(("Notes/a.md", b"a"), ("Notes/deep/a.md", b"b"), of_folder=True)
    assert delivery.label == "Notes"
    assert names(delivery) == ["a.md", "deep/a.md"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_never_a_path(name, settings, tmp_path):
    delivery = deliver((name, b"text"), (f"{name}.zip", b"no zip"))
    (_, file), (_, broken) = files.walk(delivery.hand_over(7))
    assert (file.data, broken.data) == (b"text", b"")
    assert ".." not in Path(file.name).parts
    assert "\0" not in file.name
    assert {path.relative_to(settings.MEDIA_ROOT).as_posix() for path in tmp_path.rglob("*.zip")} == {
        "7/files.zip", "7/1.zip",
    }  # fmt: skip


def test_two_files_of_one_name_are_both_kept():
    delivery = deliver(("a.md", b"1"), ("a.md", b"2"), ("a (2).md", b"3"), ("a.md", b"4"))
    found = {file.name: file.data for _, file in files.walk(delivery.hand_over(1))}
    assert found == {"a.md": b"1", "a (2).md": b"2", "a (2) (2).md": b"3", "a (3).md": b"4"}


def test_only_the_server_can_read_the_folder(settings):
    delivery = deliver(("a.md", b"a"))
    assert {path.stat().st_mode & 0o77 for path in (Path(settings.MEDIA_ROOT), delivery.folder)} == {0}


def test_an_upload_that_becomes_no_import_leaves_nothing(settings):
    with deliver(("a.md", b"a")) as delivery:
        delivery.begin("half.md")
    assert list(Path(settings.MEDIA_ROOT).iterdir()) == []


@pytest.mark.parametrize(
    ("count", "label"), [(1, "0.md"), (3, "0.md, 1.md, 2.md"), (1004, "0.md, 1.md, 2.md and 1,001 more")]
)
def test_an_import_is_called_by_what_was_chosen(count, label):
    assert deliver(*((f"{number}.md", b"") for number in range(count))).label == label


def put_away(run_id: int | str, age: timedelta) -> Path:
    place = uploads.folder(0).with_name(str(run_id))
    place.mkdir(parents=True)
    moment = (timezone.now() - age).timestamp()
    os.utime(place, (moment, moment))
    return place


@pytest.mark.django_db
def test_files_wait_a_week_for_a_stopped_import_and_go_with_a_done_one(reader):
    now = timezone.now()
    ended = [(RunState.STOPPED, 6), (RunState.STOPPED, 8), (RunState.DONE, 2), (RunState.RUNNING, None)]
    places = []
    for state, days in ended:
        finished = None if days is None else now - timedelta(days=days)
        run = ImportRun.objects.create(owner=reader, uploaded=True, state=state, finished_at=finished)
        places.append(put_away(run.pk, timedelta(days=9)))
    uploads.sweep(now)
    assert [place.exists() for place in places] == [True, False, False, True]


@pytest.mark.django_db
def test_files_of_an_upload_that_broke_off_go_after_a_day():
    old, fresh = put_away("arriving-1", timedelta(days=2)), put_away("arriving-2", timedelta(hours=1))
    uploads.sweep(timezone.now())
    assert (old.exists(), fresh.exists()) == (False, True)
