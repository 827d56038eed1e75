"""Whatever an address, a form or a browser says about where to go next: it stays on this site."""

import re

import pytest
from django.core.cache import caches
from lxml import html

from tests.views.doors import again
from tests.walls.shown_forms import forms_of, tried
from tests.walls.table import PAGES, library_of, own_address, run_by
from tests.walls.test_bodies import asked_for

pytestmark = pytest.mark.django_db
ELSEWHERE = [
    "https://evil.example/",
    "HTTPS:evil.example",
    "https:/evil.example",
    "https:\\\\evil.example",
    "//evil.example/",
    "///evil.example/",
    "////evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "\\/evil.example",
    "/\t/evil.example/",
    "/\n/evil.example/",
    "/\r\n/evil.example/",
    "\t//evil.example/",
    " //evil.example/",
    "\x00//evil.example/",
    "\x1f//evil.example/",
    "/\x0b/evil.example/",
    "//user@evil.example/",
    "//library@evil.example:80/library/",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "//evil.example\\@testserver/",
    "//evil.example#@testserver/",
    "///\\;@evil.example",
    "javascript:fire()",
    "java\tscript:fire()",
    "\x01javascript:fire()",
    "data:text/html,evil.example",
    "mailto:a@evil.example",
    "evil.example",
    "//[::1]/",
    "//[evil",
    "／／evil.example/",
    "/\u2215evil.example/",
    "//evil。example/",
    "%2f%2fevil.example/",
    "/%2fevil.example/",
    "/%5cevil.example/",
    "/library/\r\nLocation: https://evil.example/",
    "/read/1-\r\nSet-Cookie: evil=1",
    "/library/../..//evil.example/",
    "/read/1-..//evil.example",
]
PROBES = ("/tags/?probe", "/library/?probe")
FIELDS = ("next", "back", "redirect_to", "return", "success_url", "all", "base", "url")
LEADING = ("href", "action", "formaction", "hx-get", "hx-post", "src", "data-href", "data-next", "content")


def leads_away(address: str) -> bool:
    """As a browser reads it: blanks and controls around it and line ends in it don't count, and \\ is /."""
    address = re.sub("[\t\r\n]", "", address.strip("".join(map(chr, range(33))))).replace("\\", "/")
    found = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", address)
    if found and found[1].lower() not in {"http", "https"}:
        return True
    if found:
        return re.match(r"/*(?:[^/]*@)?([^/:?#]*)", address[found.end() :])[1].lower() != "testserver"
    return address.startswith("//")


def came_from(address: str) -> dict[str, str]:
    return {"referer": address if "://" in address else f"http://testserver{address}"}


def leads_there(answer) -> bool:
    """Whether the answer goes to one of the probes, or its page says one in an attribute: others need no more tries."""
    text = "" if answer.streaming else answer.content.decode()
    return any(answer.headers.get("Location", "").startswith(probe) or f'"{probe}' in text for probe in PROBES)


def check(answer, attack: str) -> None:
    """Neither the answer nor anything in its page leads where the attack wanted."""
    for name in ("Location", "HX-Redirect", "HX-Location", "Refresh", "HX-Push-Url"):
        assert not leads_away(answer.headers.get(name, "")), (answer.request["PATH_INFO"], name, attack)
    assert "evil" not in answer.cookies
    if not answer.streaming and b"evil" in answer.content and answer.headers["Content-Type"].startswith("text/html"):
        for element in html.fromstring(answer.content).iter():
            for name in LEADING:
                told = element.get(name, "") if isinstance(element.tag, str) else ""
                assert not ("evil" in told and leads_away(told)), (answer.request["PATH_INFO"], name, told)


@pytest.mark.parametrize("attack", ELSEWHERE, ids=range(len(ELSEWHERE)))
def test_the_list_holds_what_would_lead_away(attack):
    """Or what a browser or a proxy might yet make so; what stays here for sure proves nothing."""
    doubtful = attack.startswith(("/%", "%", "／", "/\u2215", "/library/", "/read/", "\x00", "\x1f", "/\x0b", "evil"))
    assert leads_away(attack) or doubtful


def test_no_page_leads_elsewhere_because_its_address_says_so(reading, reader):
    library = library_of(reader, "words")
    run_by(reader, library, "somebody")
    names = {*asked_for(), *FIELDS}
    for route in PAGES:
        path = own_address(route, library)
        told = [reading.get(path, dict.fromkeys(names, probe), headers=came_from(probe)) for probe in PROBES]
        for attack in ELSEWHERE if any(map(leads_there, told)) else ELSEWHERE[:2]:
            check(reading.get(path, dict.fromkeys(names, attack), headers=came_from(attack)), attack)


def test_log_in_leads_nowhere_else(client, reader):
    for attack in ELSEWHERE:
        caches["default"].clear()  # of how often somebody tried
        entered = {"login": "ada", "password": "correct horse battery", "next": attack}
        check(client.get("/login/", {"next": attack}), attack)
        answer = client.post("/login/", entered)
        assert answer.status_code == 302
        check(answer, attack)
        client.logout()


def test_no_form_leads_elsewhere_because_a_field_says_so(reading, reader):
    library = library_of(reader, "words")
    run_by(reader, library, "somebody")
    again(reading)
    for form in forms_of(reading, library):
        told = [tried(reading, form, dict.fromkeys(FIELDS, [probe]), headers=came_from(probe))[0] for probe in PROBES]
        for attack in ELSEWHERE if any(map(leads_there, told)) else ELSEWHERE[:2]:
            answer, _ = tried(reading, form, dict.fromkeys(FIELDS, [attack]), headers=came_from(attack))
            assert answer.status_code < 500
            check(answer, attack)


def test_a_path_of_ours_is_followed(reading, reader):
    library = library_of(reader, "words")
    followed = [tried(reading, form, {"next": ["/tags/?q=x"]})[0] for form in forms_of(reading, library)]
    assert any(answer.headers.get("Location", "").startswith("/tags/?q=x") for answer in followed)
