"""A crash never loses or doubles an article: imports that are killed at each step, and at random moments."""

import random
from pathlib import Path

import pytest

from tests.faults.killing import Moment, resolve
from tests.faults.own_library import OwnLibrary

FILES = 150
# The way of an import: each of these is killed before and after it was done, in the first batch and in a later one.
STEPS = [
    "library.importers.running.count",
    "library.importers.running.Begun.read",
    "library.importers.running._sift",
    "library.importers.taking.sort",
    "library.importers.save.save_new",
    "library.importers.taking.index_documents",
    "library.importers.running.Batch.write",
    "library.importers.ledger.keep_lease",
    "library.importers.ledger.insert_rows",
    "library.importers.running._try_batch",
    "library.importers.placing.place_all",
    "library.importers.ledger.finish",
]
ONCE = {STEPS[0], STEPS[-2], STEPS[-1]}
MOMENTS = [Moment(step, number, after) for step in STEPS for number in (1, 2) for after in (False, True)]
MOMENTS = [moment for moment in MOMENTS if moment.number == 1 or moment.step not in ONCE]
LATER = [moment for moment in MOMENTS if moment.number == 2 or moment.step in ONCE]
QUICKLY = [moment for place, moment in enumerate(LATER) if place % 4 in (0, 3)]  # each step once
AN_IMPORT = 10  # kills
BY_CHANCE = {"sqlite": 500, "postgresql": 200}


def is_whole(library: OwnLibrary, files: int) -> bool:
    """Every file is one article with its text, none is there twice, and the program finds nothing wrong."""
    library.must("command", "check_library")
    urls = [url for (url,) in library.ask("SELECT url FROM library_link")]
    texts = library.one("SELECT count(DISTINCT link_id) FROM library_section WHERE kind = 'article'")
    return len(urls) == len(set(urls)) == texts == files


def nothing_is_halfway(library: OwnLibrary) -> bool:
    """What a batch wrote is there with its entries and its totals, or not at all."""
    files, new = library.ask("SELECT COALESCE(sum(files), 0), COALESCE(sum(new), 0) FROM library_importrun")[0]
    articles = library.one("SELECT count(*) FROM library_link")
    entries = library.one("SELECT count(*) FROM library_importedrecord")
    return files == entries and new == articles


@pytest.mark.parametrize("step", STEPS)
def test_every_step_is_one_of_the_program(step):
    assert resolve(step)


@pytest.mark.parametrize("moments", [QUICKLY, pytest.param(MOMENTS, marks=pytest.mark.proofs)], ids=["quick", "all"])
def test_killed_at_each_step_an_import_goes_on_by_itself(prepared, own_library, notes, done, moments):
    folder = notes(FILES, words=40)
    for moment in moments:
        own_library.become(prepared)
        own_library.must("order_import", str(folder))
        status = own_library.do("work", kill=moment)
        assert status == -9, f"The import ended with {status}, and was never killed {moment}."
        assert nothing_is_halfway(own_library), moment
        own_library.let_time_pass()
        own_library.must("work")
        assert is_whole(own_library, FILES), moment
        done(kills=1)


@pytest.mark.parametrize("kills", [20, pytest.param(0, marks=pytest.mark.proofs)], ids=["quick", "all"])
def test_killed_at_random_moments_an_import_loses_and_doubles_nothing(prepared, own_library, notes, done, kills):
    wanted = kills or BY_CHANCE["postgresql" if own_library.cluster else "sqlite"]
    folder, hit = notes(FILES * 2, words=40), 0
    while hit < wanted:
        own_library.become(prepared)
        hit += killed_until_it_is_done(own_library, folder, min(wanted - hit, AN_IMPORT))
        assert is_whole(own_library, FILES * 2)
        done(imports=1)
    done(kills=hit)


def killed_until_it_is_done(library: OwnLibrary, folder: Path, most: int) -> int:
    """How many kills hit this one import."""
    library.must("order_import", str(folder))
    hit = 0
    while hit < most and library.one("SELECT state FROM library_importrun ORDER BY id DESC LIMIT 1") == "running":
        hit += library.killed("work", after=random.uniform(0.02, 0.3))
        assert nothing_is_halfway(library)
        library.let_time_pass()
        forget = "UPDATE django_tasks_database_dbtaskresult SET worker_ids = ? WHERE status = ?"
        library.ask(forget, '["killed"]', "RUNNING")  # five kills are not the end here
    library.must("work")
    return hit
