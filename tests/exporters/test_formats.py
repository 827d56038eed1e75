"""Bookmarks, tables, highlights and books."""

import csv
import io
import json
import zipfile

import pytest
from lxml import etree

from library import exporters
from library.content.anchors import anchor
from library.content.cells import unsafe
from library.exporters import FORMATS as FORMATS_OUT
from library.exporters import Chosen, Refused, document, epub
from library.highlighting import mark
from library.importers.formats import FORMATS
from library.importers.record import ImportFile
from tests.views.shelf import article

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize("name", FORMATS_OUT)
def test_articles_are_counted_as_they_are_written(name, shelf, reader, tmp_path):
    told = []
    exporters.write(Chosen(reader), name, tmp_path / f"out{FORMATS_OUT[name].SUFFIX}", told.append)
    with_bin = name in ("markdown", "json")
    assert exporters.count(Chosen(reader), name) == sum(told) == (3 if with_bin else 2)
    ids = [*reader.links.values_list("pk", flat=True), 999_999]
    assert exporters.count(Chosen(reader, ids), name) == (3 if with_bin else 2)


def test_articles_in_the_bin_make_no_book_too_large(shelf, exported, monkeypatch):
    monkeypatch.setattr(epub, "MOST", 2)
    assert exported("epub").stat().st_size


def test_of_a_part_of_a_library_only_its_own_tags_go_out_however_many_they_are(shelf, reader, exported, monkeypatch):
    monkeypatch.setattr(document, "IDS", 2)
    article(reader, "Elsewhere", ("not theirs",))
    link = article(reader, "Five", ("d", "e", "f", "g", "h"))
    told = json.loads(exported("json", Chosen(reader, [link.pk])).read_text())
    assert sorted(tag["name"] for tag in told["tags"]) == ["d", "e", "f", "g", "h"]
