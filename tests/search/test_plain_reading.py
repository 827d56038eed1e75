"""Whatever is asked, the search finds what somebody would who reads every article: on every page, in every order.

Queries are made together with what they mean, so that nothing here goes by the parser or the index.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from library.models import Colour, Highlight, Link, State, User
from library.search import SORTS, Results, count, everything, indexing, search
from library.search.facets import facets
from library.search.query import parse
from tests.views.shelf import article

pytestmark = pytest.mark.django_db
ARTICLES, PAGE = 30, 7
SIZES = [300, pytest.param(5_000, marks=pytest.mark.proofs, id="proof")]
# Each word, in the forms in which it stands in texts and is asked for.
WORDS = {
    "ledger": ("ledger", "Ledgers"), "daybook": ("daybook", "daybooks"), "vellum": ("vellum",), "quill": ("quills",),
    "c++": ("C++",), "日本語": ("日本語",), "straße": ("Straße", "STRASSE"),
}  # fmt: skip
PLAIN = ("ledger", "daybook", "vellum", "quill")
LAYERS = ("title", "overview", "summary", "article", "notes", "highlights")
KINDS = {"overview": "overview", "summary": "summary", "article": "article", "notes": "note"}
TAGS, TYPES = ("books", "books/rare", "old", "skins"), ("", "Essay", "Deep Dive")
SITES = ("example.org", "example.com")
ANY_OF = ("type", "site", "state", "colour")
UNREAD = (State.INBOX, State.READING)


class Read(NamedTuple):
    """An article, as somebody knows who has read it."""

    pk: int
    words: dict[str, list[str]]
    tags: list[str]
    type: str
    state: str
    favourite: bool
    saved: datetime
    progress: int
    site: str
    colour: str


Holds = Callable[[Read, tuple[str, ...]], bool]


class Asked(NamedTuple):
    """A query and what it means of an article, where words count in these layers. Of neighbours of one of the kinds in
    ANY_OF one is enough."""

    text: str
    holds: Holds
    kind: str = ""


@pytest.fixture
def shelf(reader) -> list[Read]:
    dice = random.Random(7)
    read = [put(reader, number, dice) for number in range(ARTICLES)]
    while indexing.drain():
        pass
    return read


def put(reader: User, number: int, dice: random.Random) -> Read:
    words = {layer: [dice.choice(list(WORDS)) for _ in range(dice.choice((0, 0, 1, 2, 3)))] for layer in LAYERS}
    words["title"] = words["title"] or ["misc"]
    texts = {name: " ".join(dice.choice(WORDS.get(one, (one,))) for one in each) for name, each in words.items()}
    one = Read(
        0, words, dice.sample(TAGS, dice.choice((0, 0, 1, 2))), dice.choice(TYPES), dice.choice(State.values),
        dice.random() < 0.3, datetime(dice.choice((2024, 2025)), dice.choice((1, 6)), 1, 12, tzinfo=UTC),
        dice.choice((0, 40, 80)), dice.choice(SITES), dice.choice(Colour.values) if words["highlights"] else "",
    )  # fmt: skip
    link = article(
        reader, texts["title"], tuple(one.tags), url=f"https://{one.site}/{number}", type=one.type, state=one.state,
        favourite=one.favourite, saved_at=one.saved, progress=one.progress,
        **{kind: texts[layer] for layer, kind in KINDS.items() if words[layer]},
    )  # fmt: skip
    if one.colour:
        Highlight.objects.create(link=link, quote=texts["highlights"], colour=one.colour)
    return one._replace(pk=link.pk)


def word(name: str, form: str) -> Asked:
    return Asked(form, lambda one, places: any(name in one.words[place] for place in places))


def phrase(first: str, second: str) -> Asked:
    def holds(one: Read, places: tuple[str, ...]) -> bool:
        return any((first, second) in zip(one.words[place], one.words[place][1:], strict=False) for place in places)

    return Asked(f'"{first} {second}"', holds)


def beginning(name: str, length: int) -> Asked:
    letters = name[:length]
    return Asked(
        f"{letters}*",
        lambda one, places: any(each.startswith(letters) for place in places for each in one.words[place]),
    )


def tag(name: str) -> Asked:
    return Asked(f"tag:{name}", lambda one, _: any(each == name or each.startswith(f"{name}/") for each in one.tags))


def filters() -> list[Asked]:
    return [
        *map(tag, (*TAGS, "lost")),
        Asked("tag:none", lambda one, _: not one.tags),
        *(Asked(f'type:"{name}"', lambda one, _, name=name: one.type == name, "type") for name in TYPES[1:]),
        *(Asked(f"is:{name}", lambda one, _, name=name: one.state == name, "state") for name in State.values),
        Asked("is:unread", lambda one, _: one.state in UNREAD, "state"),
        Asked("is:starred", lambda one, _: one.favourite),
        *(Asked(f"site:{name}", lambda one, _, name=name: one.site == name, "site") for name in SITES),
        *(Asked(f"colour:{name}", lambda one, _, name=name: one.colour == name, "colour") for name in Colour.values),
        *(Asked(f"has:{kind}", lambda one, _, layer=layer: bool(one.words[layer])) for layer, kind in KINDS.items()),
        Asked("has:highlight", lambda one, _: bool(one.words["highlights"])),
        Asked("saved:2024", lambda one, _: one.saved.year == 2024),
        Asked("saved:2024-06..2025-01", lambda one, _: (2024, 6) <= (one.saved.year, one.saved.month) <= (2025, 1)),
        Asked("progress:>50", lambda one, _: one.progress > 50),
    ]


def negated(one: Asked) -> Asked:
    return Asked(f"-{one.text}", lambda read, places: not one.holds(read, places))


def either(parts: list[Asked]) -> Asked:
    if len(parts) == 1:
        return parts[0]
    return Asked(
        " OR ".join(each.text for each in parts),
        lambda read, places: any(each.holds(read, places) for each in parts),
    )


def together(parts: list[Asked], named: list[str]) -> Asked:
    """What must all hold; `named` are the layers in which its words must stand."""

    def holds(read: Read, places: tuple[str, ...]) -> bool:
        met: dict[object, list[bool]] = {}
        for number, part in enumerate(parts):
            met.setdefault(part.kind or number, []).append(part.holds(read, tuple(named) or places))
        return all(map(any, met.values()))

    return Asked(" ".join([*(part.text for part in parts), *(f"in:{layer}" for layer in named)]), holds)


words = st.sampled_from([word(name, form) for name, forms in WORDS.items() for form in (name, *forms)])
phrases = st.builds(phrase, st.sampled_from(PLAIN), st.sampled_from(PLAIN))
beginnings = st.builds(beginning, st.sampled_from(PLAIN), st.integers(2, 5))
single = words | phrases | beginnings | st.sampled_from(filters())
places = st.just([]) | st.lists(st.sampled_from(LAYERS), max_size=2, unique=True)


def levels(within: st.SearchStrategy[Asked]) -> st.SearchStrategy[Asked]:
    item = within | within.map(negated)
    runs = st.lists(item, min_size=1, max_size=3).map(either)
    return st.builds(together, st.lists(runs, min_size=1, max_size=3), places)


def in_brackets(one: Asked) -> Asked:
    return Asked(f"({one.text})", one.holds)


queries = levels(st.recursive(single, lambda inner: levels(inner).map(in_brackets), max_leaves=6))
patient = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.mark.parametrize("size", SIZES)
def test_a_search_finds_what_a_plain_reading_does(reader, shelf, size):
    @settings(patient, max_examples=size)
    @given(queries)
    def check(asked: Asked) -> None:
        meant = {one.pk for one in shelf if asked.holds(one, LAYERS)}
        if not parse(asked.text).is_cut:
            assert sorted(everything(reader, asked.text)) == sorted(meant)
            assert count(reader, asked.text) == len(meant)

    check()


@pytest.mark.parametrize("sort", SORTS)
def test_its_pages_have_each_of_them_once(reader, shelf, sort):
    @settings(patient, max_examples=15)
    @given(queries)
    def check(asked: Asked) -> None:
        found = [pk for results in pages(reader, asked.text, sort) for pk in whole(results)]
        assert sorted(found) == sorted(everything(reader, asked.text))

    check()


def pages(reader: User, text: str, sort: str) -> list[Results]:
    found = [search(reader, text, sort, limit=PAGE, doubt=False)]
    while found[-1].next:
        found.append(search(reader, text, sort, limit=PAGE, doubt=False, after=found[-1].next.removeprefix("after=")))
    return found


def whole(results: Results) -> list[int]:
    """Those of a page with all of the words."""
    return results.links[: results.some_from]


def test_every_choice_beside_it_finds_as_many_as_it_says(reader, shelf):
    @settings(patient, max_examples=15)
    @given(queries)
    def check(asked: Asked) -> None:
        offered = [choice for facet in facets(reader, asked.text) for choice in facet.choices if not choice.current]
        for choice in offered:
            assert count(reader, choice.query) == choice.count

    check()


def test_the_shelf_is_told_apart_by_what_is_asked(shelf):
    """Else all of the above would hold of a search that finds nothing, or everything."""
    for one in filters():
        assert one.text == "tag:lost" or 0 < sum(one.holds(read, LAYERS) for read in shelf) < ARTICLES, one.text
    assert Link.objects.count() == ARTICLES
