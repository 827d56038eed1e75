"""Thirteen secrets are planted, everything that can be seen or kept is looked through, and none may be found."""

import io
import logging
import zipfile

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from library import accounts
from library.exporters import FORMATS, kept
from library.models import ApiToken, Export, Invitation, SecurityEvent, User
from library.views import shelves
from tests.views.doors import with_app
from tests.views.shelf import article

pytestmark = pytest.mark.django_db
SECRETS = {
    "secret key", "database password", "set-up token", "password", "wrong password", "password typed as a name",
    "session key", "token of forms", "API token", "hash of the API token", "secret of the app",
    "secret at the provider", "invitation",
}  # fmt: skip
ADMIN = ("", *(f"library/{name}/" for name in ("user", "importrun", "importedrecord", "link", "securityevent")))


@pytest.fixture
def planted(client, settings, monkeypatch):
    """Secrets by their names, after each was used as it is used in life."""
    cache.clear()
    typed = {"password": "horse planted right", "wrong password": "horse planted wrong",
             "password typed as a name": "horse-planted-high"}  # fmt: skip
    settings.DATABASE_URL = "postgresql://books:planted-database@db/books"
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "planted-database")
    token = accounts.setup_token()
    client.get("/setup/", {"token": token})
    both = dict.fromkeys(("password1", "password2"), typed["password"])
    client.post("/setup/", {"username": "ada", "token": token, **both})
    client.post("/logout/")
    for name, password in (("ada", "wrong password"), ("ada", "password")):
        client.post("/login/", {"login": name, "password": typed[password]})
    Client().post("/login/", {"login": typed["password typed as a name"], "password": "x"})
    made, secret = ApiToken.objects.make(User.objects.get(), "Script", ["read"], None)
    client.get("/api/me", headers={"Authorization": f"Bearer {secret}"})
    client.get("/settings/")
    settings.OIDC_CLIENT_SECRET = "planted-at-the-provider"
    invitation = Invitation.objects.invite(User.objects.get(), "For ben")[1]
    Client().get("/invitation/", {"token": invitation})
    return {
        "secret of the app": with_app(User.objects.get()),
        "secret at the provider": settings.OIDC_CLIENT_SECRET,
        "invitation": invitation,
        "secret key": settings.SECRET_KEY,
        "database password": "planted-database",
        "set-up token": token,
        "session key": client.session.session_key,
        "token of forms": client.cookies[settings.CSRF_COOKIE_NAME].value,
        "API token": secret,
        "hash of the API token": made.digest,
        **typed,
    }


def sent_with_all(client: Client, planted: dict[str, str], address: str) -> str:
    """The page that answers a request which carries every secret."""
    headers = {"Authorization": f"Bearer {planted['API token']}x", "User-Agent": "A browser"}
    return client.post(address, planted, headers=headers).content.decode()


def error_pages(planted: dict[str, str], monkeypatch) -> dict[str, str]:
    def broken(request: HttpRequest) -> None:
        raise RuntimeError("Forced")

    reader = User.objects.get()
    client, strict = Client(raise_request_exception=False), Client(enforce_csrf_checks=True)
    for each in (client, strict):
        each.force_login(reader)
    with monkeypatch.context() as patch:
        patch.setattr(shelves, "take", broken)
        pages = {"500": sent_with_all(client, planted, "/shelves/new/")}
    pages["400"] = client.get("/library/", headers={"Host": "elsewhere"}).content.decode()
    pages["401"] = sent_with_all(client, planted, "/api/me")
    pages["403"] = sent_with_all(strict, planted, "/shelves/new/")
    pages["404"] = sent_with_all(client, planted, "/nothing/")
    return pages


def exported(reader: User) -> dict[str, str]:
    exports = {name: Export.objects.create(owner=reader, format=name, title="All") for name in FORMATS}
    for export in exports.values():
        kept.make(export)
    return {f"export {name}": text_of(kept.path(export).read_bytes()) for name, export in exports.items()}


def text_of(data: bytes) -> str:
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return data.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "\n".join(text_of(archive.read(name)) for name in archive.namelist())


def rows(manager) -> str:
    return repr(list(manager.values()))


def found(planted: dict[str, str], places: dict[str, str]) -> list[tuple[str, str]]:
    return [(name, place) for name, value in planted.items() for place, text in places.items() if value in text]


def test_no_secret_is_seen_or_kept_where_it_does_not_belong(client, planted, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    reader = User.objects.get()
    article(reader, "The ledger", ("sql",), article="Text.")
    client.post("/export/", {"format": "csv", "what": "all"})
    places = {**error_pages(planted, monkeypatch), **exported(reader)}
    places |= {f"/admin/{path}": client.get(f"/admin/{path}").content.decode() for path in ADMIN}
    settings_pages = ("/settings/tokens/", "/settings/security-log/", "/settings/security/", "/settings/readers/")
    places |= {page: client.get(page).content.decode() for page in settings_pages}
    places["the user in the admin"] = client.get(f"/admin/library/user/{reader.pk}/change/").content.decode()
    places |= {"tasks": rows(DBTaskResult.objects), "security log": rows(SecurityEvent.objects), "log": caplog.text}
    assert planted.keys() == SECRETS and all(len(value) > 11 for value in planted.values())
    assert all(places.values()) and "Forced" in places["log"] and "token_refused" in places["log"]
    assert "run_export" in places["tasks"] and "login_failed" in places["security log"]
    assert found(planted, places) == []


@pytest.mark.parametrize("place", ["text", "zip"])
def test_what_is_planted_on_purpose_is_found(planted, place):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "\n".join(planted.values()))
    text = text_of(file.getvalue()) if place == "zip" else "\n".join(planted.values())
    assert found(planted, {place: text}) == [(name, place) for name in planted]
