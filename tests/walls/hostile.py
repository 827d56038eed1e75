"""A library in which every text is hostile: each vector in every field that can hold it, many to an object."""

from collections.abc import Iterable

from library.models import Highlight, ImportedRecord, ImportRun, Kind, Link, LinkTag, Outcome, Shelf, Tag, User
from library.models.highlights import Colour
from library.models.tags import NAME_LENGTH
from library.models.writing import set_tags, write_section
from tests.walls.table import library_of
from tests.walls.vectors import CANARY, CLOSING

Library = dict[str, dict[str, object]]
SHELVES = 24
ADDRESSES = ('https://example.org/"><script>fire()</script>', "javascript:fire()")


def armed(vectors: Iterable[str], canary: str) -> list[str]:
    """The vectors as they are stored, each with its number, so that what fires can be named."""
    stored = [vector.replace("\0", "").encode(errors="replace").decode() for vector in vectors]
    return [
        vector.replace("fire()", f"fire({number})").replace(CANARY, canary) for number, vector in enumerate(stored)
    ]


def packed(texts: Iterable[str], most: int) -> list[str]:
    """The texts one after the other, in as few strings of at most `most` characters as come easily."""
    packs = [""]
    for text in (text[:most] for text in texts):
        if len(packs[-1]) + len(text) > most:
            packs.append("")
        packs[-1] += text
    return packs


def hostile_library(owner: User, texts: list[str]) -> Library:
    """One of everything with all the texts in it, and of what is listed one for each text."""
    together = " ".join(text for text in texts if len(text) < 300)
    library = library_of(owner, together, *ADDRESSES)
    kept = owner.links.get(pk=library["read"]["pk"])
    for kind in Kind.values:
        write_section(kept, kind, CLOSING.join(texts), heading=texts[0] if kind == Kind.OTHER else "")
    articles = many_articles(owner, texts)
    set_tags(articles[0], packed(texts, NAME_LENGTH))
    many_highlights(articles[1], texts)
    many_records(owner.import_runs.get(), kept, texts)
    for number, name in enumerate(packed(texts, NAME_LENGTH)[:SHELVES]):
        Shelf.objects.append(owner, f"{number}{name}"[:NAME_LENGTH], query=f'"{number}"', in_rail=number < SHELVES // 2)
    return library


def many_articles(owner: User, texts: list[str]) -> list[Link]:
    """One article for each text, which is its title, its type, its gist, its tag and the end of its address."""
    links = [Link(owner=owner, type=text[:100], gist=text[:300], site=text[:255], extra={text: text}) for text in texts]
    for number, (link, text) in enumerate(zip(links, texts, strict=True)):
        link.set_title(text)
        link.url = f"https://example.org/{number}#{text}"
    Link.objects.bulk_create(links)
    tags = [
        Tag(owner=owner, name=text[:100], name_key=f"{number} {text[:100]}", slug=f"hostile-{number}")
        for number, text in enumerate(texts)
    ]
    Tag.objects.bulk_create(tags)
    LinkTag.objects.bulk_create(
        LinkTag(link=link, tag=tag, saved_at=link.saved_at) for link, tag in zip(links, tags, strict=True)
    )
    return links


def many_highlights(link: Link, texts: list[str]) -> None:
    """A highlight for each text, which it marks and which is its note. Half of them have lost their place."""
    write_section(link, Kind.ARTICLE, CLOSING.join(texts))
    section = link.sections.get(kind=Kind.ARTICLE)
    Highlight.objects.bulk_create(
        Highlight(
            link=link,
            section=section,
            quote=text,
            prefix=text[:64],
            suffix=text[:64],
            note=text,
            colour=Colour.values[number % len(Colour.values)],
            start=number if number % 2 else None,
            end=number + 5 if number % 2 else None,
        )
        for number, text in enumerate(texts)
    )


def many_records(run: ImportRun, link: Link, texts: list[str]) -> None:
    """For each text a file of that name, with that warning, and one that was left out for that reason."""
    ImportedRecord.objects.bulk_create(
        ImportedRecord(
            run=run,
            file=text,
            outcome=outcome,
            link=link if outcome == Outcome.NEW else None,
            message=text,
            warnings=[text],
            about={"title": text, "type": text, "tags": [text]},
            place=place,
        )
        for text in texts
        for outcome, place in ((Outcome.NEW, 1), (Outcome.REJECTED, 0))
    )
