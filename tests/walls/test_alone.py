"""Each hostile text alone in each field of each model, on every page that says the field, and without the policy.

All of them together stand in test_vectors.py. Here none can be the end of another, and one alone must find its way.
"""

import os
from collections.abc import Iterator

import pytest

from tests.walls.alone import MARK, Place, pages, shown_on
from tests.walls.hostile import armed
from tests.walls.table import library_of
from tests.walls.vectors import VECTORS
from tests.walls.watching import Frames, Watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.proofs]
AT_ONCE = 40
ELSEWHERE = "elsewhere.example"
# VECTORS_STEP=10 takes every tenth, from VECTORS_FROM on.
STEP, FROM = (int(os.environ.get(name, default)) for name, default in (("VECTORS_STEP", "1"), ("VECTORS_FROM", "0")))


@pytest.fixture
def told(record_property) -> Iterator[dict[str, int]]:
    counts = {"texts": 0, "fields": 0, "pages": 0}
    yield counts
    record_property("alone", counts)


def documents(client, library, place: Place, routes: list[str], texts: list[str]) -> Iterator[str]:
    rows = place.rows()
    for text in texts:
        place.say(rows, text)
        yield from (html for _, html in pages(client, library, routes))
    place.restore(rows)


def in_parts(all_of_them: Iterator[str]) -> Iterator[list[str]]:
    part: list[str] = []
    for document in all_of_them:
        part.append(document)
        if len(part) == AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def test_no_text_runs_alone_in_any_field(browser, reading, reader, told):
    reader.username, reader.is_staff, reader.is_superuser = MARK, True, True
    reader.save()
    library = library_of(reader, MARK)
    texts = armed(VECTORS, ELSEWHERE)[FROM::STEP]
    context = browser.new_context()
    watching = Watched(context, Frames.HERE)
    frames = Frames(context)
    for place, routes in shown_on(reading, library):
        for part in in_parts(documents(reading, library, place, routes, texts)):
            assert frames.look(part) == len(part), place.name
            told["pages"] += len(part)
            assert (watching.fired, watching.asked) == ([], []), place.name
        told["fields"] += bool(routes)
    told["texts"] = len(texts)
    context.close()
    assert told["fields"] > 20 and told["pages"] > len(texts) * told["fields"] / 2


def test_they_would_run_where_a_page_said_one_as_it_is(browser):
    """Else nothing would be proven by their silence."""
    context = browser.new_context()
    watching = Watched(context, Frames.HERE)
    texts = armed(VECTORS, ELSEWHERE)
    frames = Frames(context)
    for part in in_parts(f"<!doctype html><title>x</title><body><div>{text}</div>" for text in texts):
        frames.look(part)
    fired = {line.split()[1] for _, line in watching.fired}
    context.close()
    assert len(fired) > len(texts) / 2
