"""Everything as one JSON file (docs/export.md), from which a library can be restored."""

import base64
from collections.abc import Iterator
from pathlib import Path

from library.exporters import document
from library.exporters.chosen import Chosen, Progress
from library.models import Original

LABEL = "JSON"
ABOUT = "Everything in one file, to restore from."
SUFFIX = ".json"
MEDIA_TYPE = "application/json"
WITH_BIN = True


def write(chosen: Chosen, target: Path, progress: Progress) -> None:
    """Never more than a chunk of articles, or one original, is in memory."""
    with target.open("w", encoding="utf-8", errors="replace") as stream:
        stream.writelines(document.head(chosen))
        stream.writelines(document.listed("originals", _originals(chosen)))
        stream.writelines(document.listed("articles", _articles(chosen, progress)))
        stream.writelines(document.tail(chosen))


def _articles(chosen: Chosen, progress: Progress) -> Iterator[document.Row | str]:
    for chunk in chosen.chunks():
        yield from document.articles(chunk)
        progress(len(chunk))


def _originals(chosen: Chosen) -> Iterator[document.Row | str]:
    """Each once, with its bytes in base64."""
    done: set[str] = set()
    for chunk in chosen.chunks():
        wanted = document.originals_of(chunk) - done
        done |= wanted
        for original in Original.objects.filter(pk__in=wanted).order_by("pk").iterator(chunk_size=10):
            data = base64.b64encode(original.data).decode()
            yield {"sha256": original.sha256, "size": original.size, "data": data}

