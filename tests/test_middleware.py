"""What every response carries, whom the server believes about an address, and in whose zone times are shown."""

import pytest
from django.http import HttpResponse
from django.utils import timezone

from library import middleware
from library.models import User


def settled(rf, settings, peer, **headers):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8", "fd00::/8"]
    seen = []
    middleware.trusted_proxy(lambda request: seen.append(request) or HttpResponse())(
        rf.get("/", REMOTE_ADDR=peer, headers=headers)
    )
    return seen[0].META["REMOTE_ADDR"], seen[0].scheme


def test_a_stranger_is_not_believed(rf, settings):
    forged = {"x-forwarded-for": "1.2.3.4", "x-forwarded-proto": "https"}
    assert settled(rf, settings, "203.0.113.9", **forged) == ("203.0.113.9", "http")


@pytest.mark.parametrize("proxy", ["10.0.0.1", "::ffff:10.0.0.1", "fd00::1"])
def test_a_trusted_proxy_names_the_client(rf, settings, proxy):
    assert settled(rf, settings, proxy, **{"x-forwarded-for": "1.2.3.4", "x-forwarded-proto": "https"}) == (
        "1.2.3.4",
        "https",
    )


def test_of_a_chain_the_last_address_that_is_no_proxy_of_ours_counts(rf, settings):
    chain = {"x-forwarded-for": "6.6.6.6, 1.2.3.4, 10.0.0.2"}
    assert settled(rf, settings, "10.0.0.1", **chain) == ("1.2.3.4", "http")


def test_a_trusted_proxy_that_says_nothing_is_the_client(rf, settings):
    assert settled(rf, settings, "10.0.0.1", **{"x-forwarded-proto": "gopher"}) == ("10.0.0.1", "http")


def test_an_address_that_is_none_is_not_trusted(rf, settings):
    assert settled(rf, settings, "", **{"x-forwarded-for": "1.2.3.4"}) == ("", "http")


def zone_for(rf, user):
    seen = []
    request = rf.get("/")
    request.user = user
    middleware.reader_time_zone(lambda _: seen.append(timezone.get_current_timezone_name()) or HttpResponse())(request)
    return seen[0]


def test_times_are_shown_in_the_readers_zone(rf):
    assert zone_for(rf, User(time_zone="Asia/Tokyo")) == "Asia/Tokyo"


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "America", "../etc/passwd", "x" * 64, "\0"])
def test_a_zone_that_cannot_be_leaves_the_servers(rf, settings, name):
    assert zone_for(rf, User(time_zone=name)) == settings.TIME_ZONE


def test_the_policy_allows_only_our_own_files_and_nothing_unsafe():
    policy = dict(part.split(" ", 1) for part in middleware.CONTENT_SECURITY_POLICY.split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert set(policy.values()) == {"'none'", "'self'"}
