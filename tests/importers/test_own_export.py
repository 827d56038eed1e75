"""An export of ours, read like any other file into a library that is not empty."""

import pytest

from library import exporters
from library.exporters import Chosen
from library.models.writing import write_section
from tests.importers.link_files import import_files
from tests.views.shelf import article

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("format", ["markdown", "json"])
def test_articles_with_no_more_than_a_title_and_a_section_come_back(reader, other_reader, tmp_path, format):
    wanted = {}
    for number, (heading, url) in enumerate([("Minutes", ""), ("Minutes (from Elsewhere)", ""), ("", ""), (None, ""),
                                             ("Minutes", "https://a.example/")]):  # fmt: skip
        link = article(reader, f"Meeting {number}", url=url)
        if heading is not None:
            write_section(link, "other", "What was said.", heading=heading)
        wanted[link.title] = (url, [] if heading is None else ["What was said."])
    exporters.write(Chosen(reader), format, tmp_path / "out")
    article(other_reader, "Mine")
    run = import_files(other_reader, tmp_path / "out")
    assert (run.rejected, run.new) == (0, 5), list(run.entries.values_list("file", "message"))
    found = other_reader.links.exclude(title="Mine")
    assert {link.title: (link.url, [text.text for text in link.sections.all()]) for link in found} == wanted
