"""The floor under an import: plain sqlite3 doing the same work, and nothing else.

Read, SHA-256, front matter with YAML's C loader, sections, insert into plain tables, the compressed original,
full-text index. Run as `python -m bench.floor FOLDER FILE FILES_TO_A_COMMIT`.
"""

import hashlib
import json
import sqlite3
import sys
import time
import zlib
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

COMPRESSION = 3
HEADINGS = {
    "\n## Overview (from Notion)\n": "overview",
    "\n## AI Summary (from Notion)\n": "summary",
    "\n## Content (from Notion)\n": "article",
}
PRAGMAS = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8000;"
TABLES = """
CREATE TABLE IF NOT EXISTS link (id INTEGER PRIMARY KEY, url TEXT, title TEXT, type TEXT, saved_at TEXT);
CREATE UNIQUE INDEX IF NOT EXISTS link_url ON link (url);
CREATE TABLE IF NOT EXISTS section (id INTEGER PRIMARY KEY, link INTEGER, kind TEXT, text TEXT);
CREATE TABLE IF NOT EXISTS tag (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE IF NOT EXISTS link_tag (tag INTEGER, link INTEGER, PRIMARY KEY (tag, link)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS original (sha256 TEXT PRIMARY KEY, size INTEGER, compressed BLOB);
"""
CONTENT = "content='', contentless_delete=1," if sqlite3.sqlite_version_info >= (3, 43) else ""
TOKENIZER = "tokenize='porter unicode61 remove_diacritics 2'"
INDEX = f"CREATE VIRTUAL TABLE words USING fts5(title, overview, summary, article, tags, {CONTENT} {TOKENIZER})"
INDEX_OPTIONS = "INSERT INTO words (words, rank) VALUES ('hashsize', 16777216), ('automerge', 16)"

File = tuple[str, bytes]


def main(folder: Path, database: Path, commit: int) -> None:
    connection = open_database(database)
    begun = time.perf_counter()
    files = 0
    paths = iter(sorted(folder.rglob("*.md")))
    while batch := list(islice(paths, commit)):
        take_in(connection, [read(path) for path in batch])
        files += len(batch)
    seconds = time.perf_counter() - begun
    sys.stdout.write(json.dumps({"files": files, "seconds": seconds, "sqlite": sqlite3.sqlite_version}))


def open_database(file: Path) -> sqlite3.Connection:
    is_new = not file.exists()
    connection = sqlite3.connect(file, isolation_level=None)
    connection.executescript(PRAGMAS + TABLES)
    if is_new:
        connection.executescript(f"{INDEX}; {INDEX_OPTIONS}")
    return connection


def read(path: Path) -> File:
    data = path.read_bytes()
    return hashlib.sha256(data).hexdigest(), data


def take_in(connection: sqlite3.Connection, batch: list[File]) -> None:
    """One commit. Files whose bytes are known are left out."""
    marks = ",".join("?" * len(batch))
    query = f"SELECT sha256 FROM original WHERE sha256 IN ({marks})"  # noqa: S608 - question marks only
    known = {row[0] for row in connection.execute(query, [sha256 for sha256, _ in batch])}
    fresh = [file for file in batch if file[0] not in known]
    records = [parse(data) for _, data in fresh]
    connection.execute("BEGIN IMMEDIATE")
    for (sha256, data), (metadata, title, texts) in zip(fresh, records, strict=True):
        connection.execute(
            "INSERT INTO original VALUES (?, ?, ?)", (sha256, len(data), zlib.compress(data, COMPRESSION))
        )
        insert(connection, metadata, title, texts)
    connection.execute("COMMIT")


def parse(data: bytes) -> tuple[dict[str, Any], str, dict[str, str]]:
    _, front_matter, body = data.decode().split("---\n", 2)
    title, _, rest = body.lstrip().partition("\n")
    return yaml.load(front_matter, Loader=yaml.CSafeLoader), title.removeprefix("# "), dict(split(rest))


def split(body: str) -> Iterator[tuple[str, str]]:
    places = sorted((body.find(heading), heading) for heading in HEADINGS if heading in body)
    ends = [place for place, _ in places[1:]] + [len(body)]
    for (place, heading), end in zip(places, ends, strict=True):
        yield HEADINGS[heading], body[place + len(heading) : end].strip()


def insert(connection: sqlite3.Connection, metadata: dict[str, Any], title: str, texts: dict[str, str]) -> None:
    saved = metadata["created"]
    link = connection.execute(
        "INSERT INTO link (url, title, type, saved_at) VALUES (?, ?, ?, ?)",
        (metadata["url"], title, metadata["notion_type"], saved.isoformat() if isinstance(saved, datetime) else saved),
    ).lastrowid
    connection.executemany(
        "INSERT INTO section (link, kind, text) VALUES (?, ?, ?)", [(link, *text) for text in texts.items()]
    )
    for name in metadata["tags"]:
        connection.execute("INSERT INTO tag (name) VALUES (?) ON CONFLICT DO NOTHING", (name,))
        connection.execute("INSERT INTO link_tag SELECT id, ? FROM tag WHERE name = ?", (link, name))
    connection.execute(
        "INSERT INTO words (rowid, title, overview, summary, article, tags) VALUES (?, ?, ?, ?, ?, ?)",
        (link, title, *(texts.get(kind, "") for kind in HEADINGS.values()), " ".join(metadata["tags"])),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
