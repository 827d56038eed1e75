"""Bookmarks, tables, highlights and books; and complete exports that are damaged or hostile."""

import csv
import io
import json
import zipfile

import pytest
from lxml import etree

from library import exporters
from library.content.anchors import anchor
from library.content.cells import unsafe
from library.exporters import Chosen, Refused, epub
from library.highlighting import mark
from library.importers import restoring
from library.importers.formats import FORMATS
from library.importers.record import HoldsNone, ImportFile, Record
from library.importers.restored import CantRestore
from library.models.writing import bin_link
from tests.exporters.libraries import held
from tests.views.shelf import article

pytestmark = pytest.mark.django_db


@pytest.fixture
def exported(reader, tmp_path):
    def export(name, chosen=None):
        target = tmp_path / f"out{exporters.FORMATS[name].SUFFIX}"
        target.unlink(missing_ok=True)
        exporters.write(chosen or Chosen(reader), name, target)
        return target

    return export


@pytest.fixture
def shelf(reader):
    article(reader, "=cmd()", ("a,b", "c"), url="https://a.example/?x=1&y=2", overview="- The & gist.", note="'mine'")
    article(reader, "No address", article="Text.", state="finished")
    bin_link(article(reader, "Binned", url="https://b.example/"))


def test_bookmarks_are_read_by_our_own_import(shelf, exported):
    data = exported("html").read_bytes()
    file = ImportFile("out.html", data, "x", len(data))
    assert FORMATS["netscape"].recognise(file)
    (record,) = FORMATS["netscape"].read(file)
    assert (record.title, record.url, record.tags) == ("=cmd()", "https://a.example/?x=1&y=2", ("a b", "c"))
    assert record.created.isoformat() == "2026-03-14T12:00:00+00:00"
    assert [text.text for text in record.texts] == ["The & gist."]


def test_a_table_holds_no_formula_and_can_be_read_back(shelf, exported):
    first, *rows = csv.reader(io.StringIO(exported("csv").read_text(encoding="utf-8-sig")))
    assert [row[0] for row in rows] == ["'=cmd()", "No address"]
    told = dict(zip(first, map(unsafe, rows[0]), strict=True))
    assert (told["title"], told["tags"], told["note"]) == ("=cmd()", "a,b, c", "'mine'")


def test_highlights_stand_under_their_articles(reader, exported):
    link = article(reader, "The ledger", url="https://a.example/", article="A merchant kept books.")
    article(reader, "Unmarked", article="Text.")
    mark(link.sections.get(), anchor("A merchant kept books.", 2, 10), "woad", "Who?", ["trade"])
    text = exported("highlights").read_text()
    assert "## [The ledger](<https://a.example/>)\n\n> merchant\n\nWho?\n\nwoad, " in text
    assert "Unmarked" not in text


TEXT = """<ul><ul><li>deep</li></ul></ul><li>stray</li>

| a | b |
|:--|--:|
| [x](/relative) | [y](#nowhere) |

<script>alert(1)</script> \x01 & <b onclick=x>bold</b>"""


def test_a_book_is_well_formed_with_a_chapter_for_each_article(reader, exported):
    article(reader, "One <b> & \x02", article=TEXT, summary="Short.", url="https://a.example/")
    article(reader, "Two", article="Text.")
    with zipfile.ZipFile(exported("epub")) as book:
        names = book.namelist()
        assert (names[0], book.read("mimetype")) == ("mimetype", b"application/epub+zip")
        assert book.infolist()[0].compress_type == zipfile.ZIP_STORED
        for name in names:
            if name.endswith((".xhtml", ".opf", ".ncx", ".xml")):
                etree.fromstring(book.read(name))
        chapter = book.read("EPUB/article-1.xhtml").decode()
        assert "Two" in book.read("EPUB/nav.xhtml").decode()
    assert "<h1>One &lt;b&gt; &amp; </h1>" in chapter
    assert not any(word in chapter for word in ("script", "onclick", "/relative", "#nowhere", "align="))


def test_a_book_has_a_bound_and_is_never_empty(reader, exported, monkeypatch):
    with pytest.raises(Refused, match="no article"):
        exported("epub")
    article(reader, "One")
    article(reader, "Two")
    monkeypatch.setattr(epub, "MOST", 1)
    with pytest.raises(Refused, match="500 articles at most"):
        exported("epub")


# --- complete exports


@pytest.fixture
def document(shelf, exported):
    """A complete export, to be changed."""
    return json.loads(exported("json").read_text())


def restore(owner, document, folder):
    file = folder / "changed.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return restoring.restore(owner, [str(file)])


def test_a_document_that_was_spaced_and_sorted_anew_is_still_read(document, other_reader, tmp_path):
    assert restore(other_reader, json.dumps(document, indent=3), tmp_path) == 3


DAMAGES = {
    "a newer version": (lambda it: it.update(commonplace=99), "newer Commonplace"),
    "a list of numbers": (lambda it: it.update(articles=[1]), "no object"),
    "a state of its own": (lambda it: it["articles"][0].update(state="lost"), "'lost' where state belongs"),
    "a date that is none": (lambda it: it["articles"][0].update(saved_at="soon"), "'soon' where saved at belongs"),
    "a number below zero": (lambda it: it["articles"][0].update(progress=-1), "where progress belongs"),
    "a number over a bound": (lambda it: it["articles"][0].update(progress=101), "can't take"),
    "a name that is too long": (lambda it: it["tags"][0].update(name="x" * 101), "where name belongs"),
    "two tags of one name": (lambda it: it["tags"][1].update(name=it["tags"][0]["name"]), "can't take"),
    "bytes that are none": (lambda it: it.update(originals=[{"data": "?"}]), "is no base64"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_of_a_damaged_document_nothing_is_restored_and_a_sentence_says_why(damage, document, other_reader, tmp_path):
    change, sentence = DAMAGES[damage]
    document = {key: document[key] for key in ("commonplace", "tags", "articles")}
    change(document)
    before = held(other_reader)
    if "originals" in document:
        document = {"commonplace": 1, "originals": document["originals"], "articles": document["articles"]}
    with pytest.raises(CantRestore, match=sentence):
        restore(other_reader, document, tmp_path)
    assert held(other_reader) == before


def test_one_that_breaks_off_is_not_restored(document, other_reader, tmp_path):
    with pytest.raises(CantRestore, match="damaged"):
        restore(other_reader, json.dumps(document)[:-40], tmp_path)
    assert not other_reader.links.exists()


def test_a_library_that_is_not_empty_stays_as_it_is(document, reader, tmp_path):
    before = held(reader)
    with pytest.raises(CantRestore, match="not empty"):
        restore(reader, document, tmp_path)
    assert held(reader) == before


def test_references_to_what_is_not_there_are_left_out(document, other_reader, tmp_path):
    document["articles"][0]["tags"].append({"tag": 999999, "by_reader": True})
    document["articles"][0]["texts"][0]["source"] = 999999
    entries = [{"file": "f", "outcome": "new", "link": 9}]
    document["imports"] = [{"id": 1, "label": "x", "state": "running", "entries": entries}]
    assert restore(other_reader, document, tmp_path) == 3
    assert other_reader.import_runs.get().state == "stopped"


def test_into_a_library_that_is_not_empty_it_is_read_article_by_article(document):
    data = json.dumps(document).encode()
    records = list(FORMATS["commonplace"].read(ImportFile("x.json", data, "x", len(data))))
    first = records[0]
    assert isinstance(first, Record)
    assert (first.title, first.tags) == ("=cmd()", ("a,b", "c"))
    assert [text.kind for text in first.texts] == ["overview", "note"]
    assert [record.title for record in records] == ["=cmd()", "No address"]


def test_the_document_beside_link_files_holds_no_article_of_its_own(shelf, reader, tmp_path):
    exporters.write(Chosen(reader), "markdown", tmp_path / "out")
    data = (tmp_path / "out" / "commonplace.json").read_bytes()
    file = ImportFile("commonplace.json", data, "x", len(data))
    assert FORMATS["commonplace"].recognise(file)
    with pytest.raises(HoldsNone):
        list(FORMATS["commonplace"].read(file))


def test_a_link_file_that_was_changed_after_the_export_says_what_it_says_now(reader, other_reader, tmp_path):
    article(reader, "One", article="Before.")
    exporters.write(Chosen(reader), "markdown", tmp_path / "out")
    file = tmp_path / "out" / "2026-03-14-One.md"
    file.write_text(file.read_text().replace("Before.", "After."))
    restoring.restore(other_reader, [str(tmp_path / "out")])
    assert other_reader.links.get().sections.get().text == "After."


def test_a_document_cant_read_files_outside_of_its_folder(reader, other_reader, tmp_path):
    (tmp_path / "secret.md").write_text("## Content (from Notion)\nsecret")
    article(reader, "One", article="Text.")
    exporters.write(Chosen(reader), "markdown", tmp_path / "out")
    file = tmp_path / "out" / "commonplace.json"
    file.write_text(file.read_text().replace("2026-03-14-One.md", "../secret.md"))
    restoring.restore(other_reader, [str(tmp_path / "out")])
    assert other_reader.links.get().sections.get().text == ""
