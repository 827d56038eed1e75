"""Hostile files through the whole import: the ledger adds up; and of an accepted file no word of the reader's is lost.

A word is lost when it stands in a field that docs/formats.md says is kept, and is then neither in the article's title,
address, type, texts and their versions, tags, highlights and notes, nor in what has no field (`extra`).
"""

import json
import shutil
from collections import Counter
from itertools import count

import pytest
from django.conf import settings as django
from django.db import transaction
from hypothesis import strategies as st

from library.importers.formats import FORMATS
from library.models import Highlight, Outcome, RunState, Section, SectionVersion, Tag, User
from library.models.imports import COUNTED
from tests.fuzz.counting import SIZES
from tests.fuzz.hostile import hostile
from tests.fuzz.oracle import SENTENCE_ENDS
from tests.fuzz.planted import COLUMNS, KEYS, TEXTS, planted
from tests.fuzz.seeds import ALL
from tests.importers.link_files import import_files, write

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("size", SIZES)]
FILES = 8
numbers = count()
letters = st.characters(categories=["Lu", "Ll", "Lo", "Nd"], exclude_characters="ªº")
word_lists = st.lists(st.text(letters, min_size=4, max_size=12), min_size=1, max_size=4)


@pytest.fixture
def imported(tmp_path):
    """Imports files for a reader who is gone afterwards, and gives what `looks` sees."""

    def run(files, looks):
        folder = write(tmp_path / "imports" / str(next(numbers)), files)
        try:
            with transaction.atomic():
                reader = User.objects.create_user(f"reader-{next(numbers)}")
                seen = looks(reader, folder)
                transaction.set_rollback(True)
            return seen
        finally:
            shutil.rmtree(folder)

    return run


def smaller(counter):
    """PostgreSQL, which is asked as well, answers more slowly."""
    if "postgres" in django.DATABASES["default"]["ENGINE"]:
        counter.wanted //= 4
    return counter


def test_the_ledger_adds_up_whatever_the_files_are(fuzz, size, imported):
    def check(programs):
        files = {}
        for number, program in enumerate(programs):
            seed = hostile(program, ALL)
            files |= {f"{number}/{name}": data for name, data in {**seed.beside, seed.name: seed.data}.items()}
        return imported(files, ledger_adds_up)

    programs = st.lists(st.binary(min_size=2, max_size=30), min_size=FILES, max_size=FILES)
    smaller(fuzz("imports", size)).run(programs, check, each=FILES)


def ledger_adds_up(reader, folder) -> str:
    first, again = import_files(reader, folder), import_files(reader, folder)
    for run in (first, again):
        assert run.state == RunState.DONE and run.files == run.total_files
        entries = list(run.entries.all())
        by_outcome = Counter(entry.outcome for entry in entries)
        assert {name: by_outcome[name] for name in Outcome.values} == {
            name: getattr(run, name) for name in Outcome.values
        }
        assert run.records == sum(by_outcome[name] for name in COUNTED)
        assert run.warnings == sum(len(entry.warnings) for entry in entries)
        assert all(
            entry.message.endswith(SENTENCE_ENDS) for entry in entries if entry.outcome in ("rejected", "ignored")
        )
        assert {entry.file for entry in entries} == {
            path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
        }
    assert (again.new, again.updated, again.merged) == (0, 0, 0)
    assert reader.links.count() <= first.records
    return "taken" if first.new else "left out"


def test_no_word_of_an_accepted_file_is_lost(fuzz, size, imported):
    formats = sorted({*TEXTS, *COLUMNS, *KEYS})

    def check(drawn):
        format, words = drawn
        used: list[str] = []

        def word() -> str:
            used.append(f"{words[len(used) % len(words)]}{chr(97 + len(used) % 26)}{len(used)}")
            return used[-1]

        name, data = planted(format, word)

        def looks(reader, folder):
            run = import_files(reader, folder)
            if not run.new:
                assert run.rejected
                return "rejected"
            kept = stored(reader)
            assert [each for each in used if each not in kept] == [], (format, data.decode())
            return format

        return imported({name: data}, looks)

    smaller(fuzz("words kept", size)).run(st.tuples(st.sampled_from(formats), word_lists), check)


def stored(reader) -> str:
    """All that the library says of a reader's articles, without the original files."""
    said = [
        f"{link.title}\n{link.url}\n{link.type}\n{json.dumps(link.extra, ensure_ascii=False)}"
        for link in reader.links.all()
    ]
    mine = Section.objects.filter(link__owner=reader)
    said += [f"{section.heading}\n{section.text}" for section in mine]
    said += SectionVersion.objects.filter(section__in=mine).values_list("text", flat=True)
    said += Tag.objects.filter(owner=reader).values_list("name", flat=True)
    for quote, note in Highlight.objects.filter(link__owner=reader).values_list("quote", "note"):
        said += [quote, note]
    return "\n".join(said)


def test_every_format_but_those_without_words_has_a_planted_file(size):
    assert {*TEXTS, *COLUMNS, *KEYS} == set(FORMATS)
