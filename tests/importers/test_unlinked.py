"""Who may write into a folder of the server can't lead an import elsewhere while it reads."""

import json
import os
import zipfile

import pytest

from library.importers import files, own_exports
from library.importers.packages import FolderPackage
from tests.importers.link_files import write


@pytest.fixture
def secret(tmp_path):
    return write(tmp_path / "secret", {"key": "of the server", "z.md": "of the server", "commonplace.json": "{}"})


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "shared", {"a.md": "one", "b/z.md": "two", "key": "three"})


def link_in_place(path, target):
    path.rename(path.with_name("away"))
    path.symlink_to(target)


@pytest.mark.parametrize("name", ["key", "b"])
def test_a_link_that_is_set_after_the_folder_was_listed_is_not_followed(folder, secret, name):
    steps = files.walk([str(folder)])
    next(steps)
    link_in_place(folder / name, secret / "key" if name == "key" else secret)
    rest = [file for _, file in steps]
    assert b"of the server" not in [file.data for file in rest]
    assert [file.problem for file in rest if "can't be read" in file.problem]


def test_nor_is_one_in_the_place_of_a_zip(folder, secret):
    with zipfile.ZipFile(secret / "all.zip", "w") as archive:
        archive.writestr("a.md", "of the server")
    (folder / "z.zip").write_bytes((secret / "all.zip").read_bytes())
    steps = files.walk([str(folder)])
    next(steps)
    link_in_place(folder / "z.zip", secret / "all.zip")
    assert b"of the server" not in [file.data for _, file in steps]


def test_nor_is_one_in_the_place_of_what_comes_along(folder, secret):
    package = FolderPackage(str(folder))
    assert package.read("key") == b"three"
    link_in_place(folder / "key", secret / "key")
    with pytest.raises(KeyError):
        package.read("key")


def test_nor_is_one_to_a_complete_export_of_somebody_else(folder, secret):
    (secret / "commonplace.json").write_text(json.dumps({"commonplace": 1, "articles": []}))
    (folder / "commonplace.json").symlink_to(secret / "commonplace.json")
    with own_exports.opened([str(folder)]) as found:
        assert found is None


def test_a_pipe_that_was_a_file_keeps_nobody_waiting(folder):
    steps = files.walk([str(folder)])
    next(steps)
    (folder / "key").unlink()
    os.mkfifo(folder / "key")
    assert [file.problem for _, file in steps][-1] == "The file can't be read: It is no file."


def test_a_folder_to_which_a_link_leads_is_read(folder, tmp_path):
    (tmp_path / "here").symlink_to(tmp_path)
    assert [file.data for _, file in files.walk([str(tmp_path / "here" / "shared")])] == [b"one", b"two", b"three"]
