"""Every setting. `docs/settings.md` explains each."""

import os
import re
import secrets
import sqlite3
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import dj_database_url

from library.content.networks import is_network, origin
from library.environment import env, env_duration, env_file, env_flag, env_list, env_number, is_issuer, stop

BASE_DIR = Path(__file__).resolve().parent.parent

# --- where things are kept -----------------------------------------------------------------------------------------

DATA_DIR = Path(env("DATA_DIR", str(BASE_DIR / "data"))).absolute()


def make_data_dir(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise stop(f"DATA_DIR is {folder}, and that folder can't be made: {error.strerror}.") from error


def read_or_make_secret_key(folder: Path) -> str:
    """The key in SECRET_KEY, else the one kept in `folder`, made on the first start."""
    given = env("SECRET_KEY")
    if given:
        if len(given) < 32:
            raise stop("SECRET_KEY is shorter than 32 characters. Leave it out, and one is made and kept in DATA_DIR.")
        return given
    file = folder / "secret-key"
    try:
        if not file.exists():
            write_once(file, secrets.token_urlsafe(64))
        return file.read_text().strip()
    except OSError as error:
        raise stop(f"The secret key in {file} can't be read or made: {error.strerror}.") from error


def write_once(file: Path, text: str) -> None:
    """Write `text` to a new private file in one step: of two processes that start together, one wins."""
    draft = file.with_name(f".{file.name}-{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    try:
        os.link(draft, file)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


make_data_dir(DATA_DIR)
SECRET_KEY = read_or_make_secret_key(DATA_DIR)
DEBUG = env_flag("DEBUG", False)

# --- database ------------------------------------------------------------------------------------------------------

# Before 3.51.3, WAL could lose a committed write (https://www.sqlite.org/wal.html); without WAL, SQLite is slower.
SQLITE_WAL_SAFE = sqlite3.sqlite_version_info >= (3, 51, 3)
SQLITE_JOURNAL = "WAL" if SQLITE_WAL_SAFE else "DELETE"
# Contentless-delete tables of the search index came with 3.43; older ones keep the text twice.
SQLITE_OLDEST = (3, 37, 0)

DATABASE_URL = env("DATABASE_URL")


def sqlite_database(file: str) -> dict[str, object]:
    """IMMEDIATE transactions wait for each other by `timeout` (seconds) instead of failing with "locked"."""
    if sqlite3.sqlite_version_info < SQLITE_OLDEST:
        raise stop(f"This Python carries SQLite {sqlite3.sqlite_version}; 3.37 or newer is needed.")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # Fifty who write at once on a machine that is busy otherwise were seen to wait for 30.
            "timeout": 60,
            "transaction_mode": "IMMEDIATE",
            # Of each connection: with 100,000 articles, beginnings of words and tags are found a quarter quicker than
            # with 4 MB. A checkpoint waits for the disk: one for each 16 MB of the log, and not for each 4 MB.
            "init_command": f"PRAGMA journal_mode={SQLITE_JOURNAL}; PRAGMA synchronous=NORMAL; "
            "PRAGMA cache_size=-16000; PRAGMA wal_autocheckpoint=4000",
        },
    }


def sqlite_file(url: str) -> str:
    """The file that `url` names: sqlite:////absolute/path, or sqlite:///path from the program's folder."""
    file = BASE_DIR / url.removeprefix("sqlite:///")
    if not url.startswith("sqlite:///") or not file.parent.is_dir():
        raise stop(f'DATABASE_URL is "{url}". Write sqlite:////folder/file, in a folder that exists.')
    return str(file)


def postgres_database(url: str) -> dict[str, object]:
    wanted = "Write postgresql://user:password@host:5432/name."
    try:
        found = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    except (ValueError, KeyError) as error:
        raise stop(f"DATABASE_URL can't be read. {wanted}") from error
    if not found["NAME"]:
        raise stop(f"DATABASE_URL names no database. {wanted}")
    return found


def database(url: str) -> dict[str, object]:
    if not url:
        return sqlite_database(str(DATA_DIR / "commonplace.sqlite3"))
    scheme = url.partition(":")[0]
    if scheme == "sqlite":
        return sqlite_database(sqlite_file(url))
    if scheme in {"postgres", "postgresql"}:
        return postgres_database(url)
    raise stop(f'DATABASE_URL begins with "{scheme}:". Write postgresql://…, or leave it out for SQLite.')


DATABASES = {"default": database(DATABASE_URL)}
NETWORK_DISK = env_flag("NETWORK_DISK", False)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- addresses -----------------------------------------------------------------------------------------------------

HOST = env("HOST", "127.0.0.1")
PORT = env_number("PORT", 8000, 1, 65535)
WEB_WORKERS = env_number("WEB_WORKERS", 2, 1, 64)
BASE_URL = env("BASE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")


def base_address(url: str) -> tuple[str, str]:
    """Scheme and host (an IPv6 address in its brackets)."""
    wanted = "Write the address that readers type, such as https://books.example.org, without a path."
    try:
        parts = urlsplit(url)
        port_is_right = parts.port is None or parts.port > 0
    except ValueError as error:
        raise stop(f'BASE_URL is "{url}". {wanted}') from error
    beyond = parts.path or parts.query or parts.fragment or parts.username
    if parts.scheme not in {"http", "https"} or not parts.hostname or beyond or not port_is_right:
        raise stop(f'BASE_URL is "{url}". {wanted}')
    return parts.scheme, f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname


BASE_SCHEME, BASE_HOST = base_address(BASE_URL)
SECURE = BASE_SCHEME == "https"
ALLOWED_HOSTS = sorted({*env_list("ALLOWED_HOSTS"), BASE_HOST, "127.0.0.1", "localhost", "[::1]"})
CSRF_TRUSTED_ORIGINS = [BASE_URL]
TRUSTED_PROXIES = env_list("TRUSTED_PROXIES")
for network in TRUSTED_PROXIES:
    if not is_network(network):
        raise stop(f'TRUSTED_PROXIES holds "{network}", which is no IP address or network.')

# Whom a proxy names as logged in, and which proxies may: by the address of the connection itself.
PROXY_LOGIN_HEADER = env("PROXY_LOGIN_HEADER")
PROXY_LOGIN_FROM = env_list("PROXY_LOGIN_FROM")
PROXY_LOGIN_SIGN_UP = env_flag("PROXY_LOGIN_SIGN_UP", False)
PROXY_LOGOUT_URL = env("PROXY_LOGOUT_URL")
if PROXY_LOGIN_HEADER and not re.fullmatch("[A-Za-z0-9-]+", PROXY_LOGIN_HEADER):
    raise stop(f'PROXY_LOGIN_HEADER is "{PROXY_LOGIN_HEADER}". Write the name of a header, such as Remote-User.')
if PROXY_LOGIN_HEADER and not PROXY_LOGIN_FROM:
    raise stop("PROXY_LOGIN_HEADER is set, and PROXY_LOGIN_FROM is missing: anybody could log in as anybody.")
for network in PROXY_LOGIN_FROM:
    if not is_network(network) or network.endswith("/0"):
        raise stop(f'PROXY_LOGIN_FROM holds "{network}". Write the addresses of the proxies, such as 127.0.0.1.')
PROXY_LOGOUT_ORIGIN = origin(PROXY_LOGOUT_URL) if PROXY_LOGOUT_URL else ""
if PROXY_LOGOUT_ORIGIN is None:
    raise stop(f'PROXY_LOGOUT_URL is "{PROXY_LOGOUT_URL}". Write a path, or an address that begins with https://.')

SECURITY_CONTACT = env("SECURITY_CONTACT")
if SECURITY_CONTACT and not re.fullmatch(r"(mailto:[^\s@]+@[^\s@]+|https://[^\s/]\S*)", SECURITY_CONTACT):
    raise stop(f'SECURITY_CONTACT is "{SECURITY_CONTACT}". Write mailto:name@example.org or an https:// address.')

SESSION_ENGINE = "library.accounts.returning"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = SECURE
# The container's health check asks over plain HTTP from inside.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if SECURE else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
# No other site learns an address. With "no-referrer" browsers would send our own forms with `Origin: null`, which the
# check against forged forms refuses.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Subdomains and the browsers' preload list are the domain owner's to promise, not one program's under it.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# --- the site ------------------------------------------------------------------------------------------------------

ROOT_URLCONF = "library.urls"
WSGI_APPLICATION = "library.wsgi.application"

INSTALLED_APPS = [
    "library.apps.LibraryConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "library.middleware.trusted_proxy",
    "library.middleware.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "library.middleware.methods_of_forms",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "library.compression.Compression",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "library.middleware.proxy_login",
    "library.middleware.denials_noted",
    "library.middleware.bounded_body",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "library.middleware.reader_time_zone",
    "library.middleware.last_seen",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "library.views.rail.rail",
            ],
        },
    }
]

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "library.assets.HashedFiles"},
}
MEDIA_ROOT = DATA_DIR / "uploads"
EXPORTS_ROOT = DATA_DIR / "exports"
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 20_000
FILE_UPLOAD_TEMP_DIR = None

# "default" is shared by all processes, for the throttling of logins; "local" holds counts keyed by a revision.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "library_cache",
        # A full cache drops entries, and with them the count of somebody's wrong passwords.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
    "local": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "TIMEOUT": 3600,
        "OPTIONS": {"MAX_ENTRIES": 500},
    },
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# --- readers -------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "library.User"
AUTHENTICATION_BACKENDS = ["library.accounts.returning.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "library.list"
LOGOUT_REDIRECT_URL = "login"
ACCOUNT_ADAPTER = "library.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "login"
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
    "invitation": "20/m/ip",
}
# How long a reader who gave the password again may change how to log in.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60

MFA_ADAPTER = "library.accounts.second_factors.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # there is no mail
MFA_TOTP_ISSUER = "Commonplace"
MFA_TOTP_TOLERANCE = 1

OIDC_NAME = env("OIDC_NAME", "single sign-on")
OIDC_ISSUER = env("OIDC_ISSUER").rstrip("/")
OIDC_CLIENT_ID = env("OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = env("OIDC_CLIENT_SECRET") or env_file("OIDC_CLIENT_SECRET_FILE")
OIDC_SIGN_UP = env_flag("OIDC_SIGN_UP", False)


def oidc_provider() -> dict[str, object]:
    """The provider as allauth wants it. It is known by its issuer: the same subject of another one is somebody else."""
    if not is_issuer(OIDC_ISSUER):
        raise stop(f'OIDC_ISSUER is "{OIDC_ISSUER}". Write the address of the provider, such as https://id.example.org.')
    for name, value in (("OIDC_CLIENT_ID", OIDC_CLIENT_ID), ("OIDC_CLIENT_SECRET", OIDC_CLIENT_SECRET)):
        if not value or len(value) > 191:
            raise stop(f"OIDC_ISSUER is set, and {name} {'is too long' if value else 'is missing'}.")
    about = {"server_url": OIDC_ISSUER, "oauth_pkce_enabled": True, "scope": ["openid", "profile"]}
    app = {"provider_id": OIDC_ISSUER, "name": OIDC_NAME, "client_id": OIDC_CLIENT_ID, "secret": OIDC_CLIENT_SECRET}
    return {"openid_connect": {"APPS": [{**app, "settings": about}]}}


SOCIALACCOUNT_ADAPTER = "library.accounts.identities.SocialAccountAdapter"
SOCIALACCOUNT_PROVIDERS = oidc_provider() if OIDC_ISSUER else {}

# --- language and time ---------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = env("TIME_ZONE", "UTC")
try:
    ZoneInfo(TIME_ZONE)
except (ZoneInfoNotFoundError, ValueError, OSError) as error:
    raise stop(f'TIME_ZONE is "{TIME_ZONE}". Write a name such as Europe/Berlin.') from error

# --- logs ----------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "library": {"level": "INFO"},
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},
    },
}

# --- backups -------------------------------------------------------------------------------------------------------

BACKUP_FOLDER = Path(env("BACKUP_FOLDER")).absolute() if env("BACKUP_FOLDER") else None
BACKUP_EVERY = env_duration("BACKUP_EVERY", "24h")
BACKUP_KEEP = env_number("BACKUP_KEEP", 7, 1, 10_000)

# --- limits --------------------------------------------------------------------------------------------------------

BIN_DAYS = 30
IMPORT_FOLDERS = [Path(folder) for folder in env_list("IMPORT_FOLDERS")]
for folder in IMPORT_FOLDERS:
    if not folder.is_absolute():
        raise stop(f'IMPORT_FOLDERS holds "{folder}". Write whole paths, such as /srv/articles.')
IMPORT_UPLOAD_BYTES = env_number("IMPORT_UPLOAD_MB", 500, 1, 1_000_000) * 1024 * 1024
