"""How good a list of results is, as trec_eval and BEIR compute it."""

import math
from collections.abc import Iterable, Mapping, Sequence


def ndcg(found: Sequence[str], judged: Mapping[str, int], depth: int) -> float:
    """Normalised discounted cumulative gain: 1 where the best answers stand first, 0 where none is there.

    The gain is the grade itself, divided by the binary logarithm of rank + 1 (Järvelin and Kekäläinen, "Cumulated
    gain-based evaluation of IR techniques", 2002, in the form of trec_eval's `ndcg_cut`, which BEIR reports).
    """
    best = gain(sorted(judged.values(), reverse=True)[:depth])
    return gain(judged.get(one, 0) for one in found[:depth]) / best if best else 0.0


def gain(grades: Iterable[int]) -> float:
    return sum(max(grade, 0) / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


def recall(found: Sequence[str], judged: Mapping[str, int], depth: int) -> float:
    """The share of all answers, whatever their grade, that is among the first `depth` results."""
    answers = {one for one, grade in judged.items() if grade > 0}
    return len(answers & set(found[:depth])) / len(answers) if answers else 0.0


def mean(values: Iterable[float]) -> float:
    listed = list(values)
    return math.fsum(listed) / len(listed)
