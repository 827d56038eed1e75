"""Markdown: a link file for each article, and beside them `commonplace.json` with what no link file can say.

A file that was imported comes back byte for byte, or patched where the article has changed since.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from library.content import link_file
from library.exporters import document, names
from library.exporters.chosen import Chosen, Progress
from library.exporters.own_files import Article, Library, OwnFile, own_files
from library.exporters.sinks import Sink, sink
from library.models import Original
from library.models.portable import DOCUMENT

LABEL = "Markdown"
ABOUT = (
    "A file for each article, as it was imported where nothing has changed. "
    "Everything else lies beside them, to restore from."
)
SUFFIX = ".zip"
MEDIA_TYPE = "application/zip"
WITH_BIN = True


def write(chosen: Chosen, target: Path, progress: Progress) -> None:
    """Into a zip, where the target's name ends so, else into a folder."""
    draft = target.with_name(f".{target.name}.{os.getpid()}.json")
    try:
        with sink(target) as files, draft.open("w", encoding="utf-8", errors="replace") as stream:
            writing = Writing(chosen, files, progress)
            stream.writelines(document.head(chosen, beside=True))
            stream.writelines(document.listed("articles", writing.articles()))
            stream.writelines(document.tail(chosen))
            stream.close()
            files.add_file(DOCUMENT, draft)
    finally:
        draft.unlink(missing_ok=True)


class Writing:
    """The state of one export: which names and which originals have gone out."""

    def __init__(self, chosen: Chosen, files: Sink, progress: Progress) -> None:
        self.chosen, self.files, self.progress = chosen, files, progress
        self.library = Library.of(chosen.owner)
        self.names = names.Names()
        self.out: set[str] = set()

    def articles(self) -> Iterator[document.Row | str]:
        """The rows of the articles, whose files are written on the way."""
        for chunk in self.chosen.chunks():
            rows = {row["id"]: row for row in document.articles(chunk)}
            for article in self.library.articles(chunk):
                if article.link.pk in rows:
                    self._write(article, rows[article.link.pk])
                    yield rows[article.link.pk]
            self.progress(len(chunk))

    def _write(self, article: Article, row: document.Row) -> None:
        """Name the files in the row, and leave out of it the texts that they say."""
        files = own_files(article, self.library.aliases)
        row["files"] = [self._add(article, file) for file in files]
        numbers = {file.source_id: number for number, file in enumerate(files) if file.source_id}
        for source in row["sources"]:
            if source["id"] in numbers:
                source["file"] = numbers[source["id"]]
        said = [link_file.read(file.data) for file in files]
        for text in row["texts"]:
            _leave_out(text, said)
        self._add_originals(row, {hashlib.sha256(file.data).hexdigest() for file in files})

    def _add(self, article: Article, file: OwnFile) -> str:
        wanted = names.kept(file.key) if file.key else names.made(article.link)
        name = self.names.take(wanted, "bin/" if article.link.deleted_at else "")
        self.files.add(name, file.data)
        return name

    def _add_originals(self, row: document.Row, written: set[str]) -> None:
        """What the article comes from, came from or came with, where that is no file of its own here."""
        wanted = {each["original"]: each["name"] for each in row["attachments"]}
        for source in row["sources"]:
            for each in (source, *source["formers"]):
                wanted.setdefault(each["original"], source["key"])
        for sha256, name in wanted.items():
            if sha256 not in written | self.out and (original := Original.objects.filter(pk=sha256).first()):
                self.out.add(sha256)
                self.files.add(names.of_original(sha256, name), original.data)


def _leave_out(text: dict[str, Any], said: list[dict[tuple[str, str], str]]) -> None:
    for number, sections in enumerate(said):
        if text["text"] and link_file.told(sections, text["kind"], text["heading"]) == text["text"]:
            del text["text"]
            text["file"] = number
            return
