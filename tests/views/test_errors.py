"""Pages for what can't be answered: a sentence, never a traceback."""

import errno

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import path

from library import urls

pytestmark = pytest.mark.django_db


def break_down(request):
    raise RuntimeError("a secret of the program")


def fill_up(request):
    raise OSError(errno.ENOSPC, "a secret of the disk")


urlpatterns = [*urls.urlpatterns, path("broken/", break_down), path("full/", fill_up)]
handler400, handler429, handler500 = urls.handler400, urls.handler429, urls.handler500


def test_an_unknown_address_has_a_page_of_its_own(client):
    answer = client.get("/nothing/")
    assert answer.status_code == 404
    assert "There’s no page here" in answer.content.decode()


def test_a_request_for_an_unknown_host_is_refused_in_a_sentence(client):
    answer = client.get("/library/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "This request can’t be read" in answer.content.decode()


def test_a_text_too_large_for_a_form_is_refused_with_its_limit(reading, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2048
    answer = reading.post("/add/", {"url": "https://example.org", "note": "x" * 3000})
    assert answer.status_code == 413
    assert "longer than the 2.0\xa0KB that one form may hold" in answer.content.decode()


def test_a_body_that_no_form_needs_is_refused_before_it_is_read(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2048
    large = SimpleUploadedFile("large.bin", b"x" * 3000)
    assert client.post("/login/", {"login": "ada", "file": large}).status_code == 413


def test_a_form_with_too_many_fields_is_refused(reading, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    answer = reading.post("/add/", dict.fromkeys("abcde", "1"))
    assert answer.status_code == 413
    assert "more than one form may hold" in answer.content.decode()


def test_a_form_without_its_token_is_refused_in_a_sentence(reader):
    answer = Client(enforce_csrf_checks=True).post("/login/", {"login": "ada", "password": "x"})
    assert answer.status_code == 403
    assert "This form is too old to trust" in answer.content.decode()


@pytest.mark.urls("tests.views.test_errors")
def test_a_broken_page_tells_nothing_of_the_program(client, reader):
    client.raise_request_exception = False
    client.force_login(reader)
    answer = client.get("/broken/")
    assert answer.status_code == 500
    assert "Something broke on this side" in answer.content.decode()
    assert "secret" not in answer.content.decode()


@pytest.mark.urls("tests.views.test_errors")
def test_a_full_disk_is_said_with_what_is_safe_and_when_to_come_back(client, reader):
    client.raise_request_exception = False
    client.force_login(reader)
    answer = client.get("/full/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    said = answer.content.decode()
    assert "The disk is full. What you saved before is safe" in said
    assert "secret" not in said
    assert "default-src 'none'" in answer["Content-Security-Policy"]
