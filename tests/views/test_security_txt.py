"""/.well-known/security.txt."""

from datetime import UTC, datetime, timedelta

import pytest

ADDRESS = "/.well-known/security.txt"


def test_it_says_where_to_report_and_until_when(client, settings, db):
    settings.SECURITY_CONTACT = "mailto:safety@example.org"
    settings.BASE_URL = "https://books.example.org"
    answer = client.get(ADDRESS)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    ahead = datetime.strptime(fields.pop("Expires"), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) - datetime.now(UTC)
    assert timedelta(days=30) < ahead < timedelta(days=365)
    assert fields == {
        "Contact": "mailto:safety@example.org",
        "Preferred-Languages": "en",
        "Canonical": f"https://books.example.org{ADDRESS}",
    }


@pytest.mark.django_db
def test_where_nobody_is_named_there_is_none(client, settings):
    settings.SECURITY_CONTACT = ""
    assert client.get(ADDRESS).status_code == 404
