"""Settings: what the environment says, and what is said when it says nonsense."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHOW = "import library.settings as s; print({})"


def run_python(tmp_path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path / "data"), **environment}
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=clean, capture_output=True, text=True)


def shown(tmp_path, expression: str, **environment: str) -> str:
    return run_python(tmp_path, "-c", SHOW.format(expression), **environment).stdout.strip()


def test_every_setting_is_documented_and_no_other():
    source = (ROOT / "library" / "settings.py").read_text()
    names = set(re.findall(r'\benv\w*\("([A-Z_]+)"', source))
    documented = set(re.findall(r"^## `([A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))
    assert documented == names


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("PORT", "٣"),
        ("WEB_WORKERS", "0"),
        ("DEBUG", "maybe"),
        ("BASE_URL", "books.example.org"),
        ("BASE_URL", "https://books.example.org/library"),
        ("BASE_URL", "https://books.example.org:seven"),
        ("BASE_URL", "https://[books"),
        ("DATABASE_URL", "mysql://db/books"),
        ("DATABASE_URL", "postgresql://db:port/books"),
        ("DATABASE_URL", "postgresql://db"),
        ("DATABASE_URL", "sqlite:///no/such/folder/file"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, proxy"),
        ("TIME_ZONE", "Mars/Olympus"),
        ("TIME_ZONE", "../../etc/passwd"),
        ("SECRET_KEY", "short"),
        ("DATA_DIR", "/proc/nothing/here"),
        ("SECURITY_CONTACT", "safety@example.org"),
        ("SECURITY_CONTACT", "https://"),
        ("BACKUP_EVERY", "24"),
        ("BACKUP_EVERY", "0h"),
        ("BACKUP_EVERY", "daily"),
        ("BACKUP_KEEP", "0"),
        ("OIDC_ISSUER", "id.example.org"),
        ("OIDC_ISSUER", "https://id.example.org/.well-known/openid-configuration"),
        ("OIDC_ISSUER", "https://id.example.org?realm=home"),
        ("OIDC_ISSUER", "https://[id"),
        ("OIDC_CLIENT_SECRET_FILE", "/no/such/file"),
        ("OIDC_SIGN_UP", "perhaps"),
        ("PROXY_LOGIN_HEADER", "Remote_User"),
        ("PROXY_LOGIN_FROM", "10.0.0.0/8, proxy"),
        ("PROXY_LOGIN_FROM", "0.0.0.0/0"),
        ("PROXY_LOGIN_SIGN_UP", "maybe"),
        ("PROXY_LOGOUT_URL", "javascript:alert(1)"),
    ],
)
def test_a_bad_value_stops_the_start_with_a_plain_sentence(tmp_path, name, value):
    started = run_python(tmp_path, "manage.py", "check", **{name: value})
    assert started.returncode == 2
    assert started.stderr.startswith("Commonplace can't start. ")
    assert name in started.stderr
    assert len(started.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"])
def test_a_provider_needs_a_client_and_its_secret(tmp_path, name):
    both = {"OIDC_CLIENT_ID": "library", "OIDC_CLIENT_SECRET": "x"}
    started = run_python(tmp_path, "manage.py", "check", OIDC_ISSUER="https://id.example", **{**both, name: ""})
    assert (started.returncode, f"{name} is missing" in started.stderr) == (2, True)


def test_the_secret_of_the_client_may_lie_in_a_file(tmp_path):
    (tmp_path / "secret").write_text("from a file\n")
    given = {"OIDC_ISSUER": "https://id.example/", "OIDC_CLIENT_ID": "library"}
    kept = shown(tmp_path, "s.OIDC_ISSUER, s.OIDC_CLIENT_SECRET", OIDC_CLIENT_SECRET_FILE=f"{tmp_path}/secret", **given)
    assert kept == "https://id.example from a file"


def test_the_secret_key_is_made_once_and_is_private(tmp_path):
    first = shown(tmp_path, "s.SECRET_KEY")
    assert len(first) > 50
    assert shown(tmp_path, "s.SECRET_KEY") == first
    assert stat.S_IMODE((tmp_path / "data" / "secret-key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_plain_http_at_home_needs_no_secure_cookies(tmp_path):
    strict = shown(tmp_path, "s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS")
    assert strict == "False False 0"


def test_https_is_strict(tmp_path):
    https = {"BASE_URL": "https://books.example.org"}
    strict = shown(tmp_path, "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT", **https)
    assert strict == "True True True"
    checked = run_python(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "INFO", **https)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_host_of_the_address_is_allowed(tmp_path):
    hosts = shown(tmp_path, "s.ALLOWED_HOSTS", BASE_URL="http://[2001:db8::1]:8000", ALLOWED_HOSTS="nas, books.lan")
    assert hosts == "['127.0.0.1', '[2001:db8::1]', '[::1]', 'books.lan', 'localhost', 'nas']"


OLD = "import library, sqlite3; sqlite3.sqlite_version_info = {}; sqlite3.sqlite_version = 'old'; "
CHECK = "import django.core.management as m; m.execute_from_command_line(['manage.py', 'check'])"


def test_an_old_sqlite_is_used_without_its_log_and_the_check_says_so(tmp_path):
    code = OLD.format("(3, 40, 1)") + CHECK
    checked = run_python(tmp_path, "-c", code, DJANGO_SETTINGS_MODULE="library.settings")
    assert "SQLite old is used without its write-ahead log" in checked.stderr


def test_too_old_a_sqlite_stops_the_start(tmp_path):
    started = run_python(tmp_path, "-c", OLD.format("(3, 30, 0)") + "import library.settings")
    assert (started.returncode, "3.37 or newer is needed" in started.stderr) == (2, True)


def test_a_proxy_that_logs_in_must_have_an_address(tmp_path):
    started = run_python(tmp_path, "manage.py", "check", PROXY_LOGIN_HEADER="Remote-User")
    assert (started.returncode, "PROXY_LOGIN_FROM is missing" in started.stderr) == (2, True)


def test_log_out_may_lead_to_the_proxys_server_and_no_other_form_may(tmp_path):
    show = "from library.middleware import CONTENT_SECURITY_POLICY as p; print(p)"
    started = "import django; import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'library.settings'; django.setup(); "
    policy = run_python(tmp_path, "-c", started + show, PROXY_LOGOUT_URL="https://auth.example/out").stdout
    assert "form-action 'self' https://auth.example;" in policy
    assert policy.count("auth.example") == 1
