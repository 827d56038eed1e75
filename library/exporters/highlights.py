"""All highlights as one Markdown file, article by article."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from django.utils import timezone

from library.content.quotation import Passage, as_markdown
from library.content.text import fold
from library.exporters.chosen import Chosen, Progress
from library.models import Highlight

LABEL = "Highlights"
ABOUT = "Markdown with every passage that you marked, and your notes on them."
SUFFIX = ".md"
MEDIA_TYPE = "text/markdown"
WITH_BIN = False


def write(chosen: Chosen, target: Path, progress: Progress) -> None:
    with target.open("w", encoding="utf-8", errors="replace") as stream:
        stream.writelines(as_markdown(_passages(chosen, progress)))


def _passages(chosen: Chosen, progress: Progress) -> Iterator[Passage]:
    """In each article in the order of its texts; those that lost their place come last."""
    for chunk in chosen.kept():
        marks: dict[int, list[Highlight]] = defaultdict(list)
        found = Highlight.objects.filter(link__in=chunk).select_related("section").defer("section__text")
        for highlight in found.prefetch_related("tags"):
            marks[highlight.link_id].append(highlight)
        for link in chunk:
            for each in sorted(marks[link.pk], key=_place):
                yield _passage(each, link.display_title, link.url if link.url_hash else "")
        progress(len(chunk))


def _place(highlight: Highlight) -> tuple[bool, int, int, int]:
    section, start = highlight.section, highlight.start
    if section is None or start is None:
        return True, 0, 0, highlight.pk
    return False, section.position, start, highlight.pk


def _passage(each: Highlight, title: str, address: str) -> Passage:
    tags = tuple(sorted((tag.name for tag in each.tags.all()), key=fold))
    marked = timezone.localtime(each.created_at).isoformat(timespec="seconds")
    lost = each.start is None or each.section_id is None
    return Passage(title, address, each.quote, each.note, tags, each.colour, marked, lost)
