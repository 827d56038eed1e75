"""Cookies that no script reads and no other site sends, and headers on every kind of answer, over HTTP and HTTPS."""

import json

import pytest
from django.test import Client

from tests.test_settings import shown
from tests.walls.table import check_headers

pytestmark = pytest.mark.django_db
STRICT = {"httponly": True, "secure": True, "samesite": "Lax", "domain": "", "path": "/"}
NAMES = (
    *("SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE"),
    *("CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE", "CSRF_COOKIE_HTTPONLY", "CSRF_COOKIE_SAMESITE", "ALLOWED_HOSTS"),
    *("SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SECURE_REDIRECT_EXEMPT", "SECURE_CONTENT_TYPE_NOSNIFF"),
)


def set_up(tmp_path, settings, **environment: str) -> None:
    """The settings of a server with this environment."""
    wanted = f"{{name: getattr(s, name) for name in {NAMES} if hasattr(s, name)}}"
    said = shown(tmp_path, f"__import__('json').dumps({wanted})", **environment)
    for name, value in json.loads(said).items():
        setattr(settings, name, value)


def entered(**how: object) -> tuple[dict[str, dict[str, object]], object]:
    """What a browser keeps after a log in, and the answer to it."""
    client = Client(SERVER_NAME="books.example.org")
    client.get("/login/", **how)
    answer = client.post("/login/", {"login": "ada", "password": "correct horse battery"}, **how)
    assert answer.status_code == 302
    cookies = {each.key: {name: each[name] for name in STRICT} for each in client.cookies.values() if each.value}
    return cookies, answer


def test_over_https_cookies_belong_to_this_host_alone(tmp_path, settings, reader):
    set_up(tmp_path, settings, BASE_URL="https://books.example.org")
    cookies, answer = entered(secure=True)
    assert cookies == {"__Host-csrf": STRICT, "__Host-session": STRICT}
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    plain = Client(SERVER_NAME="books.example.org").get("/login/")
    assert (plain.status_code, plain.headers["Location"]) == (301, "https://books.example.org/login/")
    check_headers(plain)


def test_over_http_no_script_reads_them_either(tmp_path, settings, reader):
    set_up(tmp_path, settings, BASE_URL="http://books.example.org")
    cookies, answer = entered()
    assert cookies == dict.fromkeys(("csrf", "session"), {**STRICT, "secure": ""})
    assert "Strict-Transport-Security" not in answer.headers


def test_log_in_gives_a_new_session_and_log_out_ends_it(client, reader):
    client.get("/login/")
    client.force_login(reader)
    before = client.cookies["session"].value
    other = Client()
    other.cookies["session"] = before
    client.post("/logout/")
    assert other.get("/library/").status_code == 302


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil.example"])
def test_a_form_that_another_site_sends_is_refused(reader, origin):
    client = Client(enforce_csrf_checks=True)
    client.force_login(reader)
    client.get("/settings/")
    token = client.cookies["csrf"].value
    sent = {"section": "theme", "theme": "dark", "csrfmiddlewaretoken": token}
    assert client.post("/settings/", sent, headers={"origin": origin}).status_code == 403
    assert client.post("/settings/", sent).status_code == 302


@pytest.mark.parametrize("method", ["get", "head", "options", "trace", "put", "patch", "delete", "post"])
@pytest.mark.parametrize("path", ["/static/css/base.css", "/static/../library/urls.py", "/nothing/", "/library/"])
def test_every_kind_of_answer_carries_the_headers(client, method, path):
    answer = getattr(client, method)(path)
    assert answer.status_code < 500
    check_headers(answer)


def test_pages_of_a_reader_are_kept_by_nobody_else(reading, reader):
    for path in ("/library/", "/settings/", "/search/?q=x", "/tags/"):
        assert "public" not in reading.get(path).headers.get("Cache-Control", "")
        assert "Cookie" in reading.get(path).headers["Vary"]
