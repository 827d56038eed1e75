"""What the tests of pages put on a reader's shelf."""

from datetime import UTC, datetime
from typing import Any

from django.test import Client

from library.models import Link, LinkTag, Section, Tag, User
from library.models.writing import POSITIONS

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


def article(owner: User, title: str = "The ledger", tags: tuple[str, ...] = (), **fields: Any) -> Link:
    """An article; `overview`, `summary`, `article`, `note` are its texts, everything else its fields."""
    texts = {kind: fields.pop(kind) for kind in ("overview", "summary", "article", "note") if kind in fields}
    link = Link(owner=owner, **{"saved_at": NOON, **fields})
    link.set_title(title)
    link.set_address(fields.get("url", ""))
    link.save()
    for kind, text in texts.items():
        Section.objects.create(link=link, kind=kind, text=text, position=POSITIONS[kind])
    for tag in Tag.objects.ensure(owner.pk, tags).values():
        LinkTag.objects.create(tag=tag, link=link, saved_at=link.saved_at)
    if texts:
        link.recount()
    return link


def titles(client: Client, address: str) -> list[str]:
    """The titles of the rows on a page, in order."""
    groups = client.get(address).context["groups"]
    return [row["title"] for group in groups for row in group["rows"]]
