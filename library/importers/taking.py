"""A batch is taken into the library, within its transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable

from django.utils import timezone

from library.content.words import Indexed
from library.highlighting import place_again
from library.importers import merge, passages, save
from library.importers.ledger import Batch
from library.importers.match import Incoming, Matches, known_records
from library.importers.taking_back import brought
from library.models import Kind, Link, Outcome, Tag
from library.models.writing import POSITIONS
from library.search.documents import Document
from library.search.indexing import FIELD_OF_KIND, index_documents, index_links

SAME = "The file changed, but it says the same of this article."
TWIN = "Already in the library, word for word."
SKIPPED = "The address is in the library already, and such articles were to be left as they are."


def take_in(batch: Batch, fresh: list[Incoming], words: set[str]) -> None:
    """New links together; then, one by one, what meets a link that is known or has just been made."""
    new, later = sort(fresh, Matches.of(batch.run, fresh, batch.places))
    _add(batch, new, words)
    same, others = split(batch, later)
    save.follow(same)
    for item in same:
        batch.add_record(item, Outcome.UNCHANGED, SAME, link_id=item.link_id)
    aliases = batch.run.owner.tag_aliases.meanings() if others else {}
    met = (_meet(batch, item, words, aliases) for item in others)
    index_links([link_id for link_id in met if link_id])


def split(batch: Batch, later: list[Incoming]) -> tuple[list[Incoming], list[Incoming]]:
    """Those that say what they said before, and the others."""
    told = [(item, says_the_same(batch, item)) for item in later]
    return [item for item, same in told if same], [item for item, same in told if not same]


def says_the_same(batch: Batch, item: Incoming) -> bool:
    """Whether nothing can follow from one of many records, so that its link need not be looked at."""
    if item.source is None or item.prepared.records == 1 or batch.run.tags:
        return False
    return merge.says_the_same(item.source, item.record)


def sort(fresh: list[Incoming], matches: Matches) -> tuple[list[Incoming], list[Incoming]]:
    """Items that need a link of their own, and those that meet one: known before, or new in this very batch."""
    new: list[Incoming] = []
    later: list[Incoming] = []
    seen: set[Hashable] = set()
    for item in fresh:
        matches.settle(item)
        marks = set(item.marks())
        (later if item.link_id or item.goes_by_title or marks & seen else new).append(item)
        seen |= marks
    return new, later


def _add(batch: Batch, new: list[Incoming], words: set[str]) -> None:
    links, tags = save.save_new(batch.run, new, timezone.now())
    pairs = list(zip(links, new, strict=True))
    index_documents([_document(batch, *pair, tags) for pair in pairs if not _has_tagged_marks(pair[1])], words)
    index_links([link.pk for link, item in pairs if _has_tagged_marks(item)])
    for link, item in zip(links, new, strict=True):
        batch.add_record(item, Outcome.NEW, "Added.", link_id=link.pk, changes=brought(link))


def _has_tagged_marks(item: Incoming) -> bool:
    """The index takes tags of highlights by what they are called in the library, so it reads these links itself."""
    return any(passage.tags for passage in item.record.highlights)


def _meet(batch: Batch, item: Incoming, words: set[str], aliases: dict[str, str]) -> int | None:
    """Take in an item whose link is looked for now, after what came before it. Returns the link's id if it changed."""
    owner = batch.run.owner
    position = item.prepared.position
    if twin := known_records(owner, [item.file.sha256], position, position + 1).get(item.place):
        batch.add_record(item, Outcome.UNCHANGED, TWIN, link_id=twin.link_id, warnings=())
        return None
    Matches.of(batch.run, [item], batch.places).settle(item)
    if item.link_id is None:
        _add(batch, [item], words)
        return None
    if batch.run.same_address == "skip":
        batch.add_record(item, Outcome.UNCHANGED, SKIPPED, link_id=item.link_id, warnings=())
        return None
    now = save.look_at(item.link_id, aliases, item.record, lock=True)
    plan = merge.plan(now, item)
    changes = save.apply(batch.run, now, plan, item)
    if plan.texts:
        place_again([item.link_id])
    batch.add_record(item, plan.outcome, " ".join(plan.sentences), link_id=item.link_id, changes=changes)
    return None if plan.changes_nothing and not batch.run.tags else item.link_id


def _document(batch: Batch, link: Link, item: Incoming, tags: dict[str, Tag]) -> Document:
    texts: dict[str, list[str]] = defaultdict(list)
    made: dict[str, list[Indexed]] = defaultdict(list, title=[item.prepared.title])
    # The article comes before all that is found as part of it, in the order of the page: as the index reads them back.
    for text in sorted(item.record.texts, key=lambda text: POSITIONS[Kind(text.kind)]):
        if not text.beside:
            texts[FIELD_OF_KIND[Kind(text.kind)]].append(text.text)
            made[FIELD_OF_KIND[Kind(text.kind)]].append(item.prepared.indexed[text.key])
    if item.record.highlights:
        texts["highlights"] = passages.texts(passages.new_to(item.record))
        made["highlights"] = list(item.prepared.marks)
    return Document(
        owner_id=link.owner_id,
        link_id=link.pk,
        saved_at=link.saved_at,
        title=link.title,
        texts=texts,
        tags=sorted((tag.pk, tag.name) for tag in save.tags_of(item, tags, batch.run.tags)),  # as the index reads them
        made=made,
    )
