"""Highlights find their places again, or say that they have lost them."""

from collections import Counter

import pytest

from library.content.anchors import Anchor, Place, anchor, anchor_all, place, place_all
from tests.content.changes import CHANGES, Case, cases

EACH = 150


def verdict(case: Case, found: Place | None) -> str:
    """Gone passages are `rightly lost`; a place that has less than half of the passage, or half of others, is wrong."""
    if not found or not case.truth:
        return "wrong" if found else ("lost" if case.truth else "rightly lost")
    if found == case.truth:
        return "exact"
    both = min(found[1], case.truth[1]) - max(found[0], case.truth[0])
    return "near" if both * 2 >= max(found[1] - found[0], case.truth[1] - case.truth[0]) else "wrong"


def judged(kind: str, count: int, seed: int = 1) -> Counter[str]:
    return Counter(verdict(case, place(anchor(case.before, *case.place), case.after)) for case in cases(kind, count, seed))
