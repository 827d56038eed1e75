"""Nobody comes in without logging in or sees what another has, and only a form with its token changes anything."""

import re

import pytest
from django.conf import settings
from django.test import Client

from tests.walls.table import (
    BY_TOKEN,
    NOWHERE,
    PUBLIC,
    ROUTES,
    WITH_OBJECT,
    address,
    check_headers,
    everything,
    library_of,
    own_address,
    room,
    run_by,
    told,
    written,
)

pytestmark = pytest.mark.django_db
# TRACE, what only WebDAV knows, and what nobody does.
OTHERS = ["OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "FROB"]


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


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", *OTHERS])
def test_anothers_object_answers_exactly_as_one_that_does_not_exist(reading, other_reader, method):
    library = library_of(other_reader, "secret words")
    before = everything()
    for route in WITH_OBJECT:
        theirs = reading.generic(method, address(route, library[room(route)]))
        assert theirs.status_code in {404, 405}, route
        assert told(theirs) == told(reading.generic(method, address(route, NOWHERE))), route
    assert everything() == before


def test_the_owner_does_see_what_others_do_not(reading, reader):
    library = library_of(reader, "words of her own")
    run_by(reader, library, "words")
    pages = [reading.get(own_address(route, library), follow=True) for route in WITH_OBJECT]
    assert {page.status_code for page in pages} == {200, 405}
    assert all(page.status_code == 405 or "words" in page.getvalue().decode(errors="replace") for page in pages)


@pytest.mark.parametrize("query", ["/library/?tag={}", "/search/?q=tag:{}", "/search/?q={}", "/library/?type={}",
                                   "/highlights/?tag={}", "/highlights/?q={}"])  # fmt: skip
def test_anothers_words_find_as_much_as_words_that_nobody_uses(reading, other_reader, query):
    slug = library_of(other_reader, "secret")["tags"]["slug"]
    theirs, nothing = (told(reading.get(query.format(word))) for word in (slug, "nobody"))
    assert theirs == nothing.replace("nobody", "secret")


def test_a_form_without_its_token_is_refused_everywhere(reader):
    client = Client(enforce_csrf_checks=True)
    client.force_login(reader)
    library = library_of(reader, "words")
    run_by(reader, library, "somebody")
    before = everything()
    answers = {route: client.post(own_address(route, library), {"a": "b"}).status_code for route in ROUTES}
    assert [route for route, status in answers.items() if status != (401 if room(route) in BY_TOKEN else 403)] == []
    assert everything() == before


@pytest.mark.parametrize("with_token", [False, True])
def test_nothing_is_done_by_another_method_than_the_forms(reader, with_token):
    client = Client(enforce_csrf_checks=True)
    client.force_login(reader)
    library = library_of(reader, "words")
    run_by(reader, library, "somebody")
    client.get("/settings/")
    shown = {"x-csrftoken": client.cookies[settings.CSRF_COOKIE_NAME].value} if with_token else {}
    before = everything()
    for route in ROUTES:
        path = own_address(route, library)
        answers = [client.generic(method, path, b"act=take&name=somebody", headers=shown) for method in OTHERS]
        assert {answer.status_code for answer in answers} <= ({401, 405} if room(route) in BY_TOKEN else {405}), route
        check_headers(answers[-1])
    assert everything() == before


def test_looking_changes_nothing(reading, reader, other_reader):
    library_of(other_reader, "other words")
    library = library_of(reader, "words")
    run_by(reader, library, "somebody")
    before = everything()
    for route in ROUTES:
        with written() as tables:
            answer, head = (reading.generic(method, own_address(route, library)) for method in ("GET", "HEAD"))
        assert answer.status_code in {200, 301, 302, 401, 403, 404, 405}, route
        assert (head.status_code, head.getvalue()) == (answer.status_code, b""), route
        assert all(rows == before[label] for label, rows in everything(tables).items()), route
        check_headers(answer)
    assert everything() == before


@pytest.mark.parametrize("path", ["/static/css/base.css", "/static/nothing.css", "/nothing/"])
def test_files_and_errors_carry_the_headers_too(client, path):
    check_headers(client.get(path))
