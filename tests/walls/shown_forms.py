"""The forms that pages show, read from the pages themselves, so that a new form is tried before anyone remembers it."""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from urllib.parse import urljoin

from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve
from lxml import html

from tests.walls.table import PAGES, own_address, written

TEXTS = {"text", "search", "url", "email", "tel", "password", "datetime-local"}
BUTTONS = {"submit", "image", "button", "reset"}
Fields = dict[str, list[str]]


@dataclass(frozen=True)
class Form:
    """What a browser would send; `texts` are the fields that a reader writes in, each with its longest (0: none)."""

    action: str
    fields: Fields
    texts: dict[str, int]

    @property
    def route(self) -> str:
        return resolve(self.action.partition("?")[0]).route

    @property
    def key(self) -> tuple[object, ...]:
        return self.route, *sorted(self.fields), *self.fields.get("act", ())


def pages_of(client: Client, library: dict[str, dict[str, object]]) -> Iterator[tuple[str, bytes]]:
    """Every page of the URL table that can be looked at, with its address."""
    for route in PAGES:
        answer = client.get(own_address(route, library), follow=True)
        if not answer.streaming and answer.content.strip() and answer.headers["Content-Type"].startswith("text/html"):
            yield answer.request["PATH_INFO"], answer.content


def forms_of(client: Client, library: dict[str, dict[str, object]]) -> list[Form]:
    """One of each kind of form that changes something."""
    found = {form.key: form for path, page in pages_of(client, library) for form in read(page, path)}
    return sorted(found.values(), key=lambda form: str(form.key))


def read(page: bytes, path: str) -> Iterator[Form]:
    root = html.document_fromstring(page, parser=html.HTMLParser(encoding="utf-8", huge_tree=True))
    inputs = list(root.iter("input", "textarea", "select", "button"))
    for form in root.iter("form"):
        own = [each for each in inputs if belongs(each, form)]
        if (form.get("method") or "").lower() == "post":
            yield from sendings(form, own, path)


def belongs(field: html.HtmlElement, form: html.HtmlElement) -> bool:
    return field.get("form") == form.get("id") if field.get("form") else form in field.iterancestors()


def sendings(form: html.HtmlElement, own: list[html.HtmlElement], path: str) -> Iterator[Form]:
    """The form as each of its buttons sends it."""
    buttons = [each for each in own if each.tag == "button" or each.get("type") in {"submit", "image"}]
    fields, texts = filled(own), {each.get("name"): longest(each) for each in own if is_text(each)}
    for button in buttons or [form]:
        action = urljoin(path, button.get("formaction") or form.get("action") or path)
        named = {button.get("name"): [button.get("value") or ""]} if button is not form and button.get("name") else {}
        if is_ours(action):
            yield Form(action, {**fields, **named}, texts)


def is_ours(action: str) -> bool:
    try:
        return bool(resolve(action.partition("?")[0]))
    except Resolver404:
        return False


def is_text(field: html.HtmlElement) -> bool:
    return bool(field.get("name")) and (field.tag == "textarea" or kind(field) in TEXTS)


def kind(field: html.HtmlElement) -> str:
    return (field.get("type") or ("text" if field.tag == "input" else "")).lower()


def longest(field: html.HtmlElement) -> int:
    return int(field.get("maxlength") or 0)


def filled(own: list[html.HtmlElement]) -> Fields:
    """Every field with what it says, each box ticked: a form that says nothing would be refused too soon."""
    fields: Fields = {}
    for each in own:
        name = each.get("name")
        if not name or each.tag == "button" or kind(each) in BUTTONS | {"file"}:
            continue
        if kind(each) == "radio" and name in fields and each.get("checked") is None:
            continue
        said = values(each)
        fields[name] = [*fields.get(name, []), *said] if kind(each) == "checkbox" else said
    fields.pop("csrfmiddlewaretoken", None)
    return fields


def values(field: html.HtmlElement) -> list[str]:
    if field.tag == "textarea":
        return [re.sub(r"\A\r?\n", "", field.text or "")]
    if field.tag == "select":
        options = list(field.iter("option"))
        chosen = [each for each in options if each.get("selected") is not None] or options[:1]
        return [each.get("value", each.text or "") for each in chosen]
    return [field.get("value") or ("on" if kind(field) == "checkbox" else "")]


def tried(client: Client, form: Form, changed: Fields, **more):
    """What comes of the form with some fields changed, and what `kept` says of the tables it wrote to.

    All is undone then.
    """
    kept = more.pop("kept", lambda tables: None)
    again = type(client)()
    again.cookies = deepcopy(client.cookies)
    with transaction.atomic():
        with written() as tables:
            answer = again.post(form.action, {**form.fields, **changed}, **more)
        told = kept(tables)
        transaction.set_rollback(True)
    return answer, told
