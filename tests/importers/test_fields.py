"""The names by which columns, properties and keys are understood, which the documentation lists."""

import re
from pathlib import Path

import pytest

from library.importers.formats.fields import NAMES, STATES, mapping_of, mapping_with, plain_name, record_of
from tests.importers.readings import texts

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "formats.md"
CALLED = {
    "title": "title", "address": "url", "tags (of all)": "tags", "type": "type", "saved": "created",
    "summary": "summary", "overview": "overview", "note": "note", "text": "article", "state": "state",
    "favourite": "favourite",
    "progress": "progress",
}  # fmt: skip


def documented(field: str) -> str:
    rows = dict(re.findall(r"^\| ([a-z (]+\)?) \| (.+) \|$", PAGE.read_text(), re.MULTILINE))
    return next(names for called, names in rows.items() if CALLED.get(called) == field)


@pytest.mark.parametrize("field", CALLED.values())
def test_every_name_is_documented(field):
    said = documented(field)
    words = {plain_name(name.strip(" .")) for name in re.split(r"[,;:]| in front matter ", said)}
    names = [*NAMES[field].split(", ")]
    if field == "state":
        names += [name for each in STATES.values() for name in each.split(", ")]
        said = said.replace("Or a box", ",")
        names += [name for each in ("read", "archived") for name in NAMES[each].split(", ")]
        words |= {plain_name(name.strip(" .")) for name in re.split(r"[,;:]", said)}
    assert [name for name in names if name not in words] == []


def test_names_are_told_apart_by_their_words_alone():
    assert mapping_of(["Date_Added", "source-url", "UNKNOWN"]) == {"source-url": "url", "Date_Added": "created"}


def test_the_name_that_says_most_counts_and_the_others_are_kept():
    record = record_of({"published": "2020-01-01", "created": "2024-01-01", "source": "https://a.example/", "url": ""})
    assert (record.created.year, record.url) == (2024, "https://a.example/")
    assert record.extra == {"published": "2020-01-01"}


def test_texts_states_and_boxes_are_read():
    record = record_of({"Notes": "Mine.\nToo.", "Read": "Yes", "Starred": "No", "Progress": "40 %"})
    assert (texts(record), record.state, record.favourite, record.progress) == (
        {"note": "Mine.\nToo."}, "finished", False, 40,
    )  # fmt: skip


def test_an_address_that_is_none_is_said():
    record = record_of({"url": "somewhere"})
    assert record.warnings == ("The address is no web address. It is kept as it is written.",)


def test_what_the_reader_says_of_a_name_goes_before_what_it_seems_to_mean():
    names = ["title", "wo", "notes"]
    assert mapping_with(names, {"wo": "title", "notes": "", "gone": "url"}) == {"wo": "title", "title": "title"}
    record = record_of({"title": "Its", "wo": "Mine", "notes": "n"}, mapping_with(names, {"wo": "title", "notes": ""}))
    assert (record.title, record.extra) == ("Mine", {"title": "Its", "notes": "n"})
    assert mapping_with(names, None) == {"title": "title", "notes": "note"}
