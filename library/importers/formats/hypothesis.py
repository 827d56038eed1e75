"""Hypothesis: annotations as its API gives them, gathered by the page they are on."""

from collections.abc import Iterator
from typing import Any

from library.importers.formats import document, shaping
from library.importers.record import ImportFile, Passage, Record, Refusal

LABEL = "Hypothesis annotations (JSON)"

Annotation = dict[str, Any]


def recognise(file: ImportFile) -> bool:
    return document.keys(file) >= {"uri", "target", "user"}


def read(file: ImportFile) -> Iterator[Record | Refusal]:
    """One record for each page, in the order of their first annotations."""
    found = document.load(file)
    rows = found.get("rows", found.get("annotations")) if isinstance(found, dict) else found
    pages: dict[str, list[Annotation]] = {}
    for entry in document.entries(rows, "annotations"):
        if isinstance(entry, Refusal):
            yield entry
        elif entry.get("references"):
            yield Refusal(shaping.line(entry.get("text"))[:100], "A reply to an annotation, which marks no passage.")
        else:
            pages.setdefault(shaping.line(entry.get("uri")), []).append(entry)
    for uri, annotations in pages.items():
        yield _record(uri, annotations)


def _record(uri: str, annotations: list[Annotation]) -> Record | Refusal:
    """What is written about the page as a whole is a note on it, and its tags are the page's."""
    marked = [(annotation, selector) for annotation in annotations if (selector := _selector(annotation))]
    whole = [annotation for annotation in annotations if not _selector(annotation)]
    dates = [date for annotation in annotations if (date := shaping.date(annotation.get("created")))]
    return shaping.shaped(
        next(filter(None, map(_title, annotations)), ""),
        uri,
        tags=[tag for annotation in whole for tag in shaping.listed(annotation.get("tags"))],
        created=min(dates, default=None),
        texts={"note": "\n\n".join(filter(None, (shaping.block(each.get("text")).strip() for each in whole)))},
        highlights=tuple(_passage(*pair) for pair in marked),
    )


def _title(annotation: Annotation) -> str:
    page = annotation.get("document")
    titles = page.get("title") if isinstance(page, dict) else ""
    return shaping.line(next(iter(titles), "") if isinstance(titles, list) else titles)


def _selector(annotation: Annotation) -> dict[str, Any] | None:
    """The words that are marked, with those around them."""
    for target in shaping.objects(annotation.get("target")):
        for selector in shaping.objects(target.get("selector")):
            if selector.get("type") == "TextQuoteSelector" and shaping.block(selector.get("exact")).strip():
                return selector
    return None


def _passage(annotation: Annotation, selector: dict[str, Any]) -> Passage:
    return Passage(
        shaping.text_of(selector.get("exact")).strip("\n"),
        note=shaping.block(annotation.get("text")).strip(),
        created=shaping.date(annotation.get("created")),
        tags=shaping.tag_names(shaping.listed(annotation.get("tags")), []),
        prefix=shaping.text_of(selector.get("prefix")),
        suffix=shaping.text_of(selector.get("suffix")),
    )
