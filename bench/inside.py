"""What is asked of a library from inside: each function runs in a process of its own, by `Site.inside`."""

from __future__ import annotations

import json
import random
import re
import select
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import asking, beir, corpus
from bench.site import READER, CantMeasure
from library.importers.running import BATCH_FILES
from library.models import ImportRun, Kind, Link, Section, State, Tag, User
from library.models.writing import note_change
from library.search import indexing
from library.search.backends import backend
from library.search.documents import number_at
from library.search.fts5 import expression
from library.search.matches import planned
from library.search.plan import Plan

SHORT_BATCH = 2_000
DRAWS = 20
PAIR = re.compile(r"\b[a-z]+ [a-z]+\b")
NEXT_PAGE = re.compile(r'<a\b[^>]*\bhref="([^"]+)"[^>]*\brel="next"')


def answer(name: str, arguments: str) -> None:
    """Call a function of this module, and write what it returns as the last line of standard output."""
    found = globals()[name](*json.loads(arguments))
    sys.stdout.write(f"\n{json.dumps(found)}\n")


def make_reader() -> None:
    """The reader, who has saved one article before any import."""
    reader = User.objects.create_user(READER)
    link = Link(owner=reader)
    link.set_title("Saved before the import")
    link.save()


def make_readers(names: list[str]) -> None:
    for name in names:
        User.objects.create_user(name)


def shelve_short(count: int) -> None:
    """Put so many short articles into this library."""
    reader = User.objects.get(username=READER)
    for start in range(0, count, SHORT_BATCH):
        texts = map(short_text, range(start, min(start + SHORT_BATCH, count)))
        asking.save(reader, [(text.title, text) for text in texts], {})
        indexing.drain(SHORT_BATCH)


def short_text(number: int) -> beir.Text:
    title, text, tags, saved = corpus.short_article(number)
    return beir.Text(title, text, {"tags": tags, "saved": saved.isoformat()})


def tidy() -> None:
    """What the worker does bit by bit after an import, until nothing is left to do."""
    while indexing.drain() or indexing.tidy():
        pass


def expressions(reader: str, queries: dict[str, list[str]]) -> dict[str, list[tuple[str, int, int]]]:
    """What SQLite's index of words is asked for by each of these, and the first and last number to look at."""
    user = User.objects.get(username=reader)
    return {name: [asked_of_index(planned(user, query)) for query in each] for name, each in queries.items()}


def asked_of_index(plan: Plan) -> tuple[str, int, int]:
    first, end = plan.edges
    if plan.dates and plan.dates.start:
        first = number_at(plan.owner_id, plan.dates.start)
    if plan.dates and plan.dates.end:
        end = number_at(plan.owner_id, plan.dates.end)
    return expression(plan), first, end - 1


def ask_collection(folder: str, distractors: int = 0, ranked: int = 0) -> dict[str, Any]:
    """Put a collection into this empty library, and ask its questions. What was found, and seconds of both.

    Where `ranked` is given, a search ranks so many candidates, in place of as many as it would.
    """
    collection, reader = beir.thickened(beir.read(Path(folder)), distractors), User.objects.create_user(READER)
    if ranked:
        index = backend()
        for bound in {"RANKED", "TITLED", "SOME_RANKED"} & vars(index).keys():
            setattr(index, bound, ranked)
    begun = time.perf_counter()
    articles = asking.shelve(reader, collection)
    asked = time.perf_counter()
    found = asking.ask(reader, collection, articles)
    return {"found": found, "filling": asked - begun, "asking": time.perf_counter() - asked}


def files_to_a_commit() -> int:
    return BATCH_FILES


def last_run() -> dict[str, Any]:
    """What the newest import made of its files, and the seconds from its first to its last moment."""
    run = ImportRun.objects.latest("id")
    assert run.finished_at
    seconds = (run.finished_at - run.created_at).total_seconds()
    return {"files": run.files, "new": run.new, "unchanged": run.unchanged, "seconds": seconds}


def write_until_told(every: float) -> list[float]:
    """Change the state of one article every so many seconds, until standard input ends. Seconds of each write."""
    link_id = Link.objects.earliest("id").pk
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    return [write(link_id, number) for number in until_told(every)]


def until_told(every: float) -> Iterator[int]:
    number = 0
    while not select.select([sys.stdin], [], [], every)[0]:
        yield number
        number += 1


def write(link_id: int, number: int) -> float:
    """As the reader's page does it."""
    begun = time.perf_counter()
    with transaction.atomic():
        link = Link.objects.select_for_update().get(pk=link_id)
        before = link.state
        link.set_state((State.READING, State.FINISHED)[number % 2])
        link.save(update_fields=["state", "finished_at"])
        note_change(link, "state", before, link.state)
    return time.perf_counter() - begun


def browser(reader: str = READER) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username=reader), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def cookie_of(client: Client) -> str:
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    return f"{cookie.key}={cookie.value}"


def reader_to_search(reader: str, phrases: int) -> dict[str, Any]:
    """The cookie of a reader who is logged in, the name of the tag that most of the articles have, and so many phrases
    that stand in some."""
    tag = Tag.objects.filter(owner__username=reader).annotate(times=Count("link_tags")).latest("times", "id")
    return {"cookie": cookie_of(browser(reader)), "tag": tag.name, "phrases": phrases_of(reader, phrases)}


def phrases_of(reader: str, count: int) -> list[str]:
    """Different pairs of words that stand side by side in articles of this reader, drawn as they come up.

    Raises CantMeasure where the articles have too few.
    """
    dice, found = random.Random(reader), dict[str, None]()  # noqa: S311 - no secret is made here
    sections = Section.objects.filter(link__owner__username=reader, kind=Kind.ARTICLE)
    articles = list(sections.order_by("id").values_list("id", flat=True))
    for _ in range(DRAWS * count):
        pairs = PAIR.findall(Section.objects.get(pk=dice.choice(articles)).text)
        found |= dict.fromkeys(dice.sample(pairs, min(1, len(pairs))))
        if len(found) == count:
            return list(found)
    raise CantMeasure(f"The articles of {reader} have no {count} phrases.")


def look_around(articles: int, page: int) -> dict[str, Any]:
    """The most frequent tag, the address of the library's page of this number (or its last), articles to read, and
    the cookie of a reader who is logged in.
    """
    client = browser()
    tag = Tag.objects.annotate(times=Count("link_tags")).latest("times", "id")
    address, reached = walk(client, page)
    found = list(Link.objects.kept().filter(has_article=True).order_by("id").values_list("id", flat=True))
    step = max(1, len(found) // articles)
    read = [f"/read/{link.pk}-{link.slug}/" for link in Link.objects.filter(pk__in=found[::step][:articles])]
    return {
        "tag": tag.slug,
        "page": address,
        "page_number": reached,
        "read": read,
        "cookie": cookie_of(client),
    }


def walk(client: Client, page: int) -> tuple[str, int]:
    """Turn pages from the first one: to the page of this number, or to the last full one."""
    address = "/library/"
    for number in range(1, page):
        following = next_page(client, address)
        if following is None or next_page(client, following) is None:
            return address, number
        address = following
    return address, page


def next_page(client: Client, address: str) -> str | None:
    found = NEXT_PAGE.search(client.get(address).content.decode())
    return found and found[1].replace("&amp;", "&")


def queries(addresses: dict[str, str]) -> dict[str, int]:
    """How many queries each page takes when it is asked for again."""
    client = browser()
    return {name: count_queries(client, address) for name, address in addresses.items()}


def count_queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)
