"""The walls around each reader's library, tried at every address of the URL table, never at a list kept by hand."""

import re
import zlib
from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import quote

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.test import Client
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

pytestmark = pytest.mark.django_db
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
STAFFS = "/settings/readers/"  # tests/views/test_readers.py tries that they are there for nobody else
OWN = [route for route in ROUTES if not route.startswith(("/admin/", STAFFS))]
WITH_OBJECT = [route for route in OWN if "<" in route]


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
    shelf = Shelf.objects.append(owner, words[:100], query=words)
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


# --- the walls -----------------------------------------------------------------------------------------------------


def test_nothing_is_public_but_what_is_named_here(client, reader):
    nowhere = NOWHERE | {"content_type_id": 1, "app_label": "library", "url": "x"}
    for route in ROUTES:
        for ask in (client.get, client.post):
            answer = ask(address(route, nowhere))
            check_headers(answer)
            if room(route) in BY_TOKEN:
                assert answer.status_code == 401 and "WWW-Authenticate" in answer.headers, route
            elif room(route) not in PUBLIC and answer.status_code != 404:
                assert re.match(r"(/admin)?/login/(\?|$)", answer.headers["Location"]), route


def test_the_public_pages_are_these(client, reader):
    answers = [client.get(path) for path in ("/login/", "/setup/", "/healthz", "/.well-known/security.txt")]
    assert [answer.status_code for answer in answers] == [200, 404, 200, 404]


def test_a_session_opens_nothing_where_a_token_is_asked_for(reading):
    assert {reading.get(route).status_code for route in ROUTES if room(route) in BY_TOKEN} == {401}


@pytest.mark.parametrize("method", ["get", "post"])
def test_anothers_object_answers_exactly_as_one_that_does_not_exist(reading, other_reader, method):
    library = library_of(other_reader, "secret words")
    ask = getattr(reading, method)
    for route in WITH_OBJECT:
        theirs, nothing = ask(address(route, library[room(route)])), ask(address(route, NOWHERE))
        assert theirs.status_code in {404, 405}, route
        assert told(theirs) == told(nothing), route


def test_the_owner_does_see_what_others_do_not(reading, reader):
    library = library_of(reader, "words of her own")
    pages = [reading.get(own_address(route, library), follow=True) for route in WITH_OBJECT]
    assert {page.status_code for page in pages} == {200, 405}
    assert all(page.status_code == 405 or "words" in page.getvalue().decode(errors="replace") for page in pages)


@pytest.mark.parametrize("query", ["/library/?tag={}", "/search/?q=tag:{}", "/search/?q={}", "/library/?type={}",
                                   "/highlights/?tag={}", "/highlights/?q={}"])  # fmt: skip
def test_anothers_words_find_as_much_as_words_that_nobody_uses(reading, other_reader, query):
    slug = library_of(other_reader, "secret")["tags"]["slug"]
    theirs, nothing = (told(reading.get(query.format(word))) for word in (slug, "nobody"))
    assert theirs == nothing.replace("nobody", "secret")


def told(answer) -> str:
    """All that an answer tells, but for the form's token, which is new each time."""
    token = re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", answer.content.decode())
    return f"{answer.status_code} {sorted(answer.headers.items())} {token}".replace(str(len(answer.content)), "")


def test_a_form_without_its_token_is_refused_everywhere(reader):
    client = Client(enforce_csrf_checks=True)
    client.force_login(reader)
    library = library_of(reader, "words")
    before = everything()
    answers = {route: client.post(own_address(route, library), {"a": "b"}).status_code for route in ROUTES}
    assert [route for route, status in answers.items() if status != (401 if room(route) in BY_TOKEN else 403)] == []
    assert everything() == before


def test_looking_changes_nothing(reading, reader, other_reader):
    User.objects.filter(pk=reader.pk).update(is_staff=True, is_superuser=True)
    library_of(other_reader, "other words")
    library = library_of(reader, "words")
    before = everything()
    for route in ROUTES:
        answer = reading.get(own_address(route, library))
        assert answer.status_code in {200, 301, 302, 401, 403, 404, 405}, route
        assert everything() == before, route
        check_headers(answer)


def everything() -> dict[str, list[tuple[object, ...]]]:
    models = [model for model in apps.get_models() if model not in NOT_KEPT]
    return {model._meta.label: list(model.objects.order_by("pk").values_list()) for model in models}


def check_headers(answer) -> None:
    for name, value in HEADERS.items():
        assert re.fullmatch(value, answer.headers[name]), name


@pytest.mark.parametrize("path", ["/static/css/base.css", "/static/nothing.css", "/nothing/"])
def test_files_and_errors_carry_the_headers_too(client, path):
    check_headers(client.get(path))


# --- hostile texts -------------------------------------------------------------------------------------------------

HOSTILE = """"'--></title></textarea></script></style><script>fire()</script><img src=x onerror=fire()>
<svg/onload=fire()><a href="javascript:fire()" onmouseover=fire()>x</a>{{fire()}}${fire()}
[x](javascript:fire()) ![x](javascript:fire())"""
WATCH = 'window.fire = () => console.log("FIRED"); window.addEventListener("error", () => {}, true)'
# Where a script could wait for a click: addresses that run, and handlers. Our pages have none of either.
WAITING = """() => [...document.querySelectorAll("*")].flatMap((element) => [...element.attributes]
  .filter(({name, value}) => name.startsWith("on") || name === "srcdoc" ||
    (/^(href|src|action|formaction|data|xlink:href)$/.test(name) && /^\\s*(javascript|data|vbscript):/i.test(value)))
  .map(({name, value}) => `${element.tagName} ${name}=${value}`))"""


def pages(routes: list[str], library: dict[str, dict[str, object]]) -> list[str]:
    word = quote(HOSTILE)
    asked = ["/library/?tag={}&type={}&saved={}&sort={}&after={}", "/search/?q={}", "/add/?url={}&title={}"]
    asked += ["/login/?next={}", "/bin/?after={}", "/{}/", "/tags/?q={}", "/tags/{}/", "/search/?q=script&after={}",
              "/highlights/?q={}&tag={}&colour={}&after={}", "/highlights/?by=day&q=fire&item={}",
              "/shelves/new/?q={}&sort={}", "/shelves/?moved={}&way={}"]  # fmt: skip
    asked += [own_address("/read/<pk>-<slug>/", library) + "?q=fire+{}&back={}"]
    return [own_address(route, library) for route in routes] + [path.replace("{}", word) for path in asked]


@pytest.mark.browser
@pytest.mark.parametrize("policy", [True, False], ids=["with the policy", "with the policy taken away"])
def test_no_hostile_text_runs_on_any_page(browser, live_server, client, settings, policy):
    hostile = User.objects.create(username=HOSTILE[:150], is_staff=True, is_superuser=True)
    library = library_of(hostile, HOSTILE, 'https://example.org/"><script>fire()</script>', "javascript:fire()")
    client.force_login(hostile)
    name = settings.SESSION_COOKIE_NAME
    context = browser.new_context(base_url=live_server.url, bypass_csp=not policy)
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    context.add_init_script(WATCH)
    fired, waiting = [], []
    context.on("console", lambda message: fired.append((message.page.url, message.text)))
    page = context.new_page()
    for path in pages(OWN if policy else ROUTES, library):
        answer = client.get(path)
        if answer.status_code == 405 or "attachment" in answer.headers.get("Content-Disposition", ""):
            continue
        page.goto(path)
        waiting += [(path, found) for found in page.evaluate(WAITING)]
    context.close()
    assert [entry for entry in fired if "FIRED" in entry[1] or "Content Security Policy" in entry[1]] == []
    assert waiting == []
