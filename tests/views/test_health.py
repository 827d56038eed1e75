"""The health check of a container."""

import pytest
from django.db import OperationalError

from library.models import User


@pytest.mark.django_db
def test_a_healthy_server_says_ok_to_anybody(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"ok", "text/plain")


@pytest.mark.django_db
def test_a_server_whose_database_is_gone_is_not_healthy(client, monkeypatch):
    def gone():
        raise OperationalError("gone")

    monkeypatch.setattr(User.objects, "exists", gone)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (503, b"The database does not answer.")
