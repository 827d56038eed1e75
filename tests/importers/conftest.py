"""A folder with one link file, and the article that it becomes."""

import pytest

from library.models import Link
from tests.importers.link_files import import_files, link_file, write


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "export", {"ledger.md": link_file()})


@pytest.fixture
def link(reader, folder) -> Link:
    import_files(reader, folder)
    return reader.links.get()
