"""Which files an import sees, and in which order."""

import stat
import zipfile

import pytest

from library.importers import files, zips
from tests.importers.link_files import write


def names(paths, after=None) -> list[str]:
    return [file.name for _, file in files.walk([str(path) for path in paths], after)]


def found(path):
    return [file for _, file in files.walk([str(path)])]


@pytest.fixture
def folder(tmp_path):
    return write(
        tmp_path / "export", {"b.md": "b", "a/z.md": "az", "a/b/c.md": "abc", "a b.md": "space", ".DS_Store": "x"}
    )


def test_a_folder_is_walked_with_all_below_it_in_a_fixed_order(folder):
    assert names([folder]) == [".DS_Store", "a/b/c.md", "a/z.md", "a b.md", "b.md"]


def test_an_import_goes_on_after_any_file(folder):
    steps = list(files.walk([str(folder), str(folder)]))
    for number, (cursor, _) in enumerate(steps):
        rest = [file.name for _, file in files.walk([str(folder), str(folder)], cursor)]
        assert rest == [file.name for _, file in steps[number + 1 :]]


def test_the_count_is_known_before(folder):
    assert files.count([str(folder)]) == len(names([folder]))


def test_a_hidden_file_is_passed_over_with_its_reason(folder):
    hidden = found(folder)[0]
    assert hidden.holds_none
    assert hidden.problem == files.HIDDEN


def test_symbolic_links_are_not_followed(folder, tmp_path):
    (tmp_path / "secret.md").write_text("secret")
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    (folder / "loop").symlink_to(folder)
    linked = [file for file in found(folder) if file.problem == files.NOT_FOLLOWED]
    assert [file.name for file in linked] == ["link.md", "loop"]


def test_a_file_over_the_limit_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_FILE_BYTES", 10)
    write(tmp_path, {"big.md": "x" * 11})
    assert found(tmp_path)[0].problem == files.TOO_LARGE


def make_zip(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def test_a_zip_is_read_like_a_folder_and_its_names_are_never_paths(tmp_path):
    path = make_zip(tmp_path / "export.zip", {"../../etc/passwd.md": "a", "/abs.md": "b", "x/y.md": "c"})
    assert {file.name for file in found(path)} == {
        "export.zip/../../etc/passwd.md", "export.zip//abs.md", "export.zip/x/y.md",
    }  # fmt: skip
    assert {file.data for file in found(path) if not file.problem} >= {b"b", b"c"}


def test_a_symbolic_link_in_a_zip_is_not_followed(tmp_path):
    info = zipfile.ZipInfo("link.md")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert found(tmp_path / "e.zip")[0].problem == files.NOT_FOLLOWED


def test_a_member_that_unpacks_to_far_too_much_is_left_out(tmp_path):
    path = make_zip(tmp_path / "bomb.zip", {"bomb.md": b"0" * 5_000_000, "fine.md": "fine"})
    bomb, fine = found(path)
    assert "far more" in bomb.problem
    assert fine.data == b"fine"


@pytest.mark.parametrize("limit", ["MAX_MEMBERS", "MAX_ZIP_BYTES"])
def test_a_zip_over_a_limit_is_refused_whole(tmp_path, monkeypatch, limit):
    monkeypatch.setattr(zips, limit, 1)
    path = make_zip(tmp_path / "large.zip", {"a.md": "aa", "b.md": "bb"})
    (refused,) = found(path)
    assert "plit it" in refused.problem


def test_a_damaged_zip_is_a_sentence(tmp_path):
    write(tmp_path, {"no.zip": "PK\x03\x04 but not really"})
    assert "damaged" in found(tmp_path / "no.zip")[0].problem


def test_a_member_with_a_wrong_checksum_is_a_sentence(tmp_path):
    path = make_zip(tmp_path / "torn.zip", {"a.md": "abcdefgh" * 50})
    data = bytearray(path.read_bytes())
    data[40] ^= 0xFF
    path.write_bytes(data)
    assert "damaged" in found(path)[0].problem


def test_a_locked_member_says_so(tmp_path):
    path = make_zip(tmp_path / "locked.zip", {"a.md": "text"})
    data = path.read_bytes().replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")
    path.write_bytes(data)
    assert "password" in found(path)[0].problem


def test_a_zip_is_shown_by_the_name_that_is_given_for_it(tmp_path):
    path = make_zip(tmp_path / "1.zip", {"a/b.md": "b"})
    shown = [[file.name for _, file in files.walk([[str(path), name]])] for name in ("My export.zip", "")]
    assert shown == [["My export.zip/a/b.md"], ["a/b.md"]]
    assert files.count([[str(path), ""]]) == 1


def test_two_members_of_one_name_are_two_files(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(tmp_path / "e.zip", "w") as archive:
        archive.writestr("a.md", "one")
        archive.writestr("a.md", "two")
    assert [file.data for file in found(tmp_path / "e.zip")] == [b"one", b"two"]
    assert names([tmp_path / "e.zip"]) == ["e.zip/a.md", "e.zip/a.md (2)"]


def test_a_directory_that_is_too_large_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = make_zip(tmp_path / "many.zip", {f"{n}.md": "x" for n in range(50)})
    monkeypatch.setattr(zips, "MAX_DIRECTORY_BYTES", 100)
    monkeypatch.setattr(zips.zipfile, "ZipFile", None)
    (refused,) = found(path)
    assert "Split it" in refused.problem


def test_a_folder_that_cannot_be_read_is_a_sentence(folder, monkeypatch):
    real = files.os.scandir

    def scandir(path):
        if path.name == "a":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(files.os, "scandir", scandir)
    (problem,) = [file.problem for file in found(folder) if "can't be read" in file.problem]
    assert problem == "The folder can't be read: Permission denied."
