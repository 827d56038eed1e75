"""What the walls are tried at: every address of the URL table, and a library with one of everything."""

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from urllib.parse import quote

from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import URLResolver, get_resolver

from library.exporters.kept import make
from library.importers.pieces import Listed, begin
from library.models import (
    ApiToken,
    Attachment,
    Change,
    Event,
    Export,
    FormerAddress,
    Highlight,
    HighlightTag,
    ImportedRecord,
    ImportRun,
    Kind,
    Link,
    Original,
    Outcome,
    Rendering,
    RunState,
    SearchDocument,
    SearchLanguage,
    SearchPending,
    SearchWord,
    SectionVersion,
    SecurityEvent,
    Shelf,
    Source,
    TagAlias,
    User,
)
from library.models.bulk import carry_out
from library.models.writing import set_tags, write_section
from tests.views.doors import ways_in

PUBLIC = {"login", "setup", "healthz", "invitation", ".well-known"}  # and the files under /static/, which are no routes
BY_TOKEN = {"api"}  # where a program shows a token and a session counts for nothing
HEADERS = {
    "Content-Security-Policy": r"default-src 'none'; (script-src 'self'; .*|sandbox; )frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin|no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ".*camera=.*",
}
# What a GET may write: who is here or was refused, and what can be made again from the library at any time.
NOT_KEPT = {Session, UserSession, SecurityEvent, Rendering, SearchDocument, SearchLanguage, SearchPending, SearchWord}
NOWHERE = dict.fromkeys(("pk", "version", "number", "file", "object_id", "id"), 987654321)
NOWHERE |= dict.fromkeys(("passkey", "session", "identity", "reader", "invitation", "token"), 987654321)
NOWHERE |= {"slug": "no-such-tag", "name": "words", "upload": "f" * 32}


# --- the table -----------------------------------------------------------------------------------------------------


def walk(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every route as text, such as /read/<pk>/edit/."""
    for entry in resolver.url_patterns:
        route = before + re.sub(r"[\^$]", "", str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from walk(entry, route)
        else:
            yield re.sub(r"<\w+:", "<", re.sub(r"\(\?P(<\w+>)[^)]*\)", r"\1", route))


ROUTES = ["/" + route for route in walk(get_resolver())]
STAFFS = [route for route in ROUTES if route.startswith("/settings/readers/")]  # there for nobody else
OWN = [route for route in ROUTES if not route.startswith("/admin/") and route not in STAFFS]
PAGES = OWN + STAFFS
WITH_OBJECT = [route for route in PAGES if "<" in route]


def room(route: str) -> str:
    return route.split("/")[1]


def address(route: str, values: dict[str, object]) -> str:
    """The route with values in it. A KeyError means a new kind of object: say in `library_of` what stands for it."""
    return re.sub(r"<(\w+)>", lambda match: quote(str(values[match[1]])), route)


# --- what a reader has ---------------------------------------------------------------------------------------------


def original_of(words: str) -> Original:
    data = words.encode()
    return Original.objects.get_or_create(
        sha256=sha256(data).hexdigest(), defaults={"size": len(data), "compressed": zlib.compress(data)}
    )[0]


def library_of(owner: User, words: str, *urls: str) -> dict[str, dict[str, object]]:
    """One of everything, and by room of the URL table the values that lead to it. Each text says `words`."""
    kept, binned = (Link(owner=owner, type=words[:100], extra={"key": words}) for _ in range(2))
    for number, link in enumerate((kept, binned)):
        link.set_title(words)
        link.set_address(urls[number] if urls else f"https://example.org/{owner.pk}/{number}")
        link.save()
        for kind in Kind.values:
            write_section(link, kind, words, author_name=words[:255], heading=words[:255] if kind == "other" else "")
    set_tags(kept, [words[:100]])
    Link.objects.filter(pk=binned.pk).update(deleted_at=kept.saved_at)
    FormerAddress.objects.create(owner=owner, link=kept, url=words, url_hash=str(owner.pk))
    original = original_of(words)
    Source.objects.create(owner=owner, link=kept, format="markdown_notes", key=words[:100], original=original)
    run = ImportRun.objects.create(owner=owner, label=words, paths=[words], state=RunState.DONE, records=2, new=2)
    records = [
        ImportedRecord(
            run=run, file=words, sha256=original.pk, outcome=outcome, link=link, message=words, warnings=[words]
        )
        for outcome, link in ((Outcome.NEW, kept), (Outcome.REJECTED, None))
    ]
    ImportedRecord.objects.bulk_create(records)
    tag = kept.tags.get()
    TagAlias.objects.create(owner=owner, tag=tag, name=words[:90], name_key=f"{words[:90]} ", slug="another-name")
    version = SectionVersion.objects.create(section=kept.sections.first(), text=words, author_name=words[:255])
    shelf = Shelf.objects.append(owner, words[:100], query=words[:1000])
    section = kept.sections.get(kind="article")
    highlight = Highlight.objects.create(link=kept, section=section, quote=words, start=0, end=len(words), note=words)
    HighlightTag.objects.create(highlight=highlight, tag=tag)
    export = Export.objects.create(owner=owner, format="csv", title=words[:200], error=words)
    make(export)
    attachment = Attachment.objects.create(link=kept, original=original, name="words", reference=words)
    upload = begin(owner.pk, [Listed(words, 9, 1, False)])
    return {
        **doors_of(owner, words),
        "export": {"pk": export.pk},
        "highlights": {"pk": highlight.pk},
        "review": {"pk": highlight.pk, "number": 1},
        "read": {"pk": kept.pk, "slug": kept.slug, "version": version.pk, "file": attachment.pk, "name": "words"},
        "activity": {"pk": Change.objects.filter(owner=owner).first().pk},
        "tags": {"slug": tag.slug},
        "library": {"pk": carry_out(owner, "favourite", True, [kept.pk]).pk},
        "shelves": {"slug": shelf.slug},
        "bin": {"pk": binned.pk},
        "import": {"pk": run.pk, "file": run.entries.first().pk, "upload": upload.key},
        "admin/user": {"object_id": owner.pk, "id": owner.pk},
        "admin/link": {"object_id": kept.pk},
        "admin/importrun": {"object_id": run.pk},
        "admin/importedrecord": {"object_id": ImportedRecord.objects.order_by("pk").first().pk},
    }


def doors_of(owner: User, words: str) -> dict[str, dict[str, object]]:
    token, _ = ApiToken.objects.make(owner, words[:100], ["read"], None)
    SecurityEvent.objects.add(Event.TOKEN_MADE, owner.pk, "203.0.113.9", words[:200], words[:200])
    event = owner.security_events.order_by("pk").first()
    return {"settings": ways_in(owner, words) | {"token": token.pk}, "admin/securityevent": {"object_id": event.pk}}


def own_address(route: str, library: dict[str, dict[str, object]]) -> str:
    place = "admin/" + route.split("/")[3] if route.startswith("/admin/library/") else room(route)
    nowhere = {"content_type_id": 1, "object_id": 1, "app_label": "library", "url": "nothing"}
    return address(route, library.get(place, nowhere) if route.startswith("/admin/") else library.get(place, {}))


def run_by(reader: User, library: dict[str, dict[str, object]], words: str) -> User:
    """Let the reader run the server, whose pages then lead to somebody who is shut out: answers that one."""
    reader.is_staff = reader.is_superuser = True
    reader.save(update_fields=["is_staff", "is_superuser"])
    shut_out = User.objects.create(username=words, is_active=False)
    library["settings"]["reader"] = shut_out.pk
    return shut_out


# --- what an answer tells, and what is kept ---------------------------------------------------------------------------


def told(answer) -> str:
    """All that an answer tells, but for the form's token, which is new each time."""
    token = re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", answer.content.decode())
    headers = sorted(item for item in answer.headers.items() if item[0] != "Content-Length")
    return f"{answer.status_code} {headers} {token}"


@contextmanager
def written() -> Iterator[set[str]]:
    """The tables that statements write to, as far as they have come."""
    tables: set[str] = set()

    def note(execute, sql, *rest):
        if found := re.match(r'\W*(?:INSERT (?:OR \w+ )?INTO|REPLACE INTO|UPDATE|DELETE FROM)\s+"?(\w+)', sql, re.I):
            tables.add(found[1])
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield tables


def everything(tables: set[str] | None = None) -> dict[str, list[tuple[object, ...]]]:
    """All rows, or those of some tables."""
    models = [model for model in apps.get_models() if model not in NOT_KEPT]
    models = [model for model in models if tables is None or model._meta.db_table in tables]
    return {model._meta.label: list(model.objects.order_by("pk").values_list()) for model in models}


def check_headers(answer) -> None:
    for name, value in HEADERS.items():
        assert re.fullmatch(value, answer.headers[name]), name
