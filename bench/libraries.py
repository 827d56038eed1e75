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


def get(count: int, smaller: Sequence[int], work: Path) -> Site:
    """A copy of the library of `count` articles, to be used and thrown away. Those of `smaller` are there already."""
    kept = folder_of(count)
    if not kept.exists():
        build(count, max(smaller, default=0), work, kept)
    return Site(kept).copy_to(work / f"library-{count}")


def folder_of(count: int) -> Path:
    return KEPT / f"library-{fingerprint()}-{count}"


def fingerprint() -> str:
    """Changes with the corpus, the tables and what is indexed: then a kept library is of no more use."""
    index = re.findall(r"^INDEX_VERSION.*", (ROOT / "library/search/documents.py").read_text(), re.MULTILINE)
    files = [ROOT / "bench/corpus.py", *sorted((ROOT / "library/migrations").glob("0*.py"))]
    content = "".join([*index, *(file.read_text() for file in files)])
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def build(count: int, have: int, work: Path, kept: Path) -> None:
    """Import what a library of `have` articles lacks."""
    sys.stderr.write(f"Making a library of {count:,} articles. It is kept in {KEPT} for the next time.\n")
    draft, files = work / f"draft-{count}", work / f"files-{count}"
    site = Site(folder_of(have)).copy_to(draft) if have else Site(draft)
    if not have:
        site.make()
    write_files(files, have, count)
    site.manage("import_library", str(files))
    shutil.rmtree(files)
    shutil.move(draft, kept)
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
