"""A dry run: the same outcomes, and nothing written but the ledger."""

from __future__ import annotations

from library.importers import merge, save
from library.importers.ledger import Batch
from library.importers.match import Incoming, Matches
from library.importers.scratch import Scratch
from library.importers.taking import SAME, SKIPPED, says_the_same, sort
from library.models import Outcome

TWIN = "Another file of this import has the same address."


def foresee(batch: Batch, fresh: list[Incoming], scratch: Scratch) -> None:
    """In the order of `take_in`, so that what comes first is the same."""
    new, later = sort(fresh, Matches.of(batch.run, fresh, batch.places))
    aliases = batch.run.owner.tag_aliases.meanings() if later else {}
    for item in (*new, *later):
        _foresee_one(batch, item, scratch, aliases)
        scratch.add_address(item.url_hash)


def _foresee_one(batch: Batch, item: Incoming, scratch: Scratch, aliases: dict[str, str]) -> None:
    twin = not item.by_address and scratch.has_address(item.url_hash)
    if says_the_same(batch, item):
        batch.add_record(item, Outcome.UNCHANGED, SAME, link_id=item.link_id)
    elif (item.link_id or twin) and batch.run.same_address == "skip":
        batch.add_record(item, Outcome.UNCHANGED, SKIPPED, link_id=item.link_id, warnings=())
    elif twin:
        batch.add_record(item, Outcome.MERGED, TWIN)
    elif item.link_id:
        plan = merge.plan(save.look_at(item.link_id, aliases, item.record), item)
        batch.add_record(item, plan.outcome, " ".join(plan.sentences), link_id=item.link_id)
    else:
        batch.add_record(item, Outcome.NEW, "Will be added.")
