"""`python -m bench.quality FOLDER...`: how well the search finds, on both databases, by collections in BEIR layout."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from bench import beir, libraries
from bench.beir import Collection
from bench.figures import Chapter, written
from bench.measures import mean, ndcg, recall
from bench.site import CantMeasure, Site
from tests import postgres

COLUMNS = ("", "database", "articles", "questions", "nDCG@10", "recall@10", "recall@100", "s to index", "ms a question")
DATABASES = ("SQLite", "PostgreSQL")
Found = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Scores:
    """Means over all questions."""

    ndcg_10: float
    recall_10: float
    recall_100: float


@dataclass(frozen=True)
class Row:
    collection: str
    database: str
    articles: int
    questions: int
    scores: Scores
    seconds_to_index: float
    ms_a_question: float

    def cells(self) -> list[str]:
        scores = (self.scores.ndcg_10, self.scores.recall_10, self.scores.recall_100)
        counts, times = (self.articles, self.questions), (self.seconds_to_index, self.ms_a_question)
        return [self.collection, self.database, *map(written, counts), *map("{:.4f}".format, scores),
                *map(written, times)]  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    options = parser().parse_args(arguments)
    try:
        collections = [(folder, beir.read(folder)) for folder in options.folders]
        libraries.KEPT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="running-", dir=libraries.KEPT) as work:
            databases = [options.only] if options.only else DATABASES
            chapter = measure(Path(work), collections, databases, options.distractors, options.ranked)
    except CantMeasure as reason:
        sys.stderr.write(f"The search can't be measured. {reason}\n")
        return 1
    sys.stdout.write("\n".join(chapter.lines()) + "\n")
    return write(chapter, options.json) if options.json else 0


def write(chapter: Chapter, file: Path) -> int:
    try:
        file.write_text(json.dumps(chapter.as_data(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        sys.stderr.write(f"The figures can't be written to {file}: {error.strerror}.\n")
        return 1
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m bench.quality", description=__doc__)
    made.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="A collection in BEIR layout.")
    made.add_argument("--only", choices=DATABASES, help="Leave the other database out.")
    made.add_argument("--distractors", type=int, default=0, metavar="N", help="Add N texts that answer nothing.")
    made.add_argument("--ranked", type=int, default=0, metavar="N", help="Rank N candidates, to see what bounds cost.")
    made.add_argument("--json", type=Path, metavar="FILE", help="Write the figures there, too.")
    return made


def measure(
    work: Path,
    collections: Sequence[tuple[Path, Collection]],
    databases: Sequence[str],
    distractors: int = 0,
    ranked: int = 0,
) -> Chapter:
    """Each collection in an empty library of its own."""
    address_of = start_postgres() if "PostgreSQL" in databases else None
    chapter = Chapter("How well the search finds", COLUMNS)
    for number, (folder, collection) in enumerate(collections):
        for database in databases:
            url = address_of(f"collection_{number}") if address_of and database == "PostgreSQL" else ""
            site = Site(work / f"{database}-{number}", database_url=url)
            chapter.figures.append(row(site, folder.absolute(), collection, database, distractors, ranked))
    return chapter


def start_postgres() -> Callable[[str], str]:
    """A server that is gone with this process, and a function that makes a database there and answers its address."""
    try:
        address = postgres.start(Path(tempfile.mkdtemp(prefix="commonplace-postgres-")))
    except (OSError, RuntimeError, AssertionError, subprocess.SubprocessError, psycopg.Error) as error:
        raise CantMeasure(f"PostgreSQL can't be started here: {error} With --only SQLite it is left out.") from error

    def address_of(name: str) -> str:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return urlsplit(address)._replace(path=f"/{name}").geturl()

    return address_of


def row(
    site: Site, folder: Path, collection: Collection, database: str, distractors: int = 0, ranked: int = 0
) -> Row:
    site.folder.mkdir(parents=True)
    site.manage("migrate", "--verbosity=0")
    answer: dict[str, Any] = site.inside("ask_collection", str(folder), distractors, ranked)
    asked = len(collection.questions)
    return Row(
        collection=collection.name,
        database=database,
        articles=len(collection.texts) + distractors,
        questions=asked,
        scores=score(collection, answer["found"]),
        seconds_to_index=answer["filling"],
        ms_a_question=answer["asking"] * 1000 / asked,
    )


def score(collection: Collection, found: Found) -> Scores:
    """A question that found nothing counts as 0."""
    pairs = [(found.get(key, []), judged) for key, judged in collection.judged.items()]
    return Scores(
        ndcg_10=mean(ndcg(*pair, 10) for pair in pairs),
        recall_10=mean(recall(*pair, 10) for pair in pairs),
        recall_100=mean(recall(*pair, 100) for pair in pairs),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
