"""Whatever is written into a field or a file is stored by rule or refused in a sentence, the same on both databases.

SQLite takes texts of any length and PostgreSQL doesn't; PostgreSQL takes no NUL. So after each try every row is looked
at, whether PostgreSQL would have taken it.
"""

import json
import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

from library.models import ImportedRecord, Outcome
from tests.importers.link_files import import_files, write
from tests.views.doors import again
from tests.walls.shown_forms import Form, forms_of, tried
from tests.walls.table import everything, library_of, run_by

pytestmark = pytest.mark.django_db
LONG = 30_000
ODD = {
    "a NUL": "a\0b",
    "only a NUL": "\0",
    "bidi": "\u202eabc\u202c \u2066x\u2069",
    "zero width": "a\u200bb\u200d\ufeff\u2060",
    "only zero width": "\u200b",
    "noncharacters": "a\ufffe\uffff\U0010ffffb",
    "controls": "a\x01\x07\x1b\x7f\x85b",
    "separators": "a\u2028b\u2029c\u00a0d",
    "that grows when it is folded": "\ufdfa" * 100,
    "that grows in lower case": "\u0130" * 100,
    "beyond the first plane": "\U0001f4da" * 100,
    "marks": "a" + "\u0301" * 99,
    "long": "word " * (LONG // 5),
    "long without a blank": "x" * LONG,
}
SHORT = [odd for odd in ODD.values() if len(odd) < 50]
# What is sent to all fields of a form at once; `-m proofs` sends each odd text to each field by itself.
TOGETHER = {"all short ones": " ".join(SHORT), **{told: odd for told, odd in ODD.items() if odd not in SHORT}}
# As bytes of a form: half a character, a surrogate, an encoding that is too long.
BROKEN = {"half a character": b"a%c3", "a lone surrogate": b"a%ed%a0%80b", "overlong": b"a%c0%afb"}
TEXTS = (models.CharField, models.TextField)


def unfit(model: type[models.Model]) -> list[tuple[str, object]]:
    """Which values of the model's rows PostgreSQL would refuse, or no encoding can write."""
    fields = [field for field in model._meta.concrete_fields if isinstance(field, TEXTS)]
    nested = [field for field in model._meta.concrete_fields if isinstance(field, models.JSONField)]
    found = []
    for row in model.objects.values(*(field.attname for field in [*fields, *nested])):
        told = {field: row[field.attname] for field in fields}
        found += [(field.name, value) for field, value in told.items() if not fits(value, field.max_length)]
        said = [(field.name, text) for field in nested for text in strings(row[field.attname])]
        found += [(name, text) for name, text in said if not fits(text, None)]
    return found


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        parts = [*value, *value.values()] if isinstance(value, dict) else value
        yield from (text for part in parts for text in strings(part))


def fits(value: object, most: int | None) -> bool:
    text = str(value or "")
    return "\0" not in text and not re.search("[\ud800-\udfff]", text) and len(text) <= (most or len(text))


def all_unfit(tables: set[str] | None = None) -> list[tuple[str, object]]:
    """In all tables, or in these."""
    all_models = apps.get_app_config("library").get_models()
    looked_at = [model for model in all_models if tables is None or model._meta.db_table in tables]
    return [found for model in looked_at for found in unfit(model)]


@pytest.fixture
def forms(reading, reader) -> list[Form]:
    library = library_of(reader, "words")
    run_by(reader, library, "somebody")
    again(reading)
    return [form for form in forms_of(reading, library) if form.texts]


def test_odd_texts_are_stored_by_rule_or_refused_in_a_sentence(reading, forms):
    for told, odd in TOGETHER.items():
        for form in forms:
            answer, found = tried(reading, form, dict.fromkeys(form.texts, [odd]), kept=all_unfit)
            assert answer.status_code < 500 and found == [], (form.action, told)


@pytest.mark.proofs
@pytest.mark.parametrize("told", ODD)
def test_each_odd_text_in_each_field_by_itself(reading, forms, told):
    for form in forms:
        for name in form.texts:
            answer, found = tried(reading, form, {name: [ODD[told]]}, kept=all_unfit)
            assert answer.status_code < 500 and found == [], (form.action, name)


def test_bytes_that_are_no_text_are_no_error(reading, forms):
    for form in forms:
        for name in form.texts:
            for told, broken in BROKEN.items():
                body = name.encode() + b"=" + broken
                answer = reading.post(form.action, body, content_type="application/x-www-form-urlencoded")
                assert answer.status_code < 500, (form.action, name, told)
    assert all_unfit() == []


def test_a_text_of_the_longest_is_taken_and_of_a_longer_one_nothing_is_kept(reading, forms):
    limited = [(form, name, most) for form in forms for name, most in form.texts.items() if most]
    assert len(limited) > 30
    wrong = []
    for form, name, most in limited:
        lengths = (most - 1, most, most + 1)
        below, at, above = (tried(reading, form, {name: ["a" * length]}, kept=everything) for length in lengths)
        kept = above[0].status_code >= 500 or "a" * most in str(above[1])
        if kept or below[0].status_code != at[0].status_code:
            wrong.append((form.action, name, most))
    assert wrong == []


# --- files ---------------------------------------------------------------------------------------------------------

FIELDS = ("title", "url", "type", "tags", "author", "status")


@pytest.mark.parametrize("told", ODD)
def test_a_file_with_odd_texts_becomes_an_article_or_says_why_not(reader, tmp_path, told):
    odd = ODD[told]
    front = {
        name: f"---\n{name}: {json.dumps(odd)}\n---\n\nA text of {name}.\n" for name in FIELDS
    }  # as YAML reads what JSON writes
    files = {f"{name}.md": text for name, text in front.items()}
    files |= {"heading.md": f"# {odd}\n\n## {odd}\n\n{odd}\n", "plain.md": odd}
    write(tmp_path / "folder", files)
    run = import_files(reader, tmp_path / "folder")
    assert run.state == "done"
    assert run.records == len(files) or "plain.md" in {entry.file for entry in run.entries.all()}
    refused = ImportedRecord.objects.filter(outcome__in=[Outcome.REJECTED, Outcome.IGNORED])
    assert all(entry.message.endswith(".") for entry in refused)
    assert all_unfit() == []


@pytest.mark.parametrize("length", [99, 100, 101, 255, 256, 1_024, 1_025])
def test_names_at_every_limit_are_cut_by_rule_or_refused(reader, tmp_path, length):
    name = "n" * length
    front = f"title: {name}\ntype: {name}\ntags: [{name}, short]\nauthor: {name}\nurl: https://x.example/{name}"
    text = f"---\n{front}\n---\n\nText.\n"
    write(tmp_path / "folder", {"one.md": text})
    run = import_files(reader, tmp_path / "folder")
    link = reader.links.get()
    assert (run.state, link.title) == ("done", name)
    assert link.tags.filter(name="short").exists()
    assert all_unfit() == []
