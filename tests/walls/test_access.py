"""Nobody comes in without logging in or sees what another has, and only a form with its token changes anything."""

import re

import pytest
from django.test import Client

from library.models import User
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
    told,
)

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize("path", ["/static/css/base.css", "/static/nothing.css", "/nothing/"])
def test_files_and_errors_carry_the_headers_too(client, path):
    check_headers(client.get(path))
