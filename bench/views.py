"""What a browser fetches for its first view of a page: asked of Chromium, which knows what a page makes it fetch."""

from __future__ import annotations

from collections import Counter

from playwright.sync_api import Browser, Response, sync_playwright

from bench.figures import Figure, at_most
from bench.site import CantMeasure, Server, Site
from tests import chromium

WORDS = {"document": "HTML", "stylesheet": "CSS", "script": "JavaScript", "font": "fonts"}
# In kB as they are sent.
BUDGETS = {"document": 60, "stylesheet": 20, "script": 40, "font": 90}
READER_BUDGETS = {**BUDGETS, "font": 155}


def measure(site: Site) -> list[Figure]:
    """Of the Library and of an article."""
    found = site.inside("look_around", 1, 1)
    path = chromium.find()
    if path is None:
        raise CantMeasure(chromium.problem())
    with site.served() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        library = fetched(browser, server, "/library/", found["cookie"])
        reader = fetched(browser, server, found["read"][0], found["cookie"])
        browser.close()
    return [*figures("the Library", library, BUDGETS), *figures("an article", reader, READER_BUDGETS)]


def fetched(browser: Browser, server: Server, address: str, cookie: str) -> Counter[str]:
    """Bytes of each kind of file, by a browser that has nothing yet."""
    context = browser.new_context(base_url=server.address)
    name, _, value = cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": server.address}])
    page = context.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # playwright takes no built-in method
    page.goto(address, wait_until="networkidle")
    sizes = Counter[str]()
    for answer in answers:
        sizes[answer.request.resource_type] += answer.request.sizes()["responseBodySize"]
    context.close()
    return sizes


def figures(page: str, sizes: Counter[str], budgets: dict[str, int]) -> list[Figure]:
    return [
        at_most(f"first view of {page}: {WORDS[kind]}", sizes[kind] / 1000, "kB", budget)
        for kind, budget in budgets.items()
    ]
