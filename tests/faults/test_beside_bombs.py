"""While the worker imports one reader's bombs, another reader's pages come as if nothing were.

It wants a machine with nothing else to do: how long pages took before the first bomb stands beside.
"""

import time
from itertools import cycle

import pytest

from tests.faults.own_library import OwnLibrary
from tests.faults.serving import asked, free_port, served
from tests.fuzz.bombs import BOMBS

pytestmark = pytest.mark.proofs

MOST_SECONDS = 1.0


def test_pages_of_others_come_within_a_second_while_bombs_are_imported(own_library, notes, tmp_path, done):
    own_library.must("command", "import_library", str(notes(200)))
    own_library.must("keep_session")
    article = own_library.one("SELECT min(id) FROM library_link")
    pages = cycle(["/library/", "/search/?q=word", f"/read/{article}-article-0/"])
    port, slowest = free_port(), (0.0, "")
    with served(own_library, port):
        before = max(timed(own_library, port, next(pages)) for _ in range(30))
        done(ms_at_most_before=round(before * 1000))
        for name, write in BOMBS.items():
            write(tmp_path / name)
            own_library.must("order_for_another", str(tmp_path / name))
            while not is_over(own_library):
                slowest = max(slowest, (timed(own_library, port, next(pages)), name))
                done(pages=1)
            (tmp_path / name).unlink()
            done(bombs=1)
    done(**{f"ms_at_most_beside_{slowest[1]}": round(slowest[0] * 1000)})
    assert slowest[0] < MOST_SECONDS, slowest


def timed(library: OwnLibrary, port: int, page: str) -> float:
    """Seconds until the whole page was there."""
    began = time.monotonic()
    status, said = asked(library, port, page)
    assert status == 200, said
    return time.monotonic() - began


def is_over(library: OwnLibrary) -> bool:
    return library.one("SELECT state FROM library_importrun ORDER BY id DESC LIMIT 1") in ("done", "failed")
