"""Collections that tell how well a search finds: texts, questions, and which texts answer them.

A collection is a folder in the layout of BEIR (Thakur et al., "BEIR: A Heterogeneous Benchmark for Zero-shot
Evaluation of Information Retrieval Models", 2021): corpus.jsonl, queries.jsonl and qrels/*.tsv.
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.site import CantMeasure

CORPUS, QUERIES, QRELS = "corpus.jsonl", "queries.jsonl", "qrels"
TEST = "test.tsv"  # where a collection also has judgements to train with, published figures are those of this file
SENTENCE = re.compile(r"(?<=[.!?。])\s*|\n+")
SENTENCES, SPREAD, FEWEST = 40, 15, 5  # of a distractor, as of an article
LAYOUT = f"A collection is a folder with {CORPUS}, {QUERIES} and {QRELS}/{TEST}."


@dataclass(frozen=True)
class Text:
    title: str
    text: str
    metadata: dict[str, Any]


@dataclass(frozen=True)
class Collection:
    """`judged`: for each question the texts that somebody judged for it, and how well each answers; 0: not at all."""

    name: str
    texts: dict[str, Text]
    questions: dict[str, str]
    judged: dict[str, dict[str, int]]


def read(folder: Path) -> Collection:
    """The collection, with only those questions that have judgements. Raises CantMeasure where it is none."""
    if not folder.is_dir():
        raise CantMeasure(f"There is no folder {folder}. {LAYOUT}")
    judged = read_judgements(folder)
    questions = {key: record["text"] for key, record in records(folder / QUERIES) if key in judged}
    if not questions:
        raise CantMeasure(f"No question of {folder / QUERIES} has a judgement.")
    texts = {key: as_text(record) for key, record in records(folder / CORPUS)}
    return Collection(folder.resolve().name, texts, questions, {key: judged[key] for key in questions})


def thickened(collection: Collection, distractors: int) -> Collection:
    """With so many more texts, newer than all others, that answer nothing: sentences of the collection's own, mixed."""
    dice = random.Random(collection.name)  # noqa: S311 - no secret is made here
    sentences = [one for text in collection.texts.values() for one in SENTENCE.split(text.text) if one.strip()]
    made = {}
    for number in range(distractors):
        found = dice.choices(sentences, k=max(FEWEST, round(dice.gauss(SENTENCES, SPREAD))))
        made[f"distractor-{number}"] = Text(dice.choice(sentences)[:80], "\n".join(found), {})
    return replace(collection, texts=collection.texts | made)


def as_text(record: dict[str, Any]) -> Text:
    return Text(record.get("title") or "", record["text"], record.get("metadata") or {})


def records(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every record with its id."""
    for place, line in lines(file):
        try:
            record = json.loads(line)
            key, has_text = str(record["_id"]), isinstance(record["text"], str)
        except (ValueError, KeyError, TypeError):
            has_text = False
        if not has_text:
            raise CantMeasure(f'{place} is no JSON object with "_id" and "text".')
        yield key, record


def read_judgements(folder: Path) -> dict[str, dict[str, int]]:
    files = sorted((folder / QRELS).glob("*.tsv"))
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    for file in [file for file in files if file.name == TEST] or files:
        for question, text, grade in judgements(file):
            judged[question][text] = grade
    if not judged:
        raise CantMeasure(f"{folder / QRELS} has no judgements. {LAYOUT}")
    return judged


def judgements(file: Path) -> Iterator[tuple[str, str, int]]:
    """Question, text and grade of each line but the first, which names the columns."""
    for number, (place, line) in enumerate(lines(file)):
        question, *others = line.rstrip("\n").split("\t")
        if len(others) == 2 and others[1].strip().lstrip("-").isdecimal():
            yield question, others[0], int(others[1])
        elif number:
            raise CantMeasure(f"{place} is no judgement: a question's id, a text's id and a whole number, with tabs.")


def lines(file: Path) -> Iterator[tuple[str, str]]:
    """Each line that is not blank, with its place in words."""
    try:
        with file.open(encoding="utf-8-sig") as stream:
            for number, line in enumerate(stream, 1):
                if line.strip():
                    yield f"Line {number} of {file}", line
    except OSError as error:
        raise CantMeasure(f"{file} can't be read: {error.strerror}. {LAYOUT}") from error
    except UnicodeDecodeError as error:
        raise CantMeasure(f"{file} is not in UTF-8.") from error
