"""The whole bench with next to nothing to measure: its table and its JSON come out."""

import json

import pytest

from bench import __main__ as bench
from bench import browser, imports, index, libraries, pages, search, turns
from bench.figures import Chapter
from bench.pages import PageFigure
from bench.site import CantMeasure


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.setattr(libraries, "KEPT", tmp_path)
    monkeypatch.setattr(bench, "RESULTS", tmp_path / "results.json")
    return tmp_path / "results.json"


@pytest.fixture
def quick(monkeypatch):
    for module, name, value in (
        (imports, "ROUNDS", 1),
        (imports, "ALONE_SECONDS", 0.1),
        (turns, "WARM", 1),
        (turns, "REQUESTS", 2),
        (turns, "TURNS", 3),
        (turns, "BURST", 1),
        (index, "EDITS", 3),
        (search, "ALONE", 2),
        (pages, "SECONDS", 0.1),
    ):
        monkeypatch.setattr(module, name, value)


@pytest.mark.proofs
def test_imports_stand_beside_their_floor(results, quick, capsys):
    assert bench.main(["--only", "imports", "--counts", "6"]) == 0
    first, *others = json.loads(results.read_text())["imports"]
    assert first["name"] == "import, while it runs"
    assert first["value"] > 0 and first["floor"] > 0
    assert first["met"] == (first["value"] >= imports.SHARE_OF_FLOOR * first["floor"])
    assert "Import of 6 files" in capsys.readouterr().out


@pytest.mark.proofs
def test_every_page_is_asked_for(results, quick, capsys):
    assert bench.main(["--only", "pages", "--counts", "4"]) == 0
    figures = json.loads(results.read_text())["pages"]
    assert len({figure["page"] for figure in figures}) == len(figures) == 5
    assert all(figure["median_ms"] > 0 and figure["bytes"] > 0 and figure["queries"] > 0 for figure in figures)
    assert "page 100 of the Library" in capsys.readouterr().out
    assert [kept.name.rpartition("-")[2] for kept in libraries.KEPT.glob("library-*")] == ["4"]


def test_every_kind_of_search_is_asked_for_as_a_page_and_while_typing(results, quick):
    assert bench.main(["--only", "search", "--counts", "4"]) == 0
    figures = json.loads(results.read_text())["search"]
    assert len({figure["search"] for figure in figures}) == len(figures) == 20
    assert all(figure["median_ms"] > 0 and figure["sqlite_ms"] > 0 for figure in figures)
    for page, typing in zip(figures[::2], figures[1::2], strict=True):
        assert typing["search"] == f"{page['search']}, while typing"
        assert typing["bytes"] < page["bytes"]


@pytest.mark.proofs
def test_the_index_is_weighed_shared_and_edited(results, quick):
    assert bench.main(["--only", "index", "--counts", "10"]) == 0
    figures = {figure["name"]: figure for figure in json.loads(results.read_text())["index"]}
    size, found = figures["index, beside the text"], figures["edits that the next request finds"]
    assert size["value"] > 0 and size["floor"] > 0
    assert found["value"] == 3 and found["met"]
    assert len([name for name in figures if name.startswith("5 readers of 2: ")]) == 10


@pytest.mark.proofs
def test_a_large_library_is_one_of_short_articles(results, quick):
    assert bench.main(["--only", "large", "--counts", "4"]) == 0
    figures = json.loads(results.read_text())["large"]
    assert {figure["articles"] for figure in figures} == {4, 40}
    assert [kept.name.rpartition("-")[2] for kept in libraries.KEPT.glob("library-*-short-*")] == ["40"]


def test_what_takes_long_is_measured_only_when_asked_for(results, monkeypatch):
    asked = []
    for name in bench.MEASURES:
        monkeypatch.setitem(bench.MEASURES, name, lambda work, counts, name=name: asked.append(name) or Chapter(name))
    assert bench.main([]) == 0
    assert "large" not in asked and "search" in asked


def test_a_page_is_held_to_its_time_and_its_growth():
    slow = PageFigure("a", 10, 16.0, 20.0, 9.0, 2.0, 50.0, 6, 9_000, growth=1.6)
    quick = PageFigure("a", 1, 10.0, 11.0, 9.0, 2.0, 50.0, 6, 9_000, growth=None)
    assert slow.cells()[-3:] == ["✗ missed", "1.60 ×", "✗ missed"]
    assert quick.cells()[-3:] == ["✓ met", "", ""]


def test_what_cannot_be_measured_is_said_and_is_no_figure(results, monkeypatch, capsys):
    def fail(work, counts):
        raise CantMeasure("The server did not answer.")

    monkeypatch.setitem(bench.MEASURES, "start", fail)
    assert bench.main(["--only", "start"]) == 1
    assert capsys.readouterr().err == "start can't be measured. The server did not answer.\n"
    assert not results.exists()


def test_a_write_that_waits_stands_for_those_that_would_have_begun_meanwhile():
    waits = list(imports.with_those_meanwhile(0.05))
    assert [round(wait, 2) for wait in waits] == [0.05, 0.03, 0.01]


def test_readers_begin_at_different_pages():
    assert browser.starts(list("abcdefghijklmnop"), 8) == [0, 2, 4, 6, 8, 10, 12, 14]
