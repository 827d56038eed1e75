"""Libraries of a thousand, ten thousand, a hundred thousand articles: imported once, and kept in build/bench."""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from bench import corpus
from bench.site import ROOT, Site

KEPT = ROOT / "build" / "bench"


def get(count: int, smaller: Sequence[int], work: Path) -> Site:
    """A copy of the library of `count` articles, to be used and thrown away. Those of `smaller` are there already."""
    have = max(smaller, default=0)
    return copy_of(str(count), work, lambda site: take_in(site, range(have, count)), start=str(have) if have else "")


def get_shared(readers: Sequence[str], each: int, work: Path) -> Site:
    """The same of a library that several readers share, with so many different articles each."""

    def fill(site: Site) -> None:
        site.inside("make_readers", readers)
        for place, reader in enumerate(readers):
            take_in(site, range(place * each, (place + 1) * each), "--user", reader)

    return copy_of(f"{len(readers)}x{each}", work, fill)


def get_short(count: int, work: Path) -> Site:
    """The same of a library of short articles, which are not imported but put into it at once."""
    return copy_of(f"short-{count}", work, lambda site: site.inside("shelve_short", count))


def copy_of(name: str, work: Path, fill: Callable[[Site], None], start: str = "") -> Site:
    """Of the library of this name. Where there is none yet it is made, from an empty one or the one called `start`."""
    kept = folder_of(name)
    if not kept.exists():
        sys.stderr.write(f"Making the library {name}. It is kept in {KEPT} for the next time.\n")
        draft = work / f"draft-{name}"
        site = Site(folder_of(start)).copy_to(draft) if start else Site(draft)
        if not start:
            site.make()
        fill(site)
        site.inside("tidy")
        shutil.move(draft, kept)
        forget_others()
    return Site(kept).copy_to(work / f"library-{name}")


def folder_of(name: str) -> Path:
    return KEPT / f"library-{fingerprint()}-{name}"


def fingerprint() -> str:
    """Changes with the corpus, the tables and what is indexed: then a kept library is of no more use."""
    index = re.findall(r"^INDEX_VERSION.*", (ROOT / "library/search/documents.py").read_text(), re.MULTILINE)
    files = [ROOT / "bench/corpus.py", *sorted((ROOT / "library/migrations").glob("0*.py"))]
    content = "".join([*index, *(file.read_text() for file in files)])
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def take_in(site: Site, numbers: range, *options: str) -> None:
    """Import these files of the corpus."""
    files = site.folder.parent / f"files-{numbers.start}-{numbers.stop}"
    write_files(files, numbers)
    site.manage("import_library", str(files), *options)
    shutil.rmtree(files)


def write_files(folder: Path, numbers: range) -> None:
    step = corpus.FILES_A_FOLDER
    parts = [numbers[start : start + step] for start in range(0, len(numbers), step)]
    with ProcessPoolExecutor() as pool:
        list(pool.map(partial(corpus.write, folder), parts))


def forget_others() -> None:
    """Libraries of other tables or another corpus."""
    for folder in KEPT.glob("library-*"):
        if not folder.name.startswith(f"library-{fingerprint()}-"):
            shutil.rmtree(folder)
