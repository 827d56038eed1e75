"""Nothing that a text holds runs on any page, with both walls and with either taken away; without both, it does."""

import re
from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings as django_settings
from lxml.html import tostring

from library import rendering
from library.content import blocks, sanitize
from library.models import Rendering, User
from tests.walls import shown_urls
from tests.walls.hostile import armed, hostile_library, packed
from tests.walls.shown_forms import forms_of, tried
from tests.walls.shown_urls import SHOWN
from tests.walls.table import PAGES, ROUTES, library_of, own_address
from tests.walls.vectors import VECTORS
from tests.walls.watching import Watched, canary, watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_FURTHER = 7
ASKED = ["/library/?tag={}&type={}&saved={}&sort={}&after={}", "/search/?q={}", "/add/?url={}&title={}",
         "/login/?next={}", "/bin/?after={}", "/{}/", "/tags/?q={}", "/tags/{}/", "/search/?q=script&after={}",
         "/highlights/?q={}&tag={}&colour={}&after={}", "/highlights/?by=day&q=fire&item={}",
         "/shelves/new/?q={}&sort={}", "/shelves/?moved={}&way={}", "/search/?q=fire&select=1"]  # fmt: skip


@pytest.fixture
def other_site(live_server) -> str:
    """The same server under another name, which is another origin: what reaches it can be counted."""
    return live_server.url.replace("localhost", "127.0.0.1").partition("//")[2]


@pytest.fixture
def texts(other_site) -> list[str]:
    return armed(VECTORS, other_site)


@pytest.fixture
def hostile(client, texts):
    """A reader with a hostile name and a hostile library, logged in."""
    names = packed(texts, 150)
    User.objects.bulk_create(User(username=name) for name in names[1:])
    reader = User.objects.create(username=names[0], is_staff=True, is_superuser=True)
    client.force_login(reader)
    return reader


@pytest.fixture
def without_sanitiser(monkeypatch):
    """Texts go into pages as they were written: Markdown becomes HTML, and nobody looks at it."""

    def raw(text, scope="", files=None):
        html = re.sub("[\x00-\x08\x0b\x0e-\x1f\ufffe\uffff]", "", blocks.markdown.render(text))  # lxml takes none
        return rendering.Rendered([f"<div>{html}</div>"])

    def as_it_is(block):
        return tostring(block, encoding="unicode", with_tail=False)

    monkeypatch.setattr(rendering, "render", raw)
    monkeypatch.setattr(sanitize, "finish_block", as_it_is)
    monkeypatch.setattr(sanitize, "finish_painted", as_it_is)


@pytest.fixture
def watch(browser, live_server, client, settings):
    settings.ROOT_URLCONF = shown_urls.__name__

    def begin(policy: bool):
        name = django_settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
        return watched(browser, live_server.url, [cookie], policy)

    return begin


def paths(library, routes) -> list[str]:
    """The addresses of the table, and questions with hostile words."""
    word = quote(VECTORS[0] + VECTORS[4] + VECTORS[22])
    asked = [path.replace("{}", word) for path in ASKED]
    asked += [own_address("/read/<pk>-<slug>/", library) + f"?q=fire+{word}&back={word}"]
    return [own_address(route, library) for route in routes] + asked


def look_at_all(watching: Watched, addresses: list[str], further: int = 0) -> int:
    """How many pages there were to look at."""
    seen = 0
    for address in addresses:
        seen += watching.look(address)
        for _ in range(further):
            link = watching.page.query_selector("a[rel=next]")
            onward = link.get_attribute("href") if link else None
            if not onward or "/review/" in onward:
                break
            seen += watching.look(urlsplit(watching.page.url).path + onward if onward.startswith("?") else onward)
    return seen


def look_at_what_is_sent(watching: Watched, client, library, words: str, all_of_them: bool) -> int:
    """Each form of the pages is sent with hostile words in it, and what comes of it is shown."""
    seen = 0
    for number, form in enumerate(forms_of(client, library)):
        answer, _ = tried(client, form, {name: [words[: longest or None]] for name, longest in form.texts.items()})
        if answer.status_code in {302, 303} and all_of_them:
            answer, _ = tried(client, form, {name: [words] for name in form.texts}, follow=True)
        if not answer.streaming and answer.content.strip() and answer.headers["Content-Type"].startswith("text/html"):
            SHOWN[number] = answer
            seen += watching.look(f"/shown/{number}/")
    return seen


def test_no_vector_runs_with_both_walls(watch, hostile, texts, live_server):
    library = hostile_library(hostile, texts)
    with watch(policy=True) as watching:
        assert look_at_all(watching, paths(library, PAGES)) > len(ASKED) + 30
    assert (watching.fired, watching.refused, watching.asked, watching.waiting) == ([], [], [], [])
    assert not Rendering.objects.filter(plain=True).exists()


def test_no_vector_runs_with_the_sanitiser_alone(watch, hostile, texts, live_server):
    library = hostile_library(hostile, texts)
    with watch(policy=False) as watching:
        look_at_all(watching, paths(library, ROUTES), MOST_FURTHER)
    assert (watching.fired, watching.asked, watching.waiting) == ([], [], [])


def test_no_vector_runs_with_the_policy_alone(watch, hostile, texts, without_sanitiser, other_site):
    library = hostile_library(hostile, texts)
    with watch(policy=True) as watching, canary(other_site) as reached:
        look_at_all(watching, paths(library, PAGES))
    assert (watching.fired, reached) == ([], [])
    assert watching.refused and watching.waiting


@pytest.mark.parametrize("policy", [False, True])
def test_no_vector_runs_where_it_is_sent(watch, client, hostile, texts, other_site, policy, request):
    """The library is a small one: what a large one shows stands on its pages, which are looked at above."""
    library = library_of(hostile, "".join(texts[:10]))
    if policy:
        request.getfixturevalue("without_sanitiser")
    with watch(policy=policy) as watching, canary(other_site) as reached:
        seen = look_at_what_is_sent(watching, client, library, VECTORS[0], all_of_them=not policy)
    assert seen > (5 if policy else 20)
    assert (watching.fired, reached) == ([], [])


def test_the_vectors_do_run_where_there_is_no_wall(watch, client, hostile, texts, without_sanitiser):
    """Else nothing would be proven by their silence."""
    library = library_of(hostile, "".join(texts[:10]))
    with watch(policy=False) as watching:
        look_at_all(watching, [own_address("/read/<pk>-<slug>/", library)])
    assert watching.fired
