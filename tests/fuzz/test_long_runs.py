"""A long run of one sign, in any place of a file, takes no reader long: no pattern looks at a text again and again.

A line may be an article of its own, for which half a millisecond is allowed.
"""

import time
from dataclasses import replace

import pytest

from library.importers.formats import FORMATS
from tests.fuzz.counting import MOST_SECONDS
from tests.fuzz.hostile import SEAMS
from tests.fuzz.oracle import check_seed
from tests.fuzz.seeds import seeds_of

LENGTH = 30_000
RUNS = [
    *"\n\t !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\ufeff\u2028a1思é",
    "(a)",
    "[a]",
    "<a>",
    "<!--",
    "{{%",
    "[[",
    "](",
    "![",
    "> ",
    "- ",
    "# ",
    "\n# ",
    "1. ",
    "a ",
    " a",
    "1 ",
    " 1:",
    "a,",
    '""',
    "\\'",
    "&a;",
    "&#1;",
    "a\u0301",
    "[^1]: ",
    "[a]: b\n",
    "```\n",
    "~~~",
    "==a",
    "---\n",
    "a: b\n",
    "a:\n ",
    "http://",
    "a@",
    "<p>",
    "</p>",
    "\n\n",
    "a\n",
    "#a ",
    "**a",
    "__a ",
    "|a",
    "'a', ",
    "=\n",
    "(http://a)",
    "==========\n",
]
FEW, MANY = 1, 20
LINE_SECONDS = 0.0005


@pytest.mark.parametrize("places", [FEW, pytest.param(MANY, marks=pytest.mark.proofs)])
@pytest.mark.parametrize("name", FORMATS)
def test_no_long_run_takes_long(name, places):
    for seed in seeds_of(name):
        seams = [match.end() for match in SEAMS.finditer(seed.data)]
        for number, sign in enumerate(RUNS):
            step = max(1, len(seams) // places)
            for place in seams[number % step :: step]:
                run = (sign * (LENGTH // len(sign))).encode() + b"x" * (number % 2)
                data = seed.data[:place] + run + seed.data[place:]
                start = time.process_time()
                check_seed(replace(seed, data=data), name)
                assert time.process_time() - start < MOST_SECONDS + data.count(b"\n") * LINE_SECONDS, (sign, place)
