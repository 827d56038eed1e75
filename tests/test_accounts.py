"""Who may come in for the first time, and how the first reader is made."""

import pytest
from django.utils import timezone

from library import accounts
from library.models import Link, User

pytestmark = pytest.mark.django_db


def test_a_library_that_nobody_can_log_in_to_has_a_token():
    assert len(accounts.setup_token()) == 32


def test_the_token_is_the_same_in_every_process_and_outlives_an_import():
    before = accounts.setup_token()
    accounts.first_reader()
    assert accounts.setup_token() == before


def test_another_secret_key_gives_another_token(settings):
    before = accounts.setup_token()
    settings.SECRET_KEY = "another-" * 5
    assert accounts.setup_token() != before


def test_there_is_no_token_once_a_reader_has_a_password(reader):
    assert accounts.setup_token() is None
    assert not accounts.is_setup_token("")


def test_nor_while_who_runs_the_server_comes_in_without_a_password(reader):
    reader.set_unusable_password()
    reader.is_staff = True
    reader.save()
    assert accounts.setup_token() is None
    assert accounts.claim("eve", "correct horse battery") is None


def test_a_used_token_does_not_come_back_when_the_password_goes(reader):
    reader.set_unusable_password()
    reader.save()
    first = accounts.setup_token()
    reader.last_login = timezone.now()
    reader.save()
    assert accounts.setup_token() not in {None, first}


def test_an_import_makes_the_first_reader_once():
    first = accounts.first_reader()
    assert not first.has_usable_password()
    assert accounts.first_reader("another") == first


def test_the_first_reader_is_claimed_with_the_library():
    first = accounts.first_reader()
    link = Link.objects.create(owner=first, title="Kept")
    claimed = accounts.claim("ada", "correct horse battery")
    assert (claimed.pk, claimed.username, claimed.is_superuser) == (first.pk, "ada", True)
    assert list(claimed.links.all()) == [link]


def test_who_comes_second_claims_nothing(reader):
    assert accounts.claim("eve", "correct horse battery") is None
    assert list(User.objects.values_list("username", flat=True)) == ["ada"]


@pytest.mark.parametrize("path", ["/library/", "/read/1-a/?q=1", "/"])
def test_own_paths_may_be_returned_to(path):
    assert accounts.is_own_path(path)


@pytest.mark.parametrize(
    "path", ["", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:1", "library"]
)
def test_nothing_else_may_be_returned_to(path):
    assert not accounts.is_own_path(path)
