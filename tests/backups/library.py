"""A small library with a row of every model that a backup carries. As a command it becomes the backup of a version:

    DATA_DIR=build/for-backup .venv/bin/python -m tests.backups.library tests/backups/NUMBER-sqlite.zip
"""

import hashlib
import os
import sys
import zlib
from datetime import UTC, datetime, timedelta

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "library.settings")
    django.setup()

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command

from library.models import (
    ApiToken,
    Attachment,
    Departure,
    Event,
    FormerOriginal,
    Highlight,
    HighlightTag,
    ImportedRecord,
    ImportRun,
    Invitation,
    Kind,
    Link,
    Original,
    Outcome,
    Review,
    RunState,
    Section,
    SecurityEvent,
    Shelf,
    Source,
    Tag,
    TagAlias,
    User,
)
from library.models.bulk import carry_out
from library.models.writing import bin_link, move_address, set_tags, write_section

DAY = datetime(2026, 3, 1, 7, 30, 0, 123456, tzinfo=UTC)
TEXT = "The clerk kept two ledgers, in *ink* and in pencil.\n\nÜber Zeilen: 書籍, \U0001f4d6, \x85 and \u2028 too."


def write_library() -> User:
    """A reader with articles, marks, tags, shelves, an import, and what the person who runs the server has."""
    reader = User.objects.create_superuser("cara", email="cara@example.org", password="a long enough phrase")
    ledger, essay, binned = (_link(reader, title) for title in ("The ledger", "An essay on pencils", "Thrown away"))
    move_address(ledger, "https://example.org/ledger/2")
    ledger.save()
    bin_link(binned)
    carry_out(reader, "favourite", True, [ledger.pk, essay.pk])
    _mark(ledger)
    tag = Tag.objects.get(owner=reader, name="paper/ledgers")
    TagAlias.objects.create(owner=reader, tag=tag, name="Books of account", name_key="books of account", slug="books")
    Shelf.objects.append(reader, "Slow reads", query="ledger -pencil")
    _import(reader, ledger)
    _run(reader)
    return reader


def _link(reader: User, title: str) -> Link:
    link = Link(owner=reader, type="Essay", saved_at=DAY, extra={"b": [1, 2.5, None, True], "a": {"ü": "書"}})
    link.set_title(title)
    link.set_address(f"https://example.org/{title.replace(' ', '-')}")
    link.save()
    for kind in Kind.values:
        write_section(link, kind, f"{title}. {TEXT}", heading="Aside" if kind == Kind.OTHER else "")
    write_section(link, Kind.NOTE, f"{title}, read twice.")
    set_tags(link, ["paper/ledgers", "écriture"])
    set_tags(link, ["paper/ledgers"])
    return link


def _mark(link: Link) -> None:
    section = Section.objects.get(link=link, kind=Kind.ARTICLE)
    highlight = Highlight.objects.create(link=link, section=section, quote="two ledgers", start=27, end=38, note="Both")
    HighlightTag.objects.create(highlight=highlight, tag=Tag.objects.get(owner=link.owner, name="écriture"))
    Review.objects.filter(highlight=highlight).update(turns=3, seen_at=DAY + timedelta(days=2), seldom=True)


def _import(reader: User, link: Link) -> None:
    now, before = (_original(data) for data in (b"\x00\xff the file as it is", b"the file as it was"))
    said = {"title": link.title, "tags": ["écriture"]}
    source = Source.objects.create(
        owner=reader, link=link, format="markdown_notes", key="ledger.md", original=now, created=DAY, said=said
    )
    FormerOriginal.objects.create(source=source, original=before)
    Attachment.objects.create(link=link, original=before, name="desk.png", reference="desk.png", media_type="image/png")
    run = ImportRun.objects.create(
        owner=reader, label="Notes", paths=["/notes"], state=RunState.DONE, finished_at=DAY, cursor=[0, "ledger.md"],
        files=1, total_files=1, records=1, new=1,
    )  # fmt: skip
    ImportedRecord.objects.create(
        run=run, file="ledger.md", sha256=now.sha256, outcome=Outcome.NEW, link=link, warnings=["Odd"], changes={"n": 1}
    )


def _original(data: bytes) -> Original:
    name = hashlib.sha256(data).hexdigest()
    return Original.objects.create(sha256=name, size=len(data), compressed=zlib.compress(data))


def _run(reader: User) -> None:
    group = Group.objects.create(name="Librarians")
    permission = Permission.objects.get(codename="view_link")
    group.permissions.add(permission)
    reader.groups.add(group)
    reader.user_permissions.add(permission)
    address = EmailAddress.objects.create(user=reader, email=reader.email, primary=True)
    EmailConfirmation.objects.create(email_address=address, key="a-key", sent=DAY)
    Authenticator.objects.create(user=reader, type=Authenticator.Type.TOTP, data={"secret": "sealed"}, last_used_at=DAY)
    SocialAccount.objects.create(user=reader, provider="https://id.example", uid="1", extra_data={"name": "Cara"})
    Invitation.objects.invite(reader, "For dora")
    Departure.objects.create(at=DAY)
    ApiToken.objects.make(reader, "Script", ["read", "import"], timedelta(days=90))
    SecurityEvent.objects.add(Event.TOKEN_MADE, reader.pk, "203.0.113.9", "A browser", "Script")
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(
        user=reader, content_type=kind, object_id=str(reader.pk), object_repr="cara", action_flag=CHANGE
    )


if __name__ == "__main__":
    call_command("prepare")
    write_library()
    call_command("backup", sys.argv[1])
