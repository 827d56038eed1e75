"""What fuzzing and bombs have found so far, each as small as it could be made."""

import json
import resource
import time
import tracemalloc
import zipfile

import pytest

from library.content import link_file
from library.content.markdown import render
from library.content.text import plain
from library.exporters.link_files import Changes, patched, title_line
from library.importers import files, preparing, zips
from library.importers.preparing import Wishes, prepare
from library.importers.record import ImportFile
from tests.fuzz.bombs import overlapping
from tests.fuzz.oracle import check_seed
from tests.fuzz.seeds import Seed
from tests.importers.link_files import link_file as link_file_text
from tests.importers.samples import CLIPPINGS

COMPLETE = {"commonplace": 1, "tags": [{"id": [], "name": "a"}], "articles": []}
TWICE = [{"kind": "other", "heading": "X", "text": text} for text in ("one", "two")]


@pytest.mark.parametrize(
    "name, data",
    [
        ("a.json", json.dumps(COMPLETE)),
        ("a.json", json.dumps({**COMPLETE, "articles": [{"title": "a", "url": "https://a.example/", "texts": TWICE}]})),
        ("a.csv", "URL,Notes\nhttps://a.example/" + "9" * 5_000 + ",x\n"),
        (f"x {'a' * 32}.csv", "Name,URL\n,https://a.example/" + "9" * 5_000 + "\n"),
        ("a.md", link_file_text() + "## Highlights (from Commonplace)\n> \n\nA note.\n\n— woad, x\n"),
    ],
)
def test_files_that_broke_off_or_could_not_be_stored_are_read(name, data):
    assert check_seed(Seed(name, data.encode())) == "read" or "articles" in data


def test_of_a_complete_export_a_heading_that_comes_twice_is_one_section():
    data = json.dumps({**COMPLETE, "articles": [{"title": "a", "url": "https://a.example/", "texts": TWICE}]}).encode()
    (prepared,) = prepare(ImportFile("a.json", data), Wishes()).records
    assert [text.text for text in prepared.record.texts] == ["one\n\ntwo"]


@pytest.mark.parametrize("odd", [("\nsource", "\r\nsource"), ("## AI", "##\0 AI")])
def test_a_file_with_mixed_line_ends_or_nul_is_not_patched(odd):
    assert patched(link_file_text().replace(*odd).encode(), Changes(sections={("summary", ""): "New."})) is None


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_with_one_kind_of_line_ends_is_patched(end):
    new = patched(link_file_text().replace("\n", end).encode(), Changes(sections={("summary", ""): "New."}))
    assert link_file.read(new)[("summary", "")] == "New."
    assert new.count(end.encode()) == new.count(b"\n")


def test_a_zip_whose_files_lie_on_each_other_is_refused(tmp_path):
    overlapping(tmp_path / "a.zip")
    (found,) = [file for _, file in files.walk([str(tmp_path / "a.zip")])]
    assert found.problem == zips.ON_EACH_OTHER


def test_an_honest_zip_is_not(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.md", "x" * 1_000)
    assert [file.problem for _, file in files.walk([str(tmp_path / "a.zip")])] == [""]


def test_a_run_of_quote_signs_takes_no_memory():
    text = ">" * 1_000_000 + "x"
    tracemalloc.start()
    assert plain(text) == "x"
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert used < 20_000_000


@pytest.mark.parametrize(
    "clipping",
    [
        "The ledger (" + "(a)" * 20_000 + "\n- Your Highlight on page 1 | x\n\nWords.\n==========\n",
        "The ledger\n- Your Highlight on page 1 |" + " " * 60_000 + "x\n\nWords.\n==========\n",
    ],
)
def test_no_clipping_takes_long(clipping):
    start = time.process_time()
    assert check_seed(Seed("My Clippings.txt", (CLIPPINGS + clipping).encode())) == "read"
    assert time.process_time() - start < 2


def test_a_file_without_a_name_in_a_zip_has_one_in_the_report(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("\0"), link_file_text())
        archive.writestr("b.md", link_file_text())
    found = [file for _, file in files.walk([str(tmp_path / "a.zip")])]
    assert [(file.name, file.problem) for file in found] == [("a.zip/b.md", ""), ("a.zip/no name", "")]


def test_a_sign_of_thousands_of_digits_stays_as_it_is_written():
    number = f"&#{'9' * 5_000};"
    data = link_file_text(title=f"The {number} ledger", content=f"A {number} http://a.example/{number}").encode()
    (record,) = (each.record for each in prepare(ImportFile("a.md", data), Wishes()).records)
    assert record.title.startswith("The &#999")
    assert "999" in render(record.texts[-1].text)
    assert title_line(record.title).startswith("# The &")


def test_a_file_that_takes_too_long_is_left_out_with_a_sentence(monkeypatch):
    def forever(file, format):
        while True:
            pass

    monkeypatch.setattr(preparing, "format_of", forever)
    monkeypatch.setattr(preparing, "FILE_SECONDS", 0.2)
    reading = prepare(ImportFile("a.md", b"x"), Wishes())
    assert (reading.outcome, reading.message) == ("rejected", preparing.TAKES_TOO_LONG)


def test_a_file_that_takes_too_much_memory_is_left_out_with_a_sentence_and_the_next_is_read(monkeypatch):
    def greedy(file, format):
        return bytearray(2 * preparing.FILE_MEMORY)

    before = resource.getrlimit(resource.RLIMIT_AS)
    with monkeypatch.context() as patch:
        patch.setattr(preparing, "format_of", greedy)
        reading = prepare(ImportFile("a.md", b"x"), Wishes())
    assert (reading.outcome, reading.message) == ("rejected", preparing.TAKES_TOO_MUCH)
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    assert prepare(ImportFile("b.md", link_file_text().encode()), Wishes()).count == 1
