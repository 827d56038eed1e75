"""The page on which readers see what happened to their accounts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from library.models import Event, SecurityEvent

pytestmark = pytest.mark.django_db
PAGE = "/settings/security-log/"


def happen(owner, number, **fields):
    now = timezone.now()
    events = [
        SecurityEvent(
            owner=owner, kind=Event.TOKEN_MADE, detail=f"Token {each}.", at=now - timedelta(hours=each), **fields
        )
        for each in range(number)
    ]
    SecurityEvent.objects.bulk_create(events)


def page(client, address=PAGE):
    return client.get(address).content.decode()


def test_a_browser_is_told_in_words_and_a_program_by_its_name(reading, reader):
    happen(reader, 1, agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    happen(reader, 2, agent="curl/8.5.0")
    page = reading.get("/settings/security-log/").content.decode()
    assert "<bdi>Firefox on Linux</bdi>" in page and "<bdi>curl/8.5.0</bdi>" in page


def test_the_newest_stand_first_in_words(reading, reader):
    happen(reader, 2, address="203.0.113.9", agent="A browser", count=7)
    text = page(reading)
    assert text.index("Token 0.") < text.index("Token 1.")
    assert "API token made" in text and "7 times" in text
    assert "203.0.113.9" in text and "A browser" in text
    assert "Logged in" in text


def test_nobody_sees_what_happened_to_another(reading, other_reader):
    happen(other_reader, 1)
    SecurityEvent.objects.create(kind=Event.LOGIN_FAILED, address="198.51.100.1")
    assert "Token 0." not in page(reading)
    assert "198.51.100.1" not in page(reading)


def test_older_ones_follow_page_by_page_without_a_gap(reading, reader):
    SecurityEvent.objects.all().delete()
    happen(reader, 120)
    seen, address = [], PAGE
    while address:
        context = reading.get(address).context
        seen += [event.detail for event, _ in context["events"]]
        address = f"{PAGE}?before={context['older']}" if context["older"] else ""
    assert seen == [f"Token {number}." for number in range(120)]


@pytest.mark.parametrize("key", ["x", "1.x", "9" * 40, "1.1"])
def test_an_address_that_leads_nowhere_is_the_first_page_or_an_end(reading, key):
    assert reading.get(PAGE, {"before": key}).status_code == 200


def test_an_empty_log_says_so(reading):
    SecurityEvent.objects.all().delete()
    assert "Nothing was noted yet." in page(reading)


def test_more_events_need_no_more_queries(reading, reader, queries_of):
    happen(reader, 1)
    one = queries_of(lambda: page(reading))
    happen(reader, 60)
    assert queries_of(lambda: page(reading)) == one
