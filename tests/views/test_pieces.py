"""An upload in pieces goes on where it broke off, and is its reader's own."""

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from library.importers import uploads
from library.models import ImportRun
from tests.importers.link_files import link_file
from tests.views.test_imports import body, kept_files, send, worked

pytestmark = pytest.mark.django_db
A, B = link_file("A").encode(), link_file("B", url="https://b.example/").encode()
WHOLE = A + B


def list_of(*files: tuple[str, int], folder: bool = False) -> str:
    return json.dumps([{"name": name, "size": size, "modified": 7, "folder": folder} for name, size in files])


TWO = list_of(("Notes/a.md", len(A)), ("Notes/deep/b.md", len(B)), folder=True)


def begin(client, wanted: str = TWO):
    return client.post("/import/pieces/", wanted, content_type="application/json")


def add(client, upload: str, offset: int | str, piece: bytes):
    address = f"/import/pieces/{upload}/?offset={offset}"
    return client.post(address, piece, content_type="application/octet-stream")


def finish(client, upload: str):
    return send(client, body(fields=(("upload", upload),)))


def test_pieces_become_the_files_that_were_chosen(reading, reader, settings):
    begun = begin(reading).json()
    assert begun["offset"] == 0
    assert add(reading, begun["upload"], 0, WHOLE[:100]).json() == {"offset": 100}
    assert add(reading, begun["upload"], 100, WHOLE[100:]).json() == {"offset": len(WHOLE)}
    run = ImportRun.objects.get(pk=finish(reading, begun["upload"])["Location"].split("/")[2])
    assert run.label == "Notes"
    assert {file.relative_to(settings.MEDIA_ROOT).parts[0] for file in kept_files(settings)} == {str(run.pk)}
    assert {entry.file: entry.outcome for entry in worked(run).entries.all()} == {"a.md": "new", "deep/b.md": "new"}


def test_what_is_answered_to_be_here_is_on_the_disk(reading, settings, monkeypatch):
    """So that a power cut takes nothing back that a browser was told."""
    on_disk: dict[int, int] = {}
    real = os.fsync

    def fsync(number: int) -> None:
        real(number)
        on_disk[os.fstat(number).st_ino] = os.fstat(number).st_size

    def sizes() -> list[tuple[int, int]]:
        return [(on_disk.get(file.stat().st_ino, -1), file.stat().st_size) for file in kept_files(settings)]

    monkeypatch.setattr(os, "fsync", fsync)
    upload = begin(reading).json()["upload"]
    for start, end in ((0, 100), (100, len(WHOLE))):
        add(reading, upload, start, WHOLE[start:end])
        assert (end, end) in sizes()
    finish(reading, upload)
    assert len(sizes()) == 1
    assert all(there == size for there, size in sizes())


def test_the_same_files_chosen_again_go_on_where_they_broke_off(reading):
    add(reading, begin(reading).json()["upload"], 0, WHOLE[:100])
    assert begin(reading).json()["offset"] == 100
    assert begin(reading, TWO.replace("7", "8")).json()["offset"] == 0


def test_a_piece_that_does_not_follow_is_told_what_does(reading):
    upload = begin(reading).json()["upload"]
    add(reading, upload, 0, WHOLE[:100])
    for offset, piece in ((0, b"again"), (200, b"a gap"), (100, WHOLE), ("x", b"?")):
        answer = add(reading, upload, offset, piece)
        assert (answer.status_code, answer.json()) == (409, {"offset": 100})


def test_half_an_upload_becomes_no_import(reading):
    upload = begin(reading).json()["upload"]
    add(reading, upload, 0, WHOLE[:100])
    answer = finish(reading, upload)
    assert answer.status_code == 400
    assert "The upload broke off" in answer.content.decode()
    assert not ImportRun.objects.exists()
    assert begin(reading).json()["offset"] == 100


@pytest.mark.parametrize("wanted", ["", "[]", "{", "3", "[3]", '[{"name": "a"}]', TWO.replace('"Notes/a.md"', "3"),
                                    list_of(("a", -1)), list_of(("a", True)), list_of(("a" * 5000, 1)),
                                    TWO.replace("7", "7e99")])  # fmt: skip
def test_a_list_that_makes_no_sense_is_refused(reading, settings, wanted):
    answer = begin(reading, wanted)
    assert answer.status_code == 400
    assert "can’t be read" in answer.json()["problem"]
    assert kept_files(settings) == []


def test_too_much_is_said_before_anything_is_sent(reading, settings):
    settings.IMPORT_UPLOAD_BYTES = 100
    assert begin(reading).status_code == 413
    settings.IMPORT_UPLOAD_BYTES = 10**6
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 1
    assert begin(reading).json()["problem"].startswith("Those are more than 1 files.")


def test_the_page_says_how_much_may_be_sent(reading, settings):
    settings.IMPORT_UPLOAD_BYTES = 2_000 * 1024**2
    assert "Up to 2,000 MB" in reading.get("/import/").content.decode()


def test_hostile_names_are_only_ever_text(reading, settings):
    upload = begin(reading, list_of(("../../\ud800x\0.zip", 3))).json()["upload"]
    add(reading, upload, 0, b"abc")
    run = ImportRun.objects.get(pk=finish(reading, upload)["Location"].split("/")[2])
    assert worked(run).entries.get().file == "?x.zip"
    assert not list(Path(settings.MEDIA_ROOT).parent.rglob("*x*.zip"))


def test_the_upload_of_another_reader_is_not_there(reading, other_reader, settings):
    upload = begin(reading).json()["upload"]
    add(reading, upload, 0, WHOLE)
    reading.force_login(other_reader)
    assert add(reading, upload, 0, b"x").status_code == 404
    assert finish(reading, upload).status_code == 400
    assert begin(reading).json()["offset"] == 0


@pytest.mark.parametrize("upload", ["..", "nonsense", "F" * 32, "0" * 31])
def test_what_names_no_upload_is_not_there(reading, upload):
    assert add(reading, upload, 0, b"x").status_code == 404


def test_a_piece_without_its_token_is_refused(reader):
    client = Client(enforce_csrf_checks=True)
    client.force_login(reader)
    assert begin(client).status_code == 403


def test_a_reader_has_at_most_three_unfinished_ones(reading, other_reader, settings):
    for number in range(5):
        upload = begin(reading, list_of((f"{number}.zip", 9))).json()["upload"]
        os.utime(next(Path(settings.MEDIA_ROOT).glob(f"*{upload}")), (number, number))
    left = [json.loads(file.read_text())[0][0] for file in Path(settings.MEDIA_ROOT).rglob("list.json")]
    assert sorted(left) == ["2.zip", "3.zip", "4.zip"]


def test_what_nobody_goes_on_with_is_cleared_after_a_day(reading, settings):
    add(reading, begin(reading).json()["upload"], 0, WHOLE[:100])
    uploads.sweep(timezone.now() + timedelta(hours=23))
    assert begin(reading).json()["offset"] == 100
    uploads.sweep(timezone.now() + timedelta(hours=25))
    assert kept_files(settings) == []


def test_a_full_disk_is_said(reading, settings, monkeypatch):
    upload = begin(reading).json()["upload"]

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "utime", full)
    answer = add(reading, upload, 0, b"x")
    assert answer.status_code == 507
    assert "(No space left on device)" in answer.json()["problem"]
