"""Whatever bytes a file has, every format reads it or says in a sentence why not, and in no time."""

import pytest
from hypothesis import strategies as st

from library.importers.formats import FORMATS
from tests.fuzz.counting import OTHERS, QUICK, SIZES, share
from tests.fuzz.hostile import hostile
from tests.fuzz.oracle import check_seed
from tests.fuzz.seeds import Seed, seeds_of

# One strategy given several times counts once.
programs = [st.binary(min_size=1, max_size=longest) for longest in range(20, 40, 2)]
texts = st.text(max_size=300)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", FORMATS)
def test_any_bytes(fuzz, name, size):
    seeds = seeds_of(name)

    def check(drawn):
        if isinstance(drawn, str):
            return check_seed(Seed(seeds[0].name, drawn.encode("utf-8", "surrogatepass")), name)
        return check_seed(hostile(drawn, seeds), name)

    fuzz(name, size).run(st.one_of(*programs, texts), check)


@pytest.mark.parametrize("name", FORMATS)
def test_every_seed_is_read_by_its_own_format(name):
    for seed in seeds_of(name):
        assert check_seed(seed, name) == "read", seed.name


def test_a_run_has_as_many_inputs_as_it_says():
    assert sum(share(name, QUICK) for name in (*FORMATS, *OTHERS)) >= QUICK
