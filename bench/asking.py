"""A collection in a reader's library: put on the shelf, indexed, and asked its questions by the search itself."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from django.db import transaction

from bench.beir import Collection, Text
from library.content.facts import facts
from library.content.text import clean_text
from library.models import Kind, Link, LinkTag, Section, Tag, User
from library.models.writing import POSITIONS
from library.search import indexing, search

BATCH = 500
DEPTH = 100
LAYERS = {Kind.OVERVIEW: "overview", Kind.SUMMARY: "summary", Kind.NOTE: "note"}
FIRST_DAY, APART = datetime(2015, 1, 1, tzinfo=UTC), timedelta(minutes=1)
Layers = dict[Kind, str]


def shelve(owner: User, collection: Collection) -> dict[int, str]:
    """Put the texts into the library and index them. Which text each link is."""
    texts, articles = iter(collection.texts.items()), {}
    while batch := list(islice(texts, BATCH)):
        save(owner, batch, articles)
    while indexing.drain(BATCH, owner.pk):
        pass
    return articles


@transaction.atomic
def save(owner: User, batch: Sequence[tuple[str, Text]], articles: dict[int, str]) -> None:
    texts = [text for _, text in batch]
    written = [layers(text) for text in texts]
    links = [link(owner, *pair, len(articles) + place) for place, pair in enumerate(zip(texts, written, strict=True))]
    Link.objects.bulk_create(links)
    Section.objects.bulk_create(sections(links, written))
    put_tags(owner, links, texts)
    articles.update((link.pk, key) for link, (key, _) in zip(links, batch, strict=True))


def layers(text: Text) -> Layers:
    """What each section says. Those of other kinds than the article come from the metadata, where it has them."""
    found = {Kind.ARTICLE: text.text} | {kind: text.metadata.get(name) for kind, name in LAYERS.items()}
    return {kind: clean_text(said) for kind, said in found.items() if isinstance(said, str) and said.strip()}


def link(owner: User, text: Text, written: Layers, number: int) -> Link:
    made = Link(owner=owner, saved_at=saved_at(text, number))
    made.set_title(clean_text(text.title))
    made.set_facts(facts(written.items()))
    return made


def saved_at(text: Text, number: int) -> datetime:
    """Texts without a day of their own were saved in the order of the collection."""
    try:
        return datetime.fromisoformat(text.metadata["saved"]).replace(tzinfo=UTC)
    except (KeyError, TypeError, ValueError):
        return FIRST_DAY + number * APART


def sections(links: Sequence[Link], written: Sequence[Layers]) -> Iterator[Section]:
    for link, found in zip(links, written, strict=True):
        for kind, said in found.items():
            yield Section(link=link, kind=kind, text=said, position=POSITIONS[kind])


def put_tags(owner: User, links: Sequence[Link], texts: Sequence[Text]) -> None:
    for link, text in zip(links, texts, strict=True):
        if names := text.metadata.get("tags"):
            tags = Tag.objects.ensure(owner.pk, names)
            LinkTag.objects.bulk_create(LinkTag(tag=tag, link=link, saved_at=link.saved_at) for tag in tags.values())


def ask(owner: User, collection: Collection, articles: dict[int, str]) -> dict[str, list[str]]:
    """The texts that each question finds, best first."""
    return {key: find(owner, key, text, articles) for key, text in collection.questions.items()}


def find(owner: User, key: str, question: str, articles: dict[int, str]) -> list[str]:
    """A text with the question's own id is left out, as BEIR does, where questions are some of the texts."""
    found = (articles[link_id] for link_id in search(owner, question, limit=DEPTH + 1).links)
    return [one for one in found if one != key][:DEPTH]
