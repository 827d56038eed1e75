"""`manage.py reset_log_in`: the way out for a reader who lost the second step."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client

from tests.views.doors import log_in, with_app, with_passkey, with_recovery_codes

pytestmark = pytest.mark.django_db
NEW = "a new long phrase"


@pytest.fixture
def typed(monkeypatch):
    """What is typed at the prompt, as often as it asks."""

    def type_in(*passwords: str) -> None:
        answers = iter(passwords)
        monkeypatch.setattr("getpass.getpass", lambda *given, **more: next(answers))

    return type_in


def test_a_reader_comes_in_with_the_new_password_alone(reader, reading, typed):
    with_app(reader)
    with_passkey(reader)
    with_recovery_codes(reader)
    reading.get("/library/")
    typed(NEW, NEW)
    call_command("reset_log_in", "ADA")
    assert not Authenticator.objects.exists()
    assert reading.get("/library/").status_code == 302
    assert log_in(Client(), password=NEW).url == "/library/"


def test_nothing_changes_when_no_password_is_chosen(reader, typed):
    with_app(reader)
    typed(*["short", "short"] * 3)
    with pytest.raises(CommandError):
        call_command("reset_log_in", "ada")
    assert Authenticator.objects.exists()
    assert log_in(Client()).url == "/login/second/"


def test_other_readers_keep_theirs(reader, other_reader, typed):
    with_app(other_reader)
    typed(NEW, NEW)
    call_command("reset_log_in", "ada")
    assert Authenticator.objects.get().user == other_reader


def test_a_name_that_nobody_has_is_told(reader):
    with pytest.raises(CommandError, match='There is no reader "eve"'):
        call_command("reset_log_in", "eve")
