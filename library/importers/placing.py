"""The highlights that an import brought find their places in the texts, once all is in."""

from __future__ import annotations

from library.highlighting import place_new
from library.importers.ledger import keep_lease
from library.models import Highlight, ImportRun, Outcome

LINKS = 10
"""So many links are done at once: rendering a text takes as long as importing several."""


def place_all(run: ImportRun, holder: str) -> None:
    """Can be done again at any time: what has a place is left alone. Raises LeaseLost."""
    entries = run.entries.filter(outcome__in=(Outcome.NEW, Outcome.UPDATED, Outcome.MERGED), link__isnull=False)
    waiting = Highlight.objects.filter(start__isnull=True, link__in=entries.values("link"))
    after = 0
    while links := list(
        waiting.filter(link_id__gt=after).order_by("link_id").values_list("link_id", flat=True).distinct()[:LINKS]
    ):
        place_new(links)
        after = links[-1]
        keep_lease(run, holder)
