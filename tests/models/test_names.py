"""Two names that differ in nothing but capitals are one name: of readers, tags and shelves."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from library.models import Shelf, Tag, User
from tests.views.doors import log_in

pytestmark = pytest.mark.django_db
ONCE = next(each for each in User._meta.constraints if each.name == "user_name_once_in_any_case")


@pytest.mark.parametrize("taken", ["ada", "Ada", "ADA"])
def test_no_reader_gets_the_name_of_another_in_other_letters(reader, taken):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username=taken)


def test_the_command_of_django_says_so_too(reader):
    with pytest.raises(CommandError, match="already taken"):
        call_command("createsuperuser", username="ADA", email="", interactive=False)


@pytest.fixture
def without_the_rule(transactional_db):
    with connection.schema_editor() as editor:
        editor.remove_constraint(User, ONCE)
    yield
    User.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(User, ONCE)


@pytest.mark.django_db(transaction=True)
def test_an_upgrade_tells_those_apart_who_were_there_before(without_the_rule, client, caplog):
    for name in ("ada", "Ada", "ada-2", "ADA", "ben", "x" * 150, "X" * 150):
        User.objects.create_user(name, password="correct horse battery")
    assert log_in(client, "ada").status_code == 200, "of two readers the log-in takes neither"
    import_module("library.migrations.0034_names_once_in_any_case").tell_apart(apps, None)
    names = list(User.objects.order_by("pk").values_list("username", flat=True))
    assert names == ["ada", "Ada-3", "ada-2", "ADA-4", "ben", "x" * 150, "X" * 148 + "-2"]
    assert "called Ada. The later one logs in as Ada-3 from now on." in caplog.text
    assert log_in(client, "ada").status_code == 302


def test_nor_are_there_two_such_tags_or_shelves_of_one_reader(reader, other_reader):
    Tag.objects.ensure(reader.pk, ["SQL"])
    assert {tag.name for tag in Tag.objects.ensure(reader.pk, ["sql", "Sql"]).values()} == {"SQL"}
    Shelf.objects.append(reader, "Slow reads", query="x")
    for again in (lambda: Tag.objects.create(owner=reader, name="sql", name_key="sql", slug="other"),
                  lambda: Shelf.objects.append(reader, "SLOW READS", query="y")):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            again()
    Tag.objects.ensure(other_reader.pk, ["sql"])
    Shelf.objects.append(other_reader, "SLOW READS", query="x")
