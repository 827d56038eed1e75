"""Whose session opens the library, and when it no longer does."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

pytestmark = pytest.mark.django_db


def is_in(client) -> bool:
    return client.get("/library/").status_code == 200


def test_a_session_opens_the_library_until_it_expires(reading):
    assert is_in(reading)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not is_in(reading)


def test_a_session_that_was_ended_elsewhere_opens_nothing(reading):
    Session.objects.all().delete()
    assert not is_in(reading)


def test_who_is_shut_out_is_out_at_the_next_page(reading, reader):
    reader.is_active = False
    reader.save()
    assert not is_in(reading)
    reader.is_active = True
    reader.save()
    assert is_in(reading)


def test_a_new_password_ends_the_sessions_of_the_old_one(reading, reader):
    reader.set_password("another word altogether")
    reader.save()
    assert not is_in(reading)
    assert not Session.objects.exists()


def test_the_reader_of_a_page_is_as_the_database_has_them(reading, reader):
    reader.last_login = timezone.now()
    reader.theme = "sepia"
    reader.save()
    page = reading.get("/library/")
    found = page.wsgi_request.user
    assert (found.last_login, found.theme, found.is_staff) == (reader.last_login, "sepia", reader.is_staff)
