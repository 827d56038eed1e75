"""A reader's browser, as far as time goes: one connection kept open, a session, gzip; and eight of them at once."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection, RemoteDisconnected
from itertools import cycle
from typing import Any
from urllib.parse import urlencode

from bench.site import HOST, PATIENCE, CantMeasure

CSRF = "a" * 32  # the same in cookie and form, as Django wants it
WANTED = {"GET": {200}, "POST": {302, 303}}


@dataclass(frozen=True)
class Answer:
    seconds: float
    size: int  # bytes of the body as they were sent


class Browser:
    """With the cookie of a reader who is logged in; where there are several, they take turns."""

    def __init__(self, port: int, *cookies: str, headers: Mapping[str, str] | None = None) -> None:
        self.connection = HTTPConnection(HOST, port, timeout=PATIENCE)
        self.cookies = cycle(cookies)
        self.headers = {"Accept-Encoding": "gzip", "Accept": "text/html", **(headers or {})}

    def get(self, address: str) -> Answer:
        """Raises CantMeasure for anything but a page: an error would be quick, and no figure."""
        seconds, body = self._patiently("GET", address, {})
        return Answer(seconds, len(body))

    def read(self, address: str) -> tuple[float, str]:
        """Seconds, and the page."""
        seconds, body = self._patiently("GET", address, {"Accept-Encoding": "identity"})
        return seconds, body.decode()

    def send(self, address: str, fields: Mapping[str, str]) -> float:
        """Seconds until a form was taken, and the browser sent on to another page."""
        headers = {"X-CSRFToken": CSRF, "Content-Type": "application/x-www-form-urlencoded"}
        return self._patiently("POST", address, headers, urlencode(fields))[0]

    def _patiently(self, *request: Any) -> tuple[float, bytes]:
        try:
            return self._ask(*request)
        except (RemoteDisconnected, ConnectionResetError):
            self.connection.close()  # the server hung up on an idle connection; a browser, too, would call again
            return self._ask(*request)

    def _ask(self, method: str, address: str, headers: Mapping[str, str], body: str = "") -> tuple[float, bytes]:
        cookie = {"Cookie": f"{next(self.cookies)}; csrf={CSRF}"}
        begun = time.perf_counter()
        self.connection.request(method, address, body or None, {**self.headers, **cookie, **headers})
        answer = self.connection.getresponse()
        content = answer.read()
        seconds = time.perf_counter() - begun
        if answer.status not in WANTED[method]:
            raise CantMeasure(f"{address} answered {answer.status}.")
        return seconds, content

    def close(self) -> None:
        self.connection.close()


def pages_a_second(port: int, cookie: str, addresses: Sequence[str], readers: int, seconds: float) -> float:
    """What `readers` at once get together, each asking as soon as answered."""
    end = time.perf_counter() + seconds
    with ThreadPoolExecutor(readers) as pool:
        asked = [
            pool.submit(ask_until, end, port, cookie, addresses[place:] + addresses[:place])
            for place in starts(addresses, readers)
        ]
        return sum(each.result() for each in asked) / seconds


def starts(addresses: Sequence[str], readers: int) -> list[int]:
    """Where each reader begins, so that they don't ask for the same page at once."""
    return [number * len(addresses) // readers for number in range(readers)]


def ask_until(end: float, port: int, cookie: str, addresses: Sequence[str]) -> int:
    browser, pages = Browser(port, cookie), 0
    for address in cycle(addresses):
        if time.perf_counter() >= end:
            break
        browser.get(address)
        pages += 1
    browser.close()
    return pages
