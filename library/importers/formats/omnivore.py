"""Omnivore's last export: lists of articles, their texts under content/ and their highlights under highlights/."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

from library.content.html_to_markdown import markdown_of
from library.importers.formats import document, shaping
from library.importers.formats.decoding import decode
from library.importers.record import HoldsNone, ImportFile, Passage, Record, Refusal

LABEL = "Omnivore (zip, or its metadata alone)"

STATES = {"active": "inbox", "archived": "archived"}
FOLDERS = ("content", "highlights")
EXTRA = {"author": "author", "publishedAt": "published", "thumbnail": "cover"}


def recognise(file: ImportFile) -> bool:
    return _is_list(file) or _is_companion(file)


def read(file: ImportFile) -> Iterator[Record | Refusal]:
    """Every article of a list, with the text and the highlights that lie beside it."""
    if not _is_list(file):
        raise HoldsNone("It was read together with the list of articles that came with it.")
    for item in document.entries(document.load(file), "articles"):
        yield item if isinstance(item, Refusal) else _record(item, file)


def _is_list(file: ImportFile) -> bool:
    return document.keys(file) >= {"slug", "url", "savedAt", "readingProgress"} and document.starts_with(file, "[")


def _is_companion(file: ImportFile) -> bool:
    """Whether the file lies in a folder of the export, whose lists lie above it."""
    *above, folder, _ = f"//{file.inner}".split("/")
    if folder not in FOLDERS:
        return False
    beginning = "/".join([*above[2:], "metadata_"])
    found = _first_from(file, beginning)
    return found.startswith(beginning) and found.endswith(".json")


def _first_from(file: ImportFile, name: str) -> str:
    """The first name in the package that is this one or comes after it; blank at the end. Names are in their order."""
    names = file.package.names()
    at = bisect_left(names, name.split("/"), key=lambda known: known.split("/"))
    return names[at] if at < len(names) else ""


def _record(item: dict[str, Any], file: ImportFile) -> Record | Refusal:
    url = shaping.line(item.get("url"))
    beside = _Beside(file, shaping.line(item.get("slug")))
    progress = shaping.percent(item.get("readingProgress"))
    state = STATES.get(shaping.line(item.get("state")).lower(), "")
    pdf = beside.name("content", ".pdf")
    note, passages = _highlights(beside.text("highlights", ".md"))
    return shaping.shaped(
        item.get("title"),
        url,
        tags=shaping.listed(item.get("labels")),
        created=item.get("savedAt"),
        texts={
            "overview": item.get("description"),
            "article": f"[{pdf}](<{pdf}>)" if pdf else markdown_of(beside.text("content", ".html"), url),
            "note": note,
        },
        state="reading" if state == "inbox" and 0 < progress < 100 else state,
        progress=progress,
        highlights=tuple(passages),
        attachments=(pdf,) if pdf else (),
        key=item.get("id"),
        extra={ours: item.get(theirs) for theirs, ours in EXTRA.items()},
    )


class _Beside:
    """The files of one article in the package."""

    def __init__(self, file: ImportFile, slug: str) -> None:
        self.file, self.slug = file, slug
        self.root = file.inner.rpartition("/")[0]

    def name(self, folder: str, ending: str) -> str:
        """The file's name in the package, or blank where there is none."""
        name = "/".join(filter(None, (self.root, folder, self.slug + ending)))
        return name if self.slug and _first_from(self.file, name) == name else ""

    def text(self, folder: str, ending: str) -> str:
        name = self.name(folder, ending)
        try:
            return decode(self.file.package.read(name))[0] if name else ""
        except KeyError:
            return ""


def _highlights(text: str) -> tuple[str, list[Passage]]:
    """The article's own note, and the highlights: a quotation each, with labels and a note below it."""
    note: list[str] = []
    found: list[tuple[list[str], list[str], list[str]]] = []
    quoting = False
    for line in text.split("\n"):
        if line.startswith(">"):
            if not quoting:
                found.append(([], [], []))
            found[-1][0].append(line[1:].removeprefix(" "))
        elif found and line.startswith("#") and not found[-1][2]:
            found[-1][1].extend(part.strip() for part in f" {line}".split(" #")[1:])
        elif found and (line.strip() or found[-1][2]):
            found[-1][2].append(line)
        elif not found:
            note.append(line)
        quoting = line.startswith(">")
    return "\n".join(note).strip(), [_passage(*parts) for parts in found if "".join(parts[0]).strip()]


def _passage(quote: list[str], labels: list[str], note: list[str]) -> Passage:
    return Passage("\n".join(quote).strip(), note="\n".join(note).strip(), tags=shaping.tag_names(labels, []))
