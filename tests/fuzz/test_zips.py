"""Whatever a zip looks like, each of its files has an outcome with a sentence, and nothing is written beside it."""

import io
import zipfile
from contextlib import suppress
from unittest.mock import patch

import pytest
from hypothesis import strategies as st

from library.importers import files, own_exports, preparing
from library.importers.packages import Spool
from library.importers.preparing import Wishes, prepare
from library.importers.zips import Unreadable
from tests.fuzz.counting import SIZES
from tests.fuzz.hostile import changed, hostile
from tests.fuzz.oracle import SENTENCE_ENDS, raised
from tests.fuzz.seeds import ALL

NAMES = [
    "a.md",
    "a.md",
    "b/c.md",
    "../../out.md",
    "/etc/passwd.md",
    "a\\b.md",
    "c:\\d.md",
    "x\0y.md",
    " ",
    ".",
    "..",
    "a/../b.md",
    ".hidden.md",
    "__MACOSX/._a.md",
    "con.md",
    "é.md",
    "e\u0301.md",
    "\u202egpj.md",
    "x" * 300 + ".md",
    "a/" * 100 + "b.md",
    "dir/",
    "dir",
    "bookmarks/T3c/info.json",
    "metadata_0_to_20.json",
    "commonplace.json",
    "index.html",
    "inner.zip",
    "INNER.ZIP",
    "a.zip/b.md",
]
members = st.lists(
    st.tuples(st.sampled_from(NAMES) | st.text(max_size=20), st.binary(min_size=1, max_size=12), st.integers(0, 11)),
    max_size=5,
)


def zip_of(drawn, inner=b"") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, program, kind in drawn:
            info = zipfile.ZipInfo(name.encode("utf-8", "replace").decode() or "x")
            info.compress_type = zipfile.ZIP_DEFLATED if kind % 2 else zipfile.ZIP_STORED
            info.external_attr = 0o120777 << 16 if kind == 10 else 0
            data = inner if inner and kind > 8 else hostile(program, ALL).data
            with patch("warnings.warn"):
                archive.writestr(info, data)
            info.flag_bits |= 1 if kind == 11 else 0
    return target.getvalue()


@pytest.mark.parametrize("size", SIZES)
def test_any_zip(fuzz, size, tmp_path):
    place = tmp_path / "zips" / "a.zip"
    place.parent.mkdir()

    def check(drawn):
        outer, inner, damage = drawn
        data = zip_of(outer, zip_of(inner))
        place.write_bytes(changed(data, damage) if damage else data)
        return outcome_of(place, tmp_path / "spool")

    fuzz("zips", size).run(st.tuples(members, members, st.just(b"") | st.binary(max_size=12)), check)
    assert [file.name for file in place.parent.iterdir()] == ["a.zip"]
    assert list((tmp_path / "spool").iterdir()) == []
    assert {path.name for path in tmp_path.iterdir()} == {"zips", "spool"}


def outcome_of(place, folder) -> str:
    with Spool(folder) as spool, patch.object(preparing.logger, "exception", raised):
        folder.mkdir(exist_ok=True)
        found = list(files.walk([str(place)], spool=spool))
        assert files.count([str(place)], spool) == len(found)
        assert len({tuple(map(str, cursor[1])) for cursor, _ in found}) == len(found)
        for _, file in found:
            assert file.name.encode() and "\0" not in file.name
            reading = prepare(file, Wishes())
            assert reading.records or reading.refused or reading.message.endswith(SENTENCE_ENDS)
    with own_exports.opened([str(place)]) as archive:
        for name in own_exports.originals_in(archive).values() if archive else ():
            with suppress(Unreadable):
                archive.read(name)
    return "damaged" if len(found) == 1 and found[0][1].problem else "empty" if not found else "files"
