"""Django's admin: for who runs the server, and never showing what readers read or wrote."""

import pytest
from django.contrib.auth import SESSION_KEY

from library.admin import site
from library.models import Event, ImportedRecord, ImportRun, Kind, Link, Outcome, RunState, SecurityEvent, User
from library.models.writing import write_section

pytestmark = pytest.mark.django_db
SECRET = "what ben wrote in the margin"


@pytest.fixture
def running(client):
    """The browser of who runs the server."""
    client.force_login(User.objects.create_superuser("root", password="x"))
    return client


@pytest.fixture
def link(other_reader):
    link = Link(owner=other_reader, type="Essay", extra={"key": SECRET})
    link.set_title("The ledger")
    link.set_address("https://example.org/ledger")
    link.save()
    for kind in Kind.values:
        write_section(link, kind, SECRET)
    return link


@pytest.fixture
def record(other_reader, link):
    run = ImportRun.objects.create(owner=other_reader, label="Notes", state=RunState.DONE, records=1, new=1)
    return ImportedRecord.objects.create(
        run=run, file="ledger.md", outcome=Outcome.NEW, link=link, message="A new article.", changes={"was": SECRET}
    )


def pages(link, record):
    runs, records = "/admin/library/importrun/", "/admin/library/importedrecord/"
    return [
        "/admin/",
        "/admin/library/user/",
        f"/admin/library/user/{link.owner_id}/change/",
        f"/admin/library/user/{link.owner_id}/password/",
        f"/admin/library/user/{link.owner_id}/history/",
        runs,
        f"{runs}{record.run_id}/change/",
        f"{runs}?q=notes&state=done",
        records,
        f"{records}{record.pk}/change/",
        f"{records}?q=ledger&outcome=new",
        "/admin/library/link/",
        f"/admin/library/link/{link.pk}/change/",
        "/admin/library/link/?q=ledger&state=inbox",
    ]


def test_no_page_shows_a_readers_texts(running, link, record):
    for path in pages(link, record):
        answer = running.get(path)
        assert answer.status_code == 200, path
        assert SECRET not in answer.content.decode(), path


def test_imports_their_records_and_links_are_found(running, link, record):
    found = [path for path in pages(link, record) if "?" in path]
    assert [running.get(path).context["cl"].result_count for path in found] == [1, 1, 1]


@pytest.mark.parametrize("model", ["link", "importrun", "importedrecord"])
def test_what_happened_is_read_and_not_rewritten(running, link, record, model):
    pk = {"link": link.pk, "importrun": record.run_id, "importedrecord": record.pk}[model]
    for path in ("add/", f"{pk}/delete/"):
        assert running.post(f"/admin/library/{model}/{path}", {"post": "yes"}).status_code == 403
    assert running.post(f"/admin/library/{model}/{pk}/change/", {"title": "Changed"}).status_code == 403
    assert (
        running.post(f"/admin/library/{model}/", {"action": "delete_selected", "_selected_action": pk}).status_code
        != 500
    )
    assert Link.objects.get().title == "The ledger"


def test_the_security_log_is_there_to_be_read_alone(running, other_reader):
    SecurityEvent.objects.add(Event.LOGIN_FAILED, other_reader.pk, "203.0.113.9", "A browser", "")
    event = SecurityEvent.objects.get(owner=other_reader)
    events = "/admin/library/securityevent/"
    assert "203.0.113.9" in running.get(f"{events}?kind=login_failed&q=ben").content.decode()
    assert running.get(f"{events}{event.pk}/change/").status_code == 200
    tries = [running.post(f"{events}{path}", {"post": "yes"}) for path in ("add/", f"{event.pk}/delete/")]
    assert [answer.status_code for answer in tries] == [403, 403]
    assert SecurityEvent.objects.filter(pk=event.pk).exists()


def test_a_reader_can_be_added_and_shut_out_but_not_deleted_with_their_library(running, other_reader):
    new = {
        "username": "cay",
        "usable_password": "true",
        "password1": "a long new phrase",
        "password2": "a long new phrase",
    }
    assert running.post("/admin/library/user/add/", new).status_code == 302
    assert User.objects.get(username="cay").check_password("a long new phrase")
    path = f"/admin/library/user/{other_reader.pk}/"
    assert running.post(path + "change/", {"username": "ben"}).status_code == 302
    other_reader.refresh_from_db()
    assert not other_reader.is_active
    assert running.post(path + "delete/", {"post": "yes"}).status_code == 403


def test_only_these_models_are_there():
    assert {model for model, _ in site._registry.items()} == {User, ImportRun, ImportedRecord, Link, SecurityEvent}


def test_who_is_not_logged_in_comes_in_by_the_houses_own_door(client):
    assert client.get("/admin/library/link/").url == "/login/?next=/admin/library/link/"
    assert client.get("/admin/login/", {"next": "/admin/library/user/"}).url == "/login/?next=/admin/library/user/"
    answer = client.post("/admin/login/", {"username": "root", "password": "x"})
    assert answer.url.startswith("/login/")
    assert SESSION_KEY not in client.session


def test_a_reader_who_does_not_run_the_server_is_told_so(reading):
    assert reading.get("/admin/", follow=True).status_code == 403


def test_log_out_and_password_are_the_houses_own(running):
    assert running.post("/admin/logout/").url == "/logout/"
    assert running.get("/admin/password_change/").url == "/settings/password/"


@pytest.mark.browser
def test_the_admin_works_under_the_content_policy(page, live_server, link, record, client, settings):
    client.force_login(User.objects.create_superuser("root", password="x"))
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    troubles = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    for path in pages(link, record):
        page.goto(path)
        assert page.locator("#site-name").is_visible(), path
    page.goto("/admin/library/user/add/")
    page.locator(".theme-toggle:visible").first.click()
    assert page.locator("html").get_attribute("data-theme") in {"light", "dark"}
    page.get_by_label("Disabled").check()
    assert not page.locator("#id_password1").is_visible()
    assert troubles == []
