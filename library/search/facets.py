"""What a search could be narrowed to, with how many articles each choice would leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from django.utils import timezone

from library.content.text import fold
from library.models import State, Tag, User
from library.models.tags import above
from library.search.conditions import period
from library.search.documents import moment_of
from library.search.fields import FIELDS
from library.search.matches import Matches, planned
from library.search.plan import Plan
from library.search.query import Chip, parse, quoted

MOST_CHOICES, MOST_YEARS = 8, 12
ANYWHERE = "Anywhere"
FOUND_IN = (
    ("Title", ("title",)),
    ("Article text", ("article",)),
    ("Overview and summary", ("overview", "summary")),
    ("Your notes", ("notes",)),
    ("Your highlights", ("highlights",)),
)
STATES = [(state.value, str(state.label)) for state in State]


@dataclass(frozen=True, slots=True)
class Choice:
    """`query` is the whole query with this choice, or without it where it is `current`."""

    words: str
    count: int
    query: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    name: str
    choices: list[Choice]


def facets(owner: User, text: str) -> list[Facet]:
    """Where else the words of `text` stand, and the types, tags, years and states of the articles that it finds."""
    query = parse(text)
    if not query:
        return []
    text = query.mended
    made = (
        Facet("Found in", list(_places(owner, text))),
        Facet("Type", list(_types(owner, text))),
        Facet("Tags", list(_tags(owner, text))),
        Facet("Year", list(_years(owner, text))),
        Facet("State", list(_states(owner, text))),
    )
    return [facet for facet in made if facet.choices]


def _places(owner: User, text: str) -> Iterator[Choice]:
    query = parse(text)
    chosen = {_meant(chip) for chip in query.chips if chip.field == "in" and not chip.negative}
    anywhere = _without(text, lambda chip: chip.field == "in")
    if all(one.places for one in parse(anywhere).positive):
        return
    yield Choice(ANYWHERE, Matches(planned(owner, anywhere)).total, anywhere, not chosen)
    for name, places in FOUND_IN:
        asked = f"{anywhere} {' '.join(f'in:{place}' for place in places)}"
        current = chosen == set(places)
        total = Matches(planned(owner, asked)).total
        if total or current:
            yield Choice(name, total, anywhere if current else asked, current)


def _types(owner: User, text: str) -> Iterator[Choice]:
    others, plan = _apart(owner, text, lambda chip: chip.field == "type")
    yield from _choices(text, others, "type", _as_one(_counted(plan, "l.type")))


def _as_one(counts: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Names that differ in case only are asked for by one: the one that most have."""
    names: dict[str, str] = {}
    together = Counter[str]()
    for name, number in counts:
        together[names.setdefault(fold(name), name)] += number
    return together.most_common()


def _states(owner: User, text: str) -> Iterator[Choice]:
    others, plan = _apart(owner, text, lambda chip: chip.field == "is" and _meant(chip) != "fav")
    found = dict(_counted(plan, "l.state"))
    choices = [(state, found[state]) for state, _ in STATES if state in found]
    for choice in _choices(text, others, "is", choices):
        yield replace(choice, words=dict(STATES)[choice.words])


def _tags(owner: User, text: str) -> Iterator[Choice]:
    """Each tag narrows further, so the counts are those within all that was asked."""
    plan = planned(owner, text)
    join = "JOIN library_linktag AS lt ON lt.link_id = l.id JOIN library_tag AS tag ON tag.id = lt.tag_id"
    counts = dict(_counted(plan, "tag.name", join))
    counts |= _with_below(plan, counts)
    yield from _choices(text, text, "tag", sorted(counts.items(), key=lambda each: -each[1]))


def _with_below(plan: Plan, names: Iterable[str]) -> dict[str, int]:
    """How many articles the tags above these have, counting those of the tags below them, each once."""
    keys = Counter(fold(higher) for name in names for higher in above(name))
    likely = [key for key, _ in keys.most_common(MOST_CHOICES)]
    counts = {}
    for name in Tag.objects.filter(owner_id=plan.owner_id, name_key__in=likely).values_list("name", flat=True):
        counts[name] = Matches(plan.with_part(plan.tagged(Tag.objects.family(plan.owner_id, name)))).total
    return counts


def _years(owner: User, text: str) -> Iterator[Choice]:
    """The newest years in which something was saved: the index is in the order of time, so each is a part of it."""
    others, plan = _apart(owner, text, lambda chip: chip.field == "saved")
    newest, oldest = Matches(plan).newest(1), Matches(plan).oldest(1)
    if not newest or not oldest:
        return
    last, first = (timezone.localtime(moment_of(number)).year for number in (newest[0], oldest[0]))
    counts = []
    for year in range(last, max(first, last - MOST_YEARS) - 1, -1):
        dates = period(f"{year:04}")
        counts.append((f"{year:04}", Matches(replace(plan, dates=dates)).total))
    yield from _choices(text, others, "saved", counts)


def _apart(owner: User, text: str, chosen: Callable[[Chip], bool]) -> tuple[str, Plan]:
    """The query and its plan without the choices that others would take the place of."""
    others = _without(text, lambda chip: chosen(chip) and not chip.negative)
    return others, planned(owner, others)


def _without(text: str, dropped: Callable[[Chip], bool]) -> str:
    while chip := next((chip for chip in parse(text).chips if dropped(chip)), None):
        text = chip.without
    return text


def _counted(plan: Plan, column: str, join: str = "") -> list[tuple[str, int]]:
    """Each value of a column and how many of the plan's articles have it, most first."""
    return [(value, number) for value, number in Matches(plan).counted(column, join) if value]


def _choices(text: str, others: str, field: str, counts: list[tuple[str, int]]) -> Iterator[Choice]:
    chips = {_meant(chip): chip for chip in parse(text).chips if chip.field == field and not chip.negative}
    for value, number in counts[:MOST_CHOICES]:
        chip, asked = chips.get(fold(value)), f"{others} {field}:{quoted(value)}".strip()
        if chip:
            yield Choice(value, number, chip.without, current=True)
        elif number and not parse(asked).is_cut:
            yield Choice(value, number, asked)


def _meant(chip: Chip) -> str:
    """Its value, whichever of the words for it was typed."""
    return fold(FIELDS[chip.field].read(chip.value) or "")

