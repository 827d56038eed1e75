"""A long run of one sign, in any place of a file, takes no reader long: no pattern looks at a text again and again."""

import time
from dataclasses import replace

import pytest

from library.importers.formats import FORMATS
from tests.fuzz.hostile import _SEAMS
from tests.fuzz.oracle import check_seed
from tests.fuzz.seeds import seeds_of

LENGTH = 30_000
RUNS = [
    *"\n\t !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\ufeff\u2028a1思é", "(a)", "[a]", "<a>", "<!--", "{{%", "[[", "](", "![", "> ", "- ", "# ", "\n# ",
    "1. ", "a ", " a", "1 ", " 1:", "a,", '""', "\\'", "&a;", "&#1;", "a\u0301", "[^1]: ", "[a]: b\n", "```\n", "~~~", "==a", "---\n", "a: b\n",
    "a:\n ", "http://", "a@", "<p>", "</p>", "\n\n", "a\n", "#a ", "**a", "__a ", "|a", "'a', ", "=\n", "(http://a)", "==========\n",
]  # fmt: skip
FEW, MANY = 2, 1_000


@pytest.mark.parametrize("places", [FEW, pytest.param(MANY, marks=pytest.mark.proofs)])
@pytest.mark.parametrize("name", FORMATS)
def test_no_long_run_takes_long(name, places):
    for seed in seeds_of(name):
        seams = [match.end() for match in _SEAMS.finditer(seed.data)]
        for number, sign in enumerate(RUNS):
            step = max(1, len(seams) // places)
            for place in seams[number % step :: step]:
                run = (sign * (LENGTH // len(sign))).encode()
                for end in (b"", b"\nx"):
                    data = seed.data[:place] + run + end + seed.data[place:]
                    start = time.process_time()
                    check_seed(replace(seed, data=data), name)
                    assert time.process_time() - start < 2, (sign, place)
