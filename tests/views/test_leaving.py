"""A reader deletes their account."""

import pytest
from django_tasks_db.models import DBTaskResult

from library import tasks
from library.models import Departure, User
from tests.views.household import PASSWORD, make_staff
from tests.views.shelf import article
from tests.walls.table import library_of

pytestmark = pytest.mark.django_db
PAGE = "/settings/delete-account/"
ANSWERS = {"username": "ada", "password": PASSWORD}


def test_the_page_says_what_goes_and_offers_an_export_first(reading, reader):
    library_of(reader, "words")
    page = reading.get(PAGE).content.decode()
    assert "2 articles, 1 highlight, notes on 2 articles, 1 import and 1 export go for good" in page
    assert "Backups of this server that were made before keep what they hold" in page
    assert 'href="/export/?format=json"' in page
    assert PAGE in reading.get("/settings/").content.decode()


def test_the_export_is_of_the_whole_library_as_json(reading):
    form = reading.get("/export/?format=json").context["form"]
    assert (form.initial["format"], form.initial["what"]) == ("json", "all")
    assert reading.get("/export/?format=nope").context["form"].initial["format"] == "markdown"


def test_the_account_is_closed_and_the_worker_deletes_it(reading, reader):
    article(reader, "Mine")
    answer = reading.post(PAGE, ANSWERS, follow=True)
    assert "Your account is closed." in answer.content.decode()
    assert reading.get("/library/").status_code == 302
    task = DBTaskResult.objects.get()
    assert task.task_path == tasks.delete_reader.module_path
    tasks.delete_reader.call(*task.args_kwargs["args"])
    assert not User.objects.exists()


@pytest.mark.parametrize("wrong", [{"username": "Ada"}, {"username": ""}, {"password": "wrong"}, {"password": ""}])
def test_a_wrong_name_or_password_deletes_nothing(reading, wrong):
    answer = reading.post(PAGE, {**ANSWERS, **wrong})
    assert (answer.status_code, answer.context["form"].errors.keys()) == (400, wrong.keys())
    assert not Departure.objects.exists()
    assert reading.get("/library/").status_code == 200


def test_a_password_cannot_be_found_by_trying(reading):
    answers = [reading.post(PAGE, {**ANSWERS, "password": "wrong"}).status_code for _ in range(11)]
    assert answers == [400] * 10 + [429]


def test_who_has_no_password_gives_the_name_alone(reading, reader):
    reader.set_unusable_password()
    reader.save()
    reading.force_login(reader)
    assert "Your password" not in reading.get(PAGE).content.decode()
    assert reading.post(PAGE, {"username": "ada"}).url == "/login/"


def test_the_last_who_runs_the_server_is_told_what_to_do_first(reading, reader, other_reader):
    make_staff(reader)
    answer = reading.post(PAGE, ANSWERS)
    assert (answer.status_code, "Give one of them staff rights first" in answer.content.decode()) == (400, True)
    assert reading.get("/library/").status_code == 200


def test_the_only_reader_leaves_a_server_to_be_set_up(reading, reader):
    make_staff(reader)
    assert "Open the set-up address" in reading.post(PAGE, ANSWERS, follow=True).content.decode()


def test_the_page_asks_as_much_for_many_as_for_one(reading, reader, queries_of):
    article(reader, "One")
    one = queries_of(lambda: reading.get(PAGE))
    for number in range(20):
        article(reader, f"More {number}", note="Mine.")
    assert queries_of(lambda: reading.get(PAGE)) == one
