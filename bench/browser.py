"""A reader's browser, as far as time goes: one connection kept open, a session, gzip; and eight of them at once."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection, RemoteDisconnected
from itertools import cycle

from bench.site import HOST, PATIENCE, CantMeasure


@dataclass(frozen=True)
class Answer:
    seconds: float
    size: int  # bytes of the body as they were sent


class Browser:
    def __init__(self, port: int, cookie: str) -> None:
        self.connection = HTTPConnection(HOST, port, timeout=PATIENCE)
        self.headers = {"Cookie": cookie, "Accept-Encoding": "gzip", "Accept": "text/html"}

    def get(self, address: str) -> Answer:
        """Raises CantMeasure for anything but a page: an error would be quick, and no figure."""
        try:
            return self._get(address)
        except (RemoteDisconnected, ConnectionResetError):
            self.connection.close()  # the server hung up on an idle connection; a browser, too, would call again
            return self._get(address)

    def _get(self, address: str) -> Answer:
        begun = time.perf_counter()
        self.connection.request("GET", address, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        seconds = time.perf_counter() - begun
        if answer.status != 200:
            raise CantMeasure(f"{address} answered {answer.status}.")
        return Answer(seconds, len(body))

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
