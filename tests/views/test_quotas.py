"""What one reader can pile up on the server has an end, and each end is told in a sentence."""

import json
from pathlib import Path

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django_tasks_db.models import DBTaskResult

from library.accounts import sessions
from library.exporters import kept
from library.importers import uploads
from library.models import ApiToken, Export, ImportRun, RunState
from library.models.exports import MOST_KEPT
from library.models.imports import MOST_WAITING, WAITING
from library.models.tokens import MOST_TOKENS
from tests.importers.link_files import link_file
from tests.views.doors import log_in
from tests.views.test_imports import body, send

pytestmark = pytest.mark.django_db
TOLD = "of your imports are under way or wait"


def uploaded(reader, state: str, number: int = 1) -> list[ImportRun]:
    """Imports with files on the server."""
    runs = [
        ImportRun.objects.create(owner=reader, label="a", uploaded=True, state=state, records=1, rejected=1)
        for _ in range(number)
    ]
    for run in runs:
        uploads.folder(run.pk).mkdir(parents=True)
    return runs


def with_files(runs: list[ImportRun]) -> list[bool]:
    return [uploads.are_here(run) for run in runs]


@pytest.mark.parametrize("state", WAITING)
def test_one_import_more_than_so_many_is_refused_and_nothing_of_it_kept(reading, reader, settings, state):
    uploaded(reader, state, MOST_WAITING)
    before = sorted(Path(settings.MEDIA_ROOT).iterdir())
    answer = send(reading, body(("one.md", link_file())))
    assert (answer.status_code, TOLD in answer.content.decode()) == (429, True)
    list_of_files = json.dumps([{"name": "one.md", "size": 9, "modified": 1}])
    answer = reading.post("/import/pieces/", list_of_files, content_type="application/json")
    assert (answer.status_code, TOLD in answer.json()["problem"]) == (429, True)
    assert sorted(Path(settings.MEDIA_ROOT).iterdir()) == before
    assert (ImportRun.objects.count(), DBTaskResult.objects.count()) == (MOST_WAITING, 0)


@pytest.mark.parametrize("act", ["go-on", "undo", "try-again"])
def test_nor_does_an_ended_one_begin_again_then(reading, reader, act):
    ended = uploaded(reader, RunState.DONE if act == "try-again" else RunState.STOPPED)[0]
    uploaded(reader, RunState.CHECKED, MOST_WAITING)
    answer = reading.post(f"/import/{ended.pk}/{act}/", follow=True)
    assert TOLD in answer.content.decode()
    assert not DBTaskResult.objects.exists()


def test_others_are_not_kept_from_theirs(reading, other_reader):
    uploaded(other_reader, RunState.RUNNING, MOST_WAITING)
    assert send(reading, body(("one.md", link_file()))).status_code == 302


def test_the_files_of_old_imports_give_way_to_those_of_new_ones(reading, reader, other_reader):
    ended = uploaded(reader, RunState.STOPPED, uploads.MOST_ENDED + 2)
    running = uploaded(reader, RunState.RUNNING)
    others = uploaded(other_reader, RunState.STOPPED, 2)
    send(reading, body(("one.md", link_file())))
    assert with_files(ended) == [False] * 2 + [True] * uploads.MOST_ENDED
    assert all(with_files([*running, *others, ImportRun.objects.latest("pk")]))


def test_to_pause_and_go_on_a_hundred_times_is_one_task(reading, reader):
    run = uploaded(reader, RunState.RUNNING)[0]
    for _ in range(3):
        reading.post(f"/import/{run.pk}/stop/", {"pause": ""})
        reading.post(f"/import/{run.pk}/go-on/")
    assert DBTaskResult.objects.count() == 1


def test_the_oldest_exports_give_way(reading, reader):
    made = [Export.objects.create(owner=reader, format="csv", title=f"Export {n}") for n in range(MOST_KEPT)]
    for export in made:
        kept.make(export)
    page = reading.post("/export/", {"format": "csv", "what": "all"}, follow=True).content.decode()
    assert f"until there are {MOST_KEPT} newer ones" in page
    assert [kept.path(export).exists() for export in made] == [False] + [True] * (MOST_KEPT - 1)
    assert reader.exports.count() == MOST_KEPT


def test_the_browser_that_was_not_seen_for_longest_is_logged_out(reader, other_reader, monkeypatch):
    monkeypatch.setattr(sessions, "MOST_SESSIONS", 2)
    browsers = [Client() for _ in range(4)]
    browsers[0].force_login(other_reader)
    for browser in browsers[1:]:
        log_in(browser)
        browser.get("/library/")
    assert [browser.get("/library/").status_code for browser in browsers] == [200, 302, 200, 200]
    assert UserSession.objects.filter(user=reader).count() == Session.objects.count() - 1 == 2


def test_of_revoked_tokens_so_many_are_remembered(reader, other_reader):
    theirs, _ = ApiToken.objects.make(other_reader, "Theirs", ["read"], None)
    for number in range(MOST_TOKENS + 2):
        token, _ = ApiToken.objects.make(reader, f"Script {number}", ["read"], None)
        ApiToken.objects.filter(pk=token.pk).update(revoked_at=token.created_at)
    ApiToken.objects.make(reader, "Stands", ["read"], None)
    assert reader.tokens.count() == MOST_TOKENS + 1
    assert reader.tokens.standing().get().name == "Stands"
    assert ApiToken.objects.filter(pk=theirs.pk).exists()
