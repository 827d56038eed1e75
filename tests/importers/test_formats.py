"""Every format recognises its own sample, and no other does."""

import pytest

from library.importers.formats import FORMATS, format_of
from tests.importers.readings import file_of
from tests.importers.samples import SAMPLES


@pytest.mark.parametrize("name", SAMPLES)
def test_each_format_is_recognised_as_itself_under_any_name(name):
    for called in ("export", "export.md.txt", "Bookmarks.bak"):
        assert format_of(file_of(SAMPLES[name], called)) is FORMATS[name]
    assert list(FORMATS[name].read(file_of(SAMPLES[name])))
