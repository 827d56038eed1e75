"""Whatever bytes a file has, every format reads it or says in a sentence why not, and in no time."""

import json
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from library.content.text import clean_text
from library.importers.formats import FORMATS, format_of
from library.importers.record import HoldsNone, ImportFile, NotARecord, Record, Refusal
from tests.importers.readings import file_of
from tests.importers.samples import SAMPLES

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])

HEADERS = sorted(
    {sample.split("\n")[0] for sample in SAMPLES.values() if isinstance(sample, str) and "," in sample[:40]}
)
PIECES = [
    "<DL><p>",
    "</DL>",
    "<DT>",
    '<H3 ADD_DATE="1">',
    "</H3>",
    '<A HREF="https://a.example/">',
    "</A>",
    "<DD>",
    "x",
]

odd = st.sampled_from(
    ["https://a.example/", "javascript:x", "\0", "\ud800", "['a", "1616337559", "inf", "<b>", "a/b", ""]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | odd | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "name", "url"]), inner),
    max_leaves=5,
)
rows = st.lists(st.lists(odd | st.text(max_size=10), max_size=12), max_size=5)


def read(name: str, data: bytes) -> list[Record]:
    """What the format makes of the file, or nothing where it says so; in at most two seconds."""
    file, start = ImportFile("export", data), time.process_time()
    module = FORMATS[name]
    module.recognise(file)
    try:
        found = list(module.read(file))
    except (NotARecord, HoldsNone) as why:
        assert str(why).endswith(".")
        found = []
    assert time.process_time() - start < 2
    assert all(each.why.endswith((".", '"')) for each in found if isinstance(each, Refusal))
    return [each for each in found if isinstance(each, Record)]


def check(name: str, data: bytes) -> None:
    for record in read(name, data):
        written = json.dumps([record.title, record.url, record.key, record.tags, record.extra], ensure_ascii=False)
        written += "".join(text.text for text in record.texts)
        written += "".join(
            f"{each.quote}{each.note}{each.prefix}{each.suffix}{each.tags}" for each in record.highlights
        )
        assert clean_text(written) == written
        assert "\\u0000" not in json.dumps(record.extra)
        assert 0 <= record.progress <= 100
        assert record.state in ("", "inbox", "reading", "finished", "archived")
        assert all(passage.quote.strip() for passage in record.highlights)


@pytest.mark.parametrize("name", FORMATS)
@QUICK
@given(st.binary(max_size=300))
def test_any_bytes(name, data):
    check(name, data)


@st.composite
def with_odd_values(draw: st.DrawFn, value: Any) -> Any:
    """A sample's value with some of what is in it replaced by anything."""
    if draw(st.integers(0, 9)) == 0:
        return draw(values)
    if isinstance(value, dict):
        return {key: draw(with_odd_values(inner)) for key, inner in value.items()}
    return [draw(with_odd_values(inner)) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if not isinstance(sample, str)])
@QUICK
@given(st.data())
def test_any_values_where_others_belong(name, data):
    check(name, json.dumps(data.draw(with_odd_values(SAMPLES[name]))).encode())


@pytest.mark.parametrize("name", SAMPLES)
@QUICK
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), st.binary(max_size=8)), max_size=4))
def test_any_damage(name, changes):
    data = file_of(SAMPLES[name]).data
    for part, length, written in changes:
        at = int(len(data) * part)
        data = data[:at] + written + data[at + length :]
    check(name, data)


@pytest.mark.parametrize("name", SAMPLES)
def test_each_format_is_recognised_as_itself_under_any_name(name):
    for called in ("export", "export.md.txt", "Bookmarks.bak"):
        assert format_of(file_of(SAMPLES[name], called)) is FORMATS[name]
    assert read(name, file_of(SAMPLES[name]).data)


@pytest.mark.parametrize("name", FORMATS)
@QUICK
@given(st.sampled_from(HEADERS), rows)
def test_any_table(name, header, cells):
    lines = [header, *(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in cells)]
    check(name, "\n".join(lines).encode("utf-8", "replace"))


@pytest.mark.parametrize("name", ["netscape", "pocket"])
@QUICK
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=60))
def test_any_bookmarks(name, pieces):
    check(name, "".join(pieces).encode("utf-8", "replace"))
