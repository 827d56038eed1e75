"""A small library, and its export in any format."""

import pytest

from library import exporters
from library.exporters import Chosen
from library.models.writing import bin_link
from tests.views.shelf import article


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
