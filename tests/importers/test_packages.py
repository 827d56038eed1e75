"""What came together with a file, and zips that lie in zips."""

import io
import pickle
import zipfile

import pytest

from library.importers import files, zips
from library.importers.packages import Spool
from tests.importers.link_files import write


def zipped(members: dict[str, str | bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return data.getvalue()


def found(path, spool=None):
    return {file.name: file for _, file in files.walk([str(path)], None, spool)}


def test_a_file_of_a_folder_knows_the_others(tmp_path):
    folder = write(tmp_path / "e", {"a/page.md": "x", "a/pic.png": b"png", "b.md": "y", ".hidden": "h"})
    (folder / "link.md").symlink_to(folder / "b.md")
    page = found(folder)["a/page.md"]
    assert page.inner == "a/page.md"
    assert list(page.package.names()) == ["a/page.md", "a/pic.png", "b.md"]
    assert page.package.read("a/pic.png") == b"png"


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", ".hidden", "link.md", "nothing"])
def test_nothing_but_its_own_files_can_be_read(tmp_path, name):
    write(tmp_path, {"secret": "s"})
    folder = write(tmp_path / "e", {"a.md": "x", ".hidden": "h"})
    (folder / "link.md").symlink_to(tmp_path / "secret")
    write(tmp_path, {"e.zip": zipped({"a.md": "x", ".hidden": "h", "../secret": "s"})})
    for package in (found(folder)["a.md"].package, found(tmp_path / "e.zip")["e.zip/a.md"].package):
        with pytest.raises(KeyError):
            package.read(name)


def test_a_file_that_came_alone_knows_none(tmp_path):
    write(tmp_path, {"a.md": "x", "b.md": "y"})
    assert list(found(tmp_path / "a.md")["a.md"].package.names()) == []


def test_a_file_of_a_zip_knows_the_others_also_in_another_process(tmp_path):
    write(tmp_path, {"e.zip": zipped({"a/page.md": "x", "a/pic.png": b"png"})})
    page = pickle.loads(pickle.dumps(found(tmp_path / "e.zip")["e.zip/a/page.md"]))
    assert page.inner == "a/page.md"
    assert page.package.names() == ["a/page.md", "a/pic.png"]
    assert page.package.read("a/pic.png") == b"png"
    assert len(pickle.dumps(page.package)) < 1_000


@pytest.mark.parametrize("limit", [("MAX_FILE_BYTES", 10), ("FREE_BYTES", 1)])
def test_what_is_over_a_bound_can_not_be_read(tmp_path, monkeypatch, limit):
    write(tmp_path, {"e.zip": zipped({"a.md": "x", "large.png": b"0" * 100_000})})
    package = found(tmp_path / "e.zip")["e.zip/a.md"].package
    monkeypatch.setattr(zips, *limit)
    with pytest.raises(KeyError):
        package.read("large.png")


def test_a_zip_in_a_zip_is_read_like_a_folder_and_leaves_nothing_behind(tmp_path):
    inner = zipped({"Page.md": "page", "pic.png": b"png"})
    write(tmp_path, {"outer.zip": zipped({"Part-1.zip": inner, "Part-2.zip": zipped({"b.md": "b"}), "Z.md": "z"})})
    with Spool(tmp_path / "spool") as spool:
        there = found(tmp_path / "outer.zip", spool)
        assert list(there) == [
            "outer.zip/Part-1.zip/Page.md", "outer.zip/Part-1.zip/pic.png", "outer.zip/Part-2.zip/b.md",
            "outer.zip/Z.md",
        ]  # fmt: skip
        page = there["outer.zip/Part-1.zip/Page.md"]
        assert (page.data, page.inner, page.package.read("pic.png")) == (b"page", "Page.md", b"png")
        assert files.count([str(tmp_path / "outer.zip")], spool) == 4
        assert len(list((tmp_path / "spool").glob("*/*.zip"))) == 2
    assert list((tmp_path / "spool").iterdir()) == []


def test_an_import_goes_on_in_the_middle_of_a_zip_in_a_zip(tmp_path):
    parts = {f"Part-{n}.zip": zipped({f"{m}.md": f"{n}{m}" for m in range(3)}) for n in range(2)}
    write(tmp_path, {"o.zip": zipped(parts)})
    steps = list(files.walk([str(tmp_path / "o.zip")]))
    for number, (cursor, _) in enumerate(steps):
        rest = [file.name for _, file in files.walk([str(tmp_path / "o.zip")], cursor)]
        assert rest == [file.name for _, file in steps[number + 1 :]]


def test_a_file_that_was_done_in_part_is_found_again(tmp_path):
    folder = write(tmp_path / "e", {"a.csv": "a", "b.csv": "b"})
    assert [file.name for _, file in files.walk([str(folder)], (0, ["a.csv"], 7))] == ["a.csv", "b.csv"]


def test_a_zip_three_deep_is_refused_and_the_rest_is_read(tmp_path):
    deep = zipped({"deep.zip": zipped({"a.md": "a"}), "b.md": "b"})
    write(tmp_path, {"o.zip": zipped({"inner.zip": deep})})
    there = found(tmp_path / "o.zip")
    assert there["o.zip/inner.zip/deep.zip"].problem == files.TOO_DEEP
    assert there["o.zip/inner.zip/b.md"].data == b"b"


def test_a_zip_that_unpacks_to_a_bomb_is_refused_before_it_fills_the_disk(tmp_path):
    bomb = zipped({"a.zip": b"0" * 50_000_000, "fine.md": "fine"})
    write(tmp_path, {"o.zip": bomb})
    with Spool(tmp_path / "spool") as spool:
        there = found(tmp_path / "o.zip", spool)
        written = sum(file.stat().st_size for file in (tmp_path / "spool").rglob("*.zip"))
    assert there["o.zip/a.zip"].problem == zips.FAR_TOO_MUCH
    assert there["o.zip/fine.md"].data == b"fine"
    assert written < 11_000_000


def test_zips_in_zips_that_are_too_large_together_are_refused(tmp_path, monkeypatch):
    parts = {f"{n}.zip": zipped({"a.md": "a"}) for n in range(3)}
    write(tmp_path, {"o.zip": zipped(parts)})
    there = found(tmp_path / "o.zip")
    assert not any(file.problem for file in there.values())
    spool = Spool()
    monkeypatch.setattr(spool, "_bytes", zips.MAX_ZIP_BYTES)
    assert all("unpack to more than" in file.problem for file in found(tmp_path / "o.zip", spool).values())


def test_a_damaged_zip_in_a_zip_is_a_sentence(tmp_path):
    write(tmp_path, {"o.zip": zipped({"torn.zip": b"PK\3\4 but not really", "a.md": "a"})})
    assert found(tmp_path / "o.zip")["o.zip/torn.zip"].problem == zips.DAMAGED_ZIP


def test_a_full_disk_is_a_sentence(tmp_path, monkeypatch):
    write(tmp_path, {"o.zip": zipped({"a.zip": zipped({"a.md": "a"}), "b.md": "b"})})

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zips, "unpack_member", full)
    there = found(tmp_path / "o.zip")
    assert there["o.zip/a.zip"].problem == "The zip can't be unpacked here: No space left on device."
    assert there["o.zip/b.md"].data == b"b"
