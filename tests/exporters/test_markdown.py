"""Articles as link files: byte for byte, or patched where they changed."""

import json
import zipfile
import zlib

import pytest

from library import exporters
from library.content.anchors import anchor
from library.exporters import Chosen
from library.highlighting import mark
from library.models import Link, Original, Source
from library.models.writing import bin_link, note_change, set_tags, write_section
from tests.importers.link_files import import_files, link_file, write
from tests.views.shelf import article

pytestmark = pytest.mark.django_db


@pytest.fixture
def exported(reader, tmp_path):
    """Exports to a folder, and gives its files by their names."""

    def export(chosen=None):
        target = tmp_path / "out"
        exporters.write(chosen or Chosen(reader), "markdown", target)
        return {str(file.relative_to(target)): file.read_bytes() for file in target.rglob("*") if file.is_file()}

    return export


def changed_lines(before: str, after: bytes) -> set[str]:
    return set(before.splitlines()) ^ set(after.decode().splitlines())


ODD = {
    "deep/down/ledger.md": link_file(),
    "wîndows.md": link_file(url="https://a.example/").replace("\n", "\r\n").encode(),
    "no head.md": b"# Title\n\n## Content (from Notion)\n\nText.   \n\n\n",
    "latin.md": link_file(url="https://b.example/", content="na\u00efve").encode("cp1252"),
    "mark.md": b"\xef\xbb\xbf" + link_file(url="https://c.example/").encode(),
    "keys.md": link_file(url="https://d.example/").replace("type: link", "type: note\nweird: [a, {b: c}]\nyes: no"),
    "fetched.md": link_file(url="https://e.example/").replace("Content (from Notion)", "Fetched Content (from URL)"),
    "x" * 120 + ".md": link_file(url="https://f.example/", tags=""),
}


def test_untouched_files_come_back_byte_for_byte_under_their_own_names(reader, exported, tmp_path):
    folder = write(tmp_path / "in", ODD)
    import_files(reader, folder)
    files = exported()
    assert files.keys() - {"commonplace.json"} == ODD.keys()
    assert all(files[name] == (folder / name).read_bytes() for name in ODD)


def test_an_article_of_two_files_comes_back_as_both(reader, exported, tmp_path):
    texts = {"a.md": link_file(content="Short."), "b.md": link_file(content="Longer and newer.", tags="['x']")}
    import_files(reader, write(tmp_path / "in", texts))
    assert reader.links.count() == 1
    assert {name: data for name, data in exported().items() if name in texts} == {
        name: text.encode() for name, text in texts.items()
    }


@pytest.fixture
def link(reader, tmp_path) -> Link:
    text = link_file().replace("type: link", "type: link  # a comment\nother:   {b: c}")
    import_files(reader, write(tmp_path / "in", {"ledger.md": text}))
    return reader.links.get()


def original(link) -> str:
    return link.sources.get().original.data.decode()


def test_of_an_edited_article_only_the_lines_that_changed_are_others(link, exported):
    set_tags(link, ["it's", "new"])
    link.set_title("Another title")
    link.type = "Essay: long"
    link.save()
    note_change(link, "title", "x", "Another title")
    write_section(link, "summary", "Mine.")
    assert changed_lines(original(link), exported()["ledger.md"]) == {
        *("tags: ['databases']", "tags: ['it''s', 'new']"),
        *("# The ledger before the ledger", "# Another title"),
        *("notion_type: Tech Deep Dive", 'notion_type: "Essay: long"'),
        *("Traces the log from bookkeeping.", "Mine."),
    }


def test_notes_and_highlights_have_sections_of_their_own(link, exported):
    write_section(link, "note", "My note.")
    mark(link.sections.get(kind="article"), anchor("A merchant kept three books.", 2, 10), "woad", "Who?", ["trade"])
    text = exported()["ledger.md"].decode()
    assert text.startswith(original(link).rstrip())
    head, highlights = text.split("\n## Highlights (from Commonplace)\n\n")
    assert head.endswith("## Note (from Commonplace)\n\nMy note.\n")
    assert highlights.startswith("> merchant\n\nWho?\n\n— woad, ")
    assert highlights.endswith(", #trade\n")


def test_an_article_without_a_file_is_written_in_the_same_format(reader, exported):
    texts = {"article": "Text.", "note": "N."}
    article(reader, "AT&amp;T: a/b?", ("it's", "a, b"), url="https://x.example/a#b", type="Essay", **texts)
    files = exported()
    assert files["2026-03-14-AT&amp_T_a_b.md"].decode() == (
        "---\ntype: link\nsource: notion\nurl: https://x.example/a#b\nnotion_type: Essay\n"
        "tags: ['a, b', 'it''s']\ncreated: 2026-03-14T12:00:00.000Z\n---\n\n# AT&amp;amp;T: a/b?\n\n"
        "## Content (from Notion)\n\nText.\n\n## Note (from Commonplace)\n\nN.\n"
    )


def test_a_file_of_many_articles_goes_along_and_each_has_a_file_of_its_own(reader, exported):
    table = b"url,title\nhttps://a.example/,One\nhttps://b.example/,Two\n"
    sha256 = "ab" * 32
    kept = Original.objects.create(sha256=sha256, size=len(table), compressed=zlib.compress(table))
    for title in ("One", "Two"):
        made = article(reader, title, url=f"https://{title}.example/")
        Source.objects.create(owner=reader, link=made, format="raindrop", key="links.csv", original=kept)
    files = exported()
    assert files[f"originals/{sha256}/links.csv"] == table
    assert {"2026-03-14-One.md", "2026-03-14-Two.md"} <= files.keys()


def test_names_that_could_harm_or_meet_are_made_safe(reader, exported):
    names = ["../../etc/passwd.md", "/abs.md", "a:b?.md", "A:B?.md", "con.md", ".hidden.md", "originals/x.md"]
    names += ["x/../y.md"]
    for number, name in enumerate(names):
        data = link_file(url=f"https://{number}.example/").encode()
        made = article(reader, f"T{number}", url=f"https://{number}.example/")
        kept = Original.objects.create(
            sha256=f"{number:064}", size=1, compressed=zlib.compress(data)
        )
        Source.objects.create(owner=reader, link=made, format="notion_links", key=name, original=kept)
    assert {name for name in exported() if not name.startswith("originals/0")} == {
        *("etc/passwd.md", "abs.md", "a_b_.md", "A_B_ (2).md", "_con.md", "_.hidden.md", "_originals/x.md", "x/y.md"),
        "commonplace.json",
    }


def test_what_is_in_the_bin_lies_in_a_folder_of_its_own(link, exported):
    bin_link(link)
    assert exported().keys() == {"bin/ledger.md", "commonplace.json"}


def test_a_shelf_takes_only_its_articles_and_their_tags(reader, exported):
    article(reader, "The ledger", ("sql",), article="Of a ledger.")
    article(reader, "Another", ("other",), article="Nothing.")
    files = exported(Chosen.by_query(reader, "ledger"))
    told = json.loads(files.pop("commonplace.json"))
    assert list(files) == ["2026-03-14-The_ledger.md"]
    assert [tag["name"] for tag in told["tags"]] == ["sql"]
    assert (told["whole"], len(told["articles"])) == (False, 1)


def test_a_zip_holds_the_same_as_a_folder(link, exported, reader, tmp_path):
    exporters.write(Chosen(reader), "markdown", tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert set(archive.namelist()) == exported().keys()
        assert archive.read("ledger.md") == original(link).encode()
