"""A table with a row for each article. Cells are safe for table programs (`content.cells`), and can be read back."""

from collections.abc import Iterable
from pathlib import Path

from library.content.cells import line
from library.exporters.chosen import Chosen, Progress
from library.exporters.tags import names_of
from library.models import Link, Section

LABEL = "Table"
ABOUT = "CSV with a row for each article, without its texts."
SUFFIX = ".csv"
MEDIA_TYPE = "text/csv"
WITH_BIN = False

COLUMNS = (
    *("title", "url", "type", "tags", "state", "favourite", "progress", "saved", "finished"),
    *("words", "minutes", "site", "gist", "note"),
)


def write(chosen: Chosen, target: Path, progress: Progress) -> None:
    with target.open("w", encoding="utf-8-sig", errors="replace", newline="") as stream:
        stream.write(line(COLUMNS))
        for chunk in chosen.kept():
            tags, notes = names_of(chunk), _notes(chunk)
            stream.writelines(line(_row(link, tags[link.pk], notes.get(link.pk, ""))) for link in chunk)
            progress(len(chunk))


def _row(link: Link, tags: list[str], note: str) -> Iterable[str]:
    """The values of COLUMNS."""
    yield from (link.title, link.url, link.type, ", ".join(tags), link.state)
    yield from ("yes" if link.favourite else "", str(link.progress), link.saved_at.isoformat())
    yield link.finished_at.isoformat() if link.finished_at else ""
    yield from (str(link.words), str(link.minutes), link.site, link.gist, note)


def _notes(links: list[Link]) -> dict[int, str]:
    return dict(Section.objects.filter(link__in=links, kind="note").values_list("link_id", "text"))
