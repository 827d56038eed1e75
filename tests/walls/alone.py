"""Each text of a library by itself: which there are, what leads to them, and how one is put in the place of another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from string import ascii_lowercase
from typing import NamedTuple

from django.apps import apps
from django.core.cache import caches
from django.db import models
from django.test import Client

from tests.walls.table import ROUTES, check_headers, own_address

MARK = "markedwords"  # of letters alone: it is its own slug, and reads the same in an address
TEXTS = (models.CharField, models.TextField, models.JSONField)
# What the program makes of a text, by rules that leave nothing hostile in it; and who is logged in.
MADE = {"slug", "name_key", "title_key", "url_hash", "canonical_hash", "session_key", "session_data", "password"}

Rows = list[tuple[object, object]]


class Place(NamedTuple):
    """A field of a model in which the library says the mark."""

    model: type[models.Model]
    field: models.Field

    @property
    def name(self) -> str:
        return f"{self.model._meta.label}.{self.field.name}"

    def rows(self) -> Rows:
        """(key, value) of each row that says the mark."""
        found = self.model._base_manager.values_list("pk", self.field.attname)
        return [(pk, value) for pk, value in found if MARK in json.dumps(value)]

    def say(self, rows: Rows, text: str) -> None:
        """Let them say this text where they said the mark, as much of it as they can hold."""
        for pk, value in rows:
            said = replaced(value, text)
            if isinstance(said, str) and self.field.max_length:
                said = said[: self.field.max_length]
            self.model._base_manager.filter(pk=pk).update(**{self.field.attname: said})


    def restore(self, rows: Rows) -> None:
        for pk, value in rows:
            self.model._base_manager.filter(pk=pk).update(**{self.field.attname: value})


def replaced(value: object, text: str) -> object:
    if isinstance(value, str):
        return value.replace(MARK, text)
    if isinstance(value, list):
        return [replaced(each, text) for each in value]
    if isinstance(value, dict):
        return {replaced(name, text): replaced(each, text) for name, each in value.items()}
    return value


def places() -> Iterator[Place]:
    """Every field of Django's registry that says the mark."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, TEXTS) and field.name not in MADE and not field.choices and not field.primary_key:
                place = Place(model, field)
                if place.rows():
                    yield place


def pages(client: Client, library: dict[str, dict[str, object]], routes: list[str]) -> Iterator[tuple[str, str]]:
    """(route, HTML) of what a browser shows there."""
    caches["local"].clear()
    for route in routes:
        answer = client.get(own_address(route, library), follow=True)
        if not answer.streaming and answer.headers.get("Content-Type", "").startswith("text/html"):
            check_headers(answer)
            yield route, answer.content.decode()


def shown_on(client: Client, library: dict[str, dict[str, object]]) -> list[tuple[Place, list[str]]]:
    """Each place, and the routes of the pages that say what it says: each says words of its own for once."""
    probes = ("probe" + "".join(letters) for letters in product(ascii_lowercase, repeat=2))
    found = dict(zip(probes, places(), strict=False))
    kept = {place: place.rows() for place in found.values()}
    for probe, place in found.items():
        place.say(kept[place], probe)
    seen = list(pages(client, library, ROUTES))
    for place, rows in kept.items():
        place.restore(rows)
    return [(place, [route for route, html in seen if probe in html]) for probe, place in found.items()]
