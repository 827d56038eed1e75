"""What every response carries and every request is told."""

import logging
from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone

from library.accounts import proxy, sessions
from library.content.networks import within
from library.models import Event
from library.models.outages import outage
from library.security_log import note

logger = logging.getLogger(__name__)

View = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        # Log out is a form, and may lead on to the proxy's own.
        " ".join(["form-action 'self'", *([settings.PROXY_LOGOUT_ORIGIN] if settings.PROXY_LOGOUT_ORIGIN else [])]),
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
SEEN_EVERY = 10 * 60
PEER = "library.peer"  # who is at the other end of the connection, whatever X-Forwarded-For says
METHODS = ("GET", "HEAD", "POST")
API_PATH = "/api/"
NO_SUCH_METHOD = "Pages are read with GET and changed with POST. Nothing was done."
IMPORT_PATH = "/import/"
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")


def security_headers(get_response: View) -> View:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return middleware


def trusted_proxy(get_response: View) -> View:
    """Believe X-Forwarded-For and -Proto only from an address in TRUSTED_PROXIES; drop them from anybody else."""
    is_trusted = within(settings.TRUSTED_PROXIES)

    def client(chain: str, peer: str) -> str:
        """The last address in the chain that is not a proxy of ours: the ones before it anybody can write."""
        hops = [*(part.strip() for part in chain.split(",") if part.strip()), peer]
        return next((hop for hop in reversed(hops) if not is_trusted(hop)), hops[0])

    def middleware(request: HttpRequest) -> HttpResponse:
        meta = request.META
        meta[PEER] = meta.get("REMOTE_ADDR", "")
        forwarded = {name: meta.pop(name, "") for name in FORWARDED}
        if is_trusted(meta.get("REMOTE_ADDR", "")):
            meta["REMOTE_ADDR"] = client(forwarded["HTTP_X_FORWARDED_FOR"], meta["REMOTE_ADDR"])
            if forwarded["HTTP_X_FORWARDED_PROTO"] in {"http", "https"}:
                meta["wsgi.url_scheme"] = forwarded["HTTP_X_FORWARDED_PROTO"]
        return get_response(request)

    return middleware


def methods_of_forms(get_response: View) -> View:
    """Refuse what no form sends, before any view could take it for a look or a change. Programs have the API."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method in METHODS or request.path.startswith(API_PATH):
            return get_response(request)
        return HttpResponseNotAllowed(METHODS, NO_SUCH_METHOD, content_type="text/plain; charset=utf-8")

    return middleware


def proxy_login(get_response: View) -> View:
    """Log in whom a proxy of PROXY_LOGIN_FROM names in PROXY_LOGIN_HEADER; drop what anybody else writes there."""
    if not settings.PROXY_LOGIN_HEADER:
        return get_response
    header = "HTTP_" + settings.PROXY_LOGIN_HEADER.upper().replace("-", "_")
    is_trusted = within(settings.PROXY_LOGIN_FROM)

    def middleware(request: HttpRequest) -> HttpResponse:
        said, peer = request.META.pop(header, None), request.META.get(PEER, "")
        if said is not None and not is_trusted(peer):
            logger.warning("%s came from %s, which is not in PROXY_LOGIN_FROM.", settings.PROXY_LOGIN_HEADER, peer)
            note(Event.DENIED, request, None, "named by a stranger")
            said = None
        proxy.settle(request, said)
        return get_response(request)

    return middleware


def bounded_body(get_response: View) -> View:
    """Refuse a body that no form needs before anything of it is read. An upload has limits of its own, and counts."""

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if request.path != IMPORT_PATH and length.isdigit() and int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig
        return get_response(request)

    return middleware


def denials_noted(get_response: View) -> View:
    """Keep in the security log who was refused a page, by the page's name. The door of the API says more itself."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 403 and not response.has_header("WWW-Authenticate"):
            page = request.resolver_match.view_name if request.resolver_match else ""
            note(Event.DENIED, request, request.user, page)
        return response

    return middleware


def reader_time_zone(get_response: View) -> View:
    """Show times in the reader's own zone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with timezone.override(zone(getattr(request.user, "time_zone", ""))):
            return get_response(request)

    return middleware


def zone(name: str) -> ZoneInfo | None:
    """The time zone of that name; None, the server's own, for a blank and for a name this system doesn't know."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def note_seen(request: HttpRequest) -> None:
    """A page is shown also when the database takes nothing just now."""
    try:
        sessions.note_seen(request)
    except DatabaseError as problem:
        if not outage(problem):
            raise
        logger.warning("Where a reader is logged in was not noted: %s", outage(problem))


def last_seen(get_response: View) -> View:
    """Note where a reader is logged in: every ten minutes, so that hardly a page writes."""

    def middleware(request: HttpRequest) -> HttpResponse:
        key = request.session.session_key if request.user.is_authenticated else None
        if key and caches["local"].add(f"seen:{key}", "", SEEN_EVERY):
            note_seen(request)
        return get_response(request)

    return middleware
