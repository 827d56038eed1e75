"""Fifty who write beside fifty who read, each with a connection of their own, through the whole of the site."""

import json
import threading
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from django.db import connections
from django.test import Client

PAGES = ("/library/", "/search/?q=word", "/tags/", "/highlights/", "/activity/")
HOST = {"host": "localhost"}


@dataclass
class Tally:
    """What was acknowledged, and what was not."""

    reads: int = 0
    added: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    longest_read: float = 0.0
    longest_write: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, began: float, answer: Any, added: str = "") -> None:
        with self.lock:
            longest = "longest_write" if added else "longest_read"
            setattr(self, longest, max(getattr(self, longest), time.monotonic() - began))
            if answer.status_code >= 400:
                self.failed.append(f"{answer.status_code}: {answer.content.decode()[:300]}")
            elif added:
                self.added.append(added)
            else:
                self.reads += 1


def save(client: Client, number: int) -> Any:
    return client.post("/add/", {"url": f"https://one.example/{number}", "title": f"Saved {number}"}, headers=HOST)


def read_once(client: Client) -> None:
    for page in PAGES:
        client.get(page, headers=HOST)


def write(client: Client, number: int, until: float, tally: Tally) -> None:
    for turn in count():
        began = time.monotonic()
        if began > until:
            return
        url = f"https://crowd.example/{number}/{turn}"
        form = {"url": url, "title": f"Written by {number}", "note": f"In turn {turn}, word by word."}
        tally.note(began, client.post("/add/", form, headers=HOST), added=url)


def read(client: Client, number: int, until: float, tally: Tally) -> None:
    for turn in count(number):
        began = time.monotonic()
        if began > until:
            return
        tally.note(began, client.get(PAGES[turn % len(PAGES)], headers=HOST))


def take_part(place: int, clients: list[Client], seconds: float, told: str) -> None:
    """One process of a crowd."""
    tally = Tally()
    gather(clients, seconds, tally, place * len(clients))
    found = {name: value for name, value in vars(tally).items() if name != "lock"}
    Path(told).write_text(json.dumps(found))


def gather(clients: list[Client], seconds: float, tally: Tally, first: int) -> None:
    """The first half of them writes, the other reads. They count from `first`."""

    def live(number: int, client: Client) -> None:
        try:
            (write if number < len(clients) // 2 else read)(client, first + number, until, tally)
        except Exception as error:
            tally.failed.append(f"{type(error).__name__}: {error}")
        finally:
            connections.close_all()

    until = time.monotonic() + seconds
    threads = [threading.Thread(target=live, args=pair) for pair in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
