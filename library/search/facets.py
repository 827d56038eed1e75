"""What narrows a search: for now the types of what it finds, counted over the first of its results."""

from dataclasses import dataclass

from django.db.models import Count

from library.models import User
from library.search import search
from library.search.query import parse

MOST = 1_000


@dataclass(frozen=True, slots=True)
class Choice:
    """`query` is the whole text of the search to go to."""

    words: str
    count: int
    query: str
    current: bool


@dataclass(frozen=True, slots=True)
class Facet:
    name: str
    choices: list[Choice]


def facets(owner: User, text: str) -> list[Facet]:
    """The lists that narrow what `text` finds."""
    links = owner.links.filter(pk__in=search(owner, text, limit=MOST).links).exclude(type="")
    counted = links.order_by().values_list("type").annotate(n=Count("pk")).order_by("-n", "type")
    chosen = {chip.value: chip.without for chip in parse(text).chips if chip.field == "type" and not chip.negative}
    choices = [
        Choice(name, number, chosen.get(name, f'{text} type:"{name}"'), name in chosen) for name, number in counted
    ]
    return [Facet("Type", choices)] if choices else []
