"""Complete exports that are damaged or hostile, or were changed by hand."""

import base64
import json
import zipfile

import pytest

from library import exporters
from library.exporters import Chosen
from library.importers import restoring
from library.importers.export_rows import CantRestore
from library.importers.formats import FORMATS
from library.importers.record import HoldsNone, ImportFile, Record
from library.models import ImportedRecord, Original
from tests.exporters.libraries import do_attach, held
from tests.views.shelf import article

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(shelf, exported):
    """A complete export, to be changed."""
    return json.loads(exported("json").read_text())


def restore(owner, document, folder):
    file = folder / "changed.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return len(restoring.restore(owner, [str(file)]).articles)


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
    "no id": (lambda it: it["articles"][0].pop("id"), "without an id"),
    "an id that is none": (lambda it: it["tags"][0].update(id=[1]), "without an id"),
    "an id that comes twice": (lambda it: it["articles"][1].update(id=it["articles"][0]["id"]), "id of its own"),
    "a number beyond all": (lambda it: it["articles"][0].update(extra={"x": float("inf")}), "Infinity"),
    "a date before all": (lambda it: it["articles"][0].update(saved_at="0001-01-01T00:00:00+14:00"), "where saved at"),
    "a file that comes twice": (lambda it: it["articles"][0].update(files=["a.md", "a.md"]), "can't be read"),
    "a text in no file": (lambda it: it["articles"][0]["texts"].append({"id": 9, "file": 3}), "not in which"),
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


@pytest.mark.parametrize("name", ["../secret.md", "/etc/hostname", "gone.md", "x\\u0000y.md"])
def test_a_document_cant_read_files_outside_of_its_folder_nor_do_without_its_own(name, reader, other_reader, tmp_path):
    (tmp_path / "secret.md").write_text("## Content (from Notion)\nsecret")
    article(reader, "One", article="Text.")
    exporters.write(Chosen(reader), "markdown", tmp_path / "out")
    file = tmp_path / "out" / "commonplace.json"
    file.write_text(file.read_text().replace("2026-03-14-One.md", name))
    with pytest.raises(CantRestore, match="can't be read: .* Nothing was restored. Put it back"):
        restoring.restore(other_reader, [str(tmp_path / "out")])
    assert not other_reader.links.exists()


# --- files


@pytest.fixture
def with_photo(reader, tmp_path):
    """An article with an attachment, in a folder that holds a complete export."""
    link = article(reader, "One", article="Text.")
    do_attach(reader, link, 1, "photo.png", "bytes", tmp_path)
    exporters.write(Chosen(reader), "markdown", tmp_path / "out")
    return tmp_path / "out"


def test_an_export_cant_claim_the_bytes_of_another_reader_by_their_number(with_photo, other_reader, reader, tmp_path):
    sha256 = Original.objects.get().pk
    attachment = {"id": 1, "original": sha256, "name": "photo.png", "reference": "x", "media_type": "image/png"}
    said = {"id": 1, "url": "", "title": "Thief", "saved_at": "2026-01-01T00:00:00+00:00"}
    for more in ({"attachments": [attachment]}, {"sources": [{"id": 1, "original": sha256, "key": "photo.png"}]}):
        with pytest.raises(CantRestore, match="photo.png” did not come along"):
            restore(other_reader, {"commonplace": 1, "articles": [said | more]}, tmp_path)
        assert not other_reader.links.exists()


def test_an_attachment_that_is_missing_or_changed_is_named(with_photo, other_reader):
    (file,) = (with_photo / "originals").rglob("photo.png")
    file.write_bytes(b"other")
    with pytest.raises(CantRestore, match="photo.png” of the export can't be read: It is not what it was"):
        restoring.restore(other_reader, [str(with_photo)])
    file.unlink()
    with pytest.raises(CantRestore, match="photo.png” did not come along. Nothing was restored"):
        restoring.restore(other_reader, [str(with_photo)])
    assert not other_reader.links.exists()


def test_what_an_export_carries_twice_in_other_names_is_kept_once(with_photo, reader, other_reader):
    restoring.restore(other_reader, [str(with_photo)])
    assert other_reader.links.get().attachments.get().original == reader.links.get().attachments.get().original


def test_rows_that_are_left_out_are_counted(document, other_reader, tmp_path):
    document["articles"][0]["tags"].append({"tag": 999999, "by_reader": True})
    file = tmp_path / "changed.json"
    file.write_text(json.dumps(document))
    told = restoring.restore(other_reader, [str(file)])
    assert told.warnings == ["1 of “tags” left out: what they refer to is not in the export."]


def test_highlights_of_an_article_that_is_gone_may_stand_in_the_ledger(document, other_reader, tmp_path):
    changes = {"highlights": [71, 72, 71]}
    entries = [{"file": "f", "outcome": "updated", "link": None, "changes": changes}]
    document["imports"] = [{"id": 1, "label": "x", "state": "done", "entries": entries}]
    restore(other_reader, document, tmp_path)
    first, second, again = ImportedRecord.objects.get().changes["highlights"]
    assert first == again != second


# --- hostile


def packed(path, names, password=False):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in names.items():
            archive.writestr(name, data)
    if password:
        data = bytearray(path.read_bytes())
        for sign, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
            data[data.index(sign) + place] |= 1
        path.write_bytes(data)
    return path


def test_a_zip_with_a_password_is_no_complete_export(reader, tmp_path):
    path = packed(tmp_path / "a.zip", {"commonplace.json": '{"commonplace": 1}'}, password=True)
    assert not restoring.fits(reader, [str(path)])


def test_a_zip_that_unpacks_to_far_too_much_is_no_complete_export(reader, tmp_path):
    path = packed(tmp_path / "a.zip", {"commonplace.json": '{"commonplace": 1,' + " " * 5_000_000 + "}"})
    assert not restoring.fits(reader, [str(path)])


def test_a_zip_that_is_damaged_on_the_way_is_said_to_be(document, reader, other_reader, tmp_path):
    text = json.dumps(document | {"of": base64.b64encode(bytes(range(256)) * 1000).decode()})
    path = packed(tmp_path / "a.zip", {"commonplace.json": text})
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(CantRestore, match="Nothing was restored"):
        restoring.restore(other_reader, [str(path)])
    assert not other_reader.links.exists()


HOSTILE = {
    "lists in lists": '"x": ' + "[" * 1_000_000,
    "one long text": '"x": "' + "x" * 30_000_000 + '"',
    "a list of a million lists": '"x": [[' + "[]," * 1_000_000 + "0]]",
    "an article of many keys": '"articles": [{' + ",".join(f'"k{n}": 1' for n in range(300_000)) + "}]",
    "a number of 5,000 digits": f'"x": {"9" * 5_000}',
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_was_made_to_fill_the_memory_is_refused_in_a_sentence(what, other_reader, tmp_path):
    with pytest.raises(CantRestore, match="damaged: .* Nothing was restored"):
        restore(other_reader, '{"commonplace": 1, ' + HOSTILE[what] + "}", tmp_path)
