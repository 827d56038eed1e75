"""A reader goes, and nothing of theirs stays."""

import time
from pathlib import Path
from threading import Thread

import pytest
from django.apps import apps
from django.conf import settings as conf
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import ForeignKey, ManyToManyField
from django.test import Client
from django_tasks_db.models import DBTaskResult

from library import accounts, leaving, soundness, tasks
from library.importers import uploads
from library.models import (
    Departure,
    Export,
    Invitation,
    Link,
    Original,
    Rendering,
    Revision,
    SearchDocument,
    SearchLanguage,
    SearchPending,
    SearchWord,
    User,
)
from library.search import indexing
from tests.views.household import PASSWORD, make_staff
from tests.views.shelf import article
from tests.walls.table import library_of

pytestmark = pytest.mark.django_db
WORDS = "unmistakable zyxwvut words"


def paths_to_reader(model, seen=()):
    """Every way from a model to User along foreign keys, as filters."""
    for field in model._meta.get_fields():
        if isinstance(field, ForeignKey | ManyToManyField) and field.related_model not in (model, *seen):
            if field.related_model is User:
                yield field.name
            else:
                inner = paths_to_reader(field.related_model, (*seen, model))
                yield from (f"{field.name}__{path}" for path in inner)


def rows_of(pk):
    """How many rows of each model lead to this reader."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        for path in paths_to_reader(model):
            number = model._base_manager.filter(**{path: pk}).count()
            found |= {f"{model._meta.label} {path}": number} if number else {}
    by_number = (Revision, SearchDocument, SearchLanguage, SearchPending, SearchWord)
    found |= {model._meta.label: model.objects.filter(owner_id=pk).count() for model in by_number}
    return {name: number for name, number in found.items() if number}


def live_in(reader):
    """One of everything, with what the worker and the person who runs the server have of it."""
    library_of(reader, WORDS)
    run = reader.import_runs.create(label="running", uploaded=True, lease_holder="somebody")
    uploads.folder(run.pk).mkdir(parents=True)
    (uploads.folder(run.pk) / "1.zip").write_bytes(b"zip")
    tasks.run_import.enqueue(run.pk)
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(
        user=make_staff(User.objects.get_or_create(username="root")[0]), content_type=kind, object_id=str(reader.pk),
        object_repr=reader.username, action_flag=CHANGE,
    )  # fmt: skip
    Invitation.objects.invite(reader, WORDS)
    browser = Client()
    browser.force_login(reader)
    browser.get(f"/read/{reader.links.kept().first().pk}/", follow=True)
    while indexing.drain():
        pass
    return browser


def files():
    return [file for root in (conf.MEDIA_ROOT, conf.EXPORTS_ROOT) for file in Path(root).rglob("*") if file.is_file()]


def go(reader):
    leaving.close(reader)
    leaving.delete(reader.pk)


@pytest.mark.django_db(transaction=True)
def test_nothing_of_theirs_stays_in_any_model_that_leads_to_a_reader(reader):
    live_in(reader)
    before = rows_of(reader.pk)
    assert {"library.Link owner", "library.Review owner", "library.SearchWord", "library.Revision"} <= before.keys()
    assert (Rendering.objects.exists(), len(files())) == (True, 4)
    go(reader)
    assert rows_of(reader.pk) == {}
    assert [Rendering.objects.count(), Original.objects.count(), files()] == [0, 0, []]
    assert not DBTaskResult.objects.exists()
    assert not LogEntry.objects.exists()
    assert list(soundness.faults()) == []


def test_no_table_of_the_database_says_a_word_of_theirs(reader):
    live_in(reader)
    go(reader)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if not table.startswith("library_searchindex"):  # its own tables: see the next test
                cursor.execute(f"SELECT * FROM {table}")
                assert "zyxwvut" not in repr(cursor.fetchall()), table


@pytest.mark.sqlite
def test_no_page_of_the_search_index_holds_a_word_of_theirs(reader, other_reader):
    article(other_reader, "Stays", article="Another text.")
    live_in(reader)
    assert "zyxwvut" in terms()
    go(reader)
    assert "zyxwvut" not in terms()
    assert "text" in terms()


def terms():
    with connection.cursor() as cursor:
        cursor.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, library_searchindex, 'row')")
        cursor.execute("SELECT term FROM temp.vocabulary")
        found = {term for (term,) in cursor.fetchall()}
        cursor.execute("DROP TABLE temp.vocabulary")
    return found


def test_what_others_have_stays_as_it_is(reader, other_reader):
    library_of(other_reader, WORDS)
    live_in(reader)  # with a file of the same bytes
    before, faults = rows_of(other_reader.pk), list(soundness.faults(other_reader))
    go(reader)
    assert rows_of(other_reader.pk) == before
    assert Original.objects.count() == 1
    assert list(soundness.faults()) == faults


def test_the_account_is_closed_at_once(reader, other_reader):
    browser = live_in(reader)
    leaving.close(reader)
    assert browser.get("/library/").status_code == 302
    assert not any(each.get_decoded().get(SESSION_KEY) == str(reader.pk) for each in Session.objects.all())
    assert "/login/" in browser.get("/library/").url
    browser.post("/login/", {"login": "ada", "password": PASSWORD})
    assert browser.get("/library/").status_code == 302
    assert not User.objects.filter(username="ada").exists()
    assert not reader.import_runs.filter(state="running").exists()


def test_the_work_can_be_killed_at_any_piece_and_begun_again(reader, monkeypatch):
    live_in(reader)
    leaving.close(reader)
    pieces, sleep = [0], time.sleep
    for stop_after in range(1, 40):
        pieces[0] = 0

        def die(seconds, stop_after=stop_after):
            pieces[0] += 1
            if pieces[0] == stop_after:
                raise KeyboardInterrupt
            sleep(0)

        monkeypatch.setattr(leaving.time, "sleep", die)
        try:
            leaving.delete(reader.pk)
            break
        except KeyboardInterrupt:
            continue
    assert stop_after > 2
    assert rows_of(reader.pk) == {}
    assert list(soundness.faults()) == []


def test_what_a_worker_gave_up_is_taken_up_within_the_hour(reader):
    leaving.close(reader)
    assert leaving.unfinished() == []
    Departure.objects.update(at="2026-01-01T00:00Z")
    tasks.tend()
    assert DBTaskResult.objects.get().args_kwargs["args"] == [reader.pk]


def test_a_second_time_is_no_harm(reader):
    go(reader)
    leaving.delete(reader.pk)
    assert Departure.objects.get().reader is None


def test_nobody_is_deleted_whose_account_is_open(reader):
    leaving.delete(reader.pk)
    assert User.objects.filter(pk=reader.pk).exists()


def test_the_last_who_runs_the_server_stays_while_others_read(reader, other_reader):
    make_staff(reader)
    with pytest.raises(leaving.Refused, match="Give one of them staff rights"):
        leaving.close(reader)
    assert User.objects.get(pk=reader.pk).is_active
    make_staff(other_reader)
    leaving.close(reader)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_run_it_and_go_at_once_one_stays(reader, other_reader):
    User.objects.create(username="cay")
    make_staff(reader), make_staff(other_reader)
    refused = []

    def leave(who):
        try:
            leaving.close(who)
        except leaving.Refused:
            refused.append(who)
        finally:
            connection.close()

    threads = [Thread(target=leave, args=(who,)) for who in (reader, other_reader)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(refused) == 1


def test_the_last_reader_leaves_a_server_that_can_be_set_up_with_another_token(db):
    first = accounts.setup_token()
    reader = accounts.claim("ada", PASSWORD)
    leaving.close(reader)
    closed = accounts.setup_token()
    assert closed not in {None, first}
    leaving.delete(reader.pk)
    assert accounts.setup_token() == closed
    again = accounts.claim("ada", PASSWORD)
    assert (again.pk != reader.pk, again.is_superuser) == (True, True)
    leaving.close(again)
    assert accounts.setup_token() not in {first, closed}


def test_who_sets_up_again_before_all_is_gone_gets_nothing_of_it(reader):
    article(reader, "Old")
    leaving.close(make_staff(reader))
    again = accounts.claim("ada", PASSWORD)
    leaving.delete(reader.pk)
    assert again.links.count() == 0
    assert list(User.objects.all()) == [again]


# --- the command ---------------------------------------------------------------------------------------------------


def test_the_command_asks_for_the_name_and_deletes(reader, monkeypatch, capsys):
    library_of(reader, WORDS)
    monkeypatch.setattr("builtins.input", lambda prompt: "no")
    with pytest.raises(CommandError, match="Nothing was deleted"):
        call_command("delete_reader", "ada")
    assert Link.objects.exists()
    monkeypatch.setattr("builtins.input", lambda prompt: "ada")
    call_command("delete_reader", "ada")
    assert "2 articles, 1 highlights" in capsys.readouterr().out
    assert not Link.objects.exists()
    assert not Export.objects.exists()


def test_the_command_says_what_it_does_not_do(reader, other_reader):
    make_staff(reader)
    with pytest.raises(CommandError, match='There is no reader "eve"'):
        call_command("delete_reader", "eve", "--yes")
    with pytest.raises(CommandError, match="the last who runs this server"):
        call_command("delete_reader", "ada", "--yes")
    call_command("delete_reader", "ben", "--yes")
    assert list(User.objects.all()) == [reader]
