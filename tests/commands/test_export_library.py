"""`manage.py export_library`, and `import_library` of what it wrote."""

import json

import pytest
from django.core.management import CommandError, call_command

from library.models import User
from tests.exporters.libraries import held
from tests.importers.link_files import import_files, link_file, write
from tests.views.shelf import article

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(reader, tmp_path):
    import_files(reader, write(tmp_path / "in", {"ledger.md": link_file()}))
    return tmp_path


def test_markdown_goes_to_a_new_folder(folder, capsys):
    call_command("export_library", str(folder / "out"))
    assert (folder / "out" / "ledger.md").read_text() == link_file()
    assert capsys.readouterr().out == f"Exported: 1 article to {folder / 'out'}\n"


@pytest.mark.parametrize("name, format", [("out", "markdown"), ("out.zip", "markdown"), ("out.json", "json")])
def test_import_library_restores_it_into_an_empty_library(folder, reader, name, format, capsys):
    call_command("export_library", str(folder / name), format=format)
    before = held(reader)
    reader.delete()
    other = User.objects.create_user("ben", password="another long passphrase")
    call_command("import_library", str(folder / name))
    assert "Restored: 1 article," in capsys.readouterr().out
    after = held(other)
    assert [run["label"] for run in after["imports"]] == [name, "in"]
    del after["imports"][0]
    assert {**after, "imports": before["imports"]} == before


def test_into_a_library_that_has_articles_it_is_imported_like_any_other_file(folder, other_reader):
    article(other_reader, "Mine", url="https://mine.example/")
    call_command("export_library", str(folder / "out.json"), user="ada", format="json")
    call_command("import_library", str(folder / "out.json"), user="ben")
    assert set(other_reader.links.values_list("title", flat=True)) == {"Mine", "The ledger before the ledger"}


def test_only_what_a_search_or_a_shelf_finds(folder, reader, put_up):
    article(reader, "Another", article="Else.")
    put_up("Money", "merchant")
    wanted = reader.links.get(title__startswith="The ledger")
    for which in ({"query": "merchant"}, {"shelf": "money"}, {"article": wanted.pk}):
        file = folder / f"{next(iter(which))}.json"
        call_command("export_library", str(file), format="json", **which)
        assert [each["title"] for each in json.loads(file.read_text())["articles"]] == ["The ledger before the ledger"]


def test_nothing_is_ever_written_over(folder):
    (folder / "there.zip").write_text("mine")
    for dest in (folder / "there.zip", folder / "in", folder / "no" / "folder"):
        with pytest.raises(CommandError, match="Nothing was written"):
            call_command("export_library", str(dest))
    assert (folder / "there.zip").read_text() == "mine"


@pytest.mark.parametrize("format, other", [("json", "all.json"), ("csv", "all.csv"), ("epub", "all.epub")])
def test_what_is_no_zip_is_not_called_one(folder, format, other):
    with pytest.raises(CommandError, match=f"all.ZIP would be no zip: .* Nothing was written; name it {other}"):
        call_command("export_library", str(folder / "all.ZIP"), format=format)
    assert {file.name for file in folder.iterdir()} == {"in"}


def test_an_unknown_shelf_or_reader_is_a_plain_sentence(folder):
    with pytest.raises(CommandError, match='no shelf "x"'):
        call_command("export_library", str(folder / "out"), shelf="x")
    with pytest.raises(CommandError, match='no reader "x"'):
        call_command("export_library", str(folder / "out"), user="x")


def test_what_a_format_cant_take_leaves_no_file(folder):
    with pytest.raises(CommandError, match="no article to make a book of"):
        call_command("export_library", str(folder / "out.epub"), format="epub", query="nothing-finds-this")
    assert {file.name for file in folder.iterdir()} == {"in"}


@pytest.mark.parametrize("dry_run, sentence", [(True, "will be restored as a whole"), (False, "Restored")])
def test_a_report_tells_what_a_complete_export_brought_or_would_bring(folder, reader, dry_run, sentence, capsys):
    call_command("export_library", str(folder / "out.json"), format="json")
    reader.delete()
    other = User.objects.create_user("ben", password="another long passphrase")
    report = folder / "report.json"
    call_command("import_library", str(folder / "out.json"), report=report, dry_run=dry_run)
    told = json.loads(report.read_text())
    assert (told["records"], told["new"], told["state"]) == (1, 1, "done")
    entry, *each = told["entries"]
    assert len(each) == (0 if dry_run else 1)
    assert (entry["file"], entry["outcome"]) == ("out.json", "new")
    assert sentence in entry["message"]
    assert entry["message"] in capsys.readouterr().out
    assert other.links.count() == (0 if dry_run else 1)


def test_what_can_be_no_longer_restored_ends_with_a_sentence_and_not_with_a_traceback(folder, reader):
    call_command("export_library", str(folder / "out"))
    reader.delete()
    User.objects.create_user("ben", password="another long passphrase")
    (folder / "out" / "ledger.md").unlink()
    with pytest.raises(CommandError, match="“ledger.md” of the export can't be read: It is not there"):
        call_command("import_library", str(folder / "out"))
