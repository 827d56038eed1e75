"""Two files with one address."""

import json

import pytest

from library import importers
from library.importers import running
from library.models import ImportRun
from tests.importers.link_files import (
    NEWER,
    OLDER,
    import_files,
    library_rows,
    link_file,
    outcomes,
    tag_names,
    texts,
    write,
)
from tests.importers.samples import OMNIVORE

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("names", [("1.md", "2.md"), ("2.md", "1.md")])
@pytest.mark.parametrize("together", [True, False])
def test_two_files_with_one_address_make_one_article_that_says_what_the_newest_says(reader, tmp_path, names, together):
    folder = tmp_path / "e"
    for name, text in zip(names, (OLDER, NEWER), strict=True):
        write(folder, {name: text})
        if not together:
            import_files(reader, folder)
    run = import_files(reader, folder)
    link = reader.links.get()
    assert (link.title, texts(link)["article"], tag_names(link)) == ("Newer", "Newest text.", {"a", "b"})
    assert list(link.sections.get(kind="article").versions.values_list("text", flat=True)) == [
        "The longest text of the two."
    ]
    assert link.saved_at.year == 2024
    if together:
        assert sorted(outcomes(run).values()) == ["merged", "new"]


def test_importing_two_such_files_again_changes_nothing(reader, tmp_path):
    folder = write(tmp_path / "e", {"1.md": OLDER, "2.md": NEWER})
    import_files(reader, folder)
    before = library_rows()
    assert set(outcomes(import_files(reader, folder)).values()) == {"unchanged"}
    assert library_rows() == before


@pytest.mark.parametrize("beside", [{}, {"link.md": link_file()}])
def test_two_exports_with_one_record_of_a_tool_do_not_take_turns(reader, tmp_path, beside):
    ones = [json.dumps([OMNIVORE | {"description": said, "title": said}]).encode() for said in ("First", "Second")]
    names = [f"{number}/metadata_0_to_20.json" for number in range(2)]
    folder = write(tmp_path / "e", dict(zip(names, ones, strict=True)) | beside)
    import_files(reader, folder)
    before = library_rows()
    assert set(outcomes(import_files(reader, folder)).values()) == {"unchanged"}
    assert library_rows() == before
    write(folder, {names[1]: ones[1].replace(b"Second", b"Third")})
    again = outcomes(import_files(reader, folder))
    assert (again.pop(names[1]), set(again.values())) == ("updated", {"unchanged"})
    assert reader.links.count() == 1
    assert set(outcomes(import_files(reader, folder)).values()) == {"unchanged"}


def test_a_changed_file_updates_only_the_text_that_came_from_it(reader, tmp_path):
    folder = write(tmp_path / "e", {"1.md": OLDER, "2.md": NEWER})
    import_files(reader, folder)
    write(folder, {"1.md": OLDER.replace("longest text", "most changed text")})
    assert outcomes(import_files(reader, folder))["1.md"] == "updated"
    section = reader.links.get().sections.get(kind="article")
    assert section.text == "Newest text."
    assert "The most changed text of the two." in section.versions.values_list("text", flat=True)


def test_the_longest_speaks_where_the_dates_agree(reader, tmp_path):
    short, long = link_file("S", content="Short."), link_file("L", content="Quite a bit longer.")
    import_files(reader, write(tmp_path / "e", {"1.md": long, "2.md": short}))
    assert texts(reader.links.get())["article"] == "Quite a bit longer."


@pytest.mark.parametrize("names", [("a.md", "b.md"), ("b.md", "a.md")])
def test_an_address_that_moves_to_one_that_another_file_has_meets_it(reader, tmp_path, names):
    moved, other = names
    folder = write(tmp_path / "e", {moved: link_file("Moved", url="https://a.example/1")})
    import_files(reader, folder)
    text = link_file("Moved", url="https://a.example/2", content="A later text.")
    write(folder, {moved: text, other: link_file("Other", url="https://a.example/2")})
    foreseen = import_files(reader, folder, dry_run=True)
    run = import_files(reader, folder)
    assert outcomes(run) == outcomes(foreseen)
    assert run.records == 2
    assert reader.links.filter(url="https://a.example/2").count() == 1
    assert set(outcomes(import_files(reader, folder)).values()) == {"unchanged"}


def test_addresses_that_differ_only_in_dress_are_one(reader, tmp_path):
    a, b = (
        link_file(url="https://Slow.example:443/x/?utm_source=feed#top"),
        link_file("B", url="https://slow.example/x"),
    )
    import_files(reader, write(tmp_path / "e", {"a.md": a, "b.md": b}))
    assert reader.links.count() == 1


def test_a_query_that_names_the_page_is_part_of_the_address(reader, tmp_path):
    urls = ["https://news.example/item?id=1", "https://news.example/item?id=2"]
    files = {f"{n}.md": link_file(str(n), url=url) for n, url in enumerate(urls)}
    import_files(reader, write(tmp_path / "e", files))
    assert reader.links.count() == 2


def test_known_addresses_can_be_left_as_they_are(reader, link, folder):
    write(folder, {"ledger.md": link_file(content="Changed.")})
    run = import_files(reader, folder, same_address="skip")
    assert outcomes(run) == {"ledger.md": "unchanged"}
    assert texts(link)["article"] == "A merchant kept three books."


def test_a_title_that_no_file_says_any_more_does_not_stay(reader, tmp_path):
    folder = write(tmp_path / "e", {"1.md": OLDER, "2.md": NEWER})
    import_files(reader, folder)
    write(folder, {"2.md": NEWER.replace("# Newer", "# Oldest").replace("2024-01-01", "2019-01-01")})
    import_files(reader, folder)
    assert reader.links.get().title == "Older"


def test_pages_of_one_name_in_two_exports_are_two_articles(reader, tmp_path, monkeypatch):
    monkeypatch.setattr(running, "BATCH_FILES", 2)
    folders = []
    for name in ("a", "b"):
        pages = {f"{n}.md": link_file("Untitled", url="", created="", content=f"{name}{n}") for n in range(3)}
        folders.append(write(tmp_path / name, pages))
    for _ in range(2):
        run = ImportRun.objects.create(owner=reader, label="two", paths=[str(folder) for folder in folders])
        run.claim("h")
        importers.run(run, "h")
    assert reader.links.count() == 6
    assert set(run.entries.values_list("outcome", flat=True)) == {"unchanged"}


def test_another_page_of_the_same_name_and_title_is_another_article(reader, tmp_path):
    readme = link_file("Read me", url="https://one.example/a", created="2020-01-01T00:00:00Z")
    import_files(reader, write(tmp_path / "a", {"README.md": readme}))
    other = link_file("Read me", url="https://two.example/b", created="2021-01-01T00:00:00Z", content="Other.")
    assert outcomes(import_files(reader, write(tmp_path / "b", {"README.md": other}))) == {"README.md": "new"}
