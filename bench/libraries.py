"""Libraries of a thousand, ten thousand, a hundred thousand articles: imported once, and kept in build/bench."""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from bench import corpus
from bench.site import ROOT, Site

KEPT = ROOT / "build" / "bench"
READER = "bench"
SHORT_AT_ONCE = 50_000


def get(count: int, smaller: Sequence[int], work: Path) -> Site:
    """A copy of the library of `count` articles, to be used and thrown away. Those of `smaller` are there already."""
    kept = folder_of(count)
    if not kept.exists():
        build(count, max(smaller, default=0), work, kept)
    return Site(kept).copy_to(work / f"library-{count}")


def folder_of(count: int | str) -> Path:
    return KEPT / f"library-{fingerprint()}-{count}"


def fingerprint() -> str:
    """Changes with the corpus, the tables and what is indexed: then a kept library is of no more use."""
    index = re.findall(r"^INDEX_VERSION.*", (ROOT / "library/search/documents.py").read_text(), re.MULTILINE)
    files = [ROOT / "bench/corpus.py", *sorted((ROOT / "library/migrations").glob("0*.py"))]
    content = "".join([*index, *(file.read_text() for file in files)])
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def build(count: int, have: int, work: Path, kept: Path) -> None:
    """Import what a library of `have` articles lacks."""
    tell(f"{count:,}")
    draft = work / f"draft-{count}"
    site = Site(folder_of(have)).copy_to(draft) if have else Site(draft)
    if not have:
        site.make()
    fill(site, work, have, count, READER)
    keep(site, kept)


def get_shared(share: int, readers: int, work: Path) -> Site:
    """A copy of a library of so many readers with `share` articles each. The bench's own reader is one of them."""
    kept = folder_of(f"{readers}x{share}")
    if not kept.exists():
        tell(f"{readers} × {share:,}")
        draft = Site(work / "draft-shared")
        draft.make()
        names = [READER, *(f"reader-{number}" for number in range(1, readers))]
        draft.inside("make_readers", names[1:])
        for number, name in enumerate(names):
            fill(draft, work, number * share, (number + 1) * share, name)
        keep(draft, kept)
    return Site(kept).copy_to(work / kept.name)


def get_short(count: int, work: Path) -> Site:
    """A copy of a library of so many short articles."""
    kept = folder_of(f"short-{count}")
    if not kept.exists():
        tell(f"{count:,} short")
        draft = Site(work / "draft-short")
        draft.make()
        for first in range(0, count, SHORT_AT_ONCE):
            draft.inside("shelve_short", first, min(first + SHORT_AT_ONCE, count))
        keep(draft, kept)
    return Site(kept).copy_to(work / kept.name)


def fill(site: Site, work: Path, first: int, end: int, reader: str) -> None:
    """Import the corpus's files with these numbers."""
    files = work / f"files-{first}-{end}"
    write_files(files, first, end)
    site.manage("import_library", str(files), "--user", reader)
    shutil.rmtree(files)


def tell(what: str) -> None:
    sys.stderr.write(f"Making a library of {what} articles. It is kept in {KEPT} for the next time.\n")


def keep(draft: Site, kept: Path) -> None:
    shutil.move(draft.folder, kept)
    forget_others()


def write_files(folder: Path, first: int, end: int) -> None:
    step = corpus.FILES_A_FOLDER
    parts = [range(start, min(start + step, end)) for start in range(first, end, step)]
    with ProcessPoolExecutor() as pool:
        list(pool.map(partial(corpus.write, folder), parts))


def forget_others() -> None:
    """Libraries of other tables or another corpus."""
    for folder in KEPT.glob("library-*"):
        if not folder.name.startswith(f"library-{fingerprint()}-"):
            shutil.rmtree(folder)
